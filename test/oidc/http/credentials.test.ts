// What a service proves itself with is changed while it works: two of a kind count, and nobody is turned away.
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { randomUUID, X509Certificate } from 'node:crypto';
import { certificateIn, subjectMatches } from '../../../idp/oidc/edge/certificate.ts';
import type { Actor } from '../../../idp/registry/registry.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { until } from '../../support/until.ts';
import {
  answerOf,
  basic,
  citizenBrowser,
  form,
  register,
  serviceAt,
  signedIn,
  type Answer,
  type Params,
} from '../relying-party.ts';

const MACHINE: Actor = {
  name: 'operator:test',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: true,
};
const both = ['authorization_code', 'client_credentials'];
const HEADER = 'client-cert';

/** Self-signed for a hundred years: CN=<name>.example.gov.cn, O="Housing, Fund", C=CN, and one name of each kind. */
const A = `-----BEGIN CERTIFICATE-----
MIICOjCCAeGgAwIBAgIUMDxeXu6+VN/p5Ymqh0vIGCkvlFQwCgYIKoZIzj0EAwIw
QDELMAkGA1UEBhMCQ04xFjAUBgNVBAoMDUhvdXNpbmcsIEZ1bmQxGTAXBgNVBAMM
EGEuZXhhbXBsZS5nb3YuY24wIBcNMjYxMTIyMTY1MzAwWhgPMjEyNjEwMjkxNjUz
MDBaMEAxCzAJBgNVBAYTAkNOMRYwFAYDVQQKDA1Ib3VzaW5nLCBGdW5kMRkwFwYD
VQQDDBBhLmV4YW1wbGUuZ292LmNuMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
mRj8qxgx9yv5Eq6nU0EzKth0UQTsNbGKpc9AfgpjKfPlixheKl/96JKHOJu8X9Pk
fDpk8tha7kep+OtZ5Z7JL6OBtjCBszAdBgNVHQ4EFgQUjFP1kV48XGYR4c8ybBUo
tltXPSEwHwYDVR0jBBgwFoAUjFP1kV48XGYR4c8ybBUotltXPSEwYwYDVR0RBFww
WoIQYS5leGFtcGxlLmdvdi5jboINKi53aWxkLmdvdi5jboYbaHR0cHM6Ly9hLmV4
YW1wbGUuZ292LmNuL2lkgRR3ZWJAYS5leGFtcGxlLmdvdi5jbocEwAACBzAMBgNV
HRMBAf8EAjAAMAoGCCqGSM49BAMCA0cAMEQCIFdUtHn1d/Aupp7ar9rZeKA9N9VF
vcwJzeINq4X8/tiIAiBd1JkJbAB+/VBtzxAjxrZJ1T/RotOLgWkGg7s9E0qxSw==
-----END CERTIFICATE-----`;
const B = `-----BEGIN CERTIFICATE-----
MIICOzCCAeGgAwIBAgIUImDlcOt6GA1S35SCvGLrjAIU+vIwCgYIKoZIzj0EAwIw
QDELMAkGA1UEBhMCQ04xFjAUBgNVBAoMDUhvdXNpbmcsIEZ1bmQxGTAXBgNVBAMM
EGIuZXhhbXBsZS5nb3YuY24wIBcNMjYxMTIyMTY1MzAwWhgPMjEyNjEwMjkxNjUz
MDBaMEAxCzAJBgNVBAYTAkNOMRYwFAYDVQQKDA1Ib3VzaW5nLCBGdW5kMRkwFwYD
VQQDDBBiLmV4YW1wbGUuZ292LmNuMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
oWNSCz55e+L7foa1281to4O7Emk79Pz8UiiJKNWxlnMe+WH6NhaPDJULaytgFaTo
lBCWYVrEawgBLSQwCU5kJ6OBtjCBszAdBgNVHQ4EFgQUx7uMmb37qA5fRVUWkXj0
nsk0+KAwHwYDVR0jBBgwFoAUx7uMmb37qA5fRVUWkXj0nsk0+KAwYwYDVR0RBFww
WoIQYi5leGFtcGxlLmdvdi5jboINKi53aWxkLmdvdi5jboYbaHR0cHM6Ly9iLmV4
YW1wbGUuZ292LmNuL2lkgRR3ZWJAYi5leGFtcGxlLmdvdi5jbocEwAACBzAMBgNV
HRMBAf8EAjAAMAoGCCqGSM49BAMCA0gAMEUCIAJF1d6hk5odC6h+YUqqOm5bs/yr
p24uMvtrCkG6OY6wAiEAkWd7QVRWY3knoXY+5y033xgvPNl+q10wsRPd5nNxlKA=
-----END CERTIFICATE-----`;

