// What happens when Redis is gone, stuck, full or read-only: refusals within 2 s, then recovery.
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis as Driver } from 'ioredis';
import { Fault } from '../../../idp/platform/base/errors.ts';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import { createRedisEphemeral } from '../../../idp/platform/store/redis/ephemeral-redis.ts';
import { openRedis } from '../../../idp/platform/store/redis/redis.ts';
import { everyMethod, RATE, refusals } from '../../conformance/refusals.ts';
import { describeRedis } from '../../support/ephemeral.ts';
import { freePort } from '../../support/global-setup.ts';
import { openTestRedis, redisSettingsFor, startRedisServer, type RedisServer } from '../../support/redis.ts';

async function untilWell(store: Ephemeral, withinMs: number): Promise<number> {
  const begun = Date.now();
  for (;;) {
    const well = await store.ping().then(
      () => true,
      () => false,
    );
    const took = Date.now() - begun;
    if (well) return took;
    if (took > withinMs) throw new Error(`not well again after ${took} ms`);
    await sleep(50);
  }
}

describeRedis('an outage of Redis', () => {
  let server: RedisServer;
  let store: Ephemeral;
  beforeEach(async () => {
    server = await startRedisServer();
    store = openTestRedis(server.url).ephemeral;
    await store.ping();
  });
  afterEach(async () => {
    await store.close();
    await server.kill();
  });

  test('killed: every method says unavailable within 2 s, and works again after a restart', async () => {
    await server.kill();
    for (let round = 0; round < 3; round += 1) {
      const { codes, slowest } = await refusals(store);
      expect([...codes]).toEqual(['unavailable']);
      expect(slowest).toBeLessThan(2_000);
    }
    server = await startRedisServer([], server.port);
    await untilWell(store, 3_000);
    await expect(store.once('mark', 1, 60)).resolves.toBe(true);
    await expect(store.claim('mark')).resolves.toBe('claimed');
  });

  test('a kill in the middle of a thousand commands settles every one of them', async () => {
    const commands = Array.from({ length: 1_000 }, (_, index) =>
      store.put(`k${index}`, 'x'.repeat(1_000), 60),
    );
    const [outcomes] = await Promise.all([Promise.allSettled(commands), server.kill()]);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(reasons.every((reason) => reason instanceof Fault && reason.code === 'unavailable')).toBe(true);
  });

  test('stuck: a server that accepts and never answers is unavailable within 2 s, and is found again', async () => {
    await store.put('before', 1, 60);
    server.process.kill('SIGSTOP');
    const { codes, slowest } = await refusals(store);
    expect([...codes]).toEqual(['unavailable']);
    expect(slowest).toBeLessThan(2_000);
    server.process.kill('SIGCONT');
    await untilWell(store, 4_000);
    await expect(store.get('before')).resolves.toBeDefined();
  });

  test('full: writes are unavailable, nothing is evicted, reads go on, and space heals it', async () => {
    const admin = new Driver(server.url);
    await store.put('kept', 'session', 60);
    await store.spend('limit', RATE);
    await admin.config('SET', 'maxmemory', '1');
    for (const name of ['put', 'put in a group', 'once', 'spend', 'merge', 'ping'])
      await expect(everyMethod(store)[name]?.()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.claim('kept')).rejects.toMatchObject({ detail: { retryAfterSeconds: 2 } });
    await expect(store.get('kept')).resolves.toMatchObject({ value: 'session', claimed: false });
    await admin.config('SET', 'maxmemory', '0');
    await expect(store.claim('kept')).resolves.toBe('claimed');
    await expect(store.spend('limit', RATE)).resolves.toMatchObject({ remaining: 3 });
    await admin.quit();
  });

  test('read-only: a server that became a replica is unavailable for writes until it is a primary', async () => {
    const admin = new Driver(server.url);
    await admin.config('SET', 'replica-serve-stale-data', 'yes');
    await admin.replicaof('127.0.0.1', await freePort());
    await expect(store.put('k', 1, 60)).rejects.toMatchObject({ code: 'unavailable' });
    await untilRefusal(() => store.spend('k', RATE));
    await admin.replicaof('NO', 'ONE');
    await untilWell(store, 3_000);
    await admin.quit();
  });

  test('forgotten scripts are sent again', async () => {
    const admin = new Driver(server.url);
    await store.spend('k', RATE);
    await admin.script('FLUSH');
    await expect(Promise.all([store.spend('k', RATE), store.spend('k', RATE)])).resolves.toMatchObject([
      { remaining: 3 },
      { remaining: 2 },
    ]);
    await admin.quit();
  });

  async function untilRefusal(call: () => Promise<unknown>): Promise<void> {
    const code = await call().then(
      () => 'success',
      (error: unknown) => (error instanceof Fault ? error.code : String(error)),
    );
    expect(code).toBe('unavailable');
  }
});

