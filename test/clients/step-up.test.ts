// Money leaves an account: the service's API asks the provider for more, the citizen is asked for exactly that.
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRelyingParty, readSettings } from '../../clients/relying-party/relying-party.ts';
import { WITHDRAWAL, WORDS } from '../../clients/city-housing-fund/words.ts';
import { asks, walk } from '../oidc/relying-party.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, forms, type Browser, type Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import { freePort } from '../support/global-setup.ts';

const CLIENT = 'city-housing-fund';
const folder = fileURLToPath(new URL('../../clients/city-housing-fund/', import.meta.url));

let system: TestApp;
let clock: TestClock;
let citizen: Persona;
let server: Server;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  clock = testClock();
  system = await testApp({
    clock,
    env: {
      TONGXING_OIDC__RESOURCE_SERVERS: JSON.stringify([{ uri: `${origin}/api`, scopes: '' }]),
      TONGXING_REGISTRY__ALLOW_LOOPBACK: 'true',
    },
  });
  citizen = await system.persona('verified');
  // A face was shown before: the identity is strong enough, the sign-in is not.
  await system.database.postgres.run(sql`update citizens.citizen set ial = 3 where ial = 2`);
  const registration = JSON.parse(readFileSync(path.join(folder, 'registration.json'), 'utf8')) as object;
  const client = {
    ...registration,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/logged-out`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
  };
  const [imported] = await system.app.registry.import(client, 'test');
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tongxing-step-up-')), 'secret');
  writeFileSync(file, imported?.secret?.reveal() ?? '');
  const env = { ISSUER: system.issuer, PORT: String(port), CLIENT_ID: CLIENT, CLIENT_SECRET_FILE: file };
  const settings = readSettings({ ...env, BASE_URL: origin }, path.join(folder, 'registration.json'));
  const app = createRelyingParty({
    settings,
    clock,
    words: WORDS,
    asks: { level: 'l2', essential: true },
    matter: WITHDRAWAL,
    publicFolder: path.join(folder, 'public'),
  });
  server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await system.close();
});

/** The button of the matter. */
async function press(browser: Browser, page: Page): Promise<Page> {
  const form = forms(page).find(({ action }) => action.endsWith('/matter'));
  if (!form) throw new Error(`no matter on ${page.url}`);
  return browser.post(form.action, { token: form.fields['token'] ?? '' }, { origin });
}

async function signedIn(browser: Browser): Promise<Page> {
  const home = await walk(browser, citizen, await browser.get(`${origin}/login`));
  expect(home.url).toBe(`${origin}/`);
  return home;
}

/** The code of the message that the page sends, typed. */
async function withCode(browser: Browser, page: Page): Promise<Page> {
  const sent = await browser.submit(page, {});
  const { code } = await system.message(citizen.phone);
  return browser.submit(sent, { code });
}

test('only the missing factor is asked, in a page that says who asks, why, and what happens if you stop', async () => {
  const browser = createBrowser();
  const asked = await press(browser, await signedIn(browser));
  expect(asked.url).toContain('/signin/');
  expect(asked.text).toContain('“江临市住房公积金”需要更严格的安全验证。您的登录不会丢失。');
  expect(asked.text).toContain('如果不验证会怎样？');
  expect(asks(asked, 'password')).toBe(false);
  const done = await withCode(browser, asked);
  expect(done.url).toBe(`${origin}/matter`);
  expect(done.text).toContain('提取申请已受理');

  // Within five minutes nothing is asked again.
  const again = await press(browser, await browser.get(`${origin}/`));
  expect(again.url).toBe(`${origin}/matter`);

  // After them the sign-in is too old, and both factors are asked anew.
  const later = jest
    .spyOn(Date, 'now')
    .mockImplementation(() => performance.timeOrigin + performance.now() + 301_000);
  try {
    const old = await press(browser, await browser.get(`${origin}/`));
    expect(asks(old, 'password')).toBe(true);
  } finally {
    later.mockRestore();
  }
});

test('who leaves the page goes back signed in as before, and the API did nothing', async () => {
  const browser = createBrowser();
  const asked = await press(browser, await signedIn(browser));
  const declined = await browser.get(new URL('?later=1', asked.url).href);
  expect([declined.status, declined.text.includes('这件事没有办理')]).toEqual([403, true]);
  expect((await browser.get(`${origin}/`)).text).toContain('您好');
});

describe('the API', () => {
  const call = async (headers: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${origin}/api/matters`, { method: 'POST', headers });
    return [answer.status, answer.headers.get('www-authenticate')];
  };

  test('without a token, or with one that is none, asks for one', async () => {
    expect(await call({})).toEqual([401, 'Bearer']);
    expect(await call({ authorization: 'Bearer a.b.c' })).toEqual([401, 'Bearer error="invalid_token"']);
  });
});
