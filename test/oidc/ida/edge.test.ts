import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  compactDecrypt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  createRemoteJWKSet,
} from 'jose';
import { testApp, type TestApp } from '../../support/app.ts';
import { faultsOfAnswer } from '../ida-schemas/schema.ts';
import { arrive, ask, configured, registration } from './asking.ts';

const NUMBER = '330106199506182261';
const OTHER = '440305198809231759';
const LADDER = [
  'age_over_14',
  'age_over_16',
  'age_over_18',
  'age_over_60',
  'name_masked',
  'name',
  'birthdate',
  'gender',
  'id_number_match',
  'id_type',
  'id_number_masked',
];

let app: TestApp;
let framework: string;
let key: CryptoKey;

beforeAll(async () => {
  app = await testApp();
  framework = `${app.issuer}/trust-framework/cn-gov-realname`;
  const pair = await generateKeyPair('ECDH-ES', { extractable: true });
  key = pair.privateKey;
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'e1' }] };
  const encrypted = { userinfo_encrypted_response_alg: 'ECDH-ES+A256KW', jwks };
  await app.app.registry.import(
    [
      registration('ladder', [...LADDER, 'verified_claims']),
      registration('frame', ['name', 'birthdate', 'verified_claims']),
      registration('again', ['name', 'birthdate', 'verified_claims']),
      registration('choosy', ['verified_claims'], {
        tongxing_claims: {
          verified_claims: { purpose: '用途', required: true },
          name: { purpose: '用途', required: true },
          birthdate: { purpose: '用途', required: false },
        },
      }),
      registration('plain', ['name']),
      registration('typed', ['id_type', 'id_number_masked']),
      registration('signed', ['name'], { userinfo_signed_response_alg: 'RS256' }),
      registration('sealed', ['name', 'id_number', 'verified_claims'], encrypted),
      registration('sealed-inside', ['name', 'id_number', 'verified_claims'], encrypted),
    ],
    'test',
  );
});
afterAll(() => app.close());

const all = (names: readonly string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]));
const verified = (verification: object, claims: object = { name: null }) => ({
  verification: { trust_framework: null, ...verification },
  claims,
});

describe('discovery', () => {
  test('tells what can be verified and how', async () => {
    const found = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(found).toMatchObject({
      verified_claims_supported: true,
      claims_parameter_supported: true,
      trust_frameworks_supported: [framework],
      evidence_supported: ['electronic_record', 'document'],
      documents_supported: expect.arrayContaining(['idcard', 'passport', 'residence_permit']),
      documents_check_methods_supported: ['vcrypt', 'bvp'],
      electronic_records_supported: expect.arrayContaining([
        'population_register',
        `${app.issuer}/record/mobile-subscription`,
        'bank_account',
        `${app.issuer}/record/network-identity`,
      ]),
      userinfo_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
      userinfo_encryption_alg_values_supported: ['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256'],
      userinfo_encryption_enc_values_supported: ['A256GCM', 'A128GCM'],
    });
    expect(found['claims_in_verified_claims_supported']).toEqual(
      expect.arrayContaining([...LADDER, 'id_number']),
    );
    expect(found['claims_supported']).toContain('proofing_status');
    expect(found['id_token_encryption_alg_values_supported'] ?? []).toEqual([]);
  });
});

