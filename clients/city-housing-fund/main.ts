// 江临市住房公积金, a demo service: shows a balance to nobody but the verified person, so level l2 is a condition.
import { fileURLToPath } from 'node:url';
import { createRelyingParty, readSettings, serve } from '../relying-party/relying-party.ts';
import { WITHDRAWAL, WORDS } from './words.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

try {
  const settings = readSettings(process.env, here('registration.json'));
  const app = createRelyingParty({
    settings,
    clock: { now: () => new Date() },
    words: WORDS,
    matter: WITHDRAWAL,
    asks: { level: 'l2', essential: true },
    publicFolder: here('public'),
  });
  serve(app, settings.port);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
