import fc from 'fast-check';
import { adjudicate, type Examined, type Question } from '../../idp/proofing/adjudicate.ts';
import type { Finding } from '../../idp/proofing/proofing.ts';

const at = new Date('2026-11-22T04:00:00Z');
const REGISTER = { id: 'population-register', reaches: 1 } as const;
const OPERATOR = { id: 'mobile-operator', reaches: 2 } as const;

const finding = (is: Finding['is']): Finding =>
  is === 'unavailable' ? { is, reason: 'timeout', at } : { is, transaction: 't-1', at };
const register = (is: Finding['is']): Examined => ({ authority: REGISTER.id, finding: finding(is) });
const operator = (is: Finding['is']): Examined => ({ authority: OPERATOR.id, finding: finding(is) });
const ask = (findings: readonly Examined[], changes: Partial<Question> = {}): Question => ({
  authorities: [REGISTER, OPERATOR],
  findings,
  age: 40,
  wanted: 2,
  phoneConfirmed: true,
  held: false,
  ...changes,
});

describe('nothing is reached', () => {
  it.each([
    ['a name and number that do not match', register('mismatch'), 'no_match'],
    ['a number the register does not know', register('no_record'), 'no_match'],
    ['a document the register cannot judge', register('unsupported'), 'no_match'],
    ['a person who has died', register('deceased'), 'deceased'],
  ])('by %s', (_, examined, why) => {
    expect(adjudicate(ask([examined]))).toEqual({ is: 'refused', why });
  });

  it('by a child under 14, and no authority is asked about it', () => {
    expect(adjudicate(ask([], { age: 13 }))).toEqual({ is: 'refused', why: 'minor' });
    expect(adjudicate(ask([register('match')], { age: 13 }))).toEqual({ is: 'refused', why: 'minor' });
  });

  it('by a document that another account holds', () => {
    expect(adjudicate(ask([register('match')], { held: true }))).toEqual({
      is: 'refused',
      why: 'held_by_another',
    });
  });

  it('by an authority that does not answer: that is a wait', () => {
    expect(adjudicate(ask([register('unavailable')]))).toMatchObject({ is: 'waiting', earned: 0 });
  });

  it("by the operator's word alone", () => {
    expect(adjudicate(ask([operator('match')]))).toMatchObject({
      is: 'ask_next',
      authority: REGISTER.id,
      earned: 0,
    });
  });

  it('by a match that a later finding contradicts', () => {
    expect(adjudicate(ask([register('match'), register('mismatch')]))).toEqual({
      is: 'refused',
      why: 'no_match',
    });
  });
});

describe('a level is reached', () => {
  it('1, by name and number, when no more is wanted', () => {
    expect(adjudicate(ask([register('match')], { wanted: 1 }))).toEqual({ is: 'reached', ial: 1 });
  });

  it('1 on the way to 2, and the operator is asked next', () => {
    expect(adjudicate(ask([register('match')]))).toEqual({
      is: 'ask_next',
      authority: OPERATOR.id,
      earned: 1,
    });
  });

  it('2, when the confirmed phone belongs to the same person', () => {
    expect(adjudicate(ask([register('match'), operator('match')]))).toEqual({ is: 'reached', ial: 2 });
  });

  it('and no more than the authorities can give', () => {
    expect(adjudicate(ask([register('match'), operator('match')], { wanted: 4 }))).toEqual({
      is: 'reached',
      ial: 2,
    });
  });

  it('14 to 17 year olds may reach it themselves', () => {
    expect(adjudicate(ask([register('match'), operator('match')], { age: 14 }))).toEqual({
      is: 'reached',
      ial: 2,
    });
  });

  it.each([
    ['mismatch', 'phone_not_matched'],
    ['no_record', 'phone_not_matched'],
    ['unsupported', 'phone_unsupported'],
  ] as const)('1 is kept when the operator answers %s, and the reason is told', (is, short) => {
    expect(adjudicate(ask([register('match'), operator(is)]))).toEqual({ is: 'reached', ial: 1, short });
  });

  it('1 is kept when no code was ever confirmed on the phone', () => {
    expect(adjudicate(ask([register('match')], { phoneConfirmed: false }))).toEqual({
      is: 'reached',
      ial: 1,
      short: 'phone_unconfirmed',
    });
  });

  it('1 is kept while the operator does not answer', () => {
    expect(adjudicate(ask([register('match'), operator('unavailable')]))).toMatchObject({
      is: 'waiting',
      earned: 1,
    });
  });

  it('by the answer that followed an outage', () => {
    expect(adjudicate(ask([register('unavailable'), register('match')], { wanted: 1 }))).toEqual({
      is: 'reached',
      ial: 1,
    });
  });
});

const KINDS = ['match', 'mismatch', 'no_record', 'unsupported', 'deceased', 'unavailable'] as const;
const anyExamined = fc
  .tuple(fc.constantFrom(REGISTER.id, OPERATOR.id, 'stranger'), fc.constantFrom(...KINDS))
  .map(([authority, is]): Examined => ({ authority, finding: finding(is) }));
const anyQuestion = fc
  .record({
    findings: fc.array(anyExamined, { maxLength: 6 }),
    age: fc.integer({ min: 0, max: 120 }),
    wanted: fc.constantFrom(1, 2, 3, 4),
    phoneConfirmed: fc.boolean(),
    held: fc.boolean(),
  } as const)
  .map((changes) => ask(changes.findings, changes as Partial<Question>));

const levelOf = (question: Question): number => {
  const decision = adjudicate(question);
  if (decision.is === 'reached') return decision.ial;
  return decision.is === 'refused' ? 0 : decision.earned;
};

describe('whatever the findings are', () => {
  it('no level is earned without a match by the register', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const matched = question.findings.some(
          (e) => e.authority === REGISTER.id && e.finding.is === 'match',
        );
        if (!matched) expect(levelOf(question)).toBe(0);
      }),
    );
  });

  it('level 2 is not earned without a match by the operator on a confirmed phone', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const matched = question.findings.some(
          (e) => e.authority === OPERATOR.id && e.finding.is === 'match',
        );
        if (!matched || !question.phoneConfirmed) expect(levelOf(question)).toBeLessThan(2);
      }),
    );
  });

  it('their order does not matter', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const backwards = { ...question, findings: question.findings.toReversed() };
        expect(adjudicate(backwards)).toEqual(adjudicate(question));
      }),
    );
  });

  it('one more finding that is not a match never raises the level', () => {
    fc.assert(
      fc.property(anyQuestion, anyExamined, (question, more) => {
        fc.pre(more.finding.is !== 'match');
        const after = { ...question, findings: [...question.findings, more] };
        expect(levelOf(after)).toBeLessThanOrEqual(levelOf(question));
      }),
    );
  });

  it('a strange authority has no say', () => {
    fc.assert(
      fc.property(
        anyQuestion,
        fc.constantFrom(...KINDS.filter((is) => is !== 'deceased')),
        (question, is) => {
          const after = {
            ...question,
            findings: [...question.findings, { authority: 'x', finding: finding(is) }],
          };
          expect(adjudicate(after)).toEqual(adjudicate(question));
        },
      ),
    );
  });
});
