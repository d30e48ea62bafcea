// Every method by which a name is proven, as a service is told of it.
import { describe, expect, test } from '@jest/globals';
import { DOCUMENT_KINDS, type DocumentKind } from '../../../idp/citizens/citizens.ts';
import {
  readVerifiedClaims,
  verifiedClaims,
  type Fact,
  type Known,
} from '../../../idp/oidc/ida/verified-claims.ts';
import { faultsOfAnswer } from '../ida-schemas/schema.ts';

const issuer = new URL('https://id.example.gov.cn');
const now = new Date('2026-11-22T04:00:00Z');
const at = new Date('2026-11-22T03:30:00Z');
const time = '2026-11-22T03:30:00Z';

const CHECK = { check_method: null, organization: null, check_id: null, time: null };
const PLACE = { name: null, country_code: null, jurisdiction: null };

/** Everything that there is a place for. */
const EVERYTHING = {
  verification: {
    trust_framework: null,
    assurance_level: null,
    time: null,
    assurance_process: {
      assurance_details: [
        { assurance_type: null, assurance_classification: null, evidence_ref: [{ check_id: null }] },
      ],
    },
    evidence: [
      {
        type: { value: 'electronic_record' },
        check_details: [CHECK],
        record: { type: null, created_at: null, date_of_expiry: null, source: PLACE },
      },
      {
        type: { value: 'document' },
        check_details: [CHECK],
        document_details: {
          type: null,
          document_number: null,
          serial_number: null,
          date_of_issuance: null,
          date_of_expiry: null,
          issuer: PLACE,
        },
      },
    ],
  },
  claims: { name: null },
};

interface Told {
  readonly verification: {
    readonly time?: string;
    readonly assurance_process?: object;
    readonly evidence?: readonly unknown[];
  };
  readonly claims: object;
}

function told(facts: readonly Fact[], changes: Partial<Known> = {}, request: unknown = EVERYTHING): Told {
  const asked = readVerifiedClaims(request);
  if (typeof asked === 'string') throw new Error(asked);
  const answer = verifiedClaims(asked, {
    issuer,
    ial: 4,
    facts,
    values: () => '张三',
    meets: () => true,
    now,
    ...changes,
  });
  expect(faultsOfAnswer({ verified_claims: answer })).toEqual([]);
  return answer as unknown as Told;
}

const fact = (method: string, changes: Partial<Fact> = {}): Fact => ({
  checkId: 'c-1',
  method,
  at,
  ial: 1,
  document: 'CN_RIC',
  ...changes,
});

const CHINA = { country_code: 'CHN', jurisdiction: 'CN' };
const POPULATION_REGISTER = {
  type: 'population_register',
  source: { name: 'Ministry of Public Security', ...CHINA },
};
const check = (check_method: string, organization: string, check_id = 'c-1') => ({
  check_method,
  organization,
  check_id,
  time,
});
const detail = (assurance_type: string, assurance_classification: string, check_id = 'c-1') => ({
  assurance_type,
  assurance_classification,
  evidence_ref: [{ check_id }],
});

const FACE = 'Face verification service of the National Population Basic Information Database';
const NETWORK = 'National network identity service';
const COUNTER = 'Government service counter';

