// Short-lived state in Redis: one command or script a method, one round trip.
import type { Ephemeral, EphemeralKey, Json, Kept } from '../ephemeral.ts';
import { wholeSeconds } from '../ephemeral.ts';
import { gcra, retryAfter, tokensLeft } from '../gcra.ts';
import { isPacked, packed, part, unpacked } from '../merged.ts';
import { answering } from './redis-answer.ts';
import type { Redis } from './redis.ts';
import { SCRIPTS, type Scripts } from './redis-scripts.ts';

export interface RedisEphemeralOptions {
  /** Text before every key. */
  readonly prefix: string;
  /** Milliseconds after which an unanswered command is Fault `unavailable`; 1,500 unless told. */
  readonly answerWithinMs?: number;
}

const entry = (value: Json): string => `0${JSON.stringify(value)}`;

function valueOf(stored: string): Json {
  const text = stored.slice(1);
  return isPacked(text) ? unpacked(text) : (JSON.parse(text) as Json);
}

const kept = (stored: string | null): Kept | undefined =>
  stored === null ? undefined : { value: valueOf(stored), claimed: stored.startsWith('1') };

const CLAIMS = { 0: 'gone', 1: 'claimed', 2: 'already' } as const;

/** What the methods share: the connection with its scripts, the wait for an answer, the place of a key. */
interface Corner {
  readonly redis: Redis & Scripts;
  readonly prefix: string;
  readonly answer: ReturnType<typeof answering>;
  readonly at: (key: EphemeralKey) => string;
}

/** Makes the contract of ephemeral.ts from a connection. Closing it closes the connection. */
export function createRedisEphemeral(connection: Redis, options: RedisEphemeralOptions): Ephemeral {
  for (const [name, lua] of Object.entries(SCRIPTS)) connection.defineCommand(name, { numberOfKeys: 1, lua });
  const corner: Corner = {
    // defineCommand has just added these methods; the driver's types cannot know.
    redis: connection as Redis & Scripts,
    prefix: options.prefix,
    answer: answering(options.answerWithinMs ?? 1_500),
    at: (key) => options.prefix + key,
  };
  return { ...entries(corner), ...marks(corner), ...groups(corner), ...upkeep(corner) };
}

function entries({
  redis,
  prefix,
  answer,
  at,
}: Corner): Pick<Ephemeral, 'get' | 'take' | 'merge' | 'follow'> {
  return {
    get: async (key) => kept(await answer(() => redis.get(at(key)))),
    async take(key) {
      const stored = await answer(() => redis.getdel(at(key)));
      return stored === null ? undefined : valueOf(stored);
    },
    async merge(key, value, ttlSeconds, field, same) {
      const text = packed(part(value, field, same));
      const ttl = wholeSeconds(ttlSeconds);
      await answer(() => redis.ephemeralMerge(at(key), text, ttl));
    },
    async follow(key) {
      const reply = await answer(() => redis.ephemeralFollow(at(key), prefix));
      return Array.isArray(reply) ? kept(await answer(() => redis.get(at(reply[0])))) : kept(reply);
    },
  };
}

function marks({ redis, answer, at }: Corner): Pick<Ephemeral, 'claim' | 'once' | 'spend'> {
  return {
    claim: async (key) => CLAIMS[await answer(() => redis.ephemeralClaim(at(key)))],
    async once(key, value, ttlSeconds) {
      const ttl = wholeSeconds(ttlSeconds);
      return (await answer(() => redis.set(at(key), entry(value), 'EX', ttl, 'NX'))) === 'OK';
    },
    async spend(key, rate, cost = 1) {
      const bucket = gcra(rate, cost);
      const { emission, tolerance, increment } = bucket;
      const [allowed, ahead] = await answer(() =>
        redis.ephemeralSpend(at(key), emission, tolerance, increment),
      );
      return {
        allowed: allowed === 1,
        remaining: tokensLeft(bucket, ahead),
        retryAfterSeconds: allowed === 1 ? 0 : retryAfter(bucket, ahead),
      };
    },
  };
}

function groups({ redis, prefix, answer, at }: Corner): Pick<Ephemeral, 'put' | 'delete' | 'dropGroup'> {
  const groupAt = (group: string): string => `${prefix}group:${group}`;
  return {
    async put(key, value, ttlSeconds, group) {
      const ttl = wholeSeconds(ttlSeconds);
      const set = (): Promise<unknown> => redis.set(at(key), entry(value), 'EX', ttl);
      if (group === undefined) await answer(set);
      // Sent together, not as one script: on a Cluster the two keys live in different slots.
      else await answer(() => Promise.all([redis.ephemeralJoin(groupAt(group), key, ttl), set()]));
    },
    delete: async (...keys) => {
      await answer(() => Promise.all(keys.map((key) => redis.del(at(key)))));
    },
    async dropGroup(group) {
      const keys = await answer(() => redis.smembers(groupAt(group)));
      if (keys.length === 0) return;
      // Members are removed one by one, so that a key that joins meanwhile is found by the next drop.
      await answer(() =>
        Promise.all([...keys.map((key) => redis.del(at(key))), redis.srem(groupAt(group), ...keys)]),
      );
    },
  };
}

function upkeep({ redis, answer, at }: Corner): Pick<Ephemeral, 'ping' | 'close'> {
  return {
    // A write: a full or read-only server answers PING and refuses everything that matters.
    ping: async () => {
      await answer(() => redis.set(at('ping'), '0', 'EX', 10));
    },
    async close() {
      // QUIT lets what is on its way finish; without a connection there is nobody to tell.
      const parted =
        redis.status === 'ready' &&
        (await answer(() => redis.quit()).then(
          () => true,
          () => false,
        ));
      if (!parted) redis.disconnect();
    },
  };
}
