import { generateKeyPairSync } from 'node:crypto';
import { createChecks, type Place } from '../../../idp/registry/checks/checks.ts';
import { faultOfDomain } from '../../../idp/registry/checks/place.ts';
import { plain } from '../fixture.ts';

const place: Place = { environment: 'production', domains: ['example.gov.cn', 'gjj.jianglin.gov.cn'] };
const sandbox: Place = { environment: 'sandbox', domains: [] };
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const claim = {
  purpose: '核对申请人',
  'purpose#en': 'To check who applies',
  legal_basis: '个人信息保护法第十三条第三项',
  retention: 365,
};
const whole = {
  ...plain,
  scope: 'openid profile',
  contacts: ['web@example.gov.cn'],
  policy_uri: 'https://portal.example.gov.cn/privacy',
  tongxing_minimum_level: 'l2',
  tongxing_claims: { name: claim },
};
const checks = createChecks({
  validate: () => undefined,
  outbound: () => Promise.reject(new Error('nothing is fetched here')),
});
const complaints = async (change: object, where: Place = place): Promise<readonly string[]> => {
  const found = (await checks.check({ ...whole, ...change }, where)).complaints;
  for (const { member, text } of found) {
    expect(text['zh-CN'].startsWith(member)).toBe(true);
    expect(text['zh-CN']).toMatch(/\p{Script=Han}/u);
  }
  return found.map(({ text }) => text.en);
};

test('a client that says everything is accepted, in both places', async () => {
  expect(await complaints({})).toEqual([]);
  expect(await complaints({}, sandbox)).toEqual([]);
});

describe('for citizens a client is refused whose', () => {
  test.each<[string, object, string]>([
    [
      'address lies outside the domains of its unit',
      { redirect_uris: ['https://portal.exmaple.gov.cn/cb'], tongxing_domain: 'example.gov.cn' },
      'redirect_uris "https://portal.exmaple.gov.cn/cb" lies in no verified domain of the unit: host "portal.exmaple.gov.cn", nearest "example.gov.cn" ("exmaple" is not "example"); correct it or verify that domain',
    ],
    [
      'address only ends like a verified domain',
      { post_logout_redirect_uris: ['https://evilexample.gov.cn/'] },
      '("evilexample" is not "example")',
    ],
    [
      'address lies above the verified domain',
      { initiate_login_uri: 'https://jianglin.gov.cn/start' },
      'nearest "gjj.jianglin.gov.cn" ("gjj." is missing in front)',
    ],
    [
      'sign-outs go elsewhere',
      { backchannel_logout_uri: 'https://logs.example.com/out' },
      'backchannel_logout_uri',
    ],
    [
      'shown domain is not its own',
      { tongxing_domain: 'www.gov.cn' },
      'tongxing_domain "www.gov.cn" lies in no',
    ],
    [
      'address is a developer’s machine',
      { redirect_uris: ['http://localhost:3000/cb'] },
      'must not be on this machine',
    ],
    ['privacy policy is missing', { policy_uri: undefined }, 'policy_uri is missing'],
    ['contacts are missing', { contacts: [] }, 'contacts is missing'],
    ['level is not said', { tongxing_minimum_level: undefined }, 'tongxing_minimum_level is missing'],
    [
      'claims say nothing',
      { tongxing_claims: undefined },
      'say purpose, legal basis and retention of name, birthdate',
    ],
    [
      'purpose is not Chinese',
      { tongxing_claims: { name: { ...claim, purpose: 'check' } } },
      'must be said in Chinese',
    ],
    [
      'purpose is Chinese only',
      { tongxing_claims: { name: { ...claim, 'purpose#en': undefined } } },
      'tongxing_claims.name.purpose#en must be said in English',
    ],
    [
      'law is not named',
      { tongxing_claims: { name: { ...claim, legal_basis: undefined } } },
      'name the law and article',
    ],
    [
      'retention is open',
      { tongxing_claims: { name: { ...claim, retention: undefined } } },
      'retention is missing',
    ],
    [
      'retention is for ever',
      { tongxing_claims: { name: { ...claim, retention: 0 } } },
      'must be 1 to 36500 days',
    ],
  ])('%s', async (_what, change, expected) => {
    const given = JSON.parse(JSON.stringify({ ...whole, ...change })) as object;
    const found = (await checks.check(given, place)).complaints.map(({ text }) => text.en);
    expect(found.join('\n')).toContain(expected);
  });

  test('unit has verified no domain yet', async () => {
    const none: Place = { environment: 'production', domains: [] };
    expect((await complaints({}, none)).join()).toContain('there is none yet; verify a domain first');
  });
});

test('a sandbox client needs none of this, and may live on localhost', async () => {
  expect(
    (await checks.check({ ...plain, redirect_uris: ['http://localhost:3000/cb'] }, sandbox)).complaints,
  ).toEqual([]);
});

test('a domain, and what lies below it, is inside', () => {
  for (const host of ['example.gov.cn', 'a.example.gov.cn', 'a.b.example.gov.cn'])
    expect(faultOfDomain(host, place.domains)).toBeUndefined();
});

describe('a client that could never authenticate is refused:', () => {
  const signed = { token_endpoint_auth_method: 'private_key_jwt' };
  test.each<[object, string]>([
    [signed, 'jwks is needed for private_key_jwt'],
    [{ ...signed, jwks: { keys: [{ ...key, use: 'enc' }] } }, 'jwks holds no key that can sign'],
    [
      { ...signed, jwks: { keys: [key] }, token_endpoint_auth_signing_alg: 'PS256' },
      'jwks holds no key that fits PS256',
    ],
    [{ ...signed, jwks: { keys: [{ ...key, kid: 'k1', alg: 'ES384' }] } }, 'jwks key "k1" says alg ES384'],
    [{ token_endpoint_auth_method: 'tls_client_auth' }, 'needs a certificate subject'],
    [
      {
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'a.example.gov.cn',
        tls_client_auth_subject_dn: 'CN=a',
      },
      'must be the only certificate subject',
    ],
    [{ tls_client_auth_san_dns: 'a.example.gov.cn' }, 'is only for tls_client_auth; remove it'],
    [
      { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'client_credentials'] },
      'cannot go with client_credentials',
    ],
  ])('%j', async (change, expected) => {
    for (const where of [place, sandbox])
      expect((await complaints(change, where)).join('\n')).toContain(expected);
  });

  test('and one that the engine refuses, in its words', async () => {
    const picky = createChecks({
      validate: () => {
        throw Object.assign(new Error('x'), { error_description: 'scope must only contain known values' });
      },
      outbound: () => Promise.reject(new Error('nothing is fetched here')),
    });
    expect((await picky.check(whole, place)).complaints).toEqual([
      {
        member: 'scope',
        text: {
          'zh-CN': 'scope 不能使用：scope must only contain known values',
          en: 'scope cannot work: scope must only contain known values',
        },
      },
    ]);
  });

  test('one with a key that fits is accepted, and its keys are explained', async () => {
    const checked = await checks.check(
      { ...whole, ...signed, jwks: { keys: [{ ...key, kid: 'k1' }] } },
      place,
    );
    expect([checked.complaints, checked.keys?.keys.map(({ kid, kind }) => [kid, kind])]).toEqual([
      [],
      [['k1', 'EC P-256']],
    ]);
  });
});

test('whatever it is that is given, it is answered', async () => {
  for (const value of [null, 7, 'x', [], {}, { redirect_uris: [7] }, { tongxing_claims: { name: 7 } }])
    expect((await checks.check(value, place)).complaints.length).toBeGreaterThan(0);
});
