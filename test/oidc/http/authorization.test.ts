// What the authorization endpoint refuses, and to whom it says so: an error goes to a service only by an address that
// is certainly its own.
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import type { Page } from '../../support/browser.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  walk,
  type Params,
  type Service,
} from '../relying-party.ts';

describe.each(backEnds)('an authorization request, short-lived state in %s', (store) => {
  let system: TestApp;
  let service: Service;
  let citizen: Persona;

  beforeAll(async () => {
    system = await testApp({ store });
    service = await register(system);
    citizen = await system.persona('verified');
  });
  afterAll(() => system.close());

  const ask = (changed: Params): Promise<Page> => citizenBrowser().get(service.request(changed).url);

  /** A page of ours that names the request: no redirect to anywhere. */
  const expectPage = (page: Page): void => {
    expect(page.hops).toHaveLength(1);
    expect(page.status).toBe(400);
    expect(page.text).toMatch(/[A-Z0-9]{4}-?[A-Z0-9]{4}/);
    expect(page.text).toContain(page.headers.get('x-reference'));
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  };

  test('stays here when the redirect address is not exactly a registered one', async () => {
    const host = new URL(service.redirect).host;
    const near = [
      `https://evil.example/callback`,
      `${service.redirect}/more`,
      `${service.redirect}?x=1`,
      `${service.redirect}#x`,
      `https://${host}:8443/callback`,
      `https://user@${host}/callback`,
      `https://${host.toUpperCase()}/callback`,
      `https://${host}/CALLBACK`,
      `https://${host}/a/../callback`,
      `${service.redirect}/`,
      `https://${host}/%63allback`,
      `http://${host}/callback`,
      `https://${host}.evil.example/callback`,
      `javascript:alert(1)`,
      `//${host}/callback`,
      ' ',
      `${service.redirect}\u0000`,
    ];
    for (const redirect_uri of near) expectPage(await ask({ redirect_uri }));
  });

  test('stays here without a redirect address or with an unknown service', async () => {
    expectPage(await ask({ redirect_uri: undefined }));
    expectPage(await ask({ client_id: 'nobody' }));
    expectPage(await ask({ client_id: undefined }));
    expectPage(await ask({ client_id: '__proto__' }));
  });

  test('shows no markup that came with the request', async () => {
    const markup = '"><script>alert(1)</script>\'';
    const names = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'prompt'];
    const more = ['login_hint', 'ui_locales', 'acr_values', 'claims', 'id_token_hint', 'display', 'ui_mode'];
    for (const name of [...names, ...more]) {
      const page = await ask({ [name]: markup });
      expect(page.text).not.toContain('<script>alert');
    }
  });

  test.each(['token', 'id_token', 'id_token token', 'code token', 'code id_token'])(
    'tells the service that nobody is given response_type %s',
    async (response_type) => {
      const page = await ask({ response_type });
      // Those types are answered in the fragment (OAuth 2.0 Multiple Response Types 5).
      const back = new URLSearchParams(new URL(page.url).hash.slice(1));
      expect(page.url.startsWith(service.redirect)).toBe(true);
      expect(back.get('error')).toBe('unsupported_response_type');
      expect(back.get('state')).toBe('a-state');
      expect(back.get('iss')).toBe(system.issuer);
    },
  );

  test('tells a service that it may not ask for no answer at all', async () => {
    const none = { response_type: 'none', code_challenge: undefined, code_challenge_method: undefined };
    expect(landed(await ask(none)).get('error')).toBe('invalid_request');
  });

  test.each<[string, Params]>([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['with a challenge of no method', { code_challenge_method: undefined }],
    ['with a challenge that is none', { code_challenge: 'short' }],
  ])('is refused %s', async (_, changed) => {
    expect(landed(await ask(changed)).get('error')).toBe('invalid_request');
  });

  test('is refused without PKCE for an app without a secret too', async () => {
    const app = await register(system, { token_endpoint_auth_method: 'none', application_type: 'native' });
    const { url } = app.request({ code_challenge: undefined, code_challenge_method: undefined });
    expect(landed(await citizenBrowser().get(url)).get('error')).toBe('invalid_request');
  });

  test('is refused with a parameter that stands twice, as a list or as an object', async () => {
    const { url } = service.request();
    for (const more of ['scope=openid', 'state=b', 'code_challenge=x', 'prompt=none&prompt=login']) {
      const page = await citizenBrowser().get(`${url}&${more}`);
      const error = page.status === 0 ? landed(page).get('error') : String(page.status);
      expect(error).toMatch(/^(invalid_request|400)$/);
    }
    expectPage(await citizenBrowser().get(`${url}&client_id=${service.id}`));
    expectPage(await citizenBrowser().get(`${url}&redirect_uri=https%3A%2F%2Fevil.example`));
    for (const more of ['scope[]=openid', 'scope[a]=b', '__proto__[x]=1', 'constructor[prototype][x]=1']) {
      expect((await citizenBrowser().get(`${url}&${more}`)).status).toBeLessThan(500);
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    }
  });

  test('never breaks over what the claims parameter holds', async () => {
    const nonsense = [
      'null',
      '1',
      '"x"',
      '[]',
      '{"id_token":null}',
      '{"id_token":[]}',
      '{"id_token":{"acr":1}}',
      '{"id_token":{"acr":{"essential":true}}}',
      '{"id_token":{"acr":{"values":"x"}}}',
      '{"id_token":{"acr":{"values":[1,null,{}]}}}',
      '{"id_token":{"sub":1}}',
      '{"id_token":{"sub":{"value":7}}}',
      '{"id_token":{"sub":{"value":null}}}',
      '{"userinfo":{"__proto__":null,"constructor":null,"toString":{"essential":true}}}',
      '{"__proto__":{"polluted":1},"userinfo":{"name":null}}',
      '{"userinfo":{"name":{"__proto__":{"essential":true}}}}',
      '{"userinfo":{"sub":null}}',
      '{',
      '{"verified_claims":{}}',
    ];
    for (const claims of nonsense) {
      const browser = citizenBrowser();
      const page = await walk(browser, citizen, await browser.get(service.request({ claims }).url));
      expect([claims, page.status]).not.toEqual([claims, 500]);
      expect(page.status).toBeLessThan(500);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('never breaks over two hundred malformed values', async () => {
    const values = [
      '\u0000',
      '%00',
      '\uFFFD\uFFFE',
      '__proto__',
      'constructor',
      'x'.repeat(7_000),
      '{{7*7}}',
      '${7*7}',
      '<%= 7 %>',
      "' or 1=1 --",
      '../../etc/passwd',
      '-1',
      '99999999999999999999',
      '\r\nset-cookie: a=b',
      '[]',
      '{}',
      'null',
      ' ',
      '\uD83D\uDE00'.repeat(50),
      '\u202Eabc',
    ];
    const names = [
      'client_id',
      'redirect_uri',
      'scope',
      'state',
      'nonce',
      'prompt',
      'max_age',
      'ui_locales',
      'acr_values',
      'id_token_hint',
      'login_hint',
      'response_mode',
      'request_uri',
      'dpop_jkt',
      'resource',
    ];
    for (const name of names)
      for (const value of values) {
        const page = await ask({ [name]: value });
        expect([name, value.slice(0, 30), page.status < 500]).toEqual([name, value.slice(0, 30), true]);
        expect(page.headers.get('set-cookie') ?? '').not.toContain('a=b');
      }
    const raw = await fetch(`${system.issuer}/oidc/authorize?client_id=%FF%FE&redirect_uri=%C0%AF&scope=%`);
    expect(raw.status).toBe(400);
  });

  test('keeps what hints say about a citizen out of the log', async () => {
    const hint = '13812345678';
    const { url } = service.request({ login_hint: hint });
    await citizenBrowser().get(url);
    await citizenBrowser().get(`${url}&redirect_uri=bad`);
    await fetch(`${system.issuer}/oidc/authorize`, { method: 'POST', body: new URL(url).searchParams });
    expect(system.logged.join('\n')).not.toContain(hint);
  });

  test('belongs to the browser that made it: another one may neither see nor finish it', async () => {
    const attacker = citizenBrowser();
    const page = await attacker.get(service.request().url);
    const stolen = await citizenBrowser().get(page.url);
    expect([403, 410]).toContain(stolen.status);
    const victim = citizenBrowser();
    await victim.get(service.request().url);
    expect([403, 410]).toContain((await victim.get(page.url)).status);
    const uid = page.url.split('/').at(-1) ?? '';
    expect((await victim.get(`${system.issuer}/oidc/authorize/${uid}`)).status).toBe(400);
  });

  test('can be answered by a form, which our content policy lets the browser send there and nowhere else', async () => {
    const browser = citizenBrowser();
    const { url } = service.request({ response_mode: 'form_post' });
    const page = await walk(browser, citizen, await browser.get(url));
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`form-action 'self' ${new URL(service.redirect).origin}`);
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'/);
    expect(page.text).toContain('name="code"');
  });

  test('carries the issuer back, so that a service can tell providers apart', async () => {
    const { page } = await enter(service, citizenBrowser(), citizen);
    expect(landed(page).get('iss')).toBe(system.issuer);
    expect(landed(page).get('state')).toBe('a-state');
  });
});
