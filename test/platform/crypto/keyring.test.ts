import { setTimeout as sleep } from 'node:timers/promises';
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { secret } from '../../../idp/platform/base/secret.ts';
import {
  cryptoSettings,
  openKeyring,
  type Keyring,
  type KeyPurpose,
} from '../../../idp/platform/crypto/keyring.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { fakeClock } from '../../support/clock.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

const KEK = Buffer.alloc(32, 7);
const PURPOSES: readonly KeyPurpose[] = [
  'seal',
  'index',
  'pairwise',
  'audit',
  'otp',
  'pepper',
  'cookie',
  'signing',
  'signing-rsa',
];

let database: TestDatabase;
const clock = fakeClock();
const opened: Keyring[] = [];
const errors: Error[] = [];

const open = async (
  keyEncryptionKey: Buffer | ReturnType<typeof secret> = KEK,
  reloadSeconds = 60,
): Promise<Keyring> => {
  const ring = await openKeyring({
    postgres: database.postgres,
    keyEncryptionKey,
    clock,
    onError: (error) => errors.push(error),
    reloadSeconds,
  });
  opened.push(ring);
  return ring;
};

const count = async (): Promise<number> =>
  (await database.postgres.row<{ n: number }>(sql`select count(*) as n from platform.key`))?.n ?? 0;

beforeAll(async () => {
  database = await testDatabase(20);
});
afterAll(async () => {
  await Promise.all(opened.map((ring) => ring.close()));
  await database.close();
  expect(errors).toEqual([]);
});

describe('the first start', () => {
  test('ten nodes at once make one set: an active key each and, where keys rotate, a next one', async () => {
    const rings = await Promise.all(Array.from({ length: 10 }, () => open()));
    expect(await count()).toBe(2 * PURPOSES.length - 1);
    for (const purpose of PURPOSES) {
      const ids = new Set(rings.map((ring) => ring.active(purpose).id));
      expect(ids.size).toBe(1);
      const states = rings[0]?.all(purpose).map(({ state }) => state);
      expect(states).toEqual(purpose === 'pairwise' ? ['active'] : ['active', 'next']);
    }
  });

  test('no two keys are alike', async () => {
    const ring = await open();
    const materials = PURPOSES.flatMap((purpose) => ring.all(purpose)).map(({ material }) =>
      material.toString('hex'),
    );
    expect(new Set(materials).size).toBe(materials.length);
  });

  test('the database holds no key in clear', async () => {
    const ring = await open();
    const rows = await database.postgres.rows<{ wrapped: Buffer }>(sql`select wrapped from platform.key`);
    const stored = Buffer.concat(rows.map(({ wrapped }) => wrapped)).toString('latin1');
    for (const purpose of PURPOSES)
      for (const { material } of ring.all(purpose)) expect(stored).not.toContain(material.toString('latin1'));
  });

  test.each([
    ['signing', 'ES256', 'EC'],
    ['signing-rsa', 'RS256', 'RSA'],
  ] as const)('%s keys are private JWKs for %s that sign', async (purpose, alg, kty) => {
    const key = (await open()).active(purpose);
    const jwk = JSON.parse(key.material.toString()) as JWK;
    expect(jwk).toMatchObject({ alg, kty, use: 'sig', kid: key.id });
    expect(await calculateJwkThumbprint(jwk)).toBe(key.id);
    const token = await new SignJWT({}).setProtectedHeader({ alg }).sign(await importJWK(jwk));
    const { d, p, q, dp, dq, qi, ...publicJwk } = jwk;
    expect([d, p, q, dp, dq, qi].some(Boolean)).toBe(true);
    await expect(jwtVerify(token, await importJWK(publicJwk))).resolves.toBeDefined();
  });
});

describe('the key-encryption key', () => {
  test('another one is refused by the name of its setting, and changes nothing', async () => {
    const before = await count();
    await expect(open(Buffer.alloc(32, 8))).rejects.toThrow('crypto.keyEncryptionKey');
    await database.postgres.run(sql`delete from platform.key where purpose = 'otp' and state = 'next'`);
    await expect(open(Buffer.alloc(32, 8))).rejects.toThrow('crypto.keyEncryptionKey');
    expect(await count()).toBe(before - 1);
    await open();
    expect(await count()).toBe(before);
  });

  test.each([
    '',
    'short',
    'a'.repeat(63),
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('hex'),
  ])('%j is not 32 bytes, and is not repeated in the complaint', async (text) => {
    const failure: unknown = await open(secret(text)).catch((error: unknown) => error);
    expect(String(failure)).toContain('crypto.keyEncryptionKey must be 32 bytes');
    if (text) expect(String(failure)).not.toContain(text);
  });

  test.each(['base64', 'base64url', 'hex'] as const)('%s is understood', async (encoding) => {
    const ring = await open(secret(KEK.toString(encoding)));
    expect(ring.active('seal').material).toHaveLength(32);
    const settings = cryptoSettings.parse({ keyEncryptionKey: KEK.toString(encoding), reload: '60s' });
    expect(JSON.stringify(settings)).not.toContain(KEK.toString(encoding));
  });

  test.each([
    [
      'moved to another purpose',
      sql`update platform.key set purpose = 'pepper', state = 'retired' where purpose = 'otp' and state = 'next'`,
    ],
    [
      'edited',
      sql`update platform.key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) where purpose = 'otp' and state = 'active'`,
    ],
    [
      'of an unknown form',
      sql`update platform.key set wrapped = '\x09' where purpose = 'otp' and state = 'active'`,
    ],
  ])('a row that was %s does not open', async (_, edit) => {
    const copy = await testDatabase();
    const options = {
      postgres: copy.postgres,
      keyEncryptionKey: KEK,
      clock,
      onError: () => undefined,
      reloadSeconds: 60,
    };
    await (await openKeyring(options)).close();
    await copy.postgres.run(edit);
    await expect(openKeyring(options)).rejects.toThrow('the row was edited');
    await copy.close();
  });
});

