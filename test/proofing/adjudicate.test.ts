// Every finding of every authority against every contra-indicator, in every order; and what each decision is for.
import fc from 'fast-check';
import { adjudicate, type Examined, type Question } from '../../idp/proofing/adjudicate.ts';
import { decisionName } from '../../idp/proofing/decision.ts';
import type { Finding } from '../../idp/proofing/proofing.ts';

const at = new Date('2026-11-22T04:00:00Z');
const FINDINGS: readonly Finding['is'][] = [
  'match',
  'mismatch',
  'no_record',
  'unsupported',
  'deceased',
  'document_expired',
  'document_lost',
  'not_live',
  'cancelled',
  'expired',
  'pending',
  'too_many',
  'unusable',
  'unavailable',
];

const finding = (is: Finding['is']): Finding =>
  is === 'unavailable' ? { is, reason: 'timeout', at } : { is, transaction: 't-1', at };
const found = (authority: string, is: Finding['is']): Examined => ({ authority, finding: finding(is) });

const OPERATOR = {
  id: 'mobile-operator',
  reaches: 2,
  first: false,
  officer: false,
  bindsPhone: true,
} as const;
const FACE = { id: 'face', reaches: 3, first: true, officer: false, bindsPhone: false } as const;
const COUNTER = { id: 'counter', reaches: 4, first: true, officer: true, bindsPhone: false } as const;
const REGISTER = 'population-register';

const question = (changes: Partial<Question>): Question => ({
  lead: OPERATOR,
  beside: [REGISTER],
  findings: [],
  age: 40,
  nameNeedsMapping: false,
  guarded: false,
  matchedBefore: false,
  continuity: 'first',
  holder: 'nobody_else',
  ...changes,
});
const by = (lead: Question['lead'], leads: Finding['is'], register?: Finding['is'], changes = {}) =>
  decisionName(
    adjudicate(
      question({
        lead,
        beside: lead.officer ? [] : [REGISTER],
        findings: [found(lead.id, leads), ...(register ? [found(REGISTER, register)] : [])],
        ...changes,
      }),
    ),
  );

const CONTRA = {
  none: {},
  minor: { age: 13 },
  'name to be mapped': { nameNeedsMapping: true },
  'number probed': { guarded: true },
  'matched before': { matchedBefore: true, continuity: 'same' },
  'held by another': { holder: 'another' },
  'alike somebody': { holder: 'alike' },
  'another number of its kind': { continuity: 'renumbered' },
  'another person': { continuity: 'another_person' },
  'not to be compared': { continuity: 'unlinked' },
} as const;

/** What the lead found, while the register matches: one column for each contra-indicator, in the order above. */
const LEAD_TABLE: Readonly<Record<Finding['is'], readonly string[]>> = {
  match: [
    'reached',
    'refused:minor',
    'human:name_mapping',
    'another_way:guarded',
    'reached',
    'refused:held_by_another',
    'human:alike',
    'human:number_changed',
    'phone_released',
    'another_way:unlinked',
  ],
  ...row(['mismatch', 'no_record'], 'refused:no_match', { 'matched before': 'human:register_changed' }),
  ...row(['unsupported'], 'another_way:unsupported'),
  ...row(['deceased'], 'refused:deceased'),
  ...row(['document_expired'], 'refused:document_expired'),
  ...row(['document_lost'], 'refused:document_lost'),
  ...row(['not_live'], 'another_way:not_live'),
  ...row(['cancelled', 'expired'], 'another_way:not_completed'),
  ...row(['pending'], 'pending'),
  ...row(['too_many'], 'another_way:too_many'),
  ...row(['unusable'], 'human:source_unusable'),
  ...row(['unavailable'], 'waiting'),
} as Readonly<Record<Finding['is'], readonly string[]>>;

