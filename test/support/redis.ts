// Redis for tests: a corner of the shared server, or a server of one's own to kill and fill.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { secret } from '../../idp/platform/base/secret.ts';
import type { Ephemeral } from '../../idp/platform/store/ephemeral.ts';
import { createRedisEphemeral } from '../../idp/platform/store/redis/ephemeral-redis.ts';
import { openRedis, type Redis, type RedisSettings } from '../../idp/platform/store/redis/redis.ts';
import { freePort } from './global-setup.ts';

/** Settings of a standalone server, to be changed in part. */
export function redisSettingsFor(url: string, changed: Partial<RedisSettings> = {}): RedisSettings {
  return {
    mode: 'standalone',
    url: secret(url),
    nodes: [],
    primaryName: '',
    username: '',
    password: secret(''),
    sentinelPassword: secret(''),
    tls: false,
    prefix: `t${randomBytes(6).toString('hex')}:`,
    answerWithinMs: 1_500,
    ...changed,
  };
}

export interface TestRedis {
  readonly ephemeral: Ephemeral;
  readonly redis: Redis;
  readonly prefix: string;
}

/** A prefix of its own on the server of global-setup.ts, for reading keys too. Close `ephemeral` at the end. */
export function openTestRedis(url = process.env['TEST_REDIS']): TestRedis {
  if (!url)
    throw new Error('no Redis: install redis-server, or leave these tests out with "npm run test:quick"');
  const settings = redisSettingsFor(url);
  const redis = openRedis(settings, () => undefined);
  const { prefix, answerWithinMs } = settings;
  return { ephemeral: createRedisEphemeral(redis, { prefix, answerWithinMs }), redis, prefix };
}

/** Short-lived state under a prefix of its own. Close it at the end. */
export function testRedis(): Ephemeral {
  return openTestRedis().ephemeral;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  process: ChildProcess;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a redis-server of one's own, without persistence (or a Sentinel), and waits until it answers. */
export async function startRedisServer(
  args: readonly string[] = [],
  port?: number,
  sentinel?: { readonly conf: string },
): Promise<RedisServer> {
  const at = port ?? (await freePort());
  const listening = ['--port', String(at), '--bind', '127.0.0.1'];
  const options = sentinel
    ? [sentinel.conf, '--sentinel', ...listening]
    : [...listening, '--save', '', '--appendonly', 'no', ...args];
  const child = spawn('redis-server', options, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const server: RedisServer = {
    url: `redis://127.0.0.1:${at}`,
    port: at,
    process: child,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await gone;
    },
  };
  await answers(server.url);
  return server;
}

async function answers(url: string): Promise<void> {
  const redis = openRedis(redisSettingsFor(url), () => undefined);
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await redis.info('server').catch(() => undefined);
      if (answer !== undefined) return;
      await sleep(50);
    }
  } finally {
    redis.disconnect();
  }
  throw new Error(`no redis-server answers at ${url}`);
}
