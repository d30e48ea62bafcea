// Passkeys over HTTP, from the offer to the token, with an authenticator in software: every refusal is a page with words
// and with the other ways on it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import {
  byCode,
  citizenBrowser,
  headingOf,
  metadataOf,
  reached,
  serviceOf,
  through,
} from '../resilience/trial-client.ts';
import { authenticator, FLAGS, optionsOf, type Authenticator } from '../factors/webauthn/authenticator.ts';
import { testApp, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';

const PASSWORD = 'nine-kites-over-the-old-wall';
const CAPABLE = { passkeys: '1' };

let system: TestApp;
const service = serviceOf(() => system.issuer, 'passkeys', 'passkeys-secret-0123456789');

beforeAll(async () => {
  system = await testApp();
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
});
afterAll(() => system.close());

const device = (synced = true): Authenticator => authenticator({ origin: system.issuer, synced });

/** A new account in a browser that says it can hold a passkey, as far as the page after the password. */
async function registered(browser: Browser, phone: string): Promise<{ page: Page; verifier: string }> {
  const { url, verifier } = service.begin();
  const chosen = await byCode(browser, url, phone, system, { register: true });
  const page = await browser.post(
    new URL(/<form[^>]* action="([^"]*)"/.exec(chosen.text)?.[1] ?? '', chosen.url).href,
    { _csrf: /name="_csrf" value="([^"]*)"/.exec(chosen.text)?.[1] ?? '', password: PASSWORD, ...CAPABLE },
    { origin: system.issuer },
  );
  return { page, verifier };
}

async function withPasskey(phone: string, key: Authenticator): Promise<Page> {
  const browser = citizenBrowser();
  const { page } = await registered(browser, phone);
  return browser.submit(page, { credential: key.create(optionsOf(page.text)) });
}

const amrOf = async (page: Page, verifier: string): Promise<unknown> =>
  decodeJwt((await service.redeem(page, verifier)).id_token)['amr'];

describe('the offer', () => {
  test('stands after the password, takes a passkey, and what was refused can be tried again', async () => {
    const browser = citizenBrowser();
    const { page, verifier } = await registered(browser, '13911120001');
    expect(headingOf(page)).toBe('下次登录更快');
    const key = device();
    const foreign = key.create(optionsOf(page.text), { clientData: { origin: 'https://evil.example' } });
    const refused = await browser.submit(page, { credential: foreign });
    expect([refused.status, headingOf(refused)]).toEqual([422, '下次登录更快']);
    expect(refused.text).toContain('没能设置通行密钥。再试一次。');
    const done = await through(
      browser,
      await browser.submit(refused, { credential: key.create(optionsOf(refused.text)) }),
    );
    expect(reached(done)).toBe(true);
    expect(await amrOf(done, verifier)).toEqual(['sms', 'pwd', 'swk', 'user']);
  });

  test('is left once and not made again', async () => {
    const browser = citizenBrowser();
    const { page } = await registered(browser, '13911120002');
    const after = await browser.follow(page, /later=1/);
    expect(headingOf(after)).toContain('想获取您的以下信息');
    const other = citizenBrowser();
    const first = await other.get(service.begin().url);
    const tab = await other.follow(first, /way=sms/);
    const asked = await other.submit(tab, { phone: '13911120002' });
    const { code } = await system.message('13911120002', 1);
    const second = await other.submit(asked, { code });
    expect(headingOf(second)).not.toBe('下次登录更快');
  });
});

describe('signing in', () => {
  test('works from the tab and from the password page, and the token says how', async () => {
    const key = device(false);
    await withPasskey('13911120003', key);
    for (const tab of [true, false]) {
      const browser = citizenBrowser();
      const { url, verifier } = service.begin();
      const first = await browser.get(url);
      const page = tab ? await browser.follow(first, /way=passkey/) : first;
      const answer = await browser.submit(page, { credential: key.get(optionsOf(page.text)) });
      const done = await through(browser, answer);
      expect(await amrOf(done, verifier)).toEqual(['hwk', 'user']);
    }
  });

  test('refused, it says so in words, in either language, with the other ways beside it', async () => {
    const key = device();
    await withPasskey('13911120004', key);
    const browser = citizenBrowser();
    let page = await browser.get(`${service.begin().url}&ui_locales=en`);
    const tries = [
      () => '',
      () => '{"id":1}',
      () => 'x'.repeat(13_000),
      () => key.get(optionsOf(page.text), { flags: (flags) => flags & ~FLAGS.uv }),
      () => key.get(optionsOf(page.text), { authData: (data) => Buffer.concat([data, Buffer.alloc(9)]) }),
      () => device().get(optionsOf(page.text)),
    ];
    for (const make of tries) {
      page = await browser.submit(page, { credential: make() });
      expect(page.status).toBe(422);
      expect(page.text).toMatch(
        /error-summary[\s\S]*(That did not work with the passkey|no longer in your account)/,
      );
      expect(page.text).toMatch(/way=password[\s\S]*way=sms/);
    }
    expect((await browser.submit(page, { credential: 'x'.repeat(17_000) })).status).toBe(413);
  });
});

test('the page loads one small file for it, under the strict policy', async () => {
  const page = await citizenBrowser().get(service.begin().url);
  const sources = [...page.text.matchAll(/<script[^>]* src="([^"]*)"/g)].map(([, src]) => src ?? '');
  expect(sources.filter((src) => src.includes('passkeys'))).toHaveLength(1);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  const style = /rel="stylesheet" href="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const icon = /rel="icon" href="([^"]*)"/.exec(page.text)?.[1] ?? '';
  let weight = Buffer.byteLength(page.text);
  for (const src of [...sources, style, icon]) {
    const answer = await fetch(new URL(src, system.issuer), { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.status).toBe(200);
    weight += Number(answer.headers.get('content-length'));
  }
  // 60 kB, of which the page itself is counted as if nothing compressed it.
  expect(weight).toBeLessThan(60_000);
  expect(weight).toBeGreaterThan(10_000);
});