/** The same in every column, but for what is known before anybody is asked, and the exceptions named. */
function row(
  findings: readonly Finding['is'][],
  decision: string,
  but: Partial<Record<keyof typeof CONTRA, string>> = {},
): Partial<Record<Finding['is'], readonly string[]>> {
  const early: Partial<Record<keyof typeof CONTRA, string>> = {
    minor: 'refused:minor',
    'name to be mapped': 'human:name_mapping',
    'number probed': 'another_way:guarded',
    'not to be compared': 'another_way:unlinked',
  };
  const columns = (Object.keys(CONTRA) as (keyof typeof CONTRA)[]).map(
    (contra) => early[contra] ?? but[contra] ?? decision,
  );
  return Object.fromEntries(findings.map((is) => [is, columns]));
}

/** What the register found beside an operator that matched. */
const BESIDE_TABLE: Readonly<Record<Finding['is'], string>> = {
  match: 'reached',
  unsupported: 'reached',
  mismatch: 'refused:no_match',
  no_record: 'refused:no_match',
  deceased: 'refused:deceased',
  document_expired: 'refused:document_expired',
  document_lost: 'refused:document_lost',
  not_live: 'another_way:not_live',
  cancelled: 'another_way:not_completed',
  expired: 'another_way:not_completed',
  pending: 'waiting',
  too_many: 'waiting',
  unusable: 'human:source_unusable',
  unavailable: 'waiting',
};

describe('the table covers', () => {
  it('every finding and every contra-indicator', () => {
    expect(Object.keys(LEAD_TABLE).toSorted()).toEqual(FINDINGS.toSorted());
    expect(Object.keys(BESIDE_TABLE).toSorted()).toEqual(FINDINGS.toSorted());
    for (const columns of Object.values(LEAD_TABLE)) expect(columns).toHaveLength(Object.keys(CONTRA).length);
  });
});

describe.each(Object.entries(CONTRA).map(([name, changes], column) => ({ name, changes, column })))(
  'with contra-indicator: $name',
  ({ changes, column }) => {
    it.each(FINDINGS)('the operator finds %s', (is) => {
      expect(by(OPERATOR, is, 'match', changes)).toBe(LEAD_TABLE[is][column]);
    });
  },
);

describe('the register beside an operator that matched', () => {
  it.each(FINDINGS)('finds %s', (is) => {
    expect(by(OPERATOR, 'match', is)).toBe(BESIDE_TABLE[is]);
  });

  it.each(['mismatch', 'no_record'] as const)('finds %s of what matched before: a person looks', (is) => {
    expect(by(OPERATOR, 'match', is, CONTRA['matched before'])).toBe('human:register_changed');
  });

  it('says nothing to somebody whom the operator did not match', () => {
    for (const is of FINDINGS.filter((each) => each !== 'unavailable'))
      expect(by(OPERATOR, 'mismatch', is)).toBe('refused:no_match');
  });
});

describe('a way that shows the person', () => {
  it('asks the others only after the citizen came through it', () => {
    expect(adjudicate(question({ lead: FACE }))).toEqual({ is: 'ask', authorities: ['face'] });
    expect(by(FACE, 'pending')).toBe('pending');
    expect(by(FACE, 'not_live')).toBe('another_way:not_live');
    expect(adjudicate(question({ lead: FACE, findings: [found('face', 'match')] }))).toEqual({
      is: 'ask',
      authorities: [REGISTER],
    });
  });

  it('reaches 3, also with a number that strangers tried', () => {
    expect(adjudicate(question({ lead: FACE, findings: both('match'), guarded: true }))).toEqual({
      is: 'reached',
      ial: 3,
    });
  });

  it('leads to a counter when the person has another account, or this one is another person’s', () => {
    expect(by(FACE, 'match', 'match', CONTRA['held by another'])).toBe('human:same_person');
    expect(by(FACE, 'match', 'match', CONTRA['another person'])).toBe('human:another_person');
  });

  const both = (is: Finding['is']): readonly Examined[] => [found('face', is), found(REGISTER, 'match')];
});

