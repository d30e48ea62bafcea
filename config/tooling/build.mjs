// Compiles idp/ and clients/ into dist/ and copies what is not TypeScript (styles, scripts, images, registrations).
// Files are written in place and stale ones removed afterwards, so that a server that is running goes on.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(PROJECT, 'dist');
const SOURCES = ['idp', 'clients'];
const STAMP = join(DIST, '.built');

/** What the build is made of: when this is as it was, so is dist/. */
function inputs() {
  const files = [
    ...SOURCES.flatMap((folder) => filesOf(join(PROJECT, folder))),
    fileURLToPath(import.meta.url),
  ];
  return files
    .map((file) => {
      const { mtimeMs, size } = statSync(file);
      return `${relative(PROJECT, file)} ${mtimeMs} ${size}`;
    })
    .sort()
    .join('\n');
}

/** Builds when something changed; returns false after the compiler has printed its complaints. */
export function build() {
  const stamp = inputs();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return true;
  if (!compile()) return false;
  writeFileSync(STAMP, stamp);
  return true;
}

function compile() {
  const { status, stdout } = spawnSync(
    process.execPath,
    [binOf('typescript', 'tsc'), '-p', join(PROJECT, 'config/tooling/tsconfig.build.json')],
    { cwd: PROJECT, encoding: 'utf8' },
  );
  if (status !== 0) {
    console.error(stdout.trim());
    return false;
  }
  for (const folder of SOURCES) for (const file of filesOf(join(PROJECT, folder))) copyAsset(file);
  removeStale();
  return true;
}

/** The script behind a package's command. */
export function binOf(packageName, command) {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = require(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function copyAsset(file) {
  if (/\.tsx?$/.test(file)) return;
  const target = join(DIST, relative(PROJECT, file));
  const { mtimeMs, size } = statSync(file);
  const known = existsSync(target) ? statSync(target) : undefined;
  if (known && known.mtimeMs >= mtimeMs && known.size === size) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
}

function removeStale() {
  for (const file of filesOf(DIST)) {
    if (file === STAMP) continue;
    const source = join(PROJECT, relative(DIST, file));
    const stem = source.replace(/\.js(\.map)?$/, '');
    if (![source, `${stem}.ts`, `${stem}.tsx`].some((candidate) => existsSync(candidate))) rmSync(file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build() ? 0 : 1;
