// 云川省政务服务网, a demo service: signs anyone in who has an account, verified or not.
import { fileURLToPath } from 'node:url';
import { createRelyingParty, readSettings, serve } from '../relying-party/relying-party.ts';
import { WORDS } from './words.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

try {
  const settings = readSettings(process.env, here('registration.json'));
  const app = createRelyingParty({
    settings,
    clock: { now: () => new Date() },
    words: WORDS,
    asks: { level: 'l1', essential: false },
    publicFolder: here('public'),
  });
  serve(app, settings.port);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
