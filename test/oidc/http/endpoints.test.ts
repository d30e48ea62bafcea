// The edge of every protocol address: methods, bodies, headers, caches, and what the published documents say.
import { decodeJwt } from 'jose';
import http from 'node:http';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  answerOf,
  backEnds,
  basic,
  citizenBrowser,
  register,
  signedIn,
  userinfo,
  type Service,
  type Tokens,
} from '../relying-party.ts';

const PATHS = ['authorize', 'token', 'userinfo', 'jwks', 'par', 'introspect', 'revoke', 'logout'];
const DISCOVERY = '/.well-known/openid-configuration';

describe.each(backEnds)('protocol addresses, short-lived state in %s', (store) => {
  let system: TestApp;
  let citizen: Persona;
  let service: Service;
  let tokens: Tokens;

  beforeAll(async () => {
    system = await testApp({ store });
    citizen = await system.persona('verified');
    service = await register(system);
    tokens = await signedIn(service, citizenBrowser(), citizen, { scope: 'openid profile' });
  });
  afterAll(() => system.close());

  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${system.issuer}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: basic(service.id, service.secret ?? ''), ...headers },
    });

  /** A request with headers that fetch would not send. */
  const raw = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status: number; text: string; headers: http.IncomingHttpHeaders }>((resolve, reject) => {
      const url = new URL(path, system.issuer);
      http
        .request(
          { host: url.hostname, port: url.port, path: url.pathname + url.search, method, headers },
          (res) => {
            let text = '';
            res.on('data', (part: Buffer) => (text += part.toString()));
            res.on('end', () => resolve({ status: res.statusCode ?? 0, text, headers: res.headers }));
          },
        )
        .on('error', reject)
        .end();
    });

  test('userinfo refuses a token in the address, none, nonsense, an ID token and one that was changed', async () => {
    const inAddress = await fetch(`${system.issuer}/oidc/userinfo?access_token=${tokens.access_token}`);
    expect(inAddress.status).toBe(400);
    for (const bad of [
      '',
      'x',
      tokens.id_token,
      `${tokens.access_token}x`,
      '\u00FF',
      '__proto__',
      'x'.repeat(5_000),
    ]) {
      const answer = await userinfo(system.issuer, bad);
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers.get('cache-control')).toContain('no-store');
    }
    const none = await fetch(`${system.issuer}/oidc/userinfo`);
    expect([400, 401]).toContain(none.status);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    expect(system.logged.join('\n')).not.toContain(tokens.access_token);
  });

  test('a token of a service opens no page of the citizen', async () => {
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const answer = await fetch(`${system.issuer}/account`, { headers, redirect: 'manual' });
    expect([302, 303, 401, 403]).toContain(answer.status);
    expect(await answer.text()).not.toContain(citizen.name);
  });

  test('introspection and revocation answer only the owner of a token', async () => {
    const stranger = await register(system);
    const own = await answerOf(
      await post('/oidc/introspect', new URLSearchParams({ token: tokens.access_token })),
    );
    expect(own.json['active']).toBe(true);
    const authorization = basic(stranger.id, stranger.secret ?? '');
    const body = new URLSearchParams({ token: tokens.access_token });
    const foreign = await answerOf(await post('/oidc/introspect', body, { authorization }));
    expect(foreign.json).toEqual({ active: false });
    expect((await post('/oidc/revoke', body, { authorization })).status).toBeLessThan(500);
    expect((await userinfo(system.issuer, tokens.access_token)).status).toBe(200);
    const mine = await signedIn(service, citizenBrowser(), citizen);
    expect((await post('/oidc/revoke', new URLSearchParams({ token: mine.access_token }))).status).toBe(200);
    expect((await userinfo(system.issuer, mine.access_token)).status).toBe(401);
  });

  test('discovery tells what is on and nothing that is off', async () => {
    const found = (await (await fetch(`${system.issuer}${DISCOVERY}`)).json()) as Record<string, string[]>;
    expect(found).toMatchObject({
      issuer: system.issuer,
      authorization_endpoint: `${system.issuer}/oidc/authorize`,
      token_endpoint: `${system.issuer}/oidc/token`,
      userinfo_endpoint: `${system.issuer}/oidc/userinfo`,
      jwks_uri: `${system.issuer}/oidc/jwks`,
      end_session_endpoint: `${system.issuer}/oidc/logout`,
      pushed_authorization_request_endpoint: `${system.issuer}/oidc/par`,
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']) as string[],
      acr_values_supported: ['l1', 'l2', 'l3', 'l4'].map((level) => `urn:tongxing:acr:${level}`),
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
    });
    for (const [name, values] of Object.entries(found))
      if (name.includes('_alg_')) expect(values).not.toContain('none');
    // Only with an initial access token of a unit.
    expect(found['registration_endpoint']).toBe(`${system.issuer}/oidc/register`);
    expect(found['response_types_supported']).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/token/)]),
    );
    expect(JSON.stringify(found)).not.toMatch(/HS256|"plain"|implicit|"password"|RSA1_5/);
    expect(found['claims_supported']).toEqual(expect.arrayContaining(['name', 'verified_claims']));
    const oauth = await fetch(`${system.issuer}/.well-known/oauth-authorization-server`);
    expect(((await oauth.json()) as { issuer: string }).issuer).toBe(system.issuer);
  });

  test('the key set holds public keys of good size, each with its name, and may be cached for a minute', async () => {
    const answer = await fetch(`${system.issuer}/oidc/jwks`);
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] };
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) {
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(part);
      expect(key).toMatchObject({
        kid: expect.any(String) as string,
        use: 'sig',
        alg: expect.stringMatching(/^(ES|RS)256$/) as string,
      });
      if (key['kty'] === 'RSA')
        expect(Buffer.from(key['n'] ?? '', 'base64url').length).toBeGreaterThanOrEqual(256);
    }
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    const discovery = await fetch(`${system.issuer}${DISCOVERY}`);
    expect(discovery.headers.get('cache-control')).toBe('public, max-age=60');
  });

  test.each([
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    { forwarded: 'host=evil.example;proto=https' },
    { 'x-forwarded-host': 'a, evil.example', 'x-forwarded-port': '81', 'x-original-host': 'evil.example' },
  ])('no header moves an address: %j', async (headers) => {
    const sent = headers as unknown as Record<string, string>;
    expect((await raw(DISCOVERY, sent)).text).not.toContain('evil.example');
    const page = await raw(
      new URL(service.request().url).pathname + new URL(service.request().url).search,
      sent,
    );
    expect(page.headers.location).toMatch(/^\/signin\//);
    expect(JSON.stringify(page.headers)).not.toContain('evil.example');
    expect((await raw('/oidc/logout', sent)).text).not.toContain('evil.example');
  });

  test('methods that mean nothing here and paths that are not there are refused without a trace of code', async () => {
    for (const path of [
      ...PATHS.map((name) => `/oidc/${name}`),
      '/oidc/',
      '/oidc/none',
      '/oidc/../x',
      '/oidc/token/x',
      '/oidc/reg',
      '/oidc/device',
      '/oidc/authorize/%00',
      '/oidc//token',
    ])
      for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
        const answer = await raw(path, {}, method);
        expect([method, path, answer.status >= 400 && answer.status < 500]).toEqual([method, path, true]);
        expect(answer.text).not.toMatch(/node_modules|\bat \w+ \(|\.ts:/);
      }
    for (const path of ['/oidc/', '/oidc/none', '/oidc/token/x', '/oidc/reg'])
      expect((await raw(path, {})).status).toBe(404);
    const wrong = await raw('/oidc/token', {});
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'POST']);
    expect((await raw('/oidc/jwks', {}, 'HEAD')).status).toBeLessThan(500);
    expect((await raw('/oidc/token', {}, 'OPTIONS')).status).toBeLessThan(500);
  });

  test('a page tells a person that there is nothing here, and JSON a program', async () => {
    const page = await citizenBrowser().get(`${system.issuer}/oidc/none`);
    expect(page.status).toBe(404);
    expect(page.text).toContain(page.headers.get('x-reference'));
    const json = await fetch(`${system.issuer}/oidc/none`, { headers: { accept: 'application/json' } });
    expect(json.headers.get('content-type')).toContain('json');
  });

  test.each<[string, BodyInit, Record<string, string>]>([
    ['JSON', '{"grant_type":"authorization_code"}', { 'content-type': 'application/json' }],
    ['text', 'grant_type=authorization_code', { 'content-type': 'text/plain' }],
    ['nothing', '', {}],
    ['bad escapes', 'grant_type=%&code=%FF', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a megabyte', `code=${'x'.repeat(1_000_000)}`, { 'content-type': 'application/x-www-form-urlencoded' }],
    [
      'ten thousand parameters',
      'a=b&'.repeat(10_000),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'a wrong length of compression',
      'x',
      { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
    ],
    ['an unknown charset', 'a=b', { 'content-type': 'application/x-www-form-urlencoded; charset=klingon' }],
    [
      'prototype tricks',
      '__proto__[x]=1&constructor.prototype.x=1&grant_type=__proto__',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'parameters that stand twice',
      'grant_type=refresh_token&grant_type=authorization_code',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
  ])('a body of %s is refused quickly, in JSON', async (_, body, headers) => {
    for (const path of ['/oidc/token', '/oidc/par', '/oidc/introspect', '/oidc/revoke']) {
      const began = Date.now();
      const answer = await answerOf(await post(path, body, headers));
      expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
      expect(typeof answer.json['error']).toBe('string');
      expect(Date.now() - began).toBeLessThan(1_500);
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a request by form goes on by address, where the cookies of the session come along', async () => {
    const { search, pathname } = new URL(service.request().url);
    const answer = await fetch(`${system.issuer}${pathname}`, {
      method: 'POST',
      body: new URLSearchParams(search),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.get('location') ?? '', system.issuer).search).toBe(search);
    for (const body of [
      'client_id=a&client_id=b',
      `state=${'x'.repeat(9_000)}`,
      `state=${'x'.repeat(90_000)}`,
      '%',
    ])
      expect(
        (await post('/oidc/authorize', body, { 'content-type': 'application/x-www-form-urlencoded' })).status,
      ).toBeLessThan(500);
  });

  test('malformed Authorization headers are refused, not stumbled over', async () => {
    for (const authorization of [
      'Basic',
      'Basic ',
      'Basic x',
      'Basic Og==',
      'Basic %%%',
      'Bearer',
      'Basic ' + 'x'.repeat(6_000),
      'Digest x',
      `Basic ${Buffer.from('%:%').toString('base64')}`,
    ]) {
      const answer = await answerOf(
        await post('/oidc/token', new URLSearchParams({ grant_type: 'authorization_code' }), {
          authorization,
        }),
      );
      expect([400, 401]).toContain(answer.status);
    }
  });

  test("no other origin may read answers with the citizen's cookies", async () => {
    for (const path of ['/oidc/token', '/oidc/userinfo', '/oidc/authorize', '/account'])
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await raw(
          path,
          { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
          method,
        );
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
      }
  });

  test('every page is closed to frames, sniffing, caches and foreign scripts; cookies to scripts', async () => {
    const first = await fetch(service.request().url, { redirect: 'manual' });
    const cookies = first.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
      expect(cookie).not.toMatch(/; domain=/i);
    }
    const pages = [
      service.request().url,
      service.request({ client_id: 'x' }).url,
      `${system.issuer}/oidc/logout`,
    ];
    for (const url of pages) {
      const { headers } = await citizenBrowser().get(url);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe-inline');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBeTruthy();
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  test("an ID token holds the protocol's claims and no attribute of the citizen", () => {
    expect(Object.keys(decodeJwt(tokens.id_token)).sort()).toEqual(
      ['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'].filter(
        (name) => name !== 'at_hash' && name !== 'sid',
      ),
    );
  });
});