describe('an officer', () => {
  it('decides what a machine may not', () => {
    expect(by(COUNTER, 'match')).toBe('reached');
    expect(by(COUNTER, 'match', undefined, CONTRA['another number of its kind'])).toBe('reached');
    expect(by(COUNTER, 'match', undefined, CONTRA['name to be mapped'])).toBe('reached');
    expect(by(COUNTER, 'match', undefined, CONTRA['alike somebody'])).toBe('reached');
    expect(by(COUNTER, 'match', undefined, CONTRA['held by another'])).toBe('merge');
  });

  it('lets a child through with a guardian only', () => {
    expect(by(COUNTER, 'match', undefined, CONTRA.minor)).toBe('refused:minor');
    const guarded: Examined = {
      authority: 'counter',
      finding: { is: 'match', transaction: 't', at, guardian: true },
    };
    expect(adjudicate(question({ lead: COUNTER, beside: [], findings: [guarded], age: 7 }))).toEqual({
      is: 'reached',
      ial: 4,
    });
  });
});

describe('nothing is reached', () => {
  it('before everybody of the way was asked: all at once, so that time tells nothing', () => {
    expect(adjudicate(question({}))).toEqual({ is: 'ask', authorities: [OPERATOR.id, REGISTER] });
    expect(adjudicate(question({ findings: [found(OPERATOR.id, 'match')] }))).toEqual({
      is: 'ask',
      authorities: [REGISTER],
    });
    expect(adjudicate(question({ findings: [found(REGISTER, 'match')] }))).toEqual({
      is: 'ask',
      authorities: [OPERATOR.id],
    });
  });

  it('by a match that a later finding contradicts', () => {
    const findings = [found(OPERATOR.id, 'match'), found(OPERATOR.id, 'mismatch'), found(REGISTER, 'match')];
    expect(decisionName(adjudicate(question({ findings })))).toBe('refused:no_match');
  });
});

const anything = fc.record({
  lead: fc.constantFrom<Question['lead']>(OPERATOR, FACE, COUNTER),
  findings: fc.array(
    fc.record({
      authority: fc.constantFrom('mobile-operator', 'face', 'counter', REGISTER),
      finding: fc.constantFrom(...FINDINGS).map(finding),
    }),
    { maxLength: 6 },
  ),
  age: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
  nameNeedsMapping: fc.boolean(),
  guarded: fc.boolean(),
  matchedBefore: fc.boolean(),
  continuity: fc.constantFrom<Question['continuity']>(
    'first',
    'same',
    'adds',
    'renumbered',
    'another_person',
  ),
  holder: fc.constantFrom<Question['holder']>('nobody_else', 'another', 'alike'),
});

describe('whatever is found', () => {
  it('in any order, the decision is the same', () => {
    fc.assert(
      fc.property(anything, fc.infiniteStream(fc.nat()), (asked, order) => {
        const shuffled = asked.findings
          .map((examined) => ({ examined, key: order.next().value as number }))
          .toSorted((one, other) => one.key - other.key)
          .map(({ examined }) => examined);
        expect(adjudicate(question({ ...asked, findings: shuffled }))).toEqual(adjudicate(question(asked)));
      }),
    );
  });

  it('a level is reached only when the lead matched, and nobody asked said anything against it', () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const put = question({ ...asked, beside: asked.lead.officer ? [] : [REGISTER] });
        const decision = adjudicate(put);
        if (decision.is !== 'reached') return;
        const of = (id: string) =>
          put.findings.filter(({ authority }) => authority === id).map((examined) => examined.finding.is);
        const good = new Set<Finding['is']>(['match', 'pending', 'unavailable', 'unsupported']);
        expect(of(put.lead.id)).toContain('match');
        expect(of(put.lead.id).filter((is) => !['match', 'pending', 'unavailable'].includes(is))).toEqual([]);
        for (const id of put.beside) expect(of(id).filter((is) => !good.has(is))).toEqual([]);
        expect(decision.ial).toBe(put.lead.reaches);
        expect(put.holder).not.toBe('another');
      }),
      { numRuns: 2_000 },
    );
  });
});
