// What the sign-in turns away before it looks at a password, over HTTP: each test is named for what it stops.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { citizenBrowser, headingOf, metadataOf, serviceOf } from '../../resilience/trial-client.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { redisIsIncluded } from '../../support/ephemeral.ts';

const PER_ADDRESS = 6;

let direct: TestApp;
/** Behind one proxy of ours, which vouches for the address. */
let proxied: TestApp;
const service = serviceOf(() => direct.issuer, 'door', 'door-secret-0123456789');

beforeAll(async () => {
  const store = redisIsIncluded() ? 'redis' : 'postgres';
  const env = {
    TONGXING_PASSWORD__PER_ADDRESS: String(PER_ADDRESS),
    TONGXING_PASSWORD__PER_NETWORK: '20',
    TONGXING_PASSWORD__FAILURES_PER_MINUTE: '100000',
  };
  direct = await testApp({ store, env });
  proxied = await testApp({ store, beside: direct, env: { ...env, TONGXING_HTTP__TRUSTED_PROXY_HOPS: '1' } });
  await direct.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
});
afterAll(async () => {
  await proxied.close();
  await direct.close();
});

let form: Page;
let browser: Browser;
async function open(at: TestApp): Promise<void> {
  browser = citizenBrowser();
  const start = serviceOf(() => at.issuer, service.clientId, service.secret).begin();
  form = await browser.get(start.url);
}

let phone = 13_900_030_000;
/** One more account tried once, as the caller says where from. */
async function stuff(headers: Readonly<Record<string, string>>): Promise<number> {
  const hidden = Object.fromEntries(
    [...form.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
      name ?? '',
      value ?? '',
    ]),
  );
  const action = /action="([^"]*\/password[^"]*)"/.exec(form.text)?.[1] ?? '';
  phone += 1;
  const { status } = await browser.post(
    new URL(action, form.url).href,
    { ...hidden, phone: String(phone), password: 'leaked-from-elsewhere' },
    { origin: new URL(form.url).origin, ...headers },
  );
  return status;
}
const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((one) => one === status).length;

describe('a made-up X-Forwarded-For (A122)', () => {
  test('is not believed without a proxy: a new address every time is still one', async () => {
    await open(direct);
    const statuses: number[] = [];
    for (let n = 0; n < 30; n += 1) statuses.push(await stuff({ 'x-forwarded-for': `198.51.100.${n}` }));
    expect(count(statuses, 422)).toBeLessThanOrEqual(PER_ADDRESS + 2);
    expect(count(statuses, 429)).toBeGreaterThan(20);
  });

  test('in front of what our proxy wrote is not believed either', async () => {
    await open(proxied);
    const statuses: number[] = [];
    for (let n = 0; n < 30; n += 1)
      statuses.push(await stuff({ 'x-forwarded-for': `198.51.100.${n}, 192.0.2.1` }));
    expect(count(statuses, 429)).toBeGreaterThan(20);
  });

  test('changes nothing as Forwarded, X-Real-IP or a second header', async () => {
    await open(proxied);
    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1)
      statuses.push(
        await stuff({
          'x-forwarded-for': '192.0.2.2',
          'x-real-ip': `198.51.100.${n}`,
          forwarded: `for=198.51.100.${n}`,
          'true-client-ip': `198.51.100.${n}`,
        }),
      );
    expect(count(statuses, 429)).toBeGreaterThan(10);
  });
});

describe('stuffing from many addresses (A68)', () => {
  beforeEach(() => open(proxied));

  test('of one IPv6 household is one address, of one rented network one network', async () => {
    const household: number[] = [];
    for (let n = 0; n < 16; n += 1)
      household.push(await stuff({ 'x-forwarded-for': `2001:470:1:2::${n.toString(16)}` }));
    expect(count(household, 429)).toBeGreaterThanOrEqual(8);
    const network: number[] = [];
    for (let n = 0; n < 60; n += 1)
      network.push(await stuff({ 'x-forwarded-for': `2001:470:ff:${n.toString(16)}::1` }));
    expect(count(network, 429)).toBeGreaterThanOrEqual(15);
    expect(await stuff({ 'x-forwarded-for': '2001:470:fe:1::1' })).toBe(422);
  });

  test('of one /24 is met together, the neighbour is not', async () => {
    const network: number[] = [];
    for (let n = 0; n < 60; n += 1) network.push(await stuff({ 'x-forwarded-for': `198.18.7.${n}` }));
    expect(count(network, 429)).toBeGreaterThanOrEqual(15);
    expect(await stuff({ 'x-forwarded-for': '198.18.8.1' })).toBe(422);
  });
});

describe('a password', () => {
  test.each([
    ['of one megabyte (A72)', 1_048_576, 413],
    ['of 129 characters (A72)', 129, 422],
  ])('%s is refused before it is hashed', async (_case, length, status) => {
    await open(proxied);
    const before = await hashed();
    const page = await browser.submit(form, {
      phone: '13900031111',
      password: 'x7'.repeat(length).slice(0, length),
    });
    expect(page.status).toBe(status);
    expect(await hashed()).toBe(before);
  });

  async function hashed(): Promise<number> {
    await proxied.app.audit.flush();
    const row = await direct.database.postgres.row<{ n: number }>({
      name: '',
      text: `select count(*)::int as n from audit.event where type = 'signin.failed'`,
      values: [],
    });
    return row?.n ?? -1;
  }
});

describe('a hundred wrong passwords in a row', () => {
  test('end the password in the same words for an account and for none, and leave another way open', async () => {
    const strict = await testApp({
      store: redisIsIncluded() ? 'redis' : 'postgres',
      beside: direct,
      env: { TONGXING_PASSWORD__STOP_AFTER: '10', TONGXING_PASSWORD__TRIES: '10' },
    });
    const citizen = await direct.persona('verified');
    const said: string[] = [];
    for (const account of [citizen.phone, '13900032222']) {
      await open(strict);
      for (let n = 0; n < 10; n += 1)
        await browser.submit(form, { phone: account, password: `guess-number-${n}` });
      const page = await browser.submit(form, { phone: account, password: citizen.password });
      said.push(`${page.status} ${headingOf(page)} ${page.headers.get('retry-after') ?? 'no end'}`);
      expect(page.text).toContain('重新设置以前不能登录');
      expect((await browser.follow(page, /换一种方式/)).status).toBe(200);
    }
    expect(said).toEqual(['429 密码方式已停用 no end', '429 密码方式已停用 no end']);
    await strict.close();
  });
});
