// A consent that ran out is asked for again, once. Two that are given at once are both kept.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from '../../idp/platform/store/postgres.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';
import { signIn, testApp, type TestApp } from '../support/app.ts';

const CALLBACK = 'http://127.0.0.1:4997/callback';
let app: TestApp;

beforeAll(async () => {
  app = await testApp();
  const metadata = {
    client_id: 'yearly',
    client_name: '每年',
    redirect_uris: [CALLBACK],
    scope: 'openid profile phone',
  };
  await app.app.registry.import(metadata, 'test');
});
afterAll(() => app.close());

const newBrowser = (): Browser => createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4997/ });

function visit(browser: Browser, scope = 'openid profile'): Promise<Page> {
  const query = {
    client_id: 'yearly',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope,
  };
  const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  return browser.get(`${app.issuer}/oidc/authorize?${new URLSearchParams({ ...query, ...pkce }).toString()}`);
}
/** One entry for each consent that is kept. */
async function scopesAgreedTo(): Promise<readonly string[]> {
  const kept = await app.database.postgres.rows<{ scope: string }>(
    sql`select payload -> 'openid' ->> 'scope' as scope from oidc.consent`,
  );
  return kept.map(({ scope }) => scope);
}

const arrived = (page: Page): boolean => new URL(page.url).searchParams.has('code');

test('after a year the same question is asked once more', async () => {
  const browser = newBrowser();
  const asked = await signIn(browser, await visit(browser), await app.persona('verified'));
  expect(arrived(await browser.submit(asked, { decision: 'allow' }))).toBe(true);
  expect(arrived(await visit(browser))).toBe(true);
  await app.database.postgres.run(
    sql`update oidc.consent set expires_at = now() - interval '1 hour',
        payload = payload || jsonb_build_object('exp', extract(epoch from now())::int - 3600)`,
  );
  const again = await visit(browser);
  expect(again.text).toContain('value="allow"');
  expect(arrived(await browser.submit(again, { decision: 'allow' }))).toBe(true);
  expect(arrived(await visit(browser))).toBe(true);
  expect(await scopesAgreedTo()).toEqual(['openid profile']);
});

test('two first answers at once are both kept', async () => {
  const citizen = await app.persona('verified-two');
  const signedIn = await Promise.all(
    ['openid profile', 'openid phone'].map(async (scope) => {
      const browser = newBrowser();
      const asked = await signIn(browser, await visit(browser, scope), citizen);
      await browser.submit(asked, { decision: 'allow' });
      return { browser, scope };
    }),
  );
  // Two answers do not meet in every round: one alone would often miss that one of them was lost.
  for (let round = 0; round < 10; round += 1) {
    await app.database.postgres.run(sql`delete from oidc.consent`);
    const asked = await Promise.all(signedIn.map(({ browser, scope }) => visit(browser, scope)));
    const ended = await Promise.all(
      signedIn.map(({ browser }, n) => browser.submit(asked[n]!, { decision: 'allow' })),
    );
    expect(ended.map(arrived)).toEqual([true, true]);
    expect(await scopesAgreedTo()).toEqual(['openid phone profile']);
  }
});
