// Ten times more password sign-ins than can be hashed: as many as ever get in, the others are told at once, and who is
// signed in already notices nothing.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAccounts, phones } from '../signin/door/asking.ts';
import { redisIsIncluded } from '../support/ephemeral.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { citizenBrowser, metadataOf, serviceOf, through, type Tokens } from './trial-client.ts';

jest.setTimeout(120_000);
// The machine does other things too: one undisturbed run in two is enough.
jest.retryTimes(1);

let system: TestApp;
let persona: Persona;
let tokens: Tokens;
const service = serviceOf(() => system.issuer, 'overload', 'overload-secret-0123456789');
const accounts = phones(480, '13588');
const fresh = accounts.values();

beforeAll(async () => {
  system = await testApp({
    store: redisIsIncluded() ? 'redis' : 'postgres',
    env: {
      // So slow that ten times as many cost the rest of the system little.
      TONGXING_PASSWORD__MEMORY_KI_B: '65536',
      TONGXING_PASSWORD__PASSES: '2',
      TONGXING_PASSWORD__MAX_CONCURRENT: '1',
      TONGXING_PASSWORD__MAX_QUEUE: '2',
      TONGXING_PASSWORD__MAX_WAIT_MS: '400',
    },
  });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  persona = await system.persona('verified');
  await openAccounts(system, accounts, persona.phone);
  const { url, verifier } = service.begin();
  const browser = citizenBrowser();
  const first = await browser.submit(await browser.get(url), {
    phone: persona.phone,
    password: persona.password,
  });
  tokens = await service.redeem(await through(browser, first), verifier);
});
afterAll(() => system.close());

interface Door {
  readonly browser: Browser;
  readonly form: Page;
}

/** A citizen at the open sign-in page. */
async function doors(count: number): Promise<Door[]> {
  const open: Door[] = [];
  const lane = async (): Promise<void> => {
    while (open.length < count) {
      const browser = citizenBrowser();
      open.push({ browser, form: await browser.get(service.begin().url) });
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return open;
}

interface Answered {
  readonly page: Page;
  readonly ms: number;
}
async function signIn({ browser, form }: Door): Promise<Answered> {
  const begun = performance.now();
  const phone = fresh.next().value ?? '';
  const page = await browser.submit(form, { phone, password: persona.password });
  return { page, ms: performance.now() - begun };
}
const isIn = ({ page }: Answered): boolean => page.text.includes('name="decision"');
const p95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;

/** Asks for what signed-in citizens and services need while `work` runs. Returns its result and their p95. */
async function beside<T>(work: () => Promise<T>): Promise<{ readonly done: T; readonly othersMs: number }> {
  const times: number[] = [];
  const over = new AbortController();
  const timed = async (ask: () => Promise<{ readonly status: number }>, status: number): Promise<void> => {
    const begun = performance.now();
    expect((await ask()).status).toBe(status);
    times.push(performance.now() - begun);
  };
  const asking = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await timed(() => service.userinfo(tokens.access_token), 200);
      await timed(() => service.token({ grant_type: 'authorization_code', code: 'none' }), 400);
      await sleep(20);
    }
  };
  const finished = work().finally(() => over.abort());
  const [done] = await Promise.all([finished, asking()]);
  return { done, othersMs: p95(times) };
}

/** Sign-ins that got in, in a second. */
async function goodputOf(work: () => Promise<readonly Answered[]>): Promise<{
  readonly answers: readonly Answered[];
  readonly perSecond: number;
}> {
  const began = performance.now();
  const answers = await work();
  return { answers, perSecond: (answers.filter(isIn).length * 1000) / (performance.now() - began) };
}

test('a rush of passwords lets in what it did before, refuses the rest within a second, and slows nobody else', async () => {
  const [calm, rush] = [await doors(16), (await doors(120)).entries()];
  const line = calm.values();
  // Two at a time: while one is hashed the next one waits, so that the hash is never idle.
  const lane = async (): Promise<Answered[]> => {
    const answers: Answered[] = [];
    for (const door of line) answers.push(await signIn(door));
    return answers;
  };
  const rated = await beside(() => goodputOf(async () => (await Promise.all([lane(), lane()])).flat()));
  const before = process.memoryUsage().rss;
  const tenfold = await beside(() =>
    goodputOf(() =>
      Promise.all(
        Array.from(rush, async ([n, door]) => {
          await sleep((n * 1000) / (rated.done.perSecond * 10));
          return signIn(door);
        }),
      ),
    ),
  );
  const refused = tenfold.done.answers.filter((answer) => !isIn(answer));
  expect(refused.length).toBeGreaterThan(60);
  expect(refused.filter(({ page }) => page.status !== 503)).toEqual([]);
  expect(refused.every(({ page }) => Number(page.headers.get('retry-after')) >= 1)).toBe(true);
  // What a busy machine takes for anything at all is no part of the second.
  expect(p95(refused.map(({ ms }) => ms))).toBeLessThan(1_000 + 5 * rated.othersMs);
  expect(tenfold.done.perSecond / rated.done.perSecond).toBeGreaterThan(0.8);
  expect(tenfold.othersMs).toBeLessThan(Math.max(300, 5 * rated.othersMs));
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1_048_576);
});
