import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  needsEvidence,
  readVerifiedClaims,
  verifiedClaims,
  type Fact,
  type Known,
} from '../../../idp/oidc/ida/verified-claims.ts';
import { record, requests } from './requests.ts';
import { exampleAnswer, exampleRequest, faultsOfAnswer, faultsOfRequest } from '../ida-schemas/schema.ts';

const issuer = new URL('https://id.example.gov.cn');
const FRAMEWORK = 'https://id.example.gov.cn/trust-framework/cn-gov-realname';
const now = new Date('2026-11-22T04:00:00Z');

const facts: readonly Fact[] = [
  {
    checkId: 'operator-1',
    method: 'mobile_operator.name_number_phone',
    at: new Date('2026-11-22T03:30:00Z'),
    ial: 2,
  },
  {
    checkId: 'register-2',
    method: 'population_register.name_number',
    at: new Date('2026-11-22T03:00:00Z'),
    ial: 1,
  },
  {
    checkId: 'register-1',
    method: 'population_register.name_number',
    at: new Date('2025-01-01T00:00:00Z'),
    ial: 1,
  },
];

const VALUES: Readonly<Record<string, string | boolean>> = {
  name: '张三',
  birthdate: '1985-01-01',
  gender: 'male',
  age_over_18: true,
};

const known: Known = {
  issuer,
  ial: 2,
  facts,
  values: (claim) => (Object.hasOwn(VALUES, claim) ? VALUES[claim] : undefined),
  meets: (_claim, value, condition) =>
    (condition?.value === undefined || condition.value === value) &&
    (condition?.values === undefined || condition.values.includes(value)),
  now,
};

/** Whose name was proven in every way there is. */
const person: Known = {
  ...known,
  ial: 4,
  facts: [
    ...facts,
    { checkId: 'bank-1', method: 'bank_card.name_number_card_phone', at: now, ial: 2, document: 'PASSPORT' },
    { checkId: 'face-1', method: 'face.liveness_and_register', at: now, ial: 3, document: 'CN_RIC' },
    { checkId: 'counter-1', method: 'counter.chip_and_officers', at: now, ial: 4, document: 'TW_PERMIT' },
  ],
};

/** Whose face was seen, and whose name nobody here knows. */
const somebody: Known = {
  ...known,
  ial: 3,
  facts: [{ checkId: 'net-1', method: 'network_identity.presented_with_face', at: now, ial: 3 }],
  values: () => undefined,
};

function answerTo(request: unknown, changes: Partial<Known> = {}): unknown {
  const asked = readVerifiedClaims(request);
  if (typeof asked === 'string') throw new Error(asked);
  return verifiedClaims(asked, { ...known, ...changes });
}

const of = (verification: object, claims: object | null = { name: null }): object => ({
  verification: { trust_framework: null, ...verification },
  claims,
});
const framed = (more: object, claims: object = { name: '张三' }): object => ({
  verification: { trust_framework: FRAMEWORK, ...more },
  claims,
});

