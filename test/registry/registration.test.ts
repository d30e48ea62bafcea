import fc from 'fast-check';
import { readRegistration } from '../../idp/registry/registration.ts';
import { faultOfUri } from '../../idp/registry/uris.ts';
import { plain } from './fixture.ts';

const complaints = (change: object, allowLoopback = false): readonly string[] =>
  readRegistration({ ...plain, ...change }, allowLoopback).complaints;

describe('an address is refused that', () => {
  test.each([
    ['is relative', '/callback', 'must be absolute'],
    ['has no host', 'https:/portal', 'must be absolute'],
    ['is no address', 'portal', 'must be absolute'],
    ['is plain http', 'http://portal.example.gov.cn/cb', 'must use https'],
    ['is of an app', 'cn.gov.example.app://cb', 'must use https'],
    ['is a script', 'javascript://example.gov.cn/%0aalert(1)', 'must use https'],
    ['has a fragment', 'https://portal.example.gov.cn/cb#x', 'must not have a fragment'],
    ['has an empty fragment', 'https://portal.example.gov.cn/cb#', 'must not have a fragment'],
    ['has a wildcard host', 'https://*.example.gov.cn/cb', 'without a wildcard'],
    ['has a wildcard path', 'https://portal.example.gov.cn/*', 'without a wildcard'],
    ['has a user name', 'https://portal@evil.example/cb', 'must not carry a user name'],
    ['names an address', 'https://10.0.0.1/cb', 'must name a host, not an IP address'],
    ['names an address in hexadecimal', 'https://0x7f.1/cb', 'must not be on this machine'],
    ['names an address as one number', 'https://167772161/cb', 'must name a host, not an IP address'],
    ['names an IPv6 address', 'https://[2001:db8::1]/cb', 'must name a host, not an IP address'],
    ['has a space', 'https://portal.example.gov.cn/c b', 'must be ASCII'],
    ['has a line break', 'https://portal.example.gov.cn/\ncb', 'must be ASCII'],
    ['has look-alike letters', 'https://роrtal.example.gov.cn/cb', 'must be ASCII'],
    ['has a backslash', 'https://portal.example.gov.cn\\@evil.example/', 'must not have a backslash'],
    ['is on this machine', 'http://localhost:3001/cb', 'must not be on this machine'],
    ['is written in capitals', 'https://PORTAL.example.gov.cn/cb', 'must begin as browsers read it'],
    ['has an empty user name', 'https://@portal.example.gov.cn/cb', 'must begin as browsers read it'],
    ['has a slash too many', 'https:///portal.example.gov.cn/cb', 'must begin as browsers read it'],
    ['is endless', `https://portal.example.gov.cn/${'a'.repeat(2_000)}`, 'must be at most 2,000'],
  ])('%s', (_what, uri, rule) => {
    for (const member of ['redirect_uris', 'post_logout_redirect_uris'])
      expect(complaints({ [member]: [uri] })).toEqual([
        expect.stringMatching(new RegExp(`^client "portal": ${member} ".*${rule}.*;`)),
      ]);
    expect(complaints({ backchannel_logout_uri: uri })).toEqual([expect.stringContaining(rule)]);
  });

  test('never a text that a browser and we could read as two hosts', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('htps:/@\\#?.*[]% a1-')),
      maxLength: 30,
    });
    fc.assert(
      fc.property(letters, (tail) => {
        const uri = `https://${tail}`;
        if (faultOfUri(uri, false) !== undefined) return;
        const url = new URL(uri);
        expect(uri.startsWith(`https://${url.host}`)).toBe(true);
        expect([url.username, url.password, url.hash, url.protocol]).toEqual(['', '', '', 'https:']);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  'http://localhost:3001/cb',
  'http://127.0.0.1:3001/cb',
  'http://[::1]:3001/cb',
  'https://localhost/cb',
])('%s may be registered in development', (uri) => {
  expect(complaints({ redirect_uris: [uri] }, true)).toEqual([]);
  expect(complaints({ redirect_uris: [uri] }, false)).toHaveLength(1);
});

describe('a registration is refused with member, value, rule and fix:', () => {
  test.each([
    [{ client_id: 'a b' }, 'client "a b": client_id "a b" must be 1 to 128 letters'],
    [{ client_id: '-x' }, 'client_id "-x" must be'],
    [{ client_id: 7 }, 'client_id 7 must be a text'],
    [{ redirect_uris: [] }, 'redirect_uris must hold at least one address'],
    [{ redirect_uris: 'https://a.example/cb' }, 'redirect_uris "https://a.example/cb" must be an array'],
    [
      { redirect_uris: ['https://a.example/cb', 'https://a.example/cb'] },
      'redirect_uris "https://a.example/cb" must not be listed twice; remove one',
    ],
    [{ response_types: ['token'] }, 'response_types "token" must be of code'],
    [{ response_types: ['code id_token'] }, 'response_types "code id_token" must be of code'],
    [{ response_types: ['none'] }, 'response_types "none" must be of code'],
    [{ response_types: [] }, 'response_types [] must be ["code"]'],
    [{ grant_types: ['implicit'] }, 'grant_types "implicit" must be of authorization_code'],
    [{ grant_types: ['password'] }, 'grant_types "password" must be of'],
    [{ grant_types: [] }, 'grant_types [] must not be empty'],
    [{ grant_types: ['refresh_token'] }, 'refresh_token comes from authorization_code'],
    [
      { token_endpoint_auth_method: 'client_secret_jwt' },
      'token_endpoint_auth_method "client_secret_jwt" must be of',
    ],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks is needed for private_key_jwt'],
    [
      { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'client_credentials'] },
      'cannot go with client_credentials',
    ],
    [{ jwks: { keys: [] } }, 'jwks must be a key set'],
    [{ jwks: [] }, 'jwks must be an object'],
    [{ jwks: { keys: [{ kty: 'EC', d: 'PRIVATE-PART' }] } }, 'jwks must hold public keys only'],
    [{ jwks: { keys: [{ kty: 'oct', k: 'PRIVATE-PART' }] } }, 'jwks must hold public keys only'],
    [{ jwks: { keys: [{ kty: 'EC' }] }, jwks_uri: 'https://a.example/jwks' }, 'must not stand beside jwks'],
    [{ client_secret: 'PRIVATE-PART' }, 'client_secret must be at least 16 characters'],
    [{ client_secret: 'PRIVATE-PART 密钥密钥密钥密钥' }, 'client_secret must be at most 512 visible ASCII'],
    [
      { client_secret: 'PRIVATE-PART-long-enough', token_endpoint_auth_method: 'none' },
      'client_secret is not used with none; remove it',
    ],
    [{ subject_type: 'public' }, 'subject_type "public" must be pairwise'],
    [{ id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg "none" must be of ES256, RS256'],
    [{ id_token_signed_response_alg: 'HS256' }, 'id_token_signed_response_alg "HS256" must be of'],
    [{ id_token_encrypted_response_alg: 'RSA-OAEP' }, 'only userinfo is encrypted'],
    [
      { userinfo_signed_response_alg: 'HS256' },
      'userinfo_signed_response_alg "HS256" must be of ES256, RS256',
    ],
    [{ userinfo_encrypted_response_enc: 'A256GCM' }, 'has no effect without userinfo_encrypted_response_alg'],
    [{ userinfo_encrypted_response_alg: 'dir' }, 'must be of ECDH-ES, ECDH-ES+A256KW, RSA-OAEP-256'],
    [{ userinfo_encrypted_response_alg: 'RSA-OAEP' }, 'must be of ECDH-ES, ECDH-ES+A256KW, RSA-OAEP-256'],
    [{ userinfo_encrypted_response_alg: 'ECDH-ES' }, 'jwks holds no key for ECDH-ES'],
    [
      {
        userinfo_encrypted_response_alg: 'RSA-OAEP-256',
        jwks: { keys: [{ kty: 'EC' }, { kty: 'RSA', use: 'sig' }] },
      },
      'jwks holds no key for RSA-OAEP-256',
    ],
    [
      {
        userinfo_encrypted_response_alg: 'ECDH-ES',
        userinfo_encrypted_response_enc: 'A128CBC-HS256',
        jwks: { keys: [{ kty: 'EC' }] },
      },
      'userinfo_encrypted_response_enc "A128CBC-HS256" must be of A256GCM, A128GCM',
    ],
    [
      { tongxing_claims: { id_number: { purpose: '用途' } } },
      'tongxing_claims.id_number is only given encrypted; add userinfo_encrypted_response_alg and jwks',
    ],
    [
      {
        tongxing_claims: { id_number: { purpose: '用途' } },
        userinfo_encrypted_response_alg: 'ECDH-ES',
        jwks_uri: 'https://a.example/jwks',
      },
      'jwks is needed for id_number',
    ],
    [{ software_statement: 'PRIVATE-PART' }, 'software statements are not read'],
    [{ scope: 'openid profile face' }, 'remove "face"'],
    [{ scope: 'openid  profile' }, 'separated by one space'],
    [{ scope: 'profile' }, 'must contain openid; add it'],
    [{ scope: 'openid toString' }, 'remove "toString"'],
    [{ default_max_age: -1 }, 'default_max_age -1 must be a whole number'],
    [{ require_auth_time: 'true' }, 'require_auth_time "true" must be true or false'],
    [{ redirect_uri: 'PRIVATE-PART' }, 'did you mean "redirect_uris"?'],
    [{ tongxing_claim: 'PRIVATE-PART' }, 'did you mean "tongxing_claims"?'],
    [{ anything: 'PRIVATE-PART' }, 'anything is not a member of a client registration; remove it'],
    [{ __proto_: 1 }, '__proto_ is not a member'],
    [{ tongxing_first_party: true }, 'only the system itself makes first-party clients'],
    [{ tongxing_minimum_level: 'l5' }, 'tongxing_minimum_level "l5" must be of l1, l2, l3, l4'],
    [{ tongxing_domain: 'https://a.example' }, 'tongxing_domain "https://a.example" must be a host name'],
    [{ tongxing_pkce_exempt_until: '2027-06-30' }, 'tongxing_pkce_exempt_until is not a member'],
    [{ tongxing_unit: 'hrss' }, 'tongxing_unit "hrss" must be an object'],
    [{ tongxing_unit: { id: 'A.B', name: 'x' } }, 'tongxing_unit.id "A.B" must be'],
    [{ tongxing_unit: { id: 'hrss', name: 7 } }, 'tongxing_unit.name 7 must be a text'],
    [{ tongxing_unit: { id: '330000', name: 'x' } }, 'tongxing_unit.name "x" must not stand with the id'],
    [{ tongxing_unit: { id: 'hrss', nam: 'x' } }, 'tongxing_unit.nam is not known'],
    [{ tongxing_claims: [] }, 'tongxing_claims [] must be an object by claim name'],
    [{ tongxing_claims: { face: { purpose: 'x' } } }, 'tongxing_claims.face "face" must be a claim of'],
    [{ tongxing_claims: { name: 'x' } }, 'tongxing_claims.name "x" must be an object'],
    [{ tongxing_claims: { name: {} } }, 'tongxing_claims.name.purpose must be a text'],
    [{ tongxing_claims: { name: { purpose: 'x', 'purpose#en': 7 } } }, 'purpose#en 7 must be a text'],
    [
      { tongxing_claims: { name: { purpose: 'x', required: 'yes' } } },
      'required "yes" must be true or false',
    ],
    [{ tongxing_claims: { name: { purpose: 'x', optional: true } } }, 'optional true is not known'],
  ])('%j', (change, expected) => {
    const found = complaints(change).join('\n');
    expect(found).toContain(expected);
    expect(found).toMatch(/^client "/);
    expect(found).not.toContain('PRIVATE-PART');
  });

  test.each([null, 7, 'text', true, [[]]])('%j instead of an object', (value) => {
    expect(readRegistration(value, false).complaints[0]).toContain('must be an object of client metadata');
  });

  test('everything that is wrong is told at once', () => {
    expect(complaints({ scope: 'x', subject_type: 'public', redirect_uris: ['x'] })).toHaveLength(3);
  });

  test('whatever JSON it is, it is answered', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('scope', 'jwks', 'redirect_uris', 'tongxing_claims'),
        (value, name) => {
          expect(
            readRegistration({ ...plain, [name]: value }, false).complaints.every((line) =>
              line.includes(': '),
            ),
          ).toBe(true);
        },
      ),
    );
  });
});

