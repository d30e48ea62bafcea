import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound } from '../../../idp/platform/http/outbound.ts';
import { explainKeySet, signingKeys, type ExplainedKeys } from '../../../idp/registry/checks/keys.ts';
import { createChecks } from '../../../idp/registry/checks/checks.ts';
import { plain } from '../fixture.ts';

type Jwk = Readonly<Record<string, unknown>>;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecJwk = ec.publicKey.export({ format: 'jwk' }) as Jwk;
const rsaJwk = (bits: number): Jwk =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
const edJwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as Jwk;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }) as Jwk;

const explain = (...keys: Jwk[]): ExplainedKeys => explainKeySet({ keys });
const faults = (...keys: Jwk[]): readonly string[] =>
  explain(...keys).keys.flatMap((key) => key.faults.map((fault) => fault.en));

describe('a key is unusable that', () => {
  test.each<[string, Jwk, string]>([
    ['has its private part', ec.privateKey.export({ format: 'jwk' }), 'must hold public keys only'],
    ['is a shared secret', { kty: 'oct', k: 'PRIVATE-PART' }, 'is a symmetric key'],
    ['is RSA of 1024 bits', rsaJwk(1024), 'is RSA of 1024 bits; make one of at least 2048'],
    ['lacks a coordinate', { ...ecJwk, y: undefined }, 'cannot be read'],
    ['lies off the curve', { ...ecJwk, x: ecJwk['y'], y: ecJwk['x'] }, 'cannot be read'],
    ['is of no known kind', { kty: 'AKP', pub: 'AAAA' }, 'cannot be read'],
    ['names an algorithm of another kind', { ...ecJwk, alg: 'PS256' }, 'says alg PS256, and EC P-256 serves'],
    ['names PKCS #1 v1.5', { ...rsaJwk(2048), alg: 'RS256' }, 'says alg RS256, and RSA 2048 serves'],
    ['is for neither use', { ...ecJwk, use: 'tls' }, 'has a use that is neither sig nor enc'],
    ['has a number for a name', { ...ecJwk, kid: 7 }, 'has a kid that is not a text'],
  ])('%s', (_what, key, expected) => {
    expect(faults(key)).toContainEqual(expect.stringContaining(expected));
    expect(explain(key).keys[0]?.fits).toEqual([]);
    const chinese = explain(key).keys[0]?.faults[0]?.['zh-CN'] ?? '';
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(JSON.stringify(explain(key))).not.toContain('PRIVATE-PART');
  });

  test('shares its name with another of the same use', () => {
    const one = { ...ecJwk, kid: 'k1', use: 'sig' };
    expect(faults(one, { ...edJwk, kid: 'k1', use: 'sig' })).toHaveLength(2);
    expect(faults(one, { ...p384, kid: 'k1', use: 'enc' })).toEqual([]);
  });
});

test.each([null, [], 'x', {}, { keys: [] }, { keys: ['x'] }])('%j is no key set', (value) => {
  expect(explainKeySet(value).faults[0]?.en).toContain('must be a key set');
});

test('a set of more than 20 keys is refused before any of them is read', () => {
  expect(explain(...Array.from({ length: 21 }, () => ecJwk))).toMatchObject({ keys: [], faults: [{}] });
});

test('each key says in both languages what it is and what it can do', () => {
  const { keys } = explain({ ...ecJwk, kid: 'a', use: 'sig' }, { ...rsaJwk(2048), kid: 'b' }, edJwk, p384);
  expect(keys.map(({ kid, kind, fits }) => [kid, kind, fits])).toEqual([
    ['a', 'EC P-256', ['ES256']],
    ['b', 'RSA 2048', ['PS256', 'RSA-OAEP-256']],
    [undefined, 'OKP Ed25519', ['EdDSA']],
    [undefined, 'EC P-384', ['ECDH-ES', 'ECDH-ES+A256KW']],
  ]);
  expect(keys[0]?.says).toEqual({
    'zh-CN': 'EC P-256 密钥，可用于 ES256，强度足够',
    en: 'EC P-256 key, strong enough, fits ES256',
  });
  expect(keys[0]?.thumbprint).toMatch(/^[\w-]{43}$/);
  expect(keys.map(({ hints }) => hints.length)).toEqual([0, 0, 1, 1]);
  expect(signingKeys({ keys, faults: [] }, undefined)).toHaveLength(3);
  expect(signingKeys({ keys, faults: [] }, 'PS256')).toHaveLength(1);
});