describe('omission', () => {
  test.each<[string, object, object | undefined]>([
    ['a claim that is unknown is omitted', of({}, { shoe_size: null, name: null }), framed({})],
    ['a claim without data is omitted', of({}, { place_of_birth: null }), framed({}, {})],
    ['an element without data is omitted', of({ verification_process: null }), framed({})],
    ['a framework that does not match takes everything', of({ trust_framework: { value: 'x' } }), undefined],
    ['a framework among others is met', of({ trust_framework: { values: ['x', FRAMEWORK] } }), framed({})],
    [
      'both value and values must hold',
      of({ trust_framework: { value: FRAMEWORK, values: ['x'] } }),
      undefined,
    ],
    [
      'a level that does not match takes everything',
      of({ assurance_level: { value: 'real-person' } }),
      undefined,
    ],
    [
      'a level that matches is told',
      of({ assurance_level: { value: 'real-name' } }),
      framed({ assurance_level: 'real-name' }),
    ],
    ['proof older than asked takes everything', of({ time: { max_age: 1799 } }), undefined],
    [
      'proof just as old as allowed is told',
      of({ time: { max_age: 1800 } }),
      framed({ time: '2026-11-22T03:30:00Z' }),
    ],
    ['a condition on what is not there is not met', of({ verification_process: { value: 'x' } }), undefined],
    [
      'evidence of a kind that is not there takes everything',
      of({ evidence: [{ type: { value: 'vouch' } }] }),
      undefined,
    ],
    [
      'a check that was not made takes everything',
      of({ evidence: [record({ check_details: [{ check_method: { value: 'vcrypt' } }] })] }),
      undefined,
    ],
    [
      'a record that is not there takes everything',
      of({ evidence: [record({ record: { type: { value: 'birth_register' } } })] }),
      undefined,
    ],
    [
      'filters of evidence are alternatives',
      of({
        evidence: [
          { type: { value: 'document' } },
          record({ record: { type: { value: 'population_register' } } }),
        ],
      }),
      framed({ evidence: [{ type: 'electronic_record', record: { type: 'population_register' } }] }),
    ],
    [
      'alternatives of a check are alternatives',
      of({
        evidence: [
          record({
            record: { type: { value: 'population_register' } },
            check_details: [
              { check_method: { value: 'vcrypt' } },
              { check_method: { value: 'data' }, check_id: null },
            ],
          }),
        ],
      }),
      framed({
        evidence: [
          {
            type: 'electronic_record',
            record: { type: 'population_register' },
            check_details: [{ check_method: 'data', check_id: 'register-2' }],
          },
        ],
      }),
    ],
    [
      'a record cannot stand without its type: it goes, the evidence stays',
      of({ evidence: [record({ record: { source: { name: null } } })] }),
      framed({ evidence: [{ type: 'electronic_record' }, { type: 'electronic_record' }] }),
    ],
    [
      'an element that is left empty goes, and its parent with it',
      of({ assurance_process: { assurance_details: [{ evidence_ref: [{ check_id: null }] }] } }),
      framed({}),
    ],
    [
      'a reference leads to a check that is told',
      of({
        assurance_process: {
          assurance_details: [{ assurance_type: null, evidence_ref: [{ check_id: null }] }],
        },
        evidence: [
          record({
            record: { type: { value: 'population_register' } },
            check_details: [{ check_method: null, check_id: null }],
          }),
        ],
      }),
      framed({
        assurance_process: {
          assurance_details: [
            { assurance_type: 'evidence_validation', evidence_ref: [{ check_id: 'register-2' }] },
            { assurance_type: 'evidence_validation' },
          ],
        },
        evidence: [
          {
            type: 'electronic_record',
            record: { type: 'population_register' },
            check_details: [{ check_method: 'data', check_id: 'register-2' }],
          },
        ],
      }),
    ],
    [
      'a claim that misses its condition is omitted alone',
      of({}, { name: { value: '李四' }, gender: null }),
      framed({}, { gender: 'male' }),
    ],
    ['a claim that meets it is told', of({}, { name: { values: ['李四', '张三'] } }), framed({})],
    [
      'essential makes nothing an error',
      of({ assurance_level: { essential: true } }, { shoe_size: { essential: true } }),
      framed({ assurance_level: 'real-name' }, {}),
    ],
    [
      'essential does not soften a condition',
      of({ assurance_level: { essential: true, value: 'gold' } }),
      undefined,
    ],
    ['no claims at all may be asked', of({}, null), framed({}, {})],
    ['elements that are not known are ignored', of({ colour: { value: 'red' } }), framed({})],
  ])('%s', (_rule, request, answer) => {
    expect(answerTo(request)).toEqual(answer);
    if (answer) expect(faultsOfAnswer({ verified_claims: answer })).toEqual([]);
  });

  test('each entry of an array is met on its own, in its order', () => {
    const request = [
      of({ assurance_level: { value: 'gold' } }),
      of({}, { gender: null }),
      of({}, { name: null }),
    ];
    expect(answerTo(request)).toEqual([framed({}, { gender: 'male' }), framed({})]);
    expect(answerTo([of({ assurance_level: { value: 'gold' } })])).toBeUndefined();
    expect(answerTo([of({})])).toEqual([framed({})]);
  });

  test('nobody is verified at level 0, and evidence above the level of now does not count', () => {
    expect(answerTo(of({}), { ial: 0 })).toBeUndefined();
    const request = of({ time: null, assurance_level: null });
    expect(answerTo(request, { ial: 1 })).toEqual(
      framed({ time: '2026-11-22T03:00:00Z', assurance_level: 'real-name-basic' }),
    );
  });

  test('without stored evidence there is no time and no evidence, and conditions on them are not met', () => {
    expect(answerTo(of({ time: null }), { facts: [] })).toEqual(framed({}));
    expect(answerTo(of({ time: { max_age: 1 } }), { facts: [] })).toBeUndefined();
    expect(answerTo(of({ evidence: [record({})] }), { facts: [] })).toBeUndefined();
  });
});

