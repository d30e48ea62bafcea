// Guessing ends in a lock that names its end, leaves the other ways open, and outlives an emptied Redis.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  byCode,
  citizenBrowser,
  headingOf,
  metadataOf,
  reached,
  serviceOf,
} from '../resilience/trial-client.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Page } from '../support/browser.ts';
import { openTestRedis } from '../support/redis.ts';

let system: TestApp;
let second: TestApp;
const service = serviceOf(() => system.issuer, 'locks', 'locks-secret-0123456789');

beforeAll(async () => {
  system = await testApp({ store: 'redis', env: { TONGXING_SMS__RESEND_AFTER: '1s' } });
  second = await testApp({ store: 'redis', beside: system });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
});
afterAll(async () => {
  await second.close();
  await system.close();
});

async function tryPassword(phone: string, password: string, at = system): Promise<Page> {
  const browser = citizenBrowser();
  const start = serviceOf(() => at.issuer, service.clientId, service.secret).begin();
  return browser.submit(await browser.get(start.url), { phone, password });
}

async function lock({ phone }: Pick<Persona, 'phone'>): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1)
    statuses.push((await tryPassword(phone, `wrong-password-number-${n}`)).status);
  return statuses;
}

test('six wrong passwords lock the password, and the page says until when (A66)', async () => {
  const citizen = await system.persona('verified');
  expect(await lock(citizen)).toEqual([422, 422, 422, 422, 422, 429]);
  const page = await tryPassword(citizen.phone, citizen.password);
  expect(page.status).toBe(429);
  expect(page.text).toMatch(/\d{1,2}:\d{2}/);
  const retry = Number(page.headers.get('retry-after'));
  expect(retry).toBeGreaterThan(500);
  expect(retry).toBeLessThanOrEqual(600);
});

test('the lock of the password leaves the code open', async () => {
  const { phone } = await system.persona('verified');
  const browser = citizenBrowser();
  const page = await byCode(browser, service.begin().url, phone, system);
  expect(page.text).toContain('name="decision"');
});

test('an account that does not exist is locked with the same words', async () => {
  const nobody = '13900017777';
  expect(await lock({ phone: nobody })).toEqual([422, 422, 422, 422, 422, 429]);
  const [none, there] = [
    await tryPassword(nobody, 'whatever-this-may-be'),
    await tryPassword((await system.persona('verified')).phone, 'whatever-this-may-be'),
  ];
  expect(headingOf(none)).not.toBe('');
  expect(headingOf(none)).toBe(headingOf(there));
  expect(none.status).toBe(there.status);
});

test('a lock outlives a Redis that was emptied', async () => {
  const citizen = await system.persona('verified-two');
  await lock(citizen);
  const { redis, ephemeral } = openTestRedis();
  const keys = await redis.keys(`${system.redisPrefix ?? ''}*`);
  await redis.del(keys);
  await ephemeral.close();
  expect((await tryPassword(citizen.phone, citizen.password)).status).toBe(429);
});

test('tries are shared by all nodes: three here and three there lock (A123)', async () => {
  const citizen = await system.persona('unverified');
  for (let n = 0; n < 5; n += 1) {
    const page = await tryPassword(
      citizen.phone,
      `wrong-password-number-${n}`,
      n % 2 === 0 ? system : second,
    );
    expect(page.status).toBe(422);
  }
  expect((await tryPassword(citizen.phone, 'wrong-password-number-6', second)).status).toBe(429);
  expect((await tryPassword(citizen.phone, citizen.password)).status).toBe(429);
});

test('a right password before the last try forgives the wrong ones', async () => {
  const browser = citizenBrowser();
  const phone = '13900016666';
  const password = 'herons-above-the-mill-pond';
  const asked = await byCode(browser, service.begin().url, phone, system, { register: true });
  await browser.submit(asked, { password });
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 5; n += 1)
      expect((await tryPassword(phone, `wrong-password-number-${n}`)).status).toBe(422);
    const page = await tryPassword(phone, password);
    expect(reached(page) || page.text.includes('name="decision"')).toBe(true);
  }
});

test('100 guesses at once are not more than the declared tries', async () => {
  const nobody = '13900015555';
  const pages = await Promise.all(
    Array.from({ length: 100 }, (_, n) => tryPassword(nobody, `parallel-guess-number-${n}`)),
  );
  const looked = pages.filter(({ status }) => status === 422).length;
  expect(looked).toBeLessThanOrEqual(6);
  expect(pages.every(({ status }) => [422, 429, 503].includes(status))).toBe(true);
});
