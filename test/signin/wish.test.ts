// A level that a service merely wishes for may be left out: the citizen goes on, and the token says what was reached.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBrowser } from '../support/browser.ts';
import { signIn, testApp, type TestApp } from '../support/app.ts';

const CALLBACK = 'http://127.0.0.1:4998/callback';
let app: TestApp;

beforeAll(async () => {
  app = await testApp();
  await app.app.registry.import(
    { client_id: 'wisher', client_name: '愿望', redirect_uris: [CALLBACK], scope: 'openid' },
    'test',
  );
});
afterAll(() => app.close());

function authorize(more: Readonly<Record<string, string>>): string {
  const query = { client_id: 'wisher', response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' };
  const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  return `${app.issuer}/oidc/authorize?${new URLSearchParams({ ...query, ...pkce, ...more }).toString()}`;
}

test('a wished level can be left and the service gets its code', async () => {
  const browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4998/ });
  const start = await browser.get(authorize({ acr_values: 'urn:tongxing:acr:l2' }));
  const prove = await signIn(browser, start, await app.persona('unverified'));
  expect(prove.text).toContain('name="id_number"');
  const consent = await browser.follow(prove, /later=1/);
  const end = await browser.submit(consent, { decision: 'allow' });
  expect(new URL(end.url).searchParams.get('code')).not.toBeNull();
});

test('a demanded level cannot be left, by no link and no address', async () => {
  const browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4998/ });
  const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:tongxing:acr:l2' } } });
  const start = await browser.get(authorize({ claims }));
  const prove = await signIn(browser, start, await app.persona('unverified'));
  expect(prove.text).not.toContain('later=1');
  const again = await browser.get(`${new URL(prove.url).origin}${new URL(prove.url).pathname}?later=1`);
  expect(again.text).toContain('name="id_number"');
});
