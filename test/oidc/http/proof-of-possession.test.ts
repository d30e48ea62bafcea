// Tokens bound to a key (RFC 9449): stolen, they are worth nothing.
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  answerOf,
  backEnds,
  citizenBrowser,
  enter,
  register,
  type Answer,
  type Params,
  type Service,
} from '../relying-party.ts';

interface Holder {
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

async function holder(): Promise<Holder> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return { key: pair.privateKey, jwk: await exportJWK(pair.publicKey) };
}

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');

describe.each(backEnds)('a token bound to a key, short-lived state in %s', (store) => {
  let system: TestApp;
  let other: TestApp;
  let citizen: Persona;
  let app: Service;
  let mine: Holder;

  beforeAll(async () => {
    system = await testApp({ store });
    other = await testApp({ store, beside: system, env: { TONGXING_ISSUER: system.issuer } });
    citizen = await system.persona('verified');
    app = await register(system, { token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true });
    mine = await holder();
  });
  afterAll(async () => {
    await other.close();
    await system.close();
  });

  const tokenUrl = (): string => `${system.issuer}/oidc/token`;
  const userinfoUrl = (): string => `${system.issuer}/oidc/userinfo`;
  const proof = (
    htm: string,
    htu: string,
    by: Holder = mine,
    changed: Readonly<Record<string, unknown>> = {},
    header: Readonly<Record<string, unknown>> = {},
  ): Promise<string> =>
    new SignJWT({ htm, htu, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...changed })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: by.jwk, ...header })
      .sign(by.key);

  const bound = async (params: Params = {}): Promise<Answer> => {
    const { code, verifier } = await enter(app, citizenBrowser(), citizen, params);
    return app.token(
      { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: app.redirect },
      { dpop: await proof('POST', tokenUrl()) },
    );
  };
  const ask = async (authorization: string, dpop?: string, base = system.issuer): Promise<Answer> =>
    answerOf(
      await fetch(`${base}/oidc/userinfo`, {
        headers: { authorization, ...(dpop === undefined ? {} : { dpop }) },
      }),
    );
  const proven = async (token: string, by = mine): Promise<string> =>
    proof('GET', userinfoUrl(), by, { ath: hash(token) });

  test('says so, and opens userinfo with a proof', async () => {
    const answer = await bound();
    expect(answer.json['token_type']).toBe('DPoP');
    const token = String(answer.json['access_token']);
    expect((await ask(`DPoP ${token}`, await proven(token))).status).toBe(200);
  });

  test('is refused as a bearer token, without a proof, with another key, for another token', async () => {
    const token = String((await bound()).json['access_token']);
    const thief = await holder();
    const answers = [
      await ask(`Bearer ${token}`),
      await ask(`Bearer ${token}`, await proven(token)),
      await ask(`DPoP ${token}`),
      await ask(`DPoP ${token}`, await proven(token, thief)),
      await ask(`DPoP ${token}`, await proof('GET', userinfoUrl())),
      await ask(`DPoP ${token}`, await proven('another')),
    ];
    // The second and third do not even follow the form of a request (RFC 6750 3.1).
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 401, 401, 401]);
  });

  test('takes a proof once, on whichever node, and says invalid_token', async () => {
    const token = String((await bound()).json['access_token']);
    const once = await proven(token);
    expect((await ask(`DPoP ${token}`, once)).status).toBe(200);
    for (const base of [system.issuer, other.issuer]) {
      const answer = await ask(`DPoP ${token}`, once, base);
      expect(answer.status).toBe(401);
      expect(answer.json['error']).toBe('invalid_token');
    }
  });

  test('is not issued for a proof that is wrong in any part', async () => {
    const { jwk, key } = mine;
    const wrong = [
      await proof('GET', tokenUrl()),
      await proof('POST', userinfoUrl()),
      await proof('POST', 'https://evil.example/oidc/token'),
      await proof('POST', tokenUrl(), mine, { iat: Math.floor(Date.now() / 1000) - 3_600 }),
      await proof('POST', tokenUrl(), mine, { iat: Math.floor(Date.now() / 1000) + 3_600 }),
      await proof('POST', tokenUrl(), mine, { jti: undefined }),
      await proof('POST', tokenUrl(), mine, {}, { typ: 'jwt' }),
      await proof('POST', tokenUrl(), mine, {}, { jwk: await exportJWK(key) }),
      await proof('POST', tokenUrl(), mine, {}, { jwk: (await holder()).jwk }),
      await new SignJWT({ htm: 'POST', htu: tokenUrl(), jti: 'a', iat: Math.floor(Date.now() / 1000) })
        .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk })
        .sign(new TextEncoder().encode('x'.repeat(32))),
      `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk })).toString('base64url')}.e30.`,
      'x',
    ];
    for (const dpop of wrong) {
      const answer = await app.token(
        {
          grant_type: 'authorization_code',
          code: 'x',
          code_verifier: 'x'.repeat(43),
          redirect_uri: app.redirect,
        },
        { dpop },
      );
      expect(answer.status).toBe(400);
      expect(answer.json['error']).toMatch(/invalid_dpop_proof|use_dpop_nonce/);
    }
  });

  test('is never issued to this app without a proof', async () => {
    const { code, verifier } = await enter(app, citizenBrowser(), citizen);
    const answer = await app.redeem(code, verifier);
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_grant']);
  });

  test('a code bound to a key beforehand is worth nothing to another', async () => {
    const dpop_jkt = await calculateJwkThumbprint(mine.jwk);
    expect((await bound({ dpop_jkt })).status).toBe(200);
    const { code, verifier } = await enter(app, citizenBrowser(), citizen, { dpop_jkt });
    const answer = await app.token(
      { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: app.redirect },
      { dpop: await proof('POST', tokenUrl(), await holder()) },
    );
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_grant']);
  });

  test('a refresh token of an app is bound to the key too', async () => {
    const first = await bound({ scope: 'openid offline_access', prompt: 'consent' });
    const refresh_token = String(first.json['refresh_token']);
    const refresh = async (by?: Holder): Promise<Answer> =>
      app.token(
        { grant_type: 'refresh_token', refresh_token },
        by ? { dpop: await proof('POST', tokenUrl(), by) } : {},
      );
    expect((await refresh()).status).toBe(400);
    expect((await refresh(await holder())).status).toBe(400);
    expect((await refresh(mine)).status).toBe(200);
  });
});
