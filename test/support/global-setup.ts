// One embedded PostgreSQL (and, where a redis-server binary is there, one Redis) for the whole run; every test file
// gets a database of its own, copied from a migrated template.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../idp/platform/store/embedded.ts';
import { migrate } from '../../idp/platform/store/migrate.ts';

declare global {
  var tongxingServers:
    { folder: string; postgres: EmbeddedPostgres; redis: ChildProcess | undefined } | undefined;
}

/** A TCP port of the loopback address that nothing listened on a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function startRedis(): Promise<{ process: ChildProcess; port: number } | undefined> {
  if (process.env['TONGXING_TEST_QUICK'] === '1') return undefined;
  const port = await freePort();
  const flags = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', flags, { stdio: 'ignore' });
  const started = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
  if (!started) return undefined;
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 10));
  return { process: child, port };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(Boolean(socket.destroy())));
    socket.once('error', () => resolve(false));
  });
}

export default async function setup(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-test-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const postgres = await startEmbeddedPostgres({
    folder: path.join(folder, 'postgres'),
    port,
    onLine: () => undefined,
    settings: { fsync: 'off', synchronous_commit: 'off', max_connections: '300' },
  });
  const server = postgres.url.slice(0, postgres.url.lastIndexOf('/'));
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('create database tongxing_template');
  await admin.end();
  await migrate(`${server}/tongxing_template`);
  process.env['TEST_POSTGRES'] = server;
  const redis = await startRedis();
  if (redis) process.env['TEST_REDIS'] = `redis://127.0.0.1:${redis.port}`;
  globalThis.tongxingServers = { folder, postgres, redis: redis?.process };
}