describe('no Redis at all', () => {
  test('an address where nobody listens is unavailable at once, told to the operator, and closes', async () => {
    const errors: Error[] = [];
    const settings = redisSettingsFor(`redis://127.0.0.1:${await freePort()}`);
    const store = createRedisEphemeral(
      openRedis(settings, (error) => errors.push(error)),
      { prefix: 'x:' },
    );
    const { codes, slowest } = await refusals(store);
    expect([...codes]).toEqual(['unavailable']);
    expect(slowest).toBeLessThan(1_000);
    expect(errors.length).toBeGreaterThan(0);
    await store.close();
    await expect(store.get('k')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describeRedis('a Redis in trouble', () => {
  test('ten thousand unanswered commands are the most that wait', async () => {
    const server = await startRedisServer();
    const { ephemeral: store } = openTestRedis(server.url);
    await store.ping();
    server.process.kill('SIGSTOP');
    const waiting = Array.from({ length: 10_000 }, () => store.get('k').catch(() => undefined));
    const begun = Date.now();
    await expect(store.get('k')).rejects.toMatchObject({
      detail: { note: expect.stringContaining('too many') as string },
    });
    expect(Date.now() - begun).toBeLessThan(1_000);
    await Promise.all(waiting);
    await server.kill();
    await store.close();
  });

  test('an error says nothing of what was stored', async () => {
    const { ephemeral: store, redis, prefix } = openTestRedis();
    await redis.sadd(`${prefix}k`, 'not a string');
    const failure: unknown = await store
      .merge('k', { name: '张伟' }, 60, 'f', 's')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(Fault);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('张伟');
    await store.close();
  });
});

describeRedis('several connections', () => {
  test('of 100 takes, claims and marks through ten connections exactly one wins each', async () => {
    const { ephemeral, redis, prefix } = openTestRedis();
    const clients = Array.from({ length: 10 }, () => (redis as Driver).duplicate());
    const stores = clients.map((client) => createRedisEphemeral(client, { prefix }));
    await ephemeral.put('taken', 'x', 60);
    await ephemeral.put('claimed', 'x', 60);
    const race = <T>(work: (store: Ephemeral) => Promise<T>): Promise<T[]> =>
      Promise.all(stores.flatMap((store) => Array.from({ length: 10 }, () => work(store))));
    const [taken, claimed, marked, spent] = await Promise.all([
      race((store) => store.take('taken')),
      race((store) => store.claim('claimed')),
      race((store) => store.once('mark', 1, 60)),
      race((store) => store.spend('limit', { burst: 7, periodSeconds: 86_400 })),
    ]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(claimed.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
    expect(marked.filter(Boolean)).toHaveLength(1);
    expect(spent.filter(({ allowed }) => allowed)).toHaveLength(7);
    await Promise.all([...stores, ephemeral].map((store) => store.close()));
  });
});

describeRedis('what lies in Redis', () => {
  test('every key lives for a while only, under the prefix', async () => {
    const { ephemeral: store, redis, prefix } = openTestRedis();
    for (const call of Object.values(everyMethod(store))) await call();
    await store.put('k', 1, 60, 'g');
    await store.put('m', 1, 30, 'g');
    await store.merge('s', { f: {} }, 60, 'f', 's');
    const keys = await redis.keys(`${prefix}*`);
    expect(keys.toSorted()).toEqual(['group:g', 'k', 'm', 'ping', 's'].map((key) => prefix + key));
    const lives = await Promise.all(keys.map((key) => redis.ttl(key)));
    expect(lives.every((life) => life > 0 && life <= 60)).toBe(true);
    expect(await redis.ttl(`${prefix}group:g`)).toBeGreaterThan(30);
    await store.close();
  });
});
