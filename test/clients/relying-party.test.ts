import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRelyingParty, readSettings } from '../../clients/relying-party/relying-party.ts';
import { WORDS } from '../../clients/city-housing-fund/words.ts';
import { freePort } from '../support/global-setup.ts';
import { createBrowser, type Browser } from './browser.ts';
import { SID, startSmallProvider, SUB, type SmallProvider } from './small-provider.ts';

const CLIENT = 'city-housing-fund';
const SECRET = 'a-secret-that-is-long-enough';
const folder = fileURLToPath(new URL('../../clients/city-housing-fund/', import.meta.url));
const secrets = mkdtempSync(path.join(os.tmpdir(), 'tongxing-client-'));
const secretFile = path.join(secrets, 'secret');

let provider: SmallProvider;
let server: Server;
let origin: string;
let browser: Browser;

async function start(issuer: string): Promise<void> {
  const port = await freePort();
  const env = {
    ISSUER: issuer,
    PORT: String(port),
    CLIENT_ID: CLIENT,
    CLIENT_SECRET_FILE: secretFile,
    BASE_URL: `http://127.0.0.1:${port}`,
  };
  const settings = readSettings(env, path.join(folder, 'registration.json'));
  origin = settings.origin;
  const app = createRelyingParty({
    settings,
    clock: { now: () => new Date() },
    words: WORDS,
    asks: { level: 'l2', essential: true },
    publicFolder: path.join(folder, 'public'),
  });
  server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  browser = createBrowser(origin);
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function departure(): Promise<URL> {
  const response = await browser.get('/login');
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '');
}

async function signIn(): Promise<void> {
  const back = await browser.get(provider.authorize(await departure()));
  expect([back.status, back.headers.get('location')]).toEqual([303, '/']);
}

const logoutToken = (change: Readonly<Record<string, unknown>> = {}, typ = 'logout+jwt'): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return provider.sign(
    {
      iss: provider.issuer,
      aud: CLIENT,
      iat: now,
      exp: now + 120,
      jti: crypto.randomUUID(),
      sid: SID,
      sub: SUB,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      ...change,
    },
    typ,
  );
};

const tell = async (token: string): Promise<Response> =>
  createBrowser(origin).post('/backchannel-logout', { logout_token: token });

const isSignedIn = async (): Promise<boolean> => {
  const { signed_in } = (await (await browser.get('/session.json')).json()) as { signed_in: boolean };
  return signed_in;
};

beforeAll(async () => {
  writeFileSync(secretFile, `${SECRET}\n`);
  provider = await startSmallProvider(CLIENT, SECRET);
});
afterAll(async () => {
  await provider.close();
  rmSync(secrets, { recursive: true });
});

describe('a citizen who comes back with an error', () => {
  beforeEach(() => start(provider.issuer));
  afterEach(stop);

  test.each([
    ['access_denied', 403, '您没有同意提供信息'],
    ['login_required', 401, '您还没有登录'],
    ['unmet_authentication_requirements', 403, '您的身份级别还不够'],
    ['temporarily_unavailable', 503, '统一登录暂时无法使用'],
    ['server_error', 503, '统一登录暂时无法使用'],
    ['invalid_scope', 502, '这个服务暂时无法登录'],
    ['something_new', 502, '这个服务暂时无法登录'],
  ])('%s is a page that says what to do', async (error, status, title) => {
    const state = (await departure()).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error, state, iss: provider.issuer, error_description: 'at x.ts:1' });
    const response = await browser.get(`/callback?${query.toString()}`);
    const page = await response.text();
    expect(response.status).toBe(status);
    expect(page).toContain(title);
    expect(page).toContain('href="/login"');
    expect(page).not.toContain('x.ts:1');
    await expect(isSignedIn()).resolves.toBe(false);
  });

  test('an error code is never a way to write on the page', async () => {
    const state = (await departure()).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: '<b>call 555</b>', state, iss: provider.issuer });
    const page = await (await browser.get(`/callback?${query.toString()}`)).text();
    expect(page).not.toContain('555');
  });

  test('an answer that nobody asked for is refused', async () => {
    for (const query of ['', '?code=a', '?code=a&state=b', '?code=a&state=b&state=c']) {
      const response = await browser.get(`/callback${query}`);
      expect(response.status).toBe(400);
      await expect(response.text()).resolves.toContain('这次登录已过期');
    }
  });

  test("another browser's answer is refused", async () => {
    const back = provider.authorize(await departure());
    expect((await createBrowser(origin).get(back)).status).toBe(400);
  });

  test('an answer works once', async () => {
    const back = provider.authorize(await departure());
    expect((await browser.get(back)).status).toBe(303);
    expect((await browser.get(back)).status).toBe(400);
  });

  test('an answer of another issuer is refused (RFC 9207)', async () => {
    const back = new URL(provider.authorize(await departure()));
    back.searchParams.set('iss', 'https://elsewhere.example');
    expect((await browser.get(back.href)).status).toBe(502);
    await expect(isSignedIn()).resolves.toBe(false);
  });

  test('a level below the condition is refused even when the provider let it pass', async () => {
    const back = provider.authorize(await departure(), 'urn:tongxing:acr:l1');
    expect((await browser.get(back)).status).toBe(403);
    await expect(isSignedIn()).resolves.toBe(false);
  });
});

