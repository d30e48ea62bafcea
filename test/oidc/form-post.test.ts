import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signIn, testApp, type TestApp } from '../support/app.ts';
import { createBrowser } from '../support/browser.ts';

let app: TestApp;

beforeAll(async () => {
  app = await testApp();
  await app.app.registry.import(
    {
      client_id: 'poster',
      client_name: '表单',
      redirect_uris: ['http://127.0.0.1:4999/callback'],
      scope: 'openid',
    },
    'test',
  );
});
afterAll(() => app.close());

test('an answer by form_post may be sent to the service and nowhere else', async () => {
  const browser = createBrowser();
  const query = new URLSearchParams({
    client_id: 'poster',
    response_type: 'code',
    response_mode: 'form_post',
    redirect_uri: 'http://127.0.0.1:4999/callback',
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  });
  const page = await signIn(
    browser,
    await browser.get(`${app.issuer}/oidc/authorize?${query.toString()}`),
    await app.persona('verified'),
  );
  const end = await browser.submit(page, { decision: 'allow' });
  expect(end.text).toContain('action="http://127.0.0.1:4999/callback"');
  const policy = end.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("form-action 'self' http://127.0.0.1:4999");
  expect(policy).not.toContain('unsafe');
});
