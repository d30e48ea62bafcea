// The script of the pages where a passkey can be used: the library's browser half and ours, as one file of our origin.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { asset } from '../../../platform/ui/assets.ts';

// The package exports its modules only; the bundle lies beside them (4 kB compressed). Browsers that cannot read it have
// no passkeys either.
const library = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
const bundle = path.join(library, '../../dist/bundle/index.umd.min.js');
const own = new URL('./passkeys.js', import.meta.url);

export const PASSKEY_SCRIPT = asset(
  'passkeys',
  'js',
  'text/javascript; charset=utf-8',
  `${readFileSync(bundle, 'utf8')}\n${readFileSync(own, 'utf8')}`,
);