test('the service starts without the provider, says so at sign-in, and recovers', async () => {
  const port = await freePort();
  await start(`http://127.0.0.1:${port}`);
  expect((await browser.get('/')).status).toBe(200);
  const refused = await browser.get('/login');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  const late = await startSmallProvider(CLIENT, SECRET, port);
  expect((await browser.get('/login')).status).toBe(303);
  await late.close();
  await stop();
});

describe('signing in and out', () => {
  beforeEach(() => start(provider.issuer));
  afterEach(stop);

  test('asks with PKCE, state, nonce, and the level as a condition', async () => {
    const query = Object.fromEntries((await departure()).searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile id_number phone',
      redirect_uri: `${origin}/callback`,
      ui_locales: 'zh-CN',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query[name]?.length).toBeGreaterThan(40);
    expect(JSON.parse(query['claims'] ?? '')).toEqual({
      id_token: {
        acr: {
          essential: true,
          values: ['urn:tongxing:acr:l2', 'urn:tongxing:acr:l3', 'urn:tongxing:acr:l4'],
        },
      },
    });
  });

  test('shows what was received, escaped, in both languages', async () => {
    await signIn();
    const page = await (await browser.get('/')).text();
    expect(page).toContain('&lt;b>𠮷田&lt;/b>');
    expect(page).not.toContain('<b>𠮷田');
    expect(page).toContain('data-claim="phone_number_verified"');
    for (const text of ['urn:tongxing:acr:l2', '已实名', SUB, '演示服务 Demo service'])
      expect(page).toContain(text);
    const english = await (await browser.get('/?lang=en')).text();
    expect(english).toContain('<html lang="en">');
    expect(english).toContain('Sign out');
  });

  test('a session gets a new identifier at sign-in', async () => {
    await departure();
    const before = await browser.get('/login');
    expect(before.headers.getSetCookie()).toEqual([]);
    const back = await browser.get(provider.authorize(new URL(before.headers.get('location') ?? '')));
    const [cookie] = back.headers.getSetCookie();
    expect(cookie).toMatch(/^city-housing-fund\.visit=[\w-]{32}; path=\/; samesite=lax; httponly$/i);
  });

  test('no page runs a script, is framed or is kept', async () => {
    const { headers } = await browser.get('/');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${provider.issuer}; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await browser.get('/public/style.css')).headers.get('content-type')).toContain('text/css');
    expect((await browser.get('/public/..%2fregistration.json')).status).toBe(404);
  });

  test('signing out needs the form of this session, ends it here and goes on to the provider', async () => {
    await signIn();
    expect((await browser.post('/logout', { token: 'guess' })).status).toBe(400);
    await expect(isSignedIn()).resolves.toBe(true);
    const token = /name="token" value="([^"]+)"/.exec(await (await browser.get('/logout')).text())?.[1] ?? '';
    const out = await browser.post('/logout', { token });
    const target = new URL(out.headers.get('location') ?? '');
    expect([out.status, target.origin + target.pathname]).toEqual([303, `${provider.issuer}/logout`]);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${origin}/logged-out`);
    expect(target.searchParams.get('id_token_hint')).toMatch(/^ey/);
    await expect(isSignedIn()).resolves.toBe(false);
    const state = target.searchParams.get('state') ?? '';
    await expect((await browser.get(`/logged-out?state=${state}`)).text()).resolves.toContain(
      '其他服务都已退出',
    );
    await expect((await browser.get(`/logged-out?state=${state}`)).text()).resolves.toContain(
      '您已退出本服务',
    );
  });
});

describe('a logout token', () => {
  beforeEach(async () => {
    await start(provider.issuer);
    await signIn();
  });
  afterEach(stop);

  const past = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['for another service', { aud: 'provincial-portal' }],
    ['that expired', { iat: past(200), exp: past(100) }],
    ['that is old, whatever it says of its end', { iat: past(1_000), exp: past(-1_000) }],
    ['from the future', { iat: past(-600), exp: past(-900) }],
    ['without exp', { exp: undefined }],
    ['without iat', { iat: undefined }],
    ['without jti', { jti: undefined }],
    ['with an empty jti', { jti: '' }],
    ['without events', { events: undefined }],
    ['with another event', { events: { 'http://schemas.example/other': {} } }],
    ['whose event is no object', { events: { 'http://schemas.openid.net/event/backchannel-logout': true } }],
    ['with a nonce', { nonce: 'n' }],
    ['without sid and sub', { sid: undefined, sub: undefined }],
    ['with a sid that is no text', { sid: 1 }],
    ['with an empty sub', { sub: '' }],
  ])('%s is refused', async (_, change) => {
    const response = await tell(await logoutToken(change));
    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toMatchObject({ error: 'invalid_request' });
    await expect(isSignedIn()).resolves.toBe(true);
  });

  test('of another type, key or algorithm is refused', async () => {
    const good = await logoutToken();
    const [, payload = '', signature = ''] = good.split('.');
    const header = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const bad = [
      await logoutToken({}, 'JWT'),
      await logoutToken({}, 'at+jwt'),
      `${header({ alg: 'none', typ: 'logout+jwt' })}.${payload}.`,
      `${header({ alg: 'ES256', kid: 'k2', typ: 'logout+jwt' })}.${payload}.${signature}`,
      `${good.slice(0, -4)}AAAA`,
      'no token at all',
      '',
    ];
    for (const token of bad) expect((await tell(token)).status).toBe(400);
    await expect(isSignedIn()).resolves.toBe(true);
  });

  test('works once', async () => {
    const token = await logoutToken({ sid: 'some-other-session' });
    expect((await tell(token)).status).toBe(200);
    const again = await tell(token);
    expect(again.status).toBe(400);
    await expect(again.json()).resolves.toMatchObject({ error_description: 'jti was used before' });
  });

  test('sent twice in one form, or as another kind of body, is refused', async () => {
    const token = await logoutToken();
    const address = `${origin}/backchannel-logout`;
    const twice = new URLSearchParams([
      ['logout_token', token],
      ['logout_token', token],
    ]);
    const json = { method: 'POST', body: JSON.stringify({ logout_token: token }) };
    expect((await fetch(address, { method: 'POST', body: twice })).status).toBe(400);
    expect((await fetch(address, json)).status).toBe(400);
    const large = new URLSearchParams({ logout_token: 'x'.repeat(20_000) });
    expect((await fetch(address, { method: 'POST', body: large })).status).toBe(400);
  });

  test('by sid ends that session alone', async () => {
    expect((await tell(await logoutToken({ sid: 'some-other-session' }))).status).toBe(200);
    await expect(isSignedIn()).resolves.toBe(true);
    const response = await tell(await logoutToken({ sub: undefined }));
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    await expect(isSignedIn()).resolves.toBe(false);
  });

  test('by sub alone ends every session of the citizen', async () => {
    expect((await tell(await logoutToken({ sid: undefined }))).status).toBe(200);
    await expect(isSignedIn()).resolves.toBe(false);
  });
});

test.each([
  ['ISSUER', { ISSUER: 'javascript:1' }],
  ['PORT', { PORT: '70000' }],
  ['CLIENT_ID', { CLIENT_ID: undefined }],
  ['CLIENT_SECRET_FILE', { CLIENT_SECRET_FILE: '/nowhere/secret' }],
])('a bad %s is one line that names it', (name, change) => {
  const good = {
    ISSUER: 'http://localhost:3000',
    PORT: '3001',
    CLIENT_ID: 'a',
    CLIENT_SECRET_FILE: secretFile,
  };
  const read = (): unknown => readSettings({ ...good, ...change }, path.join(folder, 'registration.json'));
  expect(read).toThrow(new RegExp(`^${name}: [^\n]+$`));
});