const METHODS: readonly (readonly [string, object, readonly object[]])[] = [
  [
    'population_register.name_number',
    {
      type: 'electronic_record',
      check_details: [
        check('data', 'National Population Basic Information Database (Ministry of Public Security)'),
      ],
      record: POPULATION_REGISTER,
    },
    [detail('evidence_validation', 'authoritative-source-match')],
  ],
  [
    'mobile_operator.name_number_phone',
    {
      type: 'electronic_record',
      check_details: [check('data', 'Real-name register of the mobile operator')],
      record: {
        type: 'https://id.example.gov.cn/record/mobile-subscription',
        source: { name: 'Mobile operator', ...CHINA },
      },
    },
    [detail('evidence_validation', 'subscriber-match-with-possession')],
  ],
  [
    'bank_card.name_number_card_phone',
    {
      type: 'electronic_record',
      check_details: [check('data', 'Bank-card network')],
      record: { type: 'bank_account', source: { name: 'Bank that issued the card', ...CHINA } },
    },
    [detail('evidence_validation', 'account-holder-match-with-possession')],
  ],
  [
    'face.liveness_and_register',
    {
      type: 'electronic_record',
      check_details: [check('bvr', FACE)],
      record: POPULATION_REGISTER,
    },
    [detail('verification', 'face-1to1-liveness')],
  ],
  [
    'network_identity.presented_with_face',
    {
      type: 'electronic_record',
      check_details: [check('auth', NETWORK, 'c-1.auth'), check('bvr', NETWORK, 'c-1.bvr')],
      record: {
        type: 'https://id.example.gov.cn/record/network-identity',
        source: { name: 'Ministry of Public Security', ...CHINA },
      },
    },
    [
      detail('verification', 'network-identity-presented', 'c-1.auth'),
      detail('verification', 'face-1to1-liveness', 'c-1.bvr'),
    ],
  ],
  [
    'counter.chip_and_officers',
    {
      type: 'document',
      check_details: [check('vcrypt', COUNTER, 'c-1.vcrypt'), check('bvp', COUNTER, 'c-1.bvp')],
      document_details: { type: 'idcard', issuer: CHINA },
    },
    [
      detail('evidence_validation', 'chip-read-by-officer', 'c-1.vcrypt'),
      detail('verification', 'face-compared-by-officer', 'c-1.bvp'),
    ],
  ],
  [
    'tax_register.name_number',
    {
      type: 'electronic_record',
      check_details: [check('data', 'tax register')],
      record: {
        type: 'https://id.example.gov.cn/record/tax-register',
        source: { name: 'tax register', ...CHINA },
      },
    },
    [detail('evidence_validation', 'register-match')],
  ],
];

describe('evidence', () => {
  test.each(METHODS)('of %s is told as what it is', (method, evidence, details) => {
    const { verification } = told([fact(method)]);
    expect(verification.evidence).toEqual([evidence]);
    expect(verification.assurance_process).toEqual({ assurance_details: details });
    expect(verification.time).toBe(time);
  });

  test.each(METHODS)('of %s says nothing of who did it, where, and how well', (method) => {
    const details = {
      officer: 'o-17',
      approver: 'o-23',
      office: 'hz-xihu-01',
      terminal: 't-9',
      score: '90-100',
    };
    const kept = { ...fact(method), authority: 'a-77', transaction: 'tx-4711', details };
    const all = JSON.stringify(told([kept]));
    for (const secret of [...Object.values(details), 'a-77', 'tx-4711']) expect(all).not.toContain(secret);
  });

  test('of one check is told without the other, and so is what was assured by it', () => {
    const onlyFace = {
      ...EVERYTHING.verification,
      evidence: [
        { type: { value: 'document' }, check_details: [{ check_method: { value: 'bvp' }, check_id: null }] },
      ],
    };
    const { verification } = told(
      [fact('counter.chip_and_officers')],
      {},
      { verification: onlyFace, claims: null },
    );
    expect(verification.evidence).toEqual([
      { type: 'document', check_details: [{ check_method: 'bvp', check_id: 'c-1.bvp' }] },
    ]);
    expect(verification.assurance_process).toEqual({
      assurance_details: [
        { assurance_type: 'evidence_validation', assurance_classification: 'chip-read-by-officer' },
        detail('verification', 'face-compared-by-officer', 'c-1.bvp'),
      ],
    });
  });
});

const TYPES: Readonly<Record<DocumentKind, object>> = {
  CN_RIC: { type: 'idcard', issuer: CHINA },
  CN_HMT_RP: { type: 'residence_permit', issuer: CHINA },
  CN_FPR_2017: { type: 'residence_permit', issuer: CHINA },
  CN_FPR_2023: { type: 'residence_permit', issuer: CHINA },
  PASSPORT: { type: 'passport' },
  HM_PERMIT: { type: 'https://id.example.gov.cn/document/hong-kong-macao-travel-permit', issuer: CHINA },
  TW_PERMIT: { type: 'https://id.example.gov.cn/document/taiwan-travel-permit', issuer: CHINA },
};