describe('the claim ladder', () => {
  test('answers a registered service in ID token and userinfo, each what it was asked', async () => {
    const beside = LADDER.filter((claim) => claim !== 'id_number_match');
    const answered = await ask(app, {
      clientId: 'ladder',
      claims: { userinfo: all(beside), id_token: all(['age_over_18', 'name_masked']) },
    });
    expect(await answered.userinfo()).toEqual({
      sub: answered.subject,
      age_over_14: true,
      age_over_16: true,
      age_over_18: true,
      age_over_60: false,
      name_masked: '林**',
      name: '林晓夏',
      birthdate: '1995-06-18',
      gender: 'female',
      id_type: 'CN_RIC',
      id_number_masked: '3****************1',
    });
    expect(answered.idToken).toMatchObject({ age_over_18: true, name_masked: '林**' });
    expect(answered.idToken).not.toHaveProperty('name');
    for (const shown of ['是否年满 60 岁', '姓名（部分隐藏）', '证件号码（部分隐藏）'])
      expect(answered.consent?.text).toContain(shown);
    expect(answered.consent?.text).not.toContain(NUMBER);
  });

  test('lists the type of document when it is asked alone', async () => {
    const claims = { userinfo: { id_type: null } };
    const answered = await ask(app, { clientId: 'typed', claims });
    expect(answered.consent?.text).toContain('居民身份证');
    expect(await answered.userinfo()).toEqual({ sub: answered.subject, id_type: 'CN_RIC' });
  });

  test('omits what is unknown or not registered, without an error and without a row', async () => {
    const answered = await ask(app, {
      clientId: 'plain',
      claims: { userinfo: { ...all(['name', 'birthdate', 'age_over_18', 'id_number', 'shoe_size']) } },
    });
    expect(await answered.userinfo()).toEqual({ sub: answered.subject, name: '林晓夏' });
    expect(answered.consent?.text).not.toContain('出生日期');
  });

  test.each([
    ['the own number', NUMBER, true],
    ['the own number as people type it', ' 330106 19950618 2261 ', true],
    ['another number', OTHER, false],
    ['a number of the wrong shape', '12345', false],
    ['no text at all', 17, false],
  ])('compares %s', async (_what, value, answer) => {
    for (const pushed of [false, true]) {
      const answered = await ask(app, {
        clientId: 'ladder',
        claims: { userinfo: { id_number_match: { value } } },
        pushed,
      });
      expect(await answered.userinfo()).toEqual({ sub: answered.subject, id_number_match: answer });
    }
  });

  test('has nothing to compare with when the service sends no number', async () => {
    const answered = await ask(app, { clientId: 'ladder', claims: { userinfo: { id_number_match: null } } });
    expect(await answered.userinfo()).toEqual({ sub: answered.subject });
  });

  test('a number that a service sends is in no log and no table', async () => {
    const answered = await ask(app, {
      clientId: 'ladder',
      claims: {
        userinfo: {
          id_number_match: { value: OTHER },
          name: { value: '独一无二' },
          verified_claims: verified({}, { id_number_match: { value: OTHER }, name: { value: '独一无二' } }),
        },
      },
    });
    expect(await answered.userinfo()).toMatchObject({
      id_number_match: false,
      verified_claims: { claims: { id_number_match: false } },
    });
    const kept = JSON.stringify([
      app.logged,
      await app.database.postgres.rows({
        text: 'select value::text from platform.ephemeral',
        values: [],
      } as never),
      await app.database.postgres.rows({
        text: 'select payload::text from oidc.consent',
        values: [],
      } as never),
    ]);
    expect(kept).not.toContain(OTHER);
    expect(kept).not.toContain('独一无二');
    expect(kept).toContain('one_of');
  });
});

describe('verified claims', () => {
  test('in both answers, object and array, with exactly the evidence that was asked', async () => {
    const asked = verified(
      {
        assurance_level: { values: ['real-name', 'real-person'] },
        time: { max_age: 31_622_400 },
        evidence: [
          {
            type: { value: 'electronic_record' },
            record: { type: { value: 'population_register' } },
            check_details: [{ check_method: null, time: null }],
          },
        ],
      },
      { name: null, birthdate: { essential: true } },
    );
    const answered = await ask(app, {
      clientId: 'frame',
      claims: {
        userinfo: { verified_claims: asked },
        id_token: {
          verified_claims: [verified({ assurance_level: { value: 'real-person' } }), verified({})],
        },
      },
    });
    const { verified_claims: told, ...others } = await answered.userinfo();
    expect(others).toEqual({ sub: answered.subject });
    expect(told).toEqual({
      verification: {
        trust_framework: framework,
        assurance_level: 'real-name',
        time: expect.any(String),
        evidence: [
          {
            type: 'electronic_record',
            record: { type: 'population_register' },
            check_details: [{ check_method: 'data', time: expect.any(String) }],
          },
        ],
      },
      claims: { name: '林晓夏', birthdate: '1995-06-18' },
    });
    expect(answered.idToken['verified_claims']).toEqual([
      { verification: { trust_framework: framework }, claims: { name: '林晓夏' } },
    ]);
    expect(faultsOfAnswer({ verified_claims: told })).toEqual([]);
    expect(faultsOfAnswer({ verified_claims: answered.idToken['verified_claims'] })).toEqual([]);
    for (const row of ['实名核验的方式和时间', '姓名', '出生日期'])
      expect(answered.consent?.text).toContain(row);
  });

  test.each([
    ['a framework that is not ours', { trust_framework: { value: 'eidas' } }],
    ['a level that was not reached', { assurance_level: { value: 'real-person' } }],
    ['evidence of another kind', { evidence: [{ type: { value: 'document' } }] }],
    ['proof that is too old', { time: { max_age: 0 } }],
  ])('are left out, without an error, when the condition is %s', async (_what, verification) => {
    if ('time' in verification) await new Promise((resolve) => setTimeout(resolve, 1_100));
    const answered = await ask(app, {
      clientId: 'frame',
      claims: { userinfo: { verified_claims: verified(verification), name: null } },
    });
    expect(await answered.userinfo()).toEqual({ sub: answered.subject, name: '林晓夏' });
  });

  test('are not given to a service that is not registered for them', async () => {
    const answered = await ask(app, {
      clientId: 'plain',
      claims: { userinfo: { verified_claims: verified({}) }, id_token: { verified_claims: [verified({})] } },
    });
    expect(await answered.userinfo()).toEqual({ sub: answered.subject });
    expect(answered.idToken).not.toHaveProperty('verified_claims');
  });

  test('are not given about someone who is not verified', async () => {
    const answered = await ask(app, {
      clientId: 'frame',
      persona: 'unverified',
      claims: { userinfo: { verified_claims: verified({}) } },
    });
    expect(await answered.userinfo()).toEqual({ sub: answered.subject });
  });

  test('hold only what the citizen agreed to', async () => {
    const claims = { userinfo: { verified_claims: verified({}, { name: null, birthdate: null }) } };
    const refused = await ask(app, { clientId: 'choosy', claims });
    expect(await refused.userinfo()).toMatchObject({ verified_claims: { claims: { name: '林晓夏' } } });
    expect(JSON.stringify(await refused.userinfo())).not.toContain('1995');
  });

  test('a claim that was not asked before is asked for, also inside', async () => {
    const first = await ask(app, {
      clientId: 'again',
      claims: { userinfo: { verified_claims: verified({}) } },
    });
    expect(first.consent?.text).not.toContain('出生日期');
    const claims = { userinfo: { verified_claims: verified({}, { birthdate: null }) } };
    const second = await ask(app, { clientId: 'again', claims });
    expect(second.consent?.text).toContain('出生日期');
    const third = await ask(app, { clientId: 'again', claims });
    expect(third.consent).toBeUndefined();
    expect(await third.userinfo()).toMatchObject({
      verified_claims: { claims: { birthdate: '1995-06-18' } },
    });
  });

  test.each([
    ['null', null],
    ['no framework', { verification: {}, claims: { name: null } }],
    ['no claims', { verification: { trust_framework: null } }],
    ['no claim in them', verified({}, {})],
    ['a text', 'everything'],
    ['an empty list', []],
    ['evidence without a type', verified({ evidence: [{ check_details: [{ check_method: null }] }] })],
    ['an age of a text', verified({ time: { max_age: '1' } })],
  ])('are an invalid request with %s', async (_what, request) => {
    const config = await configured(app, 'frame');
    const { end } = await arrive(
      app,
      { clientId: 'frame', claims: { userinfo: { verified_claims: request } } },
      config,
      'v'.repeat(43),
    );
    expect(new URL(end.url).searchParams.get('error')).toBe('invalid_request');
  });
});

