// A real PostgreSQL out of an npm package, for development: started with the process, data kept in a folder. Never
// used in production (the caller sees to that). Not here: migrations (migrate.ts), the pool (postgres.ts).
//
// The server survives a kill -9 of its parent. The next start finds it by postmaster.pid and takes it over. Who may
// take it over is decided by an advisory lock that the using process holds on a connection of its own: the lock ends
// with the process, however it ends.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { accountFor, nativeFolder, type Account } from './embedded-account.ts';
import { keepFirst } from './keep-first.ts';

export interface EmbeddedOptions {
  /** Data folder, made when missing. Its parent also gets `postgres.secret` (0600) and `postgres.log`. */
  readonly folder: string;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Told, in one line each, what happens to the server. */
  readonly onLine: (line: string) => void;
  /** Settings of the server beside ours, e.g. `fsync: 'off'` for databases that a test throws away. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** `postgres://...`, to the database `tongxing`. Holds the password: never log it. */
  readonly url: string;
  /** Orderly stop of the server; resolves when it has ended. Safe to call twice. */
  stop(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly native: string;
  readonly account: Account;
  readonly password: string;
  readonly logFile: string;
}

/** The first lines of postmaster.pid (PostgreSQL, src/include/utils/pidfile.h). */
interface Running {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const ROLE = 'postgres';
const DATABASE = 'tongxing';
const LOCK = 7_811_601;

/**
 * Starts the server, or takes over the one that a killed process left behind. First start about 1 s, later ones
 * about 0.1 s. Throws a one-line Error when the port is taken, when another process uses the folder, or when the
 * server cannot be run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = prepare(resolve(options.folder), options.port);
  if (!existsSync(place.folder)) initialise(place, options.onLine);
  let lock = await takeOver(place, options.onLine);
  if (!lock) {
    await start(place, options.settings ?? {});
    lock = await own(place, place.port);
  }
  if (!lock) throw busy(place);
  lock.on('error', () => options.onLine('PostgreSQL: the connection that guards the folder was lost'));
  await createDatabase(lock);
  options.onLine(`PostgreSQL is ready on 127.0.0.1:${place.port}`);
  const guard = lock;
  let stopping: Promise<void> | undefined;
  return {
    url: address(place, place.port, DATABASE),
    stop: () => (stopping ??= guard.end().then(() => halt(place))),
  };
}

/**
 * The address of the server that some process runs on this folder now, for commands that join it; undefined when
 * none is ready. The process that started it goes on to own it.
 */
export function runningEmbeddedPostgres(folder: string): string | undefined {
  const place = resolve(folder);
  const secretFile = join(dirname(place), 'postgres.secret');
  const found = running(place);
  if (!found?.ready || !isPostmaster(found.pid, place) || !existsSync(secretFile)) return undefined;
  return address({ password: readFileSync(secretFile, 'utf8').trim() }, found.port, DATABASE);
}

function prepare(folder: string, port: number): Place {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const native = nativeFolder();
  const account = accountFor(folder, native);
  const owner = existsSync(folder) ? statSync(folder).uid : undefined;
  const self = process.getuid?.();
  if (owner !== undefined && self !== 0 && owner !== self)
    throw new Error(`${folder} belongs to another user (uid ${owner}): start as that user or delete it`);
  const password = secretOf(join(parent, 'postgres.secret'), folder);
  return { folder, port, native, account, password, logFile: join(parent, 'postgres.log') };
}

/** Reads the password or makes one. Linking a finished file into place lets two first starts agree on one. */
function secretOf(file: string, folder: string): string {
  if (!existsSync(file)) {
    if (existsSync(folder))
      throw new Error(`${file} is missing: put it back, or delete ${folder} to begin with an empty database`);
    keepFirst(file, randomBytes(24).toString('base64url'));
  }
  return readFileSync(file, 'utf8').trim();
}

/** initdb into a folder beside the real one, then one rename: a kill in between leaves nothing half made. */
function initialise(place: Place, onLine: (line: string) => void): void {
  onLine('PostgreSQL: making the database folder');
  const draft = mkdtempSync(`${place.folder}.new-`);
  const { owner } = place.account;
  const passwordFile = join(draft, 'password');
  writeFileSync(passwordFile, place.password, { mode: 0o600 });
  if (owner) for (const path of [draft, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const flags = [`--username=${ROLE}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  const [command, args] = commandOf(place, 'initdb', [
    `--pgdata=${join(draft, 'data')}`,
    '--locale=C.UTF-8',
    // The folder is synced by the server's own checkpoints; initdb's sync of 1,000 files costs half a second.
    '--no-sync',
    ...flags,
  ]);
  const { status, stderr } = spawnSync(command, args, spawnOptions(place));
  try {
    if (status !== 0) throw new Error(`PostgreSQL could not make ${place.folder}: ${firstLine(stderr)}`);
    renameSync(join(draft, 'data'), place.folder);
  } catch (error) {
    if (!existsSync(place.folder)) throw error; // otherwise another start was first: its folder is as good
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A running server on our folder: own it, or stop it when it listens elsewhere. Undefined: none is running now. */
async function takeOver(place: Place, onLine: (line: string) => void): Promise<pg.Client | undefined> {
  const found = running(place.folder);
  if (!found) return undefined;
  if (!isPostmaster(found.pid, place.folder)) {
    // A recycled process id (common in containers) would make PostgreSQL believe that the folder is in use.
    rmSync(join(place.folder, 'postmaster.pid'));
    return undefined;
  }
  await untilReady(place);
  const lock = await own(place, found.port);
  if (!lock) throw busy(place);
  if (found.port === place.port) {
    onLine(`PostgreSQL: taking over process ${found.pid} of an earlier run`);
    return lock;
  }
  onLine(`PostgreSQL: stopping process ${found.pid} of an earlier run on port ${found.port}`);
  await lock.end();
  await halt(place);
  return undefined;
}

async function start(place: Place, extra: Readonly<Record<string, string>>): Promise<void> {
  if (await portTaken(place.port))
    throw new Error(
      `postgres.embeddedPort: 127.0.0.1:${place.port} is taken by another program; stop it or set another port`,
    );
  // Failing statements and the details of an error can hold personal data: neither goes to the log.
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...extra,
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const logFd = openSync(place.logFile, 'w', 0o600);
  const [command, args] = commandOf(place, 'postgres', [
    '-D',
    place.folder,
    '-p',
    String(place.port),
    ...flags,
  ]);
  // Its own process group: Ctrl-C in the terminal must not stop the database before the application has drained.
  const child = spawn(command, args, {
    ...spawnOptions(place),
    stdio: ['ignore', logFd, logFd],
    detached: true,
  });
  closeSync(logFd);
  child.unref();
  await started(place, child);
}

async function started(place: Place, child: ChildProcess): Promise<void> {
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`));
  while (!running(place.folder)?.ready) {
    if (ended !== undefined && !running(place.folder)) {
      const why = firstLine(readFileSync(place.logFile, 'utf8'), /FATAL|error/i) || ended;
      throw new Error(`PostgreSQL did not start: ${why} (see ${place.logFile})`);
    }
    await sleep(10);
  }
}

/** Waits for a server that is starting or recovering after a crash. */
async function untilReady(place: Place): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    const found = running(place.folder);
    if (!found || found.ready) return;
    await sleep(20);
  }
  throw new Error(`PostgreSQL on ${place.folder} did not get ready in 60 s (see ${place.logFile})`);
}

/** The connection whose advisory lock says that this process uses the server; undefined: another one does. */
async function own(place: Place, port: number): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: address(place, port, 'postgres'), keepAlive: true });
  client.on('error', () => undefined); // reported by the caller's listener once the server is ours
  await client.connect();
  // A killed process's connection is noticed within milliseconds, but not at once.
  for (let attempt = 0; attempt < 25; attempt += 1) {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK]);
    if (rows[0]?.got) return client;
    await sleep(40);
  }
  await client.end();
  return undefined;
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
}

