#!/usr/bin/env node
// The command `tongxing`: runs the command table of idp/cli.ts on Node 24, building first when nothing is built.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const onNode24 = (...args) =>
  spawnSync(process.execPath, [here('node24.mjs'), ...args], { stdio: 'inherit' }).status ?? 1;

const cli = here('../../dist/idp/cli.js');
const built = existsSync(cli) || onNode24(here('build.mjs')) === 0;
process.exitCode = built ? onNode24('--enable-source-maps', cli, ...process.argv.slice(2)) : 1;