describe('userinfo', () => {
  test('is signed for a service that registered an algorithm', async () => {
    const answered = await ask(app, { clientId: 'signed', claims: { userinfo: { name: null } } });
    const response = await fetch(`${app.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${answered.accessToken}` },
    });
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/oidc/jwks`));
    const { payload, protectedHeader } = await jwtVerify(await response.text(), keys, {
      issuer: app.issuer,
      audience: 'signed',
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ sub: answered.subject, name: '林晓夏' });
  });

  const opened = async (accessToken: string, audience: string) => {
    const response = await fetch(`${app.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const jwe = await response.text();
    expect(decodeProtectedHeader(jwe)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
    const { plaintext } = await compactDecrypt(jwe, key);
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/oidc/jwks`));
    return (await jwtVerify(new TextDecoder().decode(plaintext), keys, { issuer: app.issuer, audience }))
      .payload;
  };

  test('carries the full number only encrypted, and only after a consent of its own', async () => {
    const claims = { userinfo: { name: null, id_number: null }, id_token: { id_number: null } };
    const config = await configured(app, 'sealed');
    const bundled = await arrive(app, { clientId: 'sealed', claims }, config, 'v'.repeat(43));
    expect(bundled.end.status).toBe(422);
    expect(bundled.end.text).toContain('需要您单独同意');
    expect(bundled.end.text).not.toContain(NUMBER);
    const answered = await ask(app, { clientId: 'sealed', claims, tick: ['id_number'] });
    expect(answered.idToken).not.toHaveProperty('id_number');
    expect(await opened(answered.accessToken, 'sealed')).toMatchObject({ name: '林晓夏', id_number: NUMBER });
  });

  test('no scope brings the full number', async () => {
    const answered = await ask(app, {
      clientId: 'sealed',
      scope: 'openid profile id_number',
      claims: { userinfo: {} },
    });
    expect(await opened(answered.accessToken, 'sealed')).not.toHaveProperty('id_number');
  });

  test('carries it inside verified claims under the same rules', async () => {
    const asked = verified({}, { id_number: null });
    const answered = await ask(app, {
      clientId: 'sealed-inside',
      claims: { userinfo: { verified_claims: asked }, id_token: { verified_claims: asked } },
      tick: ['id_number'],
    });
    expect(answered.idToken['verified_claims']).toEqual({
      verification: { trust_framework: framework },
      claims: {},
    });
    const payload = await opened(answered.accessToken, 'sealed-inside');
    expect(payload['verified_claims']).toMatchObject({ claims: { id_number: NUMBER } });
  });
});