let system: TestApp;
let other: TestApp;
beforeAll(async () => {
  const env = { TONGXING_OIDC__CLIENT_CERTIFICATE_HEADER: HEADER, TONGXING_HTTP__TRUSTED_PROXY_HOPS: '1' };
  system = await testApp({ env });
  other = await testApp({ beside: system, env: { ...env, TONGXING_ISSUER: system.issuer } });
});
afterAll(async () => {
  await other.close();
  await system.close();
});

const ask = async (
  params: Params,
  headers: Record<string, string> = {},
  node = system.issuer,
): Promise<Answer> =>
  answerOf(
    await fetch(`${node}/oidc/token`, {
      method: 'POST',
      body: form({ grant_type: 'client_credentials', ...params }),
      headers,
    }),
  );
const add = async (
  clientId: string,
  kind: 'secret' | 'key' | 'certificate',
  known?: unknown,
): Promise<string> => {
  const added = await system.app.parties.credentials.add(MACHINE, clientId, {
    kind,
    name: 'next',
    public: known,
  });
  if (added.is === 'refused') throw new Error(JSON.stringify(added.complaints));
  return added.secret?.reveal() ?? '';
};
const oldest = async (clientId: string): Promise<string> =>
  (await system.app.parties.credentials.list(MACHINE, clientId)).findLast(({ state }) => state === 'live')
    ?.id ?? '';
const lives = async (clientId: string): Promise<number> =>
  (await other.app.registry.find(clientId))?.credentials?.length ?? 0;

test('a secret is changed under parallel logins on two nodes, and none of them fails', async () => {
  const service = await register(system, { grant_types: both, scope: 'openid profile' });
  const citizen = await system.persona('verified');
  let current = service.secret ?? '';
  const stop = new AbortController();
  const failed: string[] = [];
  let count = 0;
  const worker = async (node: string): Promise<void> => {
    while (!stop.signal.aborted) {
      const answer = await ask({}, { authorization: basic(service.id, current) }, node);
      count += 1;
      if (answer.status !== 200) failed.push(answer.text);
    }
  };
  const workers = [system.issuer, other.issuer, system.issuer, other.issuer].map(worker);
  const change = async (): Promise<void> => {
    const old = await oldest(service.id);
    current = await add(service.id, 'secret');
    const login = signedIn(
      serviceAt(system.issuer, service.id, current, service.redirect),
      citizenBrowser(),
      citizen,
    );
    const before = count;
    // Whoever sent the old secret has its answer before that ends.
    await until(() => Promise.resolve(count >= before + 12), 5);
    await login.catch((error: unknown) => failed.push(String(error)));
    await system.app.parties.credentials.revoke(MACHINE, service.id, old);
  };
  try {
    for (let turn = 0; turn < 3; turn += 1) await change();
  } finally {
    stop.abort();
  }
  await Promise.all(workers);
  expect(failed).toEqual([]);
  expect(count).toBeGreaterThan(36);
});

test('a secret that was revoked, or was never one, is refused in the same words', async () => {
  const { id, secret = '' } = await register(system, { grant_types: both });
  await add(id, 'secret');
  await system.app.parties.credentials.revoke(MACHINE, id, await oldest(id));
  const refused = await ask({}, { authorization: basic(id, secret) });
  expect([refused.status, refused.json['error']]).toEqual([401, 'invalid_client']);
  expect((await ask({}, { authorization: basic(id, 'x'.repeat(43)) })).json).toEqual(refused.json);
});

test('who sends a secret that ran out is told so; who guesses is not', async () => {
  const { id, secret = '' } = await register(system, { grant_types: both });
  await system.database.postgres.run({
    name: 'expire',
    text: `update registry.credential set expires_at = now() - interval '1 hour' where client_id = $1`,
    values: [id],
  });
  await system.app.registry.disable(id, 'test');
  await system.app.registry.enable(id, 'test');
  const refused = await ask({}, { authorization: basic(id, secret) });
  expect([refused.status, refused.json['error']]).toEqual([401, 'invalid_client']);
  expect(refused.json['error_description']).toMatch(
    /^the client secret ran out on \d{4}-\d\d-\d\dT.*; add a new one to this client and use that$/,
  );
  expect((await ask({}, { authorization: basic(id, 'x'.repeat(43)) })).text).not.toContain('ran out');
});

