// Errors on request: a sandbox client gets exactly the one it asked for, a production client never any.
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { REHEARSALS } from '../../../idp/registry/registry.ts';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import { sandboxService } from '../../registry/activity/actors.ts';
import {
  answerOf,
  citizenBrowser,
  form,
  landed,
  register,
  signedIn,
  type Service,
} from '../relying-party.ts';

let system: TestApp;
let sandbox: Service;
let rsa: Service;
let production: Service;
let citizen: Persona;
let keys: ReturnType<typeof createLocalJWKSet>;

beforeAll(async () => {
  system = await testApp();
  citizen = await system.persona('verified');
  sandbox = await sandboxService(system);
  rsa = await sandboxService(system, { id_token_signed_response_alg: 'RS256' });
  production = await register(system);
  const answer = await fetch(`${system.issuer}/oidc/jwks`);
  keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
});
afterAll(() => system.close());

const of = (kind: 'answer' | 'fault'): readonly string[] =>
  Object.entries(REHEARSALS).flatMap(([name, is]) => (is === kind ? [name] : []));

const idToken = async (service: Service, rehearse: string): Promise<string> =>
  (await signedIn(service, citizenBrowser(), citizen, { rehearse })).id_token;

/** What a careful service finds. */
async function found(service: Service, token: string): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: system.issuer, audience: service.id });
    return payload['nonce'] === 'a-nonce' ? 'nothing' : 'nonce';
  } catch (error) {
    return String((error as { claim?: unknown; code?: unknown }).claim ?? (error as { code?: unknown }).code);
  }
}

test.each(of('answer'))('%s is the answer to a sandbox client that asks for it', async (rehearse) => {
  const back = landed(await citizenBrowser().get(sandbox.request({ rehearse }).url));
  expect(back.get('error')).toBe(rehearse);
  expect(back.get('state')).toBe('a-state');
  expect(back.get('iss')).toBe(system.issuer);
});

test.each([
  ['bad_signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['invalid_iss', 'iss'],
  ['wrong_audience', 'aud'],
  ['wrong_nonce', 'nonce'],
  ['expired', 'exp'],
])('%s stands in the ID token, and nothing else is wrong with it', async (rehearse, fault) => {
  expect(await found(sandbox, await idToken(sandbox, rehearse))).toBe(fault);
});

test('every fault has its test, and is signed by the algorithm of the client', async () => {
  expect(of('fault')).toHaveLength(5);
  expect(await found(rsa, await idToken(rsa, 'expired'))).toBe('exp');
});

test('is asked for in a pushed request too, and lasts for one code', async () => {
  const { url } = sandbox.request({ rehearse: 'server_error' });
  const pushed = await answerOf(
    await fetch(`${system.issuer}/oidc/par`, {
      method: 'POST',
      body: new URL(url).searchParams,
      headers: { authorization: `Basic ${btoa(`${sandbox.id}:${sandbox.secret ?? ''}`)}` },
    }),
  );
  expect(pushed.status).toBe(201);
  const short = new URL(`${system.issuer}/oidc/authorize`);
  short.search = form({ client_id: sandbox.id, request_uri: String(pushed.json['request_uri']) }).toString();
  expect(landed(await citizenBrowser().get(short.href)).get('error')).toBe('server_error');

  const browser = citizenBrowser();
  await signedIn(sandbox, browser, citizen, { rehearse: 'expired' });
  const { id_token: next } = await signedIn(sandbox, browser, citizen);
  expect(await found(sandbox, next)).toBe('nothing');
});

test.each(Object.keys(REHEARSALS))('a production client is never touched by %s', async (rehearse) => {
  const token = await idToken(production, rehearse);
  expect(await found(production, token)).toBe('nothing');
  expect(decodeJwt(token)['aud']).toBe(production.id);
});

test('a word that is no rehearsal does nothing', async () => {
  expect(await found(sandbox, await idToken(sandbox, 'constructor'))).toBe('nothing');
});
