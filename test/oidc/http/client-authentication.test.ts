// Who a service is: secrets, signed assertions, pushed requests.
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { randomUUID } from 'node:crypto';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  answerOf,
  backEnds,
  basic,
  citizenBrowser,
  enter,
  form,
  landed,
  register,
  serviceAt,
  walk,
  type Answer,
  type Params,
  type Service,
} from '../relying-party.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe.each(backEnds)('a service proves itself, short-lived state in %s', (store) => {
  let system: TestApp;
  let other: TestApp;
  let citizen: Persona;
  let secretive: Service;
  let signing: Service;
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;

  beforeAll(async () => {
    system = await testApp({ store });
    other = await testApp({ store, beside: system, env: { TONGXING_ISSUER: system.issuer } });
    citizen = await system.persona('verified');
    secretive = await register(system);
    keys = await generateKeyPair('ES256', { extractable: true });
    signing = await register(system, {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] },
    });
  });
  afterAll(async () => {
    await other.close();
    await system.close();
  });

  const post = async (path: string, params: Params, headers = {}, base = system.issuer): Promise<Answer> =>
    answerOf(await fetch(`${base}${path}`, { method: 'POST', body: form(params), headers }));

  const now = (): number => Math.floor(Date.now() / 1000);
  const assertion = (
    changed: Readonly<Record<string, unknown>> = {},
    key: Parameters<SignJWT['sign']>[0] = keys.privateKey,
    header: { alg: string; kid?: string } = { alg: 'ES256', kid: 'one' },
  ): Promise<string> =>
    new SignJWT({
      iss: signing.id,
      sub: signing.id,
      aud: system.issuer,
      jti: randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...changed,
    })
      .setProtectedHeader(header)
      .sign(key);
  /** A request that only an authenticated service gets an answer to other than invalid_client. */
  const present = (client_assertion: string, base = system.issuer): Promise<Answer> =>
    post(
      '/oidc/token',
      {
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: signing.redirect,
        code_verifier: 'x'.repeat(43),
        client_assertion,
        client_assertion_type: TYPE,
      },
      {},
      base,
    );
  const expectStranger = (answer: Answer): void => {
    expect(answer.status).toBe(401);
    expect(answer.json['error']).toBe('invalid_client');
  };

  test('a wrong secret and an unknown service get the same answer, to the byte', async () => {
    const grant = { grant_type: 'authorization_code', code: 'x' };
    const wrong = await post('/oidc/token', grant, { authorization: basic(secretive.id, 'y'.repeat(43)) });
    const unknown = await post('/oidc/token', grant, { authorization: basic('service-x', 'y'.repeat(43)) });
    expectStranger(wrong);
    expect(unknown.text).toBe(wrong.text);
    const told = (answer: Answer): string[] =>
      [...answer.headers]
        .filter(([name]) => !/^(date|x-reference)$/.test(name))
        .map((pair) => pair.join(': '));
    expect(told(unknown)).toEqual(told(wrong));
    const { id } = secretive;
    const inBody = await post('/oidc/token', { ...grant, client_id: id, client_secret: 'y'.repeat(43) });
    const unknownInBody = await post('/oidc/token', {
      ...grant,
      client_id: 'service-x',
      client_secret: 'y'.repeat(43),
    });
    expect(unknownInBody.text).toBe(inBody.text);
  });

  test('a secret is not replaced by nothing, nor shown twice', async () => {
    const { id, secret } = secretive;
    const grant = { grant_type: 'authorization_code', code: 'x', redirect_uri: secretive.redirect };
    for (const client_secret of [undefined, '', ' '])
      expectStranger(await post('/oidc/token', { ...grant, client_id: id, client_secret }));
    const both = await post(
      '/oidc/token',
      { ...grant, client_id: id, client_secret: secret },
      { authorization: basic(id, secret ?? '') },
    );
    expect(both.status).toBe(400);
    expect(both.json['error']).toBe('invalid_request');
  });

  test('an assertion by its key is taken by every name that this server has', async () => {
    for (const aud of [system.issuer, `${system.issuer}/oidc/token`])
      expect((await present(await assertion({ aud }))).json['error']).toBe('invalid_grant');
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['for another audience', { aud: 'https://other.example' }],
    ['of another issuer', { iss: 'someone' }],
    ['about another subject', { sub: 'someone' }],
    ['without jti', { jti: undefined }],
    ['without exp', { exp: undefined }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 120 }],
  ])('an assertion %s is refused', async (_, changed) => {
    expectStranger(await present(await assertion(changed)));
  });

  test('an assertion by another key, by none or by a public key as a secret is refused', async () => {
    const foreign = await generateKeyPair('ES256');
    expectStranger(await present(await assertion({}, foreign.privateKey)));
    const spki = new TextEncoder().encode(await exportSPKI(keys.publicKey));
    expectStranger(await present(await assertion({}, spki, { alg: 'HS256' })));
    const [, body = ''] = (await assertion()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expectStranger(await present(`${none}.${body}.`));
    for (const nonsense of ['x', 'a.b.c', '..', '{}', '\u0000', 'x'.repeat(20_000)]) {
      const answer = await present(nonsense);
      expect([400, 401]).toContain(answer.status);
    }
  });

  test('an assertion works once, on whichever node', async () => {
    const once = await assertion();
    expect((await present(once)).json['error']).toBe('invalid_grant');
    expectStranger(await present(once));
    expectStranger(await present(once, other.issuer));
  });

  test('of 40 parallel uses of one assertion over two nodes at most one is served', async () => {
    const once = await assertion();
    const bases = [system.issuer, other.issuer];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => present(once, bases[index % 2])),
    );
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(answers.filter(({ json }) => json['error'] === 'invalid_grant').length).toBe(1);
  });

  test('a service with a key cannot come with a secret or with nothing', async () => {
    const grant = { grant_type: 'client_credentials' };
    expectStranger(await post('/oidc/token', { ...grant, client_id: signing.id }));
    expectStranger(await post('/oidc/token', grant, { authorization: basic(signing.id, 'y'.repeat(43)) }));
    const two = await post(
      '/oidc/token',
      { ...grant, client_id: signing.id, client_assertion: await assertion(), client_assertion_type: TYPE },
      { authorization: basic(signing.id, 'y'.repeat(43)) },
    );
    expect([400, 401]).toContain(two.status);
  });

  describe('a pushed request', () => {
    const push = async (
      service = secretive,
      changed: Params = {},
    ): Promise<Answer & { verifier: string }> => {
      const { url, verifier } = service.request(changed);
      const headers = { authorization: basic(service.id, service.secret ?? '') };
      const params = Object.fromEntries(new URL(url).searchParams);
      return { ...(await post('/oidc/par', params, headers)), verifier };
    };
    const authorize = (client_id: string, request_uri: string) =>
      `${system.issuer}/oidc/authorize?${new URLSearchParams({ client_id, request_uri }).toString()}`;

    test('leads to a code, and cannot be used again', async () => {
      const pushed = await push();
      expect(pushed.status).toBe(201);
      const browser = citizenBrowser();
      const url = authorize(secretive.id, String(pushed.json['request_uri']));
      const page = await walk(browser, citizen, await browser.get(url));
      const redeemed = await secretive.redeem(landed(page).get('code') ?? '', pushed.verifier);
      expect(redeemed.status).toBe(200);
      const again = await browser.get(url);
      expect(again.status).toBe(400);
      expect((await citizenBrowser().get(url)).status).toBe(400);
    });

    test('belongs to the service that pushed it, and cannot be guessed', async () => {
      const stranger = await register(system);
      const uri = String((await push()).json['request_uri']);
      expect((await citizenBrowser().get(authorize(stranger.id, uri))).status).toBe(400);
      for (const guess of [`${uri}x`, 'urn:ietf:params:oauth:request_uri:x', 'https://evil.example/r', 'x'])
        expect((await citizenBrowser().get(authorize(secretive.id, guess))).status).toBe(400);
    });

    test('is refused without proof, with a wrong one, or with a request_uri inside', async () => {
      const params = Object.fromEntries(new URL(secretive.request().url).searchParams);
      expectStranger(await post('/oidc/par', params));
      expectStranger(await post('/oidc/par', params, { authorization: basic(secretive.id, 'y'.repeat(43)) }));
      expect((await push(secretive, { request_uri: 'urn:x' })).status).toBe(400);
      expect((await push(secretive, { redirect_uri: 'https://evil.example/' })).status).toBe(400);
    });

    test('is the only way for a service that is registered so', async () => {
      const strict = await register(system, { require_pushed_authorization_requests: true });
      const page = await citizenBrowser().get(strict.request().url);
      expect(page.status === 0 ? landed(page).get('error') : 'invalid_request').toBe('invalid_request');
      expect((await push(strict)).status).toBe(201);
    });
  });

  test('a code of a service with a key is redeemed with an assertion only', async () => {
    const { code, verifier } = await enter(signing, citizenBrowser(), citizen);
    expectStranger(
      await serviceAt(system.issuer, signing.id, undefined, signing.redirect).redeem(code, verifier),
    );
    const answer = await signing.redeem(code, verifier, {
      client_assertion: await assertion(),
      client_assertion_type: TYPE,
    });
    expect(answer.status).toBe(200);
  });
});
