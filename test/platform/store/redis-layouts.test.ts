// Redis standalone, spread over a Cluster and behind Sentinels, and the settings that say which.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis as Driver } from 'ioredis';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import { createRedisEphemeral } from '../../../idp/platform/store/redis/ephemeral-redis.ts';
import { openRedis, redisSettings } from '../../../idp/platform/store/redis/redis.ts';
import { describeEphemeral } from '../../conformance/ephemeral.ts';
import { refusals } from '../../conformance/refusals.ts';
import { describeRedis } from '../../support/ephemeral.ts';
import { freePort } from '../../support/global-setup.ts';
import { redisSettingsFor, startRedisServer, type RedisServer } from '../../support/redis.ts';

describe('settings of Redis', () => {
  const given = {
    mode: 'standalone',
    url: 'redis://user:hidden@localhost:6379/0',
    nodes: ['a:1', 'b:2'],
    primaryName: '',
    username: '',
    password: '',
    sentinelPassword: '',
    tls: false,
    prefix: 'tongxing:',
    answerWithinMs: 1_500,
  };

  test.each([
    ['mode', 'memcached'],
    ['nodes', ['localhost']],
    ['prefix', '{one-slot}:'],
    ['answerWithinMs', 10_000],
  ])('%s cannot be %j', (key, value) => {
    expect(redisSettings.safeParse({ ...given, [key]: value }).error?.issues[0]?.path[0]).toBe(key);
  });

  test('addresses and passwords are not printed', () => {
    const settings = redisSettings.parse(given);
    expect(settings.url.reveal()).toBe(given.url);
    expect(JSON.stringify(settings)).not.toContain('hidden');
    expect(() => openRedis({ ...settings, mode: 'off' }, () => undefined)).toThrow('off');
  });
});

describeRedis('spread over three nodes', () => {
  let servers: RedisServer[] = [];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-cluster-'));
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(folder, { recursive: true });
  });
  const open = async (): Promise<Ephemeral> => {
    if (servers.length === 0) servers = await startCluster(folder);
    const nodes = servers.map(({ port }) => `127.0.0.1:${port}`);
    const settings = redisSettingsFor('', { mode: 'cluster', nodes });
    return createRedisEphemeral(
      openRedis(settings, () => undefined),
      settings,
    );
  };

  describeEphemeral('a Redis Cluster', open);

  test('a pointer is followed to an entry on any other node', async () => {
    const store = await open();
    await store.put('pointer', 'target', 60);
    for (let index = 0; index < 20; index += 1) {
      await store.put(`pointer-${index}`, `target-${index}`, 60);
      await store.put(`target-${index}`, index, 60);
      await expect(store.follow(`pointer-${index}`)).resolves.toEqual({ value: index, claimed: false });
    }
    await store.close();
  });

  test('a dead Cluster is unavailable within 2 s', async () => {
    const store = await open();
    await store.ping();
    await Promise.all(servers.map((server) => server.kill()));
    for (let round = 0; round < 2; round += 1) {
      const { codes, slowest } = await refusals(store);
      expect([...codes]).toEqual(['unavailable']);
      expect(slowest).toBeLessThan(2_000);
    }
    await store.close();
  });
});

describeRedis('behind a Sentinel', () => {
  test('the primary is found by its name', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-sentinel-'));
    const primary = await startRedisServer();
    const conf = path.join(folder, 'sentinel.conf');
    writeFileSync(conf, `sentinel monitor main 127.0.0.1 ${primary.port} 1\n`);
    const sentinel = await startRedisServer([], undefined, { conf });
    const settings = redisSettingsFor('', {
      mode: 'sentinel',
      nodes: [`127.0.0.1:${sentinel.port}`],
      primaryName: 'main',
    });
    const store = createRedisEphemeral(
      openRedis(settings, () => undefined),
      settings,
    );
    await store.put('k', 'found', 60);
    const direct = new Driver(primary.url);
    await expect(direct.get(`${settings.prefix}k`)).resolves.toBe('0"found"');
    await sentinel.kill();
    await expect(store.get('k')).resolves.toMatchObject({ value: 'found' });
    await primary.kill();
    const { codes, slowest } = await refusals(store);
    expect([...codes]).toEqual(['unavailable']);
    expect(slowest).toBeLessThan(2_000);
    await store.close();
    direct.disconnect();
    rmSync(folder, { recursive: true });
  });
});

/** Three primaries that share the slots evenly. */
async function startCluster(folder: string): Promise<RedisServer[]> {
  const servers = await Promise.all(
    [0, 1, 2].map(async () => {
      const port = await clusterPort();
      const conf = path.join(folder, `${port}.conf`);
      return startRedisServer(['--cluster-enabled', 'yes', '--cluster-config-file', conf], port);
    }),
  );
  const admins = servers.map(({ url }) => new Driver(url));
  const bound = (index: number): number => Math.ceil((index * 16_384) / servers.length);
  for (const [index, admin] of admins.entries()) {
    await admin.cluster('ADDSLOTSRANGE', bound(index), bound(index + 1) - 1);
    await admins[0]?.cluster('MEET', '127.0.0.1', servers[index]?.port ?? 0);
  }
  const whole = async (admin: Driver): Promise<boolean> =>
    /cluster_state:ok[^]*cluster_known_nodes:3/.test(await admin.cluster('INFO'));
  for (const admin of admins) {
    while (!(await whole(admin))) await sleep(100);
    await admin.quit();
  }
  return servers;
}

/** The nodes talk to each other on a port 10,000 above. */
async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 50_000) return port;
  }
}