describe('evidence', () => {
  test.each<[string, object, boolean]>([
    ['none', {}, false],
    ['the level', { assurance_level: null }, false],
    ['the time', { time: null }, true],
    ['evidence', { evidence: [record({})] }, true],
    ['the process', { assurance_process: { policy: null } }, true],
  ])('is read for %s: %#', (_what, verification, needed) => {
    const asked = readVerifiedClaims(of(verification));
    expect(typeof asked !== 'string' && needsEvidence(asked)).toBe(needed);
  });
});

describe('the schemas of the OpenID Foundation', () => {
  test('hold for the example of an answer, and not without its framework', () => {
    expect(faultsOfAnswer(exampleAnswer)).toEqual([]);
    const { trust_framework: _left, ...others } = exampleAnswer.verified_claims.verification;
    expect(
      faultsOfAnswer({ verified_claims: { ...exampleAnswer.verified_claims, verification: others } }),
    ).not.toEqual([]);
  });

  test('the example of a request is read, and answered', () => {
    expect(faultsOfRequest(exampleRequest)).toEqual([]);
    const request = exampleRequest.userinfo.verified_claims;
    expect(answerTo(request)).toBeUndefined();
    const reached = { ...request, verification: { ...request.verification, assurance_level: null } };
    expect(faultsOfAnswer({ verified_claims: answerTo(reached) })).toEqual([]);
  });
});

describe('wrong syntax', () => {
  test.each([
    ['null', null],
    ['a text', 'name'],
    ['an empty array', []],
    ['no verification', { claims: { name: null } }],
    ['no framework', { verification: {}, claims: { name: null } }],
    ['no claims', { verification: { trust_framework: null } }],
    ['claims that name none', of({}, {})],
    ['a claim that is a text', of({}, { name: 'x' })],
    ['a value that is no text', of({ trust_framework: { value: 1 } })],
    ['values that are none', of({ trust_framework: { values: [] } })],
    ['a framework that is a text', of({ trust_framework: FRAMEWORK })],
    ['a negative age', of({ time: { max_age: -1 } })],
    ['half a second', of({ time: { max_age: 0.5 } })],
    ['no evidence in a list of evidence', of({ evidence: [] })],
    ['evidence without a type', of({ evidence: [{}] })],
    ['evidence with a type of null', of({ evidence: [{ type: null }] })],
    ['evidence of several types', of({ evidence: [{ type: { values: ['document'] } }] })],
    ['evidence of an unknown type', of({ evidence: [{ type: { value: 'rumour' } }] })],
    ['a check without its method', of({ evidence: [record({ check_details: [{ time: null }] })] })],
    ['one wrong entry in an array', [of({}), {}]],
    ['a further member', { ...of({}), purpose: 'x' }],
  ])('is %s', (_what, request) => {
    expect(readVerifiedClaims(request)).toMatch(/^verified_claims/);
  });

  test('what was read before is read again as it is', () => {
    const once = readVerifiedClaims([of({ time: { max_age: 3 } }), of({}, null)]);
    expect(readVerifiedClaims(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});

/** The places in an answer that no place in the request names. */
function notAsked(asked: unknown, told: unknown, at: string): string[] {
  if (Array.isArray(told)) {
    const alternatives = Array.isArray(asked) ? asked : [asked];
    return told.flatMap((one) => {
      const each = alternatives.map((alternative) => notAsked(alternative, one, at));
      return each.find((found) => found.length === 0) ?? each[0] ?? [at];
    });
  }
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).flatMap(([name, value]) =>
    typeof asked === 'object' && asked !== null && Object.hasOwn(asked, name)
      ? notAsked((asked as Record<string, unknown>)[name], value, `${at}/${name}`)
      : [`${at}/${name}`],
  );
}

describe('whatever is asked', () => {
  test('nothing comes back that was not asked, and every answer fits the schema', () => {
    let answered = 0;
    fc.assert(
      fc.property(requests, fc.constantFrom(known, person, somebody), (asked, about) => {
        const told = answerTo(asked, about);
        if (told === undefined) return;
        answered += 1;
        expect(notAsked(asked, told, '')).toEqual([]);
        expect(faultsOfAnswer({ verified_claims: told })).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(answered).toBeGreaterThan(200);
  });

  test('anything at all is either read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (anything) => {
        const read = readVerifiedClaims(anything);
        expect(typeof read === 'string' || read.$asked.length > 0).toBe(true);
      }),
    );
  });
});
