// A hundred at once: one phone makes one account, one ID number belongs to one account.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  byCode,
  citizenBrowser,
  headingOf,
  metadataOf,
  prove,
  reached,
  serviceOf,
  through,
} from './trial-client.ts';
import { testApp, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { sql } from '../../idp/platform/store/postgres.ts';

let system: TestApp;
const service = serviceOf(() => system.issuer, 'races', 'races-secret-0123456789abc');
const PASSWORD = 'kingfishers-under-the-arch';

beforeAll(async () => {
  system = await testApp({
    store: 'redis',
    env: {
      // However slow the machine: all hundred ask within the life of the one code.
      TONGXING_SMS__RESEND_AFTER: '60s',
      TONGXING_PASSWORD__MAX_QUEUE: '400',
      TONGXING_PASSWORD__MAX_WAIT_MS: '10000',
      TONGXING_PASSWORD__MEMORY_KI_B: '7168',
      TONGXING_SMS__BUDGET_PER_MINUTE: '6000',
      TONGXING_PROOFING__TRIES_PER_DAY: '500',
    },
  });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
}, 60_000);
afterAll(() => system.close());

const count = async (statement: ReturnType<typeof sql>): Promise<number> =>
  Number((await system.database.postgres.row<{ n: string }>(statement))?.n);

test('100 registrations of one phone make one account, and nobody sees a failure of ours', async () => {
  const phone = '13900013333';
  const before = await count(sql`select count(*) as n from citizens.citizen`);
  const asked = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const browser = citizenBrowser();
      const tab = await browser.follow(
        await browser.get(service.begin({ scope: 'openid' }).url),
        /way=register/,
      );
      return [browser, await browser.submit(tab, { phone })] as const;
    }),
  );
  const { code } = await system.message(phone);
  const confirmed = await Promise.all(
    asked.map(async ([browser, page]) =>
      page.text.includes('name="code"') ? browser.submit(page, { code }) : page,
    ),
  );
  const holders = confirmed.flatMap((page, n) =>
    page.text.includes('name="password"') && page.status === 200 ? [[asked[n]![0], page] as const] : [],
  );
  const ended = await Promise.all(
    holders.map(([browser, page]) => browser.submit(page, { password: PASSWORD })),
  );
  expect([...confirmed, ...ended].every((page) => page.status < 500)).toBe(true);
  expect(holders.length).toBeGreaterThanOrEqual(1);
  expect((await count(sql`select count(*) as n from citizens.citizen`)) - before).toBe(1);
}, 60_000);

const phoneOfStranger = (n: number): string => `1380013${String(n).padStart(4, '0')}`;

async function registered(phone: string): Promise<[Browser, Page]> {
  const browser = citizenBrowser();
  const { url } = service.begin({ scope: 'openid', acr_values: 'urn:tongxing:acr:l2' });
  const page = await byCode(browser, url, phone, system, { register: true });
  return [browser, await browser.submit(page, { password: PASSWORD })];
}

test('one ID number proven by 29 strangers and its owner at once ends with the owner alone', async () => {
  const person = await system.persona('elder');
  const before = await count(sql`select count(*) as n from citizens.document`);
  const ready: [Browser, Page][] = [];
  for (let n = 0; n < 29; n += 1) ready.push(await registered(phoneOfStranger(n)));
  ready.splice(14, 0, await registered(person.phone));
  const proven = await Promise.all(ready.map(([browser, page]) => prove(browser, page, person)));
  expect(proven.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  expect(await count(sql`select count(*) as n from citizens.document`)).toBe(before + 1);
  expect(proven.map(headingOf).flatMap((heading, n) => (heading === '实名认证完成' ? [n] : []))).toEqual([
    14,
  ]);
}, 90_000);

test('the register being down is a wait, and the same page goes on when it is back', async () => {
  const person = await system.persona('minor');
  const [browser, form] = await registered(person.phone);
  await system.behave('population-register', 'down');
  const waiting = await prove(browser, form, person);
  expect(waiting.status).toBe(200);
  expect(reached(waiting)).toBe(false);
  await system.behave('population-register', 'normal');
  await new Promise((resolve) => setTimeout(resolve, 5_200));
  const done = await through(browser, waiting);
  expect(reached(done)).toBe(true);
}, 30_000);
