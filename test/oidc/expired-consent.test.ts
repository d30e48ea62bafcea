// A consent that ran out is asked for again, once, and carries nothing over.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from '../../idp/platform/store/postgres.ts';
import { createBrowser, type Page } from '../support/browser.ts';
import { signIn, testApp, type TestApp } from '../support/app.ts';

const CALLBACK = 'http://127.0.0.1:4997/callback';
let app: TestApp;

beforeAll(async () => {
  app = await testApp();
  const metadata = {
    client_id: 'yearly',
    client_name: '每年',
    redirect_uris: [CALLBACK],
    scope: 'openid profile',
  };
  await app.app.registry.import(metadata, 'test');
});
afterAll(() => app.close());

const browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4997/ });

function visit(): Promise<Page> {
  const query = {
    client_id: 'yearly',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile',
  };
  const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  return browser.get(`${app.issuer}/oidc/authorize?${new URLSearchParams({ ...query, ...pkce }).toString()}`);
}
const arrived = (page: Page): boolean => new URL(page.url).searchParams.has('code');

test('after a year the same question is asked once more', async () => {
  const asked = await signIn(browser, await visit(), await app.persona('verified'));
  expect(arrived(await browser.submit(asked, { decision: 'allow' }))).toBe(true);
  expect(arrived(await visit())).toBe(true);
  await app.database.postgres.run(
    sql`update oidc.consent set expires_at = now() - interval '1 hour',
        payload = payload || jsonb_build_object('exp', extract(epoch from now())::int - 3600)`,
  );
  const again = await visit();
  expect(again.text).toContain('value="allow"');
  expect(arrived(await browser.submit(again, { decision: 'allow' }))).toBe(true);
  expect(arrived(await visit())).toBe(true);
});

test('two answers at once keep what each of them agreed to', async () => {
  const rows = (): Promise<{ scope: string }[]> =>
    app.database.postgres.rows(sql`select payload -> 'openid' ->> 'scope' as scope from oidc.consent`);
  const before = (await rows()).length;
  expect(before).toBe(1);
  expect((await rows())[0]?.scope.split(' ').sort()).toEqual(['openid', 'profile']);
});
