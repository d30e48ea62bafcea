// A whole login as services meet it, through two client libraries that know nothing of this provider.
import { OAuth2Client } from '@badgateway/oauth2-client';
import { generateKeyPair, exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import { forms, type Browser, type Page } from '../../support/browser.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  userinfo,
  walk,
  type Service,
} from '../relying-party.ts';

const L2 = 'urn:tongxing:acr:l2';

describe.each(backEnds)('a login, short-lived state in %s', (store) => {
  let system: TestApp;
  let citizen: Persona;

  beforeAll(async () => {
    system = await testApp({ store });
    citizen = await system.persona('verified');
  });
  afterAll(() => system.close());

  const discover = (
    service: Service,
    authentication?: oidc.ClientAuth,
    metadata: Partial<oidc.ClientMetadata> = {},
  ): Promise<oidc.Configuration> =>
    oidc.discovery(
      new URL(system.issuer),
      service.id,
      { ...(service.secret === undefined ? {} : { client_secret: service.secret }), ...metadata },
      authentication,
      { execute: [oidc.allowInsecureRequests] },
    );

  /** openid-client from the first redirect to checked tokens. */
  async function login(
    config: oidc.Configuration,
    service: Service,
    browser: Browser,
    params: Readonly<Record<string, string>> = {},
    answer: (page: Page) => Promise<Page> = (page) => walk(browser, citizen, page),
  ): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedNonce = oidc.randomNonce();
    const expectedState = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: service.redirect,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      nonce: expectedNonce,
      state: expectedState,
      ...params,
    });
    const page = await answer(await browser.get(url.href));
    landed(page);
    return oidc.authorizationCodeGrant(config, new URL(page.url), {
      pkceCodeVerifier,
      expectedNonce,
      expectedState,
      idTokenExpected: true,
    });
  }

  test('ends with an ID token that says who, how strongly, by what and when', async () => {
    const service = await register(system);
    const before = Math.floor(Date.now() / 1000);
    const tokens = await login(await discover(service), service, citizenBrowser(), {
      scope: 'openid profile',
    });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: system.issuer, aud: service.id, acr: L2, amr: ['pwd'] });
    expect(claims?.['auth_time']).toBeGreaterThanOrEqual(before);
    expect(claims?.sub).toMatch(/^[\w-]{43}$/);
    expect(claims?.sub).not.toContain(citizen.id_number);
  });

  test('tells userinfo what was granted and registered, nothing else', async () => {
    const service = await register(system, {
      scope: 'openid profile phone',
      grant_types: ['authorization_code'],
      tongxing_claims: { name: { purpose: '办理业务', required: true } },
    });
    const config = await discover(service);
    const tokens = await login(config, service, citizenBrowser(), { scope: 'openid profile phone' });
    const sub = tokens.claims()?.sub ?? '';
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub, name: citizen.name });
  });

  test('leaves out an optional claim that was refused, with the one that goes with it', async () => {
    const service = await register(system, {
      scope: 'openid profile phone',
      grant_types: ['authorization_code'],
      tongxing_claims: {
        name: { purpose: '办理业务', required: true },
        phone_number: { purpose: '通知您', required: false },
      },
    });
    const config = await discover(service);
    const tokens = await login(config, service, citizenBrowser(), { scope: 'openid profile phone' });
    const sub = tokens.claims()?.sub ?? '';
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub, name: citizen.name });
    const ticked = citizenBrowser();
    const again = await login(
      config,
      service,
      ticked,
      { scope: 'openid profile phone', prompt: 'consent' },
      async (page) => {
        const asked = await ticked.submit(page, { phone: citizen.phone, password: citizen.password });
        return ticked.submit(asked, { decision: 'allow', share_phone_number: 'yes' });
      },
    );
    expect(await oidc.fetchUserInfo(config, again.access_token, sub)).toEqual({
      sub,
      name: citizen.name,
      phone_number: expect.stringContaining(citizen.phone.slice(-8)) as string,
      phone_number_verified: true,
    });
  });

  test('works for a second library that knows only OAuth 2 and discovery', async () => {
    const service = await register(system);
    const client = new OAuth2Client({
      server: system.issuer,
      clientId: service.id,
      clientSecret: service.secret ?? '',
      discoveryEndpoint: '/.well-known/oauth-authorization-server',
    });
    const codeVerifier = 'a-verifier-of-more-than-forty-three-characters-in-all';
    const browser = citizenBrowser();
    const url = await client.authorizationCode.getAuthorizeUri({
      redirectUri: service.redirect,
      state: 'its-state',
      codeVerifier,
      scope: ['openid', 'profile', 'offline_access'],
      extraParams: { prompt: 'consent' },
    });
    const page = await walk(browser, citizen, await browser.get(url));
    const token = await client.authorizationCode.getTokenFromCodeRedirect(page.url, {
      redirectUri: service.redirect,
      state: 'its-state',
      codeVerifier,
    });
    expect((await userinfo(system.issuer, token.accessToken)).json['name']).toBe(citizen.name);
    const renewed = await client.refreshToken(token);
    expect(renewed.refreshToken).not.toBe(token.refreshToken);
    expect((await userinfo(system.issuer, renewed.accessToken)).status).toBe(200);
  });

  test('goes on to other services: same subject within an organisation, another one outside', async () => {
    const unit = { tongxing_unit: { id: 'housing', name: '住房公积金中心' } };
    const one = await register(system, unit);
    const two = await register(system, unit);
    const three = await register(system);
    const browser = citizenBrowser();
    const subOf = async (service: Service): Promise<string | undefined> =>
      (await login(await discover(service), service, browser)).claims()?.sub;
    const first = await subOf(one);
    expect(await subOf(two)).toBe(first);
    expect(await subOf(three)).not.toBe(first);
    const visit = await browser.get(one.request().url);
    expect(landed(visit).get('code')).toBeTruthy();
    expect(visit.hops).toHaveLength(2);
  });

  test('asks for no password at the second service, only for agreement', async () => {
    const [one, two] = [await register(system), await register(system)];
    const browser = citizenBrowser();
    await enter(one, browser, citizen);
    const page = await browser.get(two.request({ scope: 'openid profile' }).url);
    const fields = forms(page).flatMap((form) => Object.keys(form.fields));
    expect(fields).toContain('?decision');
    expect(fields).not.toContain('?password');
  });

  test('takes 8 HTTP requests with agreement and 6 with a known one', async () => {
    const service = await register(system);
    const scope = 'openid profile';
    const passes = async (): Promise<number> => {
      const browser = citizenBrowser();
      const { url, verifier } = service.request({ scope });
      const first = await browser.get(url);
      const second = await browser.submit(first, { phone: citizen.phone, password: citizen.password });
      const last = second.status === 0 ? second : await browser.submit(second, { decision: 'allow' });
      const sent = [...new Set([first, second, last])].flatMap(({ hops }) => hops);
      const answer = await service.redeem(landed(last).get('code') ?? '', verifier);
      await userinfo(system.issuer, String(answer.json['access_token']));
      return sent.filter((hop) => !hop.startsWith('https:')).length + 2;
    };
    expect(await passes()).toBe(8);
    expect(await passes()).toBe(6);
  });

  test('returns to each of several hosts of one service', async () => {
    const redirects = [
      'https://a.example.gov.cn/cb',
      'https://b.example.com/cb?x=1',
      'https://c.example.org/',
    ];
    const service = await register(system, { redirect_uris: redirects });
    const browser = citizenBrowser();
    const subs = new Set<string>();
    for (const redirect_uri of redirects) {
      const { page, code, verifier } = await enter(service, browser, citizen, { redirect_uri });
      expect(page.url.startsWith(redirect_uri)).toBe(true);
      const answer = await service.redeem(code, verifier, { redirect_uri });
      subs.add(
        String(
          JSON.parse(
            Buffer.from(String(answer.json['id_token']).split('.')[1] ?? '', 'base64url').toString(),
          )['sub'],
        ),
      );
    }
    expect(subs.size).toBe(1);
  });

  test('signs with RS256 for a service that asks for it', async () => {
    const service = await register(system, { id_token_signed_response_alg: 'RS256' });
    const config = await discover(service, undefined, { id_token_signed_response_alg: 'RS256' });
    const tokens = await login(config, service, citizenBrowser());
    expect(tokens.claims()?.['acr']).toBe(L2);
  });

  test('takes a service that proves itself with its own key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const service = await register(system, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] },
    });
    const config = await discover(service, oidc.PrivateKeyJwt({ key: privateKey, kid: 'one' }));
    expect((await login(config, service, citizenBrowser())).claims()?.aud).toBe(service.id);
  });

  test('makes a new session: the cookie from before signing in is not the one after', async () => {
    const service = await register(system);
    const browser = citizenBrowser();
    const value = (): string | undefined => browser.cookies.find(({ name }) => name === 'session')?.value;
    await signedIn(service, browser, citizen);
    const first = value();
    expect(first).toBeTruthy();
    await enter(service, browser, citizen, { prompt: 'login' });
    expect(value()).toBeTruthy();
    expect(value()).not.toBe(first);
  });

  test('gives the session a new name at a step-up, and the old one opens nothing (ASVS 5.0 7.2.4)', async () => {
    const service = await register(system);
    const browser = citizenBrowser();
    const stepper = await system.persona('unverified');
    const value = (): string => browser.cookies.find(({ name }) => name === 'session')?.value ?? '';
    await signedIn(service, browser, stepper);
    const first = value();
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: [L2] } } });
    const page = await browser.get(service.request({ claims }).url);
    const { name, id_number } = stepper;
    const told = await browser.submit(page, { name, id_number, consent: 'yes' });
    const done = await walk(browser, stepper, await browser.submit(told, {}));
    expect(landed(done).get('code')).toBeTruthy();
    expect(value()).not.toBe('');
    expect(value()).not.toBe(first);
    const thief = citizenBrowser();
    const silent = service.request({ prompt: 'none' }).url;
    expect(landed(await thief.get(silent, { cookie: `session=${first}` })).get('error')).toBe(
      'login_required',
    );
    expect(landed(await browser.get(silent)).get('code')).toBeTruthy();
  });
});