test('a key is changed for another, and the one that signed is noted', async () => {
  const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  const first = { ...(await exportJWK(one.publicKey)), kid: 'one' };
  const { id } = await register(system, {
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: both,
    jwks: { keys: [first] },
  });
  const asks = async (key: CryptoKey, kid: string): Promise<number> => {
    const client_assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(system.issuer)
      .setExpirationTime('1m')
      .sign(key);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return (await ask({ client_assertion, client_assertion_type }, {}, other.issuer)).status;
  };
  expect([await asks(one.privateKey, 'one'), await asks(two.privateKey, 'two')]).toEqual([200, 401]);
  await add(id, 'key', { ...(await exportJWK(two.publicKey)), kid: 'two' });
  await until(async () => (await lives(id)) === 2, 1);
  expect([await asks(one.privateKey, 'one'), await asks(two.privateKey, 'two')]).toEqual([200, 200]);
  await system.app.parties.credentials.revoke(MACHINE, id, await oldest(id));
  await until(async () => (await lives(id)) === 1, 1);
  expect([await asks(one.privateKey, 'one'), await asks(two.privateKey, 'two')]).toEqual([401, 200]);
  await other.app.features
    .flatMap(({ jobs = [] }) => jobs)
    .find(({ name }) => name === 'credentials.used')
    ?.run();
  const listed = await system.app.parties.credentials.list(MACHINE, id);
  expect(listed.map(({ usedAt }) => usedAt instanceof Date)).toEqual([true, true]);
});

describe('a certificate', () => {
  const field = (pem: string): string => `:${new X509Certificate(pem).raw.toString('base64')}:`;
  const san = (name: string): object => ({ tls_client_auth_san_dns: `${name}.example.gov.cn` });

  test('in the header of our proxy lets the service in, in either form, until it is revoked', async () => {
    const { id } = await register(system, {
      token_endpoint_auth_method: 'tls_client_auth',
      grant_types: both,
      ...san('a'),
    });
    const comes = async (header: string): Promise<number> =>
      (await ask({ client_id: id }, { [HEADER]: header })).status;
    expect([await comes(field(A)), await comes(encodeURIComponent(A))]).toEqual([200, 200]);
    expect([await comes(field(B)), await comes('nonsense'), await comes('')]).toEqual([401, 401, 401]);
    expect((await ask({ client_id: id })).json['error']).toBe('invalid_client');
    await add(id, 'certificate', san('b'));
    await until(async () => (await comes(field(B))) === 200, 2);
    expect(await comes(field(A))).toBe(200);
    await system.app.parties.credentials.revoke(MACHINE, id, await oldest(id));
    await until(async () => (await comes(field(A))) === 401, 2);
    expect(await comes(field(B))).toBe(200);
  });

  test.each<[object, boolean]>([
    [san('a'), true],
    [san('b'), false],
    [{ tls_client_auth_san_dns: 'x.wild.gov.cn' }, false],
    [{ tls_client_auth_san_dns: 'A.EXAMPLE.gov.cn.' }, false],
    [{ tls_client_auth_san_uri: 'https://a.example.gov.cn/id' }, true],
    [{ tls_client_auth_san_uri: 'https://a.example.gov.cn/' }, false],
    [{ tls_client_auth_san_email: 'web@a.example.gov.cn' }, true],
    [{ tls_client_auth_san_email: 'web@b.example.gov.cn' }, false],
    [{ tls_client_auth_san_ip: '192.0.2.7' }, true],
    [{ tls_client_auth_san_ip: '192.0.2.8' }, false],
    [{ tls_client_auth_subject_dn: 'CN=a.example.gov.cn,O=Housing\\, Fund,C=CN' }, true],
    [{ tls_client_auth_subject_dn: 'cn = a.example.gov.cn, O=Housing\\, Fund, C=CN' }, true],
    [{ tls_client_auth_subject_dn: 'CN=a.example.gov.cn,C=CN' }, false],
    [{ tls_client_auth_subject_dn: 'CN=a.example.gov.cn' }, false],
    [{ issuer: 'CN=a.example.gov.cn' }, false],
    [{}, false],
  ])('is known by %j: %s', (subject, expected) => {
    const certificate = certificateIn(field(A));
    expect(certificate && subjectMatches(certificate, subject as Readonly<Record<string, unknown>>)).toBe(
      expected,
    );
  });

  test('is not looked for when no setting names the header: whoever calls could write it', async () => {
    const plainApp = await testApp({ beside: system });
    const { id } = await register(system, {
      token_endpoint_auth_method: 'tls_client_auth',
      grant_types: both,
      ...san('a'),
    });
    const answer = await ask({ client_id: id }, { [HEADER]: field(A) }, plainApp.issuer);
    await plainApp.close();
    expect([answer.status >= 400, answer.json['access_token']]).toEqual([true, undefined]);
  });
});