describe('a plain standard registration', () => {
  test('gets what it leaves out', () => {
    const { registration, complaints: none, unit, secret } = readRegistration(plain, false);
    expect([none, unit, secret]).toEqual([[], undefined, undefined]);
    expect(registration).toMatchObject({
      metadata: {
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
        subject_type: 'pairwise',
      },
      name: { 'zh-CN': 'portal', en: 'portal' },
      domain: 'portal.example.gov.cn',
      minimumLevel: 'l1',
    });
  });

  test('may ask for everything standard, but not for the ID number', () => {
    const { registration } = readRegistration(plain, false);
    expect(Object.keys(registration.claims)).toEqual([
      'name',
      'birthdate',
      'gender',
      'realname_verified',
      'phone_number',
      'phone_number_verified',
    ]);
    expect(registration.claims['name']).toEqual({
      purpose: { 'zh-CN': '用于登录和办理业务', en: 'To sign you in and handle your request' },
      required: true,
    });
  });

  test('gets the claims of the scopes that it names', () => {
    const { registration } = readRegistration({ ...plain, scope: 'openid id_number' }, false);
    expect(Object.keys(registration.claims)).toEqual(['id_type', 'id_number_masked']);
  });

  test('without a client_id gets one', () => {
    const { client_id: _, ...anonymous } = plain;
    const [one, other] = [readRegistration(anonymous, false), readRegistration(anonymous, false)];
    expect(one.clientId).toMatch(/^client-[0-9a-f]{16}$/);
    expect(other.clientId).not.toBe(one.clientId);
  });

  test('keeps names in both languages, and claims with their purposes', () => {
    const { registration, complaints: none } = readRegistration(
      {
        ...plain,
        client_name: '省级门户',
        'client_name#en': 'Provincial portal',
        'logo_uri#en': 'https://portal.example.gov.cn/logo-en.svg',
        tongxing_claims: {
          name: { purpose: '显示姓名', 'purpose#en': 'To show your name' },
          gender: { purpose: '统计', required: true },
        },
      },
      false,
    );
    expect(none).toEqual([]);
    expect(registration.name).toEqual({ 'zh-CN': '省级门户', en: 'Provincial portal' });
    expect(registration.claims).toEqual({
      name: { purpose: { 'zh-CN': '显示姓名', en: 'To show your name' }, required: false },
      gender: { purpose: { 'zh-CN': '统计', en: '统计' }, required: true },
    });
  });

  test('of a machine needs no address', () => {
    const { registration, complaints: none } = readRegistration(
      { client_id: 'nightly_job', grant_types: ['client_credentials'] },
      false,
    );
    expect(none).toEqual([]);
    expect(registration).toMatchObject({
      domain: 'nightly-job',
      metadata: { response_types: [], scope: 'openid' },
    });
  });

  test('may carry every other standard member', () => {
    expect(
      complaints({
        client_uri: 'https://portal.example.gov.cn',
        contacts: ['help@example.gov.cn'],
        tos_uri: 'https://portal.example.gov.cn/tos',
        policy_uri: 'https://portal.example.gov.cn/policy',
        logo_uri: 'https://portal.example.gov.cn/logo.svg',
        software_id: 'portal',
        software_version: '2',
        client_id_issued_at: 1,
        client_secret_expires_at: 0,
        jwks_uri: 'https://portal.example.gov.cn/jwks.json',
        id_token_signed_response_alg: 'RS256',
        sector_identifier_uri: 'https://portal.example.gov.cn/sector.json',
        frontchannel_logout_uri: 'https://portal.example.gov.cn/out',
      }),
    ).toEqual([]);
  });
});
