import { Redis as Driver } from 'ioredis';
import { addSeconds } from '../../../idp/platform/base/clock.ts';
import { Fault } from '../../../idp/platform/base/errors.ts';
import { createLimits, type Limit, type Limits } from '../../../idp/platform/limits/limits.ts';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import { createRedisEphemeral } from '../../../idp/platform/store/redis/ephemeral-redis.ts';
import { openRedis } from '../../../idp/platform/store/redis/redis.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { fakeClock } from '../../support/clock.ts';
import { backEnds, redisIsIncluded } from '../../support/ephemeral.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { redisSettingsFor, startRedisServer } from '../../support/redis.ts';

const PHONE = '+8613800135678';
const KEY = { id: 'k5', material: Buffer.alloc(32, 5) };
const keyring = { active: () => KEY, all: () => [KEY] };
const clock = fakeClock();

const limitOf = (name: string, burst: number, periodSeconds = 3_600): Limit => ({
  name,
  burst,
  periodSeconds,
  per: 'phone number',
  why: 'a text message costs money and annoys',
});

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe.each(backEnds())('limits on $name', ({ open }) => {
  let ephemeral: Ephemeral;
  let limits: Limits;
  beforeAll(async () => {
    ephemeral = await open();
    limits = createLimits({ ephemeral, postgres: database.postgres, keyring, clock });
  });
  afterAll(() => ephemeral.close());

  test('what is spent is refused with the seconds to wait, for this subject and this limit only', async () => {
    const limit = limits.declare(limitOf('sms.send', 2));
    await limits.spend(limit, PHONE);
    await limits.spend(limit, PHONE);
    const refusal: unknown = await limits.spend(limit, PHONE).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Fault);
    expect(refusal).toMatchObject({ code: 'too_many' });
    expect((refusal as Fault).detail.retryAfterSeconds).toBeGreaterThan(1_790);
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('138');
    await limits.spend(limit, '+8613900135678');
    await limits.spend(limits.declare(limitOf('sms.check', 1)), PHONE);
  });

  test('trying counts down and says -1 when refused', async () => {
    const limit = limits.declare(limitOf('try', 2));
    await expect(limits.trySpend(limit, PHONE)).resolves.toEqual({ remaining: 1, retryAfterSeconds: 0 });
    await expect(limits.trySpend(limit, PHONE)).resolves.toEqual({ remaining: 0, retryAfterSeconds: 0 });
    const refused = await limits.trySpend(limit, PHONE);
    expect(refused.remaining).toBe(-1);
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('forgiving starts afresh', async () => {
    const limit = limits.declare(limitOf('forgiven', 1));
    await limits.spend(limit, PHONE);
    await limits.forgive(limit, PHONE);
    await limits.spend(limit, PHONE);
    await expect(limits.spend(limit, PHONE)).rejects.toMatchObject({ code: 'too_many' });
  });

  test('of 1,000 parallel spends, by two nodes, no more than the burst pass', async () => {
    const other = createLimits({ ephemeral, postgres: database.postgres, keyring, clock });
    const limit = limits.declare(limitOf('raced', 25, 86_400));
    const spent = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => (index % 2 ? limits : other).trySpend(limit, PHONE)),
    );
    expect(spent.filter(({ remaining }) => remaining >= 0)).toHaveLength(25);
  });
});

describe('declaring', () => {
  test('a second declaration with other numbers is a mistake, with the same numbers is not', async () => {
    const ephemeral = await backEnds()[0]!.open();
    const limits = createLimits({ ephemeral, postgres: database.postgres, keyring, clock });
    const limit = limits.declare(limitOf('a', 2));
    limits.declare({ ...limit });
    expect(() => limits.declare(limitOf('a', 3))).toThrow('declared twice');
    expect(() => limits.declare(limitOf('a', 2, 1))).toThrow('declared twice');
    limits.declare(limitOf('b', 2));
    expect(limits.list().map(({ name }) => name)).toEqual(['a', 'b']);
    await ephemeral.close();
  });
});

describe('locks', () => {
  let ephemeral: Ephemeral;
  let limits: Limits;
  beforeAll(async () => {
    ephemeral = await backEnds()[0]!.open();
    limits = createLimits({ ephemeral, postgres: database.postgres, keyring, clock });
  });
  afterAll(() => ephemeral.close());
  const until = (seconds: number): Date => addSeconds(clock.now(), seconds);

  test('stand until their end, for one subject in one space', async () => {
    await limits.lock('password', PHONE, until(900));
    await expect(limits.standing('password', PHONE)).resolves.toEqual({ until: until(900) });
    await expect(limits.standing('password', 'somebody else')).resolves.toBeUndefined();
    await expect(limits.standing('sms', PHONE)).resolves.toBeUndefined();
    clock.advance(899);
    await expect(limits.standing('password', PHONE)).resolves.toBeDefined();
    clock.advance(1);
    await expect(limits.standing('password', PHONE)).resolves.toBeUndefined();
  });

  test('the later end wins, in any order and in parallel', async () => {
    await limits.lock('later', PHONE, until(100));
    await limits.lock('later', PHONE, until(50));
    await expect(limits.standing('later', PHONE)).resolves.toEqual({ until: until(100) });
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => limits.lock('raced', PHONE, until(index + 1))),
    );
    await expect(limits.standing('raced', PHONE)).resolves.toEqual({ until: until(100) });
  });

  test('a lock set within a transaction that fails was never set', async () => {
    const work = database.postgres.tx(async (tx) => {
      await limits.lock('undone', PHONE, until(100), tx);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await expect(limits.standing('undone', PHONE)).resolves.toBeUndefined();
  });

  test('those that ended are swept, those that stand stay', async () => {
    await limits.lock('swept', 'ended', until(10));
    await limits.lock('swept', 'stands', until(1_000));
    clock.advance(500);
    await expect(limits.sweep()).resolves.toBeGreaterThan(0);
    await expect(limits.standing('swept', 'stands')).resolves.toBeDefined();
    await expect(limits.sweep()).resolves.toBe(0);
  });

  test('the table tells nobody who is locked', async () => {
    await limits.lock('password', PHONE, until(900));
    const rows = await database.postgres.rows<{ subject: Buffer }>(sql`select subject from limits.lockout`);
    expect(rows.every(({ subject }) => subject.length === 32)).toBe(true);
    expect(Buffer.concat(rows.map(({ subject }) => subject)).includes('138')).toBe(false);
  });
});

if (redisIsIncluded())
  describe('an emptied Redis', () => {
    test('forgets what was spent, never a lock, and its keys name nobody', async () => {
      const server = await startRedisServer();
      const settings = redisSettingsFor(server.url);
      const ephemeral = createRedisEphemeral(
        openRedis(settings, () => undefined),
        settings,
      );
      const limits = createLimits({ ephemeral, postgres: database.postgres, keyring, clock });
      const limit = limits.declare(limitOf('emptied', 1));
      const until = addSeconds(clock.now(), 900);
      await limits.spend(limit, PHONE);
      await limits.lock('emptied', PHONE, until);
      const admin = new Driver(server.url);
      expect((await admin.keys('*')).join(' ')).not.toContain('138');
      await admin.flushall();
      await limits.spend(limit, PHONE);
      await expect(limits.standing('emptied', PHONE)).resolves.toEqual({ until });
      await admin.quit();
      await server.kill();
      await expect(limits.spend(limit, PHONE)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(limits.standing('emptied', PHONE)).resolves.toEqual({ until });
      await ephemeral.close();
    });
  });
