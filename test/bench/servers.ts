// Everything that the benchmark starts, and how all of it ends: servers under test alone on core 0; stores, relays and
// the load on core 1, where this process already is.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export interface Started {
  readonly pid: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export interface Ends {
  /** Says how to end something; the last thing started ends first. */
  add(end: () => Promise<void>): void;
  /** Ends everything once, whatever fails on the way. */
  run(): Promise<void>;
  begun(): boolean;
}

export function createEnds(): Ends {
  const ends: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (const end of ends.toReversed())
      await end().catch((error: unknown) => process.stderr.write(`bench: ${String(error)}\n`));
  };
  return {
    add: (end) => void ends.push(end),
    run: () => (running ??= run()),
    begun: () => running !== undefined,
  };
}

export interface Program {
  readonly name: string;
  /** Processor core, or undefined for the one this process is on. */
  readonly core: number | undefined;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File that gets what it prints. */
  readonly log: string;
  /** Whether it says over IPC that it is ready, and hears over it when we are gone. */
  readonly ipc: boolean;
}

const READY_MS = 60_000;
const STOP_MS = 15_000;

/** Starts a program and waits until it is ready. Throws a one-line Error when it ends before. */
export async function start(program: Program): Promise<Started> {
  const { core, command, args, log: file, ipc } = program;
  const log = openSync(file, 'a', 0o600);
  const pinned = core !== undefined;
  const [first, rest] = pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]];
  const child = spawn(first, rest, {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...program.env },
    stdio: ['ignore', log, log, ...(ipc ? (['ipc'] as const) : [])],
    // Ctrl-C reaches it as an orderly end from here, not from the terminal.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`${program.name} could not start: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`${program.name} ended with ${code}; see ${file}`)));
  });
  ended.catch(() => undefined);
  if (ipc) await Promise.race([ready(child, program.name), ended]);
  else await Promise.race([once(child, 'spawn'), ended]);
  return { pid: child.pid ?? 0, child, stop: () => stopped(child) };
}

const once = (child: ChildProcess, event: 'spawn' | 'exit'): Promise<void> =>
  new Promise((resolve) => {
    child.once(event, () => resolve());
  });

function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time`)), READY_MS);
    child.on('message', (message: { is?: string }) => {
      if (message.is !== 'ready') return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  if ((await Promise.race([gone, sleep(STOP_MS, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
  await gone;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A Redis of our own that keeps nothing on disk. */
export async function startRedis(log: string): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const started = await start({
    name: 'redis-server',
    core: undefined,
    command: 'redis-server',
    args,
    env: {},
    log,
    ipc: false,
  });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 500) throw new Error('redis-server does not answer');
    await sleep(10);
  }
  return { port, stop: () => started.stop() };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(Boolean(socket.destroy())));
    socket.once('error', () => resolve(false));
  });
}

/** One of the yardstick's processes. */
export async function startBare(
  name: string,
  log: string,
  redisPort: number | undefined,
): Promise<Started & { origin: string }> {
  const port = await freePort();
  const address = redisPort === undefined ? [] : [`redis://127.0.0.1:${redisPort}`];
  const started = await start({
    name,
    core: 0,
    command: process.execPath,
    args: [fileURLToPath(new URL('bare.ts', import.meta.url)), String(port), ...address],
    env: { NODE_ENV: 'production' },
    log,
    ipc: true,
  });
  return { ...started, origin: `http://127.0.0.1:${port}` };
}
