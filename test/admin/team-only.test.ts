// A sandbox client was approved by nobody: outside a sandbox it signs in its own team alone, by whatever way one comes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { register, type Service } from '../oidc/relying-party.ts';
import { signIn, testApp, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';
import { invitation, person } from './console.ts';

let sandbox: TestApp;
/** The same database, with nothing made up beside it. */
let real: TestApp;
let service: Service;
let other: Service;

beforeAll(async () => {
  sandbox = await testApp();
  real = await testApp({ beside: sandbox, env: { TONGXING_SANDBOX__ENABLED: 'false' } });
  const unit = { id: 'hrss', name: '人社厅' };
  const scope = 'openid';
  service = await register(real, { client_id: 'hrss-test', tongxing_unit: unit, scope });
  other = await register(real, { client_id: 'hrss-live', tongxing_unit: unit, scope });
  await sandbox.database.postgres.run({
    name: '',
    text: `update registry.client set environment = 'sandbox', version = version + 1 where client_id = 'hrss-test'`,
    values: [],
  });
});
afterAll(async () => {
  await real.close();
  await sandbox.close();
});

async function enter(id: string, wanted: Service): Promise<{ browser: Browser; page: Page }> {
  const browser = createBrowser({ stopAt: /\/callback/ });
  const page = await browser.get(wanted.request().url);
  const after = await signIn(browser, page, await sandbox.persona(id));
  return { browser, page: after };
}

test('a stranger is told that it is a test, on a page that says so, and nothing is handed on', async () => {
  const { browser, page } = await enter('verified', service);
  expect([page.status, page.text.includes('这个服务还在测试')]).toEqual([403, true]);
  expect(page.text).toContain('class="envbar"');
  const back = await browser.submit(page, {});
  expect(new URL(back.url).searchParams.get('error')).toBe('access_denied');
});

test('also with a session from elsewhere, asked or not', async () => {
  const { browser, page } = await enter('verified', other);
  const answered = page.url.includes('/callback') ? page : await browser.submit(page, {});
  expect(new URL(answered.url).searchParams.get('code')).not.toBeNull();
  const asked = await browser.get(service.request().url);
  expect(asked.text).toContain('这个服务还在测试');
  const silent = await browser.get(service.request({ prompt: 'none' }).url);
  expect(new URL(silent.url).searchParams.get('error')).toBe('access_denied');
});

test('the team signs in', async () => {
  const member = person(sandbox, await sandbox.persona('verified-two'));
  const offer = await member.open(await invitation(sandbox, 'hrss', 'developer'));
  await member.browser.submit(offer, { accept: 'yes' });
  const { browser, page } = await enter('verified-two', service);
  expect(page.text).not.toContain('这个服务还在测试');
  const done = page.url.includes('/callback') ? page : await browser.submit(page, {});
  expect(new URL(done.url).searchParams.get('code')).not.toBeNull();
});
