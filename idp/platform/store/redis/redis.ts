// The connection to Redis: standalone, behind Sentinels, or a Cluster. Not here: what is kept in it
// (ephemeral-redis.ts).
import { Cluster, Redis as Standalone } from 'ioredis';
import { z } from 'zod';
import { secret } from '../../base/secret.ts';

export type Redis = Standalone | Cluster;

const hiddenText = z.string().transform((value) => secret(value));

export const redisSettings = z.strictObject({
  mode: z
    .enum(['off', 'standalone', 'sentinel', 'cluster'])
    .describe(
      'Where short-lived state lives: off keeps it in PostgreSQL, the others say how Redis is laid out.',
    ),
  url: hiddenText.describe(
    'Address of a standalone server, redis://user:password@host:port/db, or rediss:// for TLS; empty otherwise.',
  ),
  nodes: z
    .array(z.string().regex(/^[^:\s]+:\d{1,5}$/, 'must be host:port'))
    .describe('Addresses host:port of the Sentinels, or of some nodes of the Cluster.'),
  primaryName: z.string().describe('Name under which the Sentinels know the primary.'),
  username: z.string().describe('User name for Sentinel and Cluster layouts; empty for none.'),
  password: hiddenText.describe('Password for Sentinel and Cluster layouts; empty for none.'),
  sentinelPassword: hiddenText.describe('Password of the Sentinels themselves; empty for none.'),
  tls: z.boolean().describe('Whether Sentinel and Cluster layouts are reached by TLS.'),
  prefix: z
    .string()
    .regex(/^[^{}]*$/, 'must not hold braces: they choose the Cluster slot')
    .describe('Text before every key, so that several systems can share one server.'),
  answerWithinMs: z
    .number()
    .int()
    .min(50)
    .max(2_000)
    .describe('Milliseconds after which an unanswered command counts as an outage.'),
});

export type RedisSettings = z.infer<typeof redisSettings>;

/** Reconnects at a steady, short pace: a failover takes about 1.4 s, and nobody waits longer than answerWithinMs. */
const retryDelay = (attempt: number): number => Math.min(50 * attempt, 500);

function common(settings: RedisSettings) {
  return {
    enableAutoPipelining: true,
    connectTimeout: settings.answerWithinMs,
    disconnectTimeout: 500,
    // A peer that went silent (power, network) sends no reset: without this the socket would stay for minutes.
    socketTimeout: settings.answerWithinMs,
    // 0: whatever waits when the connection is lost, or cannot be made, fails at once. Resending could take a code
    // twice, and a queue would grow for as long as the outage lasts.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    maxLoadingRetryTime: 500,
    // After a failover behind a fixed address the old primary answers READONLY: find the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}

function credentials(settings: RedisSettings): { username?: string; password?: string } {
  return {
    ...(settings.username && { username: settings.username }),
    ...(settings.password.reveal() && { password: settings.password.reveal() }),
  };
}

const addresses = (settings: RedisSettings): { host: string; port: number }[] =>
  settings.nodes.map((node) => {
    const [host = '', port] = node.split(':');
    return { host, port: Number(port) };
  });

function behindSentinels(settings: RedisSettings): Redis {
  const password = settings.sentinelPassword.reveal();
  return new Standalone({
    ...common(settings),
    ...credentials(settings),
    retryStrategy: retryDelay,
    sentinels: addresses(settings),
    name: settings.primaryName,
    sentinelCommandTimeout: settings.answerWithinMs,
    ...(password && { sentinelPassword: password }),
    ...(settings.tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
  });
}

function cluster(settings: RedisSettings): Redis {
  return new Cluster(addresses(settings), {
    enableAutoPipelining: true,
    clusterRetryStrategy: retryDelay,
    slotsRefreshTimeout: settings.answerWithinMs,
    redisOptions: { ...common(settings), ...credentials(settings), ...(settings.tls && { tls: {} }) },
  });
}

/**
 * Connects in the background: the first command waits for it, at most `answerWithinMs`. `onError` hears of every
 * lost connection and failed attempt; the client goes on trying by itself. Throws a plain Error for mode `off`.
 */
export function openRedis(settings: RedisSettings, onError: (error: Error) => void): Redis {
  const redis = connect(settings);
  redis.on('error', onError);
  return redis;
}

function connect(settings: RedisSettings): Redis {
  if (settings.mode === 'off') throw new Error('redis.mode is off');
  if (settings.mode === 'sentinel') return behindSentinels(settings);
  if (settings.mode === 'cluster') return cluster(settings);
  return new Standalone(settings.url.reveal(), { ...common(settings), retryStrategy: retryDelay });
}
