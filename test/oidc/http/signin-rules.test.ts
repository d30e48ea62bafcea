// When a citizen is asked again, and when a service is told that it cannot have what it wants.
import { decodeJwt } from 'jose';
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn, testApp, type Persona, type TestApp } from '../../support/app.ts';
import type { Browser } from '../../support/browser.ts';
import {
  asks,
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  walk,
  type Params,
  type Service,
} from '../relying-party.ts';

const acr = (level: string): string => `urn:tongxing:acr:${level}`;
const essential = (...levels: string[]): string =>
  JSON.stringify({ id_token: { acr: { essential: true, values: levels.map(acr) } } });

describe.each(backEnds)('signing in, short-lived state in %s', (store) => {
  let system: TestApp;
  let service: Service;
  let citizen: Persona;
  let other: Persona;
  let unverified: Persona;

  beforeAll(async () => {
    system = await testApp({ store });
    service = await register(system);
    citizen = await system.persona('verified');
    other = await system.persona('verified-two');
    unverified = await system.persona('unverified');
  });
  afterAll(() => system.close());

  const inSession = async (who = citizen): Promise<Browser> => {
    const browser = citizenBrowser();
    await enter(service, browser, who);
    return browser;
  };
  const errorOf = async (browser: Browser, changed: Params, at = service): Promise<string | null> =>
    landed(await browser.get(at.request(changed).url)).get('error');
  const claimsOf = async (browser: Browser, who: Persona, changed: Params) =>
    decodeJwt((await signedIn(service, browser, who, changed)).id_token);

  describe('with prompt=none', () => {
    test('nobody signed in is login_required', async () => {
      expect(await errorOf(citizenBrowser(), { prompt: 'none' })).toBe('login_required');
    });

    test('nothing agreed to yet is consent_required, as is a wider request', async () => {
      const browser = await inSession();
      const fresh = await register(system);
      expect(await errorOf(browser, { prompt: 'none' }, fresh)).toBe('consent_required');
      await enter(fresh, browser, citizen);
      expect(await errorOf(browser, { prompt: 'none' }, fresh)).toBeNull();
      expect(await errorOf(browser, { prompt: 'none', scope: 'openid phone' }, fresh)).toBe(
        'consent_required',
      );
    });

    test('cannot be had with another prompt', async () => {
      expect(await errorOf(await inSession(), { prompt: 'none login' })).toBe('invalid_request');
    });

    test('a hint at another citizen is login_required, at the same one it is served', async () => {
      const mine = await signedIn(service, citizenBrowser(), citizen);
      const theirs = await signedIn(service, citizenBrowser(), other);
      const browser = await inSession();
      expect(await errorOf(browser, { prompt: 'none', id_token_hint: theirs.id_token })).toBe(
        'login_required',
      );
      expect(await errorOf(browser, { prompt: 'none', id_token_hint: mine.id_token })).toBeNull();
      const subject = (token: string): string =>
        JSON.stringify({ id_token: { sub: { value: decodeJwt(token).sub } } });
      expect(await errorOf(browser, { prompt: 'none', claims: subject(theirs.id_token) })).toBe(
        'login_required',
      );
      expect(await errorOf(browser, { prompt: 'none', claims: subject(mine.id_token) })).toBeNull();
    });

    test('a hint that nobody here signed is refused', async () => {
      const { id_token } = await signedIn(service, citizenBrowser(), citizen);
      const [head = '', body = '', mark = ''] = id_token.split('.');
      const swapped = `${mark[0] === 'A' ? 'B' : 'A'}${mark.slice(1)}`;
      const browser = await inSession();
      for (const hint of [`${head}.${body}.${swapped}`, 'x', 'a.b.c'])
        expect(await errorOf(browser, { prompt: 'none', id_token_hint: hint })).toBe('invalid_request');
    });
  });

  test.each<[string, Params]>([
    ['prompt=login', { prompt: 'login' }],
    ['a max_age that has passed', { max_age: '1' }],
    ['max_age=0', { max_age: '0' }],
  ])('%s asks for the password again and moves auth_time', async (_, changed) => {
    const browser = citizenBrowser();
    const first = await claimsOf(browser, citizen, {});
    await sleep(2_100);
    const page = await browser.get(service.request(changed).url);
    expect(asks(page, 'password')).toBe(true);
    const again = await claimsOf(browser, citizen, changed);
    expect(Number(again['auth_time'])).toBeGreaterThan(Number(first['auth_time']));
    expect(again.sub).toBe(first.sub);
  });

  test('a max_age that has not passed asks nothing', async () => {
    const browser = await inSession();
    expect(await errorOf(browser, { max_age: '600' })).toBeNull();
  });

  test('a wish for a level nobody can reach is let go: the token tells what there is', async () => {
    expect((await claimsOf(citizenBrowser(), citizen, { acr_values: acr('l9') }))['acr']).toBe(acr('l2'));
    const browser = await inSession(unverified);
    expect(await errorOf(browser, { acr_values: acr('l2'), prompt: 'none' })).toBeNull();
  });

  test('a level that binds and cannot be reached is an error at once, never a loop', async () => {
    for (const browser of [citizenBrowser(), await inSession()])
      for (const prompt of [undefined, 'none', 'login'])
        expect(await errorOf(browser, { prompt, claims: essential('l9') })).toBe(
          'unmet_authentication_requirements',
        );
  });

  test('a level that binds and can be reached leads to proving a name, not to a code', async () => {
    const browser = await inSession(unverified);
    expect(await errorOf(browser, { prompt: 'none', claims: essential('l2') })).toBe(
      'unmet_authentication_requirements',
    );
    const page = await browser.get(service.request({ claims: essential('l2') }).url);
    expect(page.url).toContain('/signin/');
    expect(asks(page, 'password')).toBe(false);
    const again = await walk(browser, unverified, page);
    expect(again.status).toBe(200);
    const verified = citizenBrowser();
    expect((await claimsOf(verified, citizen, { claims: essential('l2', 'l3') }))['acr']).toBe(acr('l2'));
  });

  test('the lowest level that a service is registered for binds without being asked', async () => {
    const strict = await register(system, { tongxing_minimum_level: 'l2' });
    const browser = await inSession(unverified);
    expect(await errorOf(browser, { prompt: 'none' }, strict)).toBe('unmet_authentication_requirements');
    expect(await errorOf(browser, { prompt: 'none', acr_values: acr('l1') }, strict)).toBe(
      'unmet_authentication_requirements',
    );
    const page = await browser.get(strict.request({ claims: essential('l1') }).url);
    expect(page.status).toBe(200);
    const highest = await register(system, { tongxing_minimum_level: 'l4' });
    expect(await errorOf(browser, { prompt: 'none' }, highest)).toBe('unmet_authentication_requirements');
    expect((await browser.get(highest.request().url)).url).toContain('/signin/');
  });

  test('another citizen signing in over a session is told, and takes its place with a subject of their own', async () => {
    const browser = citizenBrowser();
    const first = await claimsOf(browser, citizen, {});
    const page = await signIn(browser, await browser.get(service.request({ prompt: 'login' }).url), other);
    expect(page.text).toContain('换一个账号继续');
    expect(page.headers.get('content-security-policy')).toContain(new URL(service.redirect).origin);
    const second = await claimsOf(browser, other, { prompt: 'login' });
    expect(second.sub).not.toBe(first.sub);
  });

  test('who does not agree goes back with access_denied and is not asked to sign in again', async () => {
    const fresh = await register(system);
    const browser = await inSession();
    const page = await browser.get(fresh.request({ scope: 'openid profile' }).url);
    const back = landed(await browser.submit(page, { decision: 'deny' }));
    expect(back.get('error')).toBe('access_denied');
    expect(back.get('state')).toBe('a-state');
    expect(await errorOf(browser, { prompt: 'none' })).toBeNull();
  });
});
