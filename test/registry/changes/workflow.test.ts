import { describe, expect, test } from '@jest/globals';
import { differences } from '../../../idp/registry/clients/diff.ts';
import { givenOf, secretsIn } from '../../../idp/registry/clients/given.ts';
import { readRegistration } from '../../../idp/registry/registration.ts';
import { dueAt, looksOf, moved, newlySensitive } from '../../../idp/registry/changes/workflow.ts';
import { given, withNumber } from './fixture.ts';

const nation = { level: 'nation', path: 'cn/' } as const;
const province = { level: 'province', path: 'cn/330000/' } as const;
const prefecture = { level: 'prefecture', path: 'cn/330000/330100/' } as const;
const county = { level: 'county', path: 'cn/330000/330100/330102/' } as const;
const of = (path: string) => ({ level: 'department', path }) as const;

test.each([
  [
    'a county’s department',
    [nation, province, prefecture, county, of('x/')],
    false,
    ['prefecture', 'province'],
  ],
  ['a city itself', [nation, province, prefecture], false, ['prefecture', 'province']],
  ['a province’s department', [nation, province, of('x/')], false, ['province']],
  ['a bureau of the nation', [nation, of('x/')], false, ['nation']],
  ['a sensitive wish of a city', [nation, province, prefecture], true, ['prefecture', 'province', 'nation']],
  ['a sensitive wish of the nation', [nation], true, ['nation']],
  ['a trial', [{ level: 'trial', path: 'trial/x/' } as const], true, []],
])('%s is looked at by %#', (_who, ancestry, sensitive, stages) => {
  expect(looksOf(ancestry, sensitive).map(({ stage }) => stage)).toEqual(stages);
});

test.each([
  ['draft', 'submit', 0, 'reviewing'],
  ['returned', 'submit', 0, 'reviewing'],
  ['reviewing', 'approve', 1, 'reviewing'],
  ['reviewing', 'approve', 0, 'live'],
  ['reviewing', 'return', 1, 'returned'],
  ['reviewing', 'refuse', 1, 'refused'],
  ['returned', 'withdraw', 0, 'withdrawn'],
  ['reviewing', 'submit', 0, undefined],
  ['draft', 'approve', 0, undefined],
  ['returned', 'approve', 0, undefined],
  ['refused', 'submit', 0, undefined],
  ['withdrawn', 'approve', 0, undefined],
  ['live', 'withdraw', 0, undefined],
] as const)('from %s, %s with %d looks left leads to %s', (state, move, left, to) => {
  expect(moved(state, move, left)).toBe(to);
});

test('what is newly asked for is sensitive; what runs already was decided', () => {
  const [plain, high] = [given, withNumber].map((one) => readRegistration(one, false).registration);
  expect(newlySensitive(undefined, plain!.claims)).toEqual([]);
  expect(newlySensitive(plain!.claims, high!.claims)).toEqual(['id_number']);
  expect(newlySensitive(high!.claims, high!.claims)).toEqual([]);
});

test('a look has five days; what was returned late has a day', () => {
  const now = new Date('2026-11-20T00:00:00Z');
  expect(dueAt(now, null)).toEqual(new Date('2026-11-25T00:00:00Z'));
  expect(dueAt(now, 2 * 86_400)).toEqual(new Date('2026-11-22T00:00:00Z'));
  expect(dueAt(now, -500)).toEqual(new Date('2026-11-21T00:00:00Z'));
});

describe('differences', () => {
  const read = (more: object) =>
    readRegistration({ ...withNumber, client_id: 'x', ...more }, false).registration;

  test('of a registration with what was read of itself are none', () => {
    const first = read({});
    const again = readRegistration(givenOf(first), false);
    expect(again.complaints).toEqual([]);
    expect(differences(first, again.registration)).toEqual([]);
    expect(differences(first, read({ scope: 'profile id_number openid', response_types: ['code'] }))).toEqual(
      [],
    );
  });

  test('name every part of a claim, old and new', () => {
    const tongxing_claims = {
      name: { purpose: '用于核对', 'purpose#en': 'To check', required: false },
      gender: { purpose: '统计' },
    };
    expect(
      differences(read({}), read({ tongxing_claims, token_endpoint_auth_method: 'private_key_jwt' })),
    ).toEqual([
      expect.objectContaining({ claim: 'gender', how: 'added', sensitive: false }),
      expect.objectContaining({ claim: 'id_number', how: 'removed', sensitive: true }),
      expect.objectContaining({
        member: 'tongxing_claims.name',
        how: 'changed',
        parts: [
          { part: 'purpose', before: '用于显示账户', after: '用于核对' },
          { part: 'purpose#en', before: '用于显示账户', after: 'To check' },
          { part: 'required', before: 'true', after: 'false' },
        ],
      }),
    ]);
  });

  test('show a replaced key under the same name, and no key or secret', () => {
    const jwks = { keys: [{ kty: 'RSA', n: 'another', e: 'AQAB', use: 'enc', kid: 'k1' }] };
    const before = read({});
    const planted = { ...before, metadata: { ...before.metadata, client_secret: 'planted' } };
    const [change, ...others] = differences(planted, read({ jwks }));
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      is: 'list',
      member: 'jwks',
      added: [expect.stringMatching(/^RSA enc k1 \(.{8}…\)$/)],
    });
    expect(JSON.stringify(change)).not.toMatch(/xyz|another|planted/);
  });

  test('of a new client are everything', () => {
    const all = differences(undefined, read({}));
    expect(all.map(({ member }) => member)).toEqual(
      expect.arrayContaining(['client_name', 'redirect_uris', 'scope', 'jwks', 'tongxing_claims.id_number']),
    );
    expect(all[0]).toEqual({ is: 'text', member: 'client_name', before: undefined, after: '公积金查询' });
  });
});

test('what a draft must not hold is found: secrets, and private parts of keys', () => {
  expect(secretsIn({ client_secret: 'x', registration_access_token: 'y' })).toHaveLength(2);
  for (const part of ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'])
    expect(secretsIn({ jwks: { keys: [{ kty: 'RSA', [part]: 'x' }] } })).toEqual(['jwks']);
  for (const jwks of [undefined, null, 'text', { keys: 'text' }, { keys: [null, { kty: 'EC', x: 'x' }] }])
    expect(secretsIn({ jwks })).toEqual([]);
});
