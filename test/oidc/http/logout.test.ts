// Signing out: only on purpose, everywhere at once, and every service of the session hears of it.
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { until } from '../../support/until.ts';
import { receiver, type Receiver } from '../receiver.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  userinfo,
  type Params,
  type Service,
} from '../relying-party.ts';

describe.each(backEnds)('signing out, short-lived state in %s', (store) => {
  let system: TestApp;
  let citizen: Persona;
  let service: Service;
  const receivers: Receiver[] = [];

  beforeAll(async () => {
    system = await testApp({ store });
    citizen = await system.persona('verified');
    service = await register(system, { post_logout_redirect_uris: ['https://back.example.gov.cn/bye'] });
  });
  afterAll(async () => {
    await system.close();
    await Promise.all(receivers.map((one) => one.close()));
  });

  const listening = async (...answer: number[]): Promise<{ at: Service; heard: Receiver }> => {
    const heard = await receiver(...answer);
    receivers.push(heard);
    const at = await register(system, {
      backchannel_logout_uri: heard.url,
      backchannel_logout_session_required: true,
    });
    return { at, heard };
  };
  const logoutUrl = (params: Params = {}): string => {
    const url = new URL(`${system.issuer}/oidc/logout`);
    for (const [name, value] of Object.entries(params))
      if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  };
  const signOut = async (browser: Browser, params: Params = {}): Promise<Page> =>
    browser.submit(await browser.get(logoutUrl(params)), { logout: 'yes' });
  const lives = async (browser: Browser): Promise<boolean> =>
    landed(await browser.get(service.request({ prompt: 'none' }).url)).has('code');

  test('asks first: opening the address, from an image too, ends nothing', async () => {
    const browser = citizenBrowser();
    const tokens = await signedIn(service, browser, citizen);
    const page = await browser.get(logoutUrl(), { accept: 'image/*' });
    expect(page.status).toBe(200);
    expect((await browser.get(logoutUrl({ id_token_hint: tokens.id_token }))).status).toBe(200);
    expect(await lives(browser)).toBe(true);
  });

  test('is not done by a form of another site', async () => {
    const browser = citizenBrowser();
    await enter(service, browser, citizen);
    await browser.get(logoutUrl());
    for (const form of [{ logout: 'yes' }, { logout: 'yes', xsrf: 'x' }, { logout: 'yes', xsrf: '' }]) {
      const page = await browser.post(`${system.issuer}/oidc/logout/confirm`, form);
      expect(page.status).toBe(400);
    }
    expect(await lives(browser)).toBe(true);
  });

  test('works by POST, and goes back to the registered address with the state', async () => {
    const browser = citizenBrowser();
    const { id_token } = await signedIn(service, browser, citizen);
    const page = await browser.post(`${system.issuer}/oidc/logout`, {
      id_token_hint: id_token,
      post_logout_redirect_uri: 'https://back.example.gov.cn/bye',
      state: 'its-state',
    });
    const gone = await browser.submit(page, { logout: 'yes' });
    expect(gone.url).toBe('https://back.example.gov.cn/bye?state=its-state');
    expect(await lives(browser)).toBe(false);
  });

  test('goes straight back when nobody is signed in', async () => {
    const back = { client_id: service.id, post_logout_redirect_uri: 'https://back.example.gov.cn/bye' };
    const page = await citizenBrowser().get(logoutUrl({ ...back, state: 'a b&c' }));
    expect(page.url).toBe('https://back.example.gov.cn/bye?state=a+b%26c');
    const plain = await citizenBrowser().get(logoutUrl());
    expect(plain.text).toContain('已退出登录');
  });

  test('shows a page of ours for an address that is not exactly registered', async () => {
    const browser = citizenBrowser();
    const { id_token } = await signedIn(service, browser, citizen);
    for (const bad of [
      'https://back.example.gov.cn/bye/',
      'https://back.example.gov.cn/bye?x',
      'https://evil.example/',
      'javascript:alert(1)',
      '//back.example.gov.cn/bye',
    ]) {
      const page = await browser.get(logoutUrl({ id_token_hint: id_token, post_logout_redirect_uri: bad }));
      expect([page.status, page.hops.length]).toEqual([400, 1]);
      expect(page.text).toContain(page.headers.get('x-reference'));
    }
    const unnamed = await signOut(browser, { post_logout_redirect_uri: 'https://evil.example/' });
    expect(unnamed.url.startsWith(system.issuer)).toBe(true);
  });

  test('takes no hint that is forged or of another service', async () => {
    const browser = citizenBrowser();
    const { id_token } = await signedIn(service, browser, citizen);
    const stranger = await register(system);
    const [head = '', , mark = ''] = id_token.split('.');
    const body = Buffer.from(JSON.stringify({ ...decodeJwt(id_token), sub: 'x' })).toString('base64url');
    for (const hint of [`${head}.${body}.${mark}`, 'x', 'a.b.c', '\u0000'])
      expect((await browser.get(logoutUrl({ id_token_hint: hint }))).status).toBe(400);
    expect((await browser.get(logoutUrl({ id_token_hint: id_token, client_id: stranger.id }))).status).toBe(
      400,
    );
    expect(await lives(browser)).toBe(true);
  });

  test('kills the cookie and the tokens of the session', async () => {
    const browser = citizenBrowser();
    const tokens = await signedIn(service, browser, citizen);
    const old = browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    expect((await userinfo(system.issuer, tokens.access_token)).status).toBe(200);
    await signOut(browser);
    expect((await userinfo(system.issuer, tokens.access_token)).status).toBe(401);
    const replayed = await citizenBrowser().get(service.request({ prompt: 'none' }).url, { cookie: old });
    expect(landed(replayed).get('error')).toBe('login_required');
  });

  test('leaves the other devices of the citizen signed in', async () => {
    const [here, there] = [citizenBrowser(), citizenBrowser()];
    await signedIn(service, here, citizen);
    const kept = await signedIn(service, there, citizen);
    await signOut(here);
    expect(await lives(there)).toBe(true);
    expect((await userinfo(system.issuer, kept.access_token)).status).toBe(200);
  });

  test('tells every service of the session with a token it can check', async () => {
    const all = await Promise.all([listening(200), listening(204), listening(200)]);
    const browser = citizenBrowser();
    const idTokens = new Map<string, string>();
    for (const { at } of all) idTokens.set(at.id, (await signedIn(at, browser, citizen)).id_token);
    await signOut(browser);
    const keys = createRemoteJWKSet(new URL(`${system.issuer}/oidc/jwks`));
    for (const { at, heard } of all) {
      await until(() => heard.tokens.length > 0, 5);
      const checks = { issuer: system.issuer, audience: at.id, typ: 'logout+jwt' };
      const { payload } = await jwtVerify(heard.tokens[0] ?? '', keys, checks);
      const session = decodeJwt(idTokens.get(at.id) ?? '');
      expect(payload['sid']).toBe(session['sid']);
      expect(payload.sub).toBe(session.sub);
      expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect(payload).not.toHaveProperty('nonce');
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(120);
      expect(heard.tokens).toHaveLength(1);
    }
  });

  test('ends ten services that were entered in parallel: none is forgotten', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => listening(200)));
    for (const { at } of all) await enter(at, citizenBrowser(), citizen);
    const browser = citizenBrowser();
    await enter(service, browser, citizen);
    const pages = await Promise.all(all.map(({ at }) => browser.get(at.request().url)));
    expect(pages.filter((page) => landed(page).has('code'))).toHaveLength(10);
    await signOut(browser);
    await until(() => all.every(({ heard }) => heard.tokens.length === 1), 10);
  });

  test('is not held up by a service that hangs, and tries it again with a new token', async () => {
    const hanging = await listening(0);
    const failing = await listening(500, 302, 200);
    const browser = citizenBrowser();
    await enter(hanging.at, browser, citizen);
    await enter(failing.at, browser, citizen);
    const page = await browser.get(logoutUrl());
    const began = Date.now();
    await browser.submit(page, { logout: 'yes' });
    expect(Date.now() - began).toBeLessThan(2_000);
    const hasten = (): Promise<number> =>
      system.database.postgres.run({
        name: 'hasten',
        text: 'update oidc.logout_delivery set next_at = now()',
        values: [],
      });
    for (const times of [2, 3]) {
      await until(() => failing.heard.tokens.length === times - 1, 10);
      await hasten();
    }
    await until(() => failing.heard.tokens.length === 3, 15);
    expect(new Set(failing.heard.tokens).size).toBe(3);
    expect(failing.heard.tokens.some((token) => token.startsWith('GET'))).toBe(false);
    expect(system.logged.join('\n')).toContain('a service did not take a logout');
    await hasten();
    await until(() => hanging.heard.tokens.length > 1, 15);
  }, 60_000);
});