describe('rotation', () => {
  const rotate = (ring: Keyring, purpose: KeyPurpose) =>
    database.postgres.tx((tx) => ring.rotate(purpose, tx));

  test('pairwise never rotates, and says why', async () => {
    const ring = await open();
    await expect(rotate(ring, 'pairwise')).rejects.toThrow('never rotated');
    expect(ring.all('pairwise')).toHaveLength(1);
  });

  test('next becomes active and active retires, on every node, at once', async () => {
    const [here, there] = [await open(), await open()];
    const [active, next] = here.all('signing');
    let told = 0;
    there.onChange(() => {
      told += 1;
    });
    clock.advance(3_600);
    const returned = await rotate(here, 'signing');
    expect(returned).toMatchObject({ id: next?.id, state: 'active', activatedAt: clock.now() });
    await until(() => [here, there].every((ring) => ring.active('signing').id === next?.id), 1);
    expect(there.all('signing').map(({ state }) => state)).toEqual(['active', 'next', 'retired']);
    expect(there.byId('signing', active?.id ?? '')).toMatchObject({
      state: 'retired',
      retiredAt: clock.now(),
    });
    expect(there.byId('seal', active?.id ?? '')).toBeUndefined();
    await until(() => told === 1);
  });

  test('retired keys stand newest first', async () => {
    const ring = await open();
    const first = ring.active('cookie').id;
    clock.advance(60);
    const second = (await rotate(ring, 'cookie')).id;
    clock.advance(60);
    await rotate(ring, 'cookie');
    await until(() => ring.all('cookie').length === 4);
    expect(
      ring
        .all('cookie')
        .slice(2)
        .map(({ id }) => id),
    ).toEqual([second, first]);
  });

  test('a rotation that is rolled back never was', async () => {
    const ring = await open();
    const before = ring.all('otp');
    const work = database.postgres.tx(async (tx) => {
      await ring.rotate('otp', tx);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    await sleep(200);
    expect(ring.all('otp')).toEqual(before);
    expect((await open()).all('otp')).toEqual(before);
  });

  test('twenty rotations at once follow one another: one active, one next, none lost', async () => {
    const rings = await Promise.all([open(), open()]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => rotate(rings[index % 2]!, 'pepper')));
    await until(() => rings.every((ring) => ring.all('pepper').length === 22));
    for (const ring of rings)
      expect(
        ring
          .all('pepper')
          .slice(0, 3)
          .map(({ state }) => state),
      ).toEqual(['active', 'next', 'retired']);
  });

  test('a missed signal is made up for by the next reading', async () => {
    const ring = await open(KEK, 1);
    await database.postgres.tx(async (tx) => {
      await tx.run(
        sql`update platform.key set state = 'retired', retired_at = now() where purpose = 'audit' and state = 'active'`,
      );
      await tx.run(sql`update platform.key set state = 'active' where purpose = 'audit' and state = 'next'`);
    });
    const silent = await database.postgres.row<{ id: string }>(
      sql`select id from platform.key where purpose = 'audit' and state = 'active'`,
    );
    await until(() => ring.active('audit').id === silent?.id, 3);
  });

  test('a node that hears of nothing reads the keys when it asks, and an overtaken reading changes nothing back', async () => {
    const { postgres } = database;
    const ring = await open();
    const deaf = await openKeyring({
      postgres: { ...postgres, listen: async () => async () => undefined },
      keyEncryptionKey: KEK,
      clock,
      onError: (error) => errors.push(error),
      reloadSeconds: 3_600,
    });
    opened.push(deaf);
    const { promise: later, resolve: goOn } = Promise.withResolvers<void>();
    const slow = {
      ...postgres,
      rows: async <Row extends object>(statement: Parameters<typeof postgres.rows>[0]) => {
        const rows = await postgres.rows<Row>(statement);
        await later;
        return rows;
      },
    };
    const overtaken = deaf.renew(slow);
    await sleep(200);
    const key = await rotate(ring, 'index');
    expect(deaf.active('index').id).not.toBe(key.id);
    await deaf.renew(postgres);
    expect(deaf.active('index').id).toBe(key.id);
    goOn();
    await overtaken;
    expect(deaf.active('index').id).toBe(key.id);
  });

  test('a retired key can be removed, on every node; one in use cannot', async () => {
    const [here, there] = [await open(), await open()];
    const old = here.active('otp').id;
    await expect(database.postgres.tx((tx) => here.remove('otp', old, tx))).rejects.toThrow(
      'no retired otp key',
    );
    await rotate(here, 'otp');
    await database.postgres.tx((tx) => here.remove('otp', old, tx));
    await until(() => [here, there].every((ring) => ring.byId('otp', old) === undefined));
    expect(there.all('otp').map(({ state }) => state)).toEqual(['active', 'next']);
  });

  test('a failed reading is told, and the known keys stay in use', async () => {
    const copy = await testDatabase();
    const told: Error[] = [];
    const ring = await openKeyring({
      postgres: copy.postgres,
      keyEncryptionKey: KEK,
      clock,
      onError: (error) => told.push(error),
      reloadSeconds: 1,
    });
    const id = ring.active('seal').id;
    await copy.postgres.run(sql`alter table platform.key rename to gone`);
    await until(() => told.length > 0, 3);
    expect(ring.active('seal').id).toBe(id);
    await copy.postgres.run(sql`alter table platform.gone rename to key`);
    await ring.close();
    await copy.close();
  });
});
