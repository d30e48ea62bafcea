import { createCache, type Cache } from '../../idp/registry/running/cache.ts';
import type { Client } from '../../idp/registry/registry.ts';
import { testClock } from '../support/clock.ts';

const client = (version: number): Client => ({ version }) as Client;

function cacheOver(load: (clientId: string) => Promise<Client | undefined>): {
  cache: Cache;
  asked: string[];
  clock: ReturnType<typeof testClock>;
} {
  const asked: string[] = [];
  const clock = testClock();
  const cache = createCache({
    clock,
    freshSeconds: 60,
    load: (clientId) => {
      asked.push(clientId);
      return load(clientId);
    },
  });
  return { cache, asked, clock };
}

test('a hundred that ask at once cause one reading', async () => {
  const { cache, asked } = cacheOver(async () => client(1));
  await Promise.all(Array.from({ length: 100 }, () => cache.get('a')));
  expect(asked).toEqual(['a']);
});

test('a change that is announced while the old state is being read is not lost', async () => {
  const answers: ((answer: Client) => void)[] = [];
  const { cache } = cacheOver(
    () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
  );
  const early = cache.get('a');
  cache.expire('a');
  const late = cache.get('a');
  answers[1]?.(client(2));
  answers[0]?.(client(1));
  expect([(await early)?.version, (await late)?.version]).toEqual([1, 2]);
  expect((await cache.get('a'))?.version).toBe(2);
});

test('a failed reading is not remembered', async () => {
  let down = true;
  const { cache } = cacheOver(async () => {
    if (down) throw new Error('down');
    return client(1);
  });
  await expect(cache.get('a')).rejects.toThrow('down');
  down = false;
  expect(await cache.get('a')).toEqual(client(1));
});

test('a clock that is set back does not stretch the life of an entry', async () => {
  const { cache, asked, clock } = cacheOver(async () => client(1));
  await cache.get('a');
  clock.forward(-3_600);
  await cache.get('a');
  expect(asked).toEqual(['a', 'a']);
});

test('made-up identifiers cannot push a client out, and do not fill the memory', async () => {
  const { cache, asked } = cacheOver(async (clientId) => (clientId === 'a' ? client(1) : undefined));
  await cache.get('a');
  for (let place = 0; place < 10_001; place += 1) await cache.get(`made-up-${place}`);
  await cache.get('a');
  await cache.get('made-up-10000');
  expect(asked).toHaveLength(10_002);
  await cache.get('made-up-0');
  expect(asked).toHaveLength(10_003);
});

test('of more clients than it holds, those that are in use stay', async () => {
  const { cache, asked } = cacheOver(async () => client(1));
  await cache.get('in-use');
  for (let place = 0; place < 50_000; place += 1) {
    if (place % 1_000 === 0) await cache.get('in-use');
    await cache.get(`client-${place}`);
  }
  expect(asked.filter((id) => id === 'in-use')).toHaveLength(1);
});

test('as long as every announcement is heard, age alone causes no reading; then, or after ten minutes, it does', async () => {
  const { cache, asked, clock } = cacheOver(async () => client(1));
  await cache.get('a');
  for (let minute = 0; minute < 9; minute += 1) {
    clock.forward(59);
    cache.heardAllUntil(clock.now());
    await cache.get('a');
  }
  expect(asked).toEqual(['a']);
  clock.forward(60);
  await cache.get('a');
  expect(asked).toEqual(['a', 'a']);
  for (let minute = 0; minute < 12; minute += 1) {
    clock.forward(59);
    cache.heardAllUntil(clock.now());
    await cache.get('a');
  }
  expect(asked).toHaveLength(3);
  cache.heardAllUntil(clock.now());
  cache.expire('a');
  await cache.get('a');
  expect(asked).toHaveLength(4);
});
