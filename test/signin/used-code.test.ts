// A message whose code was used does not count against its number: whoever just registered can sign in by code at once.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testApp, type TestApp } from '../support/app.ts';
import { createBrowser, type Page } from '../support/browser.ts';

const PHONE = '13900019001';
let app: TestApp;

beforeAll(async () => {
  app = await testApp({ env: { TONGXING_SMS__RESEND_AFTER: '60s', TONGXING_SMS__PER_NUMBER: '1' } });
});
afterAll(() => app.close());

async function confirm(way: string): Promise<Page> {
  const browser = createBrowser();
  const start = await browser.get(`${app.issuer}/account`);
  const form = await browser.get(`${start.url}?way=${way}`);
  const code = await browser.submit(form, { phone: PHONE });
  return browser.submit(code, { code: (await app.message(PHONE)).code });
}

test('a second code is sent at once after the first was used, and refused after one that was not', async () => {
  expect((await confirm('register')).text).toContain('name="password"');
  expect((await confirm('sms')).text).toContain('name="password"');
  const browser = createBrowser();
  const asked = async (): Promise<Page> => {
    const start = await browser.get(`${app.issuer}/account`);
    return browser.submit(await browser.get(`${start.url}?way=sms`), { phone: PHONE });
  };
  expect((await asked()).text).toContain('name="code"');
  const refused = await asked();
  expect(refused.status).toBe(422);
  expect(refused.text).not.toContain('name="code"');
});