/** Fast shutdown (SIGINT): open transactions are rolled back, a checkpoint is written. */
async function halt(place: Place): Promise<void> {
  const found = running(place.folder);
  if (!found || !isPostmaster(found.pid, place.folder)) return;
  process.kill(found.pid, 'SIGINT');
  for (let waited = 0; waited < 30_000; waited += 10) {
    if (!isAlive(found.pid) || running(place.folder)?.pid !== found.pid) return;
    await sleep(10);
  }
  throw new Error(`PostgreSQL (process ${found.pid}) did not stop in 30 s`);
}

function running(folder: string): Running | undefined {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined; // removed between the two calls: the server has just ended
  }
  const pid = Number(lines[0]);
  if (!pid || !isAlive(pid)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isPostmaster(pid: number, folder: string): boolean {
  const proc = `/proc/${pid}/cmdline`;
  const line = existsSync(proc)
    ? readFileSync(proc, 'utf8').replaceAll('\0', ' ')
    : spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return line.includes('postgres') && line.includes(folder);
}

function portTaken(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = net.createServer();
    probe.once('error', () => answer(true));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(false)));
  });
}

function commandOf(place: Place, program: string, args: readonly string[]): [string, string[]] {
  const whole = [...place.account.before, join(place.native, 'bin', program), ...args];
  return [whole[0]!, whole.slice(1)];
}

function spawnOptions({ account }: Place) {
  // setpriv changes the ids itself; the working folder must be one that every account can enter.
  const ids = account.before.length === 0 ? account.owner : undefined;
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return { ...ids, cwd: '/', env, encoding: 'utf8' as const };
}

function address(place: Pick<Place, 'password'>, port: number, database: string): string {
  return `postgres://${ROLE}:${place.password}@127.0.0.1:${port}/${database}`;
}

function busy(place: Place): Error {
  return new Error(
    `${place.folder} is in use by another running Tongxing: stop it, or set dataFolder to another folder`,
  );
}

function firstLine(text: string, pattern = /\S/): string {
  return (
    text
      .split('\n')
      .find((line) => pattern.test(line))
      ?.trim() ?? ''
  );
}
