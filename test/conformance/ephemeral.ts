// What every back end of short-lived state must do. `describeEphemeral(name, open)` runs it over one of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, type Ephemeral, type Json, type Spent } from '../../idp/platform/store/ephemeral.ts';

const PARALLEL = 100;

const atOnce = <T>(work: (index: number) => Promise<T>, times = PARALLEL): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

/** Values that text formats, SQL, Lua and its JSON reader like to spoil. */
const TRICKY: readonly [string, Json][] = [
  ['an empty list', []],
  ['an empty object', {}],
  ['nested empties', { a: [], b: {}, c: [[], {}], d: { e: { f: [] } } }],
  ['null', null],
  ['false', false],
  ['zero', 0],
  ['an empty string', ''],
  ['a large number', 9_007_199_254_740_991],
  ['a fraction', 0.1234567890123456],
  ['a rare character', { name: '𠮷田·买买提' }],
  ['control characters', 'a\u0000b\u001ec\nd\u007f'],
  ['half a surrogate pair', '\ud842'],
  ['quotes and slashes', `'"\\/;--$1 \${x}`],
  ['a key that is a prototype', JSON.parse('{"__proto__":{"a":1},"constructor":2}') as Json],
  ['50 kB', { text: '统'.repeat(17_000) }],
];

export function describeEphemeral(name: string, open: () => Promise<Ephemeral>): void {
  describe(`short-lived state on ${name}`, () => {
    let store: Ephemeral;
    let serial = 0;
    const fresh = (kind = 'test'): string => keyOf(kind, String((serial += 1)));

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    describeEntries(() => store, fresh);
    describeLife(() => store, fresh);
    describeRaces(() => store, fresh);
    describeGroups(() => store, fresh);
    describeSpend(() => store, fresh);
    describeMerge(() => store, fresh);

    test('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

type Part = (store: () => Ephemeral, fresh: (kind?: string) => string) => void;

const describeEntries: Part = (store, fresh) => {
  test('an absent key reads as absent in every way', async () => {
    const key = fresh();
    await expect(store().get(key)).resolves.toBeUndefined();
    await expect(store().take(key)).resolves.toBeUndefined();
    await expect(store().follow(key)).resolves.toBeUndefined();
    await expect(store().claim(key)).resolves.toBe('gone');
    await store().delete(key);
    await store().delete();
  });

  test.each(TRICKY)('%s is read back as it was written', async (_, value) => {
    const key = fresh();
    await store().put(key, value, 60);
    await expect(store().get(key)).resolves.toEqual({ value, claimed: false });
    await expect(store().take(key)).resolves.toEqual(value);
    await expect(store().once(key, value, 60)).resolves.toBe(true);
    await expect(store().get(key)).resolves.toEqual({ value, claimed: false });
  });

  test.each([
    "x'; drop table platform.ephemeral; --",
    "]] redis.call('FLUSHALL') --",
    '统一\u001e认证',
    '%s $1 \\',
  ])('a key such as %j is only a key', async (text) => {
    const key = `${fresh()}${text}`;
    await store().put(key, 1, 60, text);
    await expect(store().claim(key)).resolves.toBe('claimed');
    await store().merge(key, { f: { a: 1 } }, 60, 'f', 's');
    await expect(store().get(key)).resolves.toMatchObject({ value: { f: { a: 1 } } });
    await store().delete(key);
    await expect(store().get(key)).resolves.toBeUndefined();
  });

  test('writing again replaces the value and forgets the claim', async () => {
    const key = fresh();
    await store().put(key, 'old', 60);
    await store().claim(key);
    await expect(store().get(key)).resolves.toEqual({ value: 'old', claimed: true });
    await store().put(key, 'new', 60);
    await expect(store().get(key)).resolves.toEqual({ value: 'new', claimed: false });
  });

  test('a pointer is followed to its entry, claimed or not, until either is gone', async () => {
    const [pointer, target] = [keyOf('uid', fresh(), 'tag'), keyOf('session', fresh(), 'tag')];
    await store().put(pointer, target, 60);
    await expect(store().follow(pointer)).resolves.toBeUndefined();
    await store().put(target, { a: [] }, 60);
    await store().claim(target);
    await expect(store().follow(pointer)).resolves.toEqual({ value: { a: [] }, claimed: true });
    await store().delete(pointer);
    await expect(store().follow(pointer)).resolves.toBeUndefined();
  });

  test('an entry that is no pointer leads nowhere, and a pointer may lead to a merged entry', async () => {
    const [plain, pointer, target] = [fresh(), keyOf('uid', fresh(), 't'), keyOf('session', fresh(), 't')];
    await store().put(plain, { not: 'a pointer' }, 60);
    await expect(store().follow(plain)).resolves.toBeUndefined();
    await store().put(pointer, target, 60);
    await store().merge(target, { uid: 'u', grants: { a: { id: '1' } } }, 60, 'grants', 'uid');
    await expect(store().follow(pointer)).resolves.toMatchObject({ value: { grants: { a: { id: '1' } } } });
  });

  test('several keys are deleted together, absent ones included', async () => {
    const keys = [fresh(), fresh(), fresh()] as const;
    await store().put(keys[0], 1, 60);
    await store().put(keys[1], 2, 60);
    await store().delete(...keys);
    await expect(Promise.all(keys.map((key) => store().get(key)))).resolves.toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
};

const describeLife: Part = (store, fresh) => {
  test('an expired entry is gone for every method', async () => {
    const [read, taken, claimed, pointed, merged] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    for (const key of [read, taken, claimed]) await store().put(key, 'x', 1);
    await store().put(pointed, read, 60);
    await store().merge(merged, { s: 1, f: { a: 1 } }, 1, 'f', 's');
    await expect(store().once(fresh(), 1, 1)).resolves.toBe(true);
    await sleep(1_200);
    await expect(store().get(read)).resolves.toBeUndefined();
    await expect(store().take(taken)).resolves.toBeUndefined();
    await expect(store().claim(claimed)).resolves.toBe('gone');
    await expect(store().follow(pointed)).resolves.toBeUndefined();
    await store().merge(merged, { s: 1, f: { b: 2 } }, 60, 'f', 's');
    await expect(store().get(merged)).resolves.toMatchObject({ value: { f: { b: 2 } } });
  });

  test('claiming keeps the time to live, and a mark can be set again after it ended', async () => {
    const [key, mark] = [fresh(), fresh()];
    await store().put(key, 'x', 1);
    await store().once(mark, 1, 1);
    await store().claim(key);
    await expect(store().once(mark, 2, 60)).resolves.toBe(false);
    await sleep(1_200);
    await expect(store().get(key)).resolves.toBeUndefined();
    await expect(store().once(mark, 2, 60)).resolves.toBe(true);
    await expect(store().once(mark, 3, 60)).resolves.toBe(false);
    await expect(store().get(mark)).resolves.toMatchObject({ value: 2 });
  });

  test('a life of parts of a second is rounded up, an endless one is refused', async () => {
    const key = fresh();
    await store().put(key, 1, 0.2);
    await expect(store().get(key)).resolves.toBeDefined();
    await expect(store().put(key, 1, Number.POSITIVE_INFINITY)).rejects.toThrow('time to live');
    await expect(store().put(key, 1, Number.NaN)).rejects.toThrow('time to live');
  });
};

const describeRaces: Part = (store, fresh) => {
  test('of 100 parallel takes exactly one gets the value', async () => {
    const key = fresh();
    await store().put(key, { code: 1 }, 60);
    const got = await atOnce(() => store().take(key));
    expect(got.filter((value) => value !== undefined)).toEqual([{ code: 1 }]);
  });

  test('of 100 parallel claims exactly one wins and the others hear that it was used', async () => {
    const key = fresh();
    await store().put(key, 'code', 60);
    const outcomes = await atOnce(() => store().claim(key));
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already')).toHaveLength(PARALLEL - 1);
    await expect(store().get(key)).resolves.toEqual({ value: 'code', claimed: true });
  });

  test('of 100 parallel marks exactly one is set', async () => {
    const key = fresh();
    const set = await atOnce((index) => store().once(key, index, 60));
    expect(set.filter(Boolean)).toHaveLength(1);
    await expect(store().get(key)).resolves.toMatchObject({ value: set.indexOf(true) });
  });
};

const describeGroups: Part = (store, fresh) => {
  test('a group is dropped whole, and nothing else with it', async () => {
    const group = fresh('grant');
    const members = Array.from({ length: 50 }, () => fresh());
    const [outside, other] = [fresh(), fresh()];
    await Promise.all(members.map((key) => store().put(key, 'token', 60, group)));
    await store().put(outside, 'stays', 60);
    await store().put(other, 'stays', 60, fresh('grant'));
    await store().dropGroup(group);
    const left = await Promise.all(members.map((key) => store().get(key)));
    expect(left.filter(Boolean)).toEqual([]);
    await expect(store().get(outside)).resolves.toMatchObject({ value: 'stays' });
    await expect(store().get(other)).resolves.toMatchObject({ value: 'stays' });
  });

  test('a member that joined with a short life does not shorten the group', async () => {
    const [group, long, short] = [fresh('grant'), fresh(), fresh()];
    await store().put(long, 'x', 60, group);
    await store().put(short, 'x', 1, group);
    await sleep(1_200);
    await store().dropGroup(group);
    await expect(store().get(long)).resolves.toBeUndefined();
  });

  test('an unknown group, a taken member and a second drop are no trouble', async () => {
    const [group, key] = [fresh('grant'), fresh()];
    await store().dropGroup(group);
    await store().put(key, 'x', 60, group);
    await store().take(key);
    await store().dropGroup(group);
    await store().dropGroup(group);
    await store().put(key, 'again', 60, group);
    await store().dropGroup(group);
    await expect(store().get(key)).resolves.toBeUndefined();
  });
};

const describeSpend: Part = (store, fresh) => {
  const spendAll = async (key: string, times: number, burst: number, period: number): Promise<Spent[]> => {
    const spent: Spent[] = [];
    for (let index = 0; index < times; index += 1)
      spent.push(await store().spend(key, { burst, periodSeconds: period }));
    return spent;
  };

  test('a burst is counted down, then refused with the seconds to wait', async () => {
    const spent = await spendAll(fresh(), 5, 3, 3_000);
    expect(spent.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
    expect(spent.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(spent.slice(0, 3).every(({ retryAfterSeconds }) => retryAfterSeconds === 0)).toBe(true);
    for (const { retryAfterSeconds } of spent.slice(3)) {
      expect(retryAfterSeconds).toBeGreaterThan(990);
      expect(retryAfterSeconds).toBeLessThanOrEqual(1_000);
    }
  });

  test('a refused spend takes nothing, and tokens come back evenly', async () => {
    const [key, rate] = [fresh(), { burst: 2, periodSeconds: 2 }];
    await spendAll(key, 8, 2, 2);
    await sleep(1_100);
    await expect(store().spend(key, rate)).resolves.toMatchObject({ allowed: true, remaining: 0 });
    await expect(store().spend(key, rate)).resolves.toEqual({
      allowed: false,
      remaining: 0,
      retryAfterSeconds: 1,
    });
    await sleep(2_100);
    await expect(store().spend(key, rate, 2)).resolves.toMatchObject({ allowed: true });
  });

  test('a dear spend is refused where a cheap one still passes', async () => {
    const [key, rate] = [fresh(), { burst: 10, periodSeconds: 1_000 }];
    await expect(store().spend(key, rate, 8)).resolves.toMatchObject({ allowed: true, remaining: 2 });
    await expect(store().spend(key, rate, 3)).resolves.toMatchObject({ allowed: false, remaining: 2 });
    await expect(store().spend(key, rate, 2)).resolves.toMatchObject({ allowed: true, remaining: 0 });
  });

  test.each([7, 10, 60])('100 parallel spends of a burst of %i pass exactly that often', async (burst) => {
    const key = fresh();
    const spent = await atOnce(() => store().spend(key, { burst, periodSeconds: 86_400 }));
    expect(spent.filter(({ allowed }) => allowed)).toHaveLength(burst);
  });

  test('what can never be met is a mistake of the caller', async () => {
    await expect(store().spend(fresh(), { burst: 3, periodSeconds: 60 }, 4)).rejects.toThrow('cannot spend');
    await expect(store().spend(fresh(), { burst: 3, periodSeconds: 60 }, 0)).rejects.toThrow('cannot spend');
    await expect(store().spend(fresh(), { burst: 3, periodSeconds: 0 })).rejects.toThrow('cannot spend');
  });

  test('a deleted limit starts afresh', async () => {
    const key = fresh();
    await spendAll(key, 4, 3, 3_000);
    await store().delete(key);
    await expect(store().spend(key, { burst: 3, periodSeconds: 3_000 })).resolves.toMatchObject({
      allowed: true,
      remaining: 2,
    });
  });
};

const describeMerge: Part = (store, fresh) => {
  const session = (
    authorizations: { readonly [client: string]: Json },
    uid: Json = 'u1',
  ): { [key: string]: Json } => ({
    uid,
    amr: [],
    extra: { deep: { list: [], n: 12345678901234 } },
    authorizations,
  });
  const merge = (key: string, value: { readonly [key: string]: Json }): Promise<void> =>
    store().merge(key, value, 60, 'authorizations', 'uid');

  test('100 parallel writers lose none of their members', async () => {
    const key = fresh('session');
    await merge(key, session({}));
    await atOnce((index) =>
      merge(key, session({ [`client-${index}`]: { grantId: `g${index}`, scopes: [] } })),
    );
    const kept = await store().get(key);
    const expected = Object.fromEntries(
      Array.from({ length: PARALLEL }, (_, index) => [
        `client-${index}`,
        { grantId: `g${index}`, scopes: [] },
      ]),
    );
    expect(kept?.value).toEqual(session(expected));
  });

  test.each(TRICKY)('%s survives as a member, kept and new, and beside the field', async (_, value) => {
    const key = fresh('session');
    await merge(key, { ...session({ kept: value, 'kept "统": 1': value }), beside: value });
    await merge(key, { ...session({ added: value }), beside: value });
    const expected = session({ kept: value, 'kept "统": 1': value, added: value });
    expect((await store().get(key))?.value).toEqual({ ...expected, beside: value });
  });

  test('the newer value of a member and of everything else wins', async () => {
    const key = fresh('session');
    await merge(key, { ...session({ a: { v: 1 }, b: { v: 1 } }), gone: true });
    await merge(key, { ...session({ a: { v: 2 } }), loginTs: 5 });
    expect((await store().get(key))?.value).toEqual({ ...session({ a: { v: 2 }, b: { v: 1 } }), loginTs: 5 });
  });

  test('another person in the same session inherits nothing', async () => {
    const key = fresh('session');
    await merge(key, session({ a: 1 }));
    await merge(key, session({ b: 2 }, 'u2'));
    expect((await store().get(key))?.value).toEqual(session({ b: 2 }, 'u2'));
    await merge(key, session({ c: 3 }, null));
    expect((await store().get(key))?.value).toEqual(session({ c: 3 }, null));
  });

  test('an absent field counts as empty, a field that is no object is a mistake', async () => {
    const key = fresh('session');
    await store().merge(key, { uid: 'u' }, 60, 'authorizations', 'uid');
    expect((await store().get(key))?.value).toEqual({ uid: 'u', authorizations: {} });
    await store().merge(
      key,
      { uid: 'u', authorizations: { a: 1, b: undefined } },
      60,
      'authorizations',
      'uid',
    );
    await store().merge(key, {}, 60, 'authorizations', 'other');
    expect((await store().get(key))?.value).toEqual({ authorizations: {} });
    await expect(merge(key, { uid: 'u', authorizations: [] })).rejects.toThrow('object');
  });

  test('a plain entry is overwritten whole, a merged one too by a plain write', async () => {
    const key = fresh('session');
    await store().put(key, session({ a: 1 }), 60);
    await merge(key, session({ b: 2 }));
    expect((await store().get(key))?.value).toEqual(session({ b: 2 }));
    await store().put(key, session({ c: 3 }), 60);
    await expect(store().get(key)).resolves.toEqual({ value: session({ c: 3 }), claimed: false });
    await merge(key, session({ d: 4 }));
    await store().claim(key);
    await expect(store().take(key)).resolves.toEqual(session({ d: 4 }));
  });
};