describe('keys at an address', () => {
  let server: Server;
  let answer: RequestListener;
  let address: string;
  let asked: number;
  const checks = (allowHosts: readonly string[], timeoutMs = 300) =>
    createChecks({
      validate: () => undefined,
      outbound: createOutbound({ allowHosts, connectMs: 200, timeoutMs, maxBytes: 4_096 }),
    });
  const fetched = async (uri: string, allow = true): Promise<string> => {
    const { keys, faults: wrong } = await checks(allow ? [new URL(address).host] : []).explainKeys({ uri });
    expect(wrong.every((fault) => /\p{Script=Han}/u.test(fault['zh-CN']))).toBe(true);
    return wrong[0]?.en ?? `${keys.length} keys`;
  };
  beforeAll(async () => {
    server = createServer((req, res) => {
      asked += 1;
      answer(req, res);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  beforeEach(() => {
    asked = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  // threats.md A105: each of these is our own network in another dress.
  test.each([
    'https://127.1/jwks',
    'https://0x7f.0.0.1/jwks',
    'https://0x7f000001/jwks',
    'https://2130706433/jwks',
    'https://0177.0.0.1/jwks',
    'https://[::1]/jwks',
    'https://[::ffff:127.0.0.1]/jwks',
    'https://[::ffff:7f00:1]/jwks',
    'https://[64:ff9b::7f00:1]/jwks',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/jwks',
    'https://localhost/jwks',
  ])('%s is not fetched, and in a registration is refused before that', async (uri) => {
    expect(await fetched(uri, false)).toContain('leads to an address that is not public');
    const { complaints } = await checks([]).check(
      { ...plain, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: uri },
      { environment: 'production', domains: ['portal.example.gov.cn'] },
    );
    expect(complaints.filter(({ member }) => member === 'jwks_uri')).toHaveLength(1);
  });

  test.each(['file:///etc/passwd', 'http://example.com/jwks', 'gopher://example.com/', 'data:,x', 'nothing'])(
    '%s is not fetched',
    async (uri) => {
      expect(await fetched(uri, false)).toContain('must begin with https');
    },
  );

  test('a redirect into our own network is told, not followed', async () => {
    answer = (_req, res) => {
      res.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
    };
    expect(await fetched(address)).toBe(
      'answers 302 and leads to http://169.254.169.254/latest/; redirects are not followed, write the final address',
    );
    expect(asked).toBe(1);
  });

  test.each<[string, RequestListener, string]>([
    ['too slow', () => undefined, 'did not answer in time'],
    ['too large', (_req, res) => void res.end('x'.repeat(5_000)), 'answered with more than 256 kB'],
    ['a failure', (_req, res) => void res.writeHead(500).end(), 'answered 500; it must answer 200'],
    ['a page', (_req, res) => void res.end('<html>PRIVATE-PART'), 'something that is not JSON'],
    ['a broken line', (_req, res) => void res.destroy(), 'could not be reached'],
    ['another document', (_req, res) => void res.end('{"issuer":"x"}'), 'must be a key set'],
    ['a key set', (_req, res) => void res.end(JSON.stringify({ keys: [ecJwk] })), '1 keys'],
  ])('%s', async (_what, behaviour, expected) => {
    answer = behaviour;
    expect(await fetched(address)).toContain(expected);
  });

  test('no other address of a registration is ever asked', async () => {
    answer = (_req, res) => void res.end('{}');
    const names = ['logo_uri', 'policy_uri', 'tos_uri', 'client_uri', 'initiate_login_uri'];
    const others = Object.fromEntries(names.map((name) => [name, address]));
    await checks([new URL(address).host]).check(
      { ...plain, ...others, backchannel_logout_uri: address, sector_identifier_uri: address },
      { environment: 'sandbox', domains: [] },
    );
    expect(asked).toBe(0);
  });
});