describe('a document', () => {
  const counter = (document: DocumentKind | undefined): Fact =>
    fact('counter.chip_and_officers', { document, ial: 4 });

  test.each(DOCUMENT_KINDS)('of kind %s has a type', (kind) => {
    expect(told([counter(kind)]).verification.evidence).toMatchObject([{ document_details: TYPES[kind] }]);
  });

  test('that is not known by its kind is not described', () => {
    const [evidence] = told([counter(undefined)]).verification.evidence ?? [];
    expect(evidence).toMatchObject({ type: 'document' });
    expect(evidence).not.toHaveProperty('document_details');
  });

  test('cannot stand without its type: it goes, the evidence stays', () => {
    const request = {
      verification: {
        trust_framework: null,
        evidence: [{ type: { value: 'document' }, document_details: { issuer: { country_code: null } } }],
      },
      claims: null,
    };
    expect(told([counter('CN_RIC')], {}, request).verification.evidence).toEqual([{ type: 'document' }]);
  });

  test.each([
    ['an ID card', 'idcard', true],
    ['a passport', 'passport', false],
  ])('is asked for as %s', (_what, type, met) => {
    const request = {
      verification: {
        trust_framework: null,
        evidence: [{ type: { value: 'document' }, document_details: { type: { value: type } } }],
      },
      claims: null,
    };
    const asked = readVerifiedClaims(request);
    if (typeof asked === 'string') throw new Error(asked);
    const known = {
      issuer,
      ial: 4,
      facts: [counter('CN_RIC')],
      values: () => undefined,
      meets: () => true,
      now,
    };
    expect(verifiedClaims(asked, known as Known) !== undefined).toBe(met);
  });
});

describe('what does not count', () => {
  const register = fact('population_register.name_number', { checkId: 'r-1', at: new Date('2026-01-01Z') });
  const face = (changes: Partial<Fact>): Fact =>
    fact('face.liveness_and_register', { checkId: 'f-1', ial: 3, ...changes });
  const methodsOf = (facts: readonly Fact[], changes: Partial<Known> = {}): readonly unknown[] =>
    (told(facts, changes).verification.evidence ?? []).map(
      (one) => (one as { check_details: { check_method: string }[] }).check_details[0]?.check_method,
    );

  test('is what has ended, from that very instant on', () => {
    expect(methodsOf([register, face({ expiresAt: new Date(now.getTime() + 1) })])).toEqual(['data', 'bvr']);
    expect(methodsOf([register, face({ expiresAt: now })])).toEqual(['data']);
    expect(told([register, face({ expiresAt: now })]).verification.time).toBe('2026-01-01T00:00:00Z');
  });

  test('is what was found weak since, also when the level left is as low', () => {
    expect(methodsOf([register, face({ regraded: true, ial: 1 })], { ial: 1 })).toEqual(['data']);
    expect(methodsOf([register, face({ regraded: true })], { ial: 3 })).toEqual(['data']);
  });

  test('is what was worth more than the level of now', () => {
    expect(methodsOf([register, face({})], { ial: 2 })).toEqual(['data']);
  });

  test('does not hide an older match that still counts', () => {
    const older = face({ checkId: 'f-0', at: new Date('2026-02-01Z') });
    const { verification } = told([older, face({ expiresAt: now })]);
    expect(verification.evidence).toMatchObject([{ check_details: [{ check_id: 'f-0' }] }]);
  });

  test('leaves neither evidence nor time, and conditions on them unmet', () => {
    const request = { verification: { trust_framework: null, time: null }, claims: null };
    expect(told([face({ expiresAt: now })], {}, request).verification).not.toHaveProperty('time');
    const asked = readVerifiedClaims({
      verification: { trust_framework: null, time: { max_age: 1e9 } },
      claims: null,
    });
    if (typeof asked === 'string') throw new Error(asked);
    const known = { issuer, ial: 3, values: () => undefined, meets: () => true, now } as const;
    expect(verifiedClaims(asked, { ...known, facts: [face({ expiresAt: now })] })).toBeUndefined();
    expect(verifiedClaims(asked, { ...known, facts: [face({})] })).toBeDefined();
  });
});

test('a person without a name here is verified all the same: the claims are absent, none is empty', () => {
  const presented = fact('network_identity.presented_with_face', { ial: 3, document: undefined });
  const answer = told([presented], { ial: 3, values: () => undefined });
  expect(answer.claims).toEqual({});
  expect(answer.verification).toMatchObject({ assurance_level: 'real-person', time });
});
