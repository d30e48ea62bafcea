import fc from 'fast-check';
import type { Ial } from '../../idp/assurance/assurance.ts';
import type { CaseRow } from '../../idp/proofing/cases.ts';
import { PROOFING_REASONS, reasonOf } from '../../idp/proofing/reason.ts';

const row = (verdict: CaseRow['verdict'], wanted: Ial = 2): CaseRow =>
  ({ verdict, wanted }) as unknown as CaseRow;

const CASES: readonly (readonly [string, CaseRow['verdict'], string])[] = [
  ['is being examined', undefined, 'pending'],
  ['has more to ask', { is: 'ask', authorities: [] }, 'pending'],
  ['is with the citizen or an officer', { is: 'pending' }, 'pending'],
  ['waits for a source', { is: 'waiting', retryAfterSeconds: 30 }, 'unavailable'],
  ['was never answered', { is: 'lapsed' }, 'unavailable'],
  ['did not match', { is: 'refused', why: 'no_match' }, 'failed'],
  ['met a record that must not be told', { is: 'refused', why: 'deceased' }, 'failed'],
  ['met another holder', { is: 'refused', why: 'held_by_another' }, 'failed'],
  ['is better tried in another way', { is: 'another_way', why: 'not_live' }, 'failed'],
  ['released a phone', { is: 'phone_released' }, 'failed'],
  ['needs a guardian', { is: 'refused', why: 'minor' }, 'guardian'],
  ['needs a person to look', { is: 'human', why: 'same_person' }, 'review'],
  ['was claimed anew', { is: 'superseded' }, 'none'],
  ['reached a level that has ended since', { is: 'reached', ial: 2 }, 'none'],
];

describe('the reason', () => {
  it.each(CASES)('of a case that %s', (_what, verdict, reason) => {
    expect(reasonOf(row(verdict), 0)).toBe(reason);
    expect(reasonOf(row(verdict), 0, 2)).toBe(reason);
  });

  it('of somebody who never tried is none, or that they are verified', () => {
    expect(reasonOf(undefined, 0)).toBe('none');
    expect(reasonOf(undefined, 1)).toBe('none');
    expect(reasonOf(undefined, 2)).toBe('verified');
  });

  it('of a level that the account has is verified, whatever was tried', () => {
    const failed = row({ is: 'refused', why: 'no_match' }, 3);
    expect(reasonOf(failed, 2, 2)).toBe('verified');
    expect(reasonOf(failed, 2, 3)).toBe('failed');
    expect(reasonOf(failed, 2)).toBe('failed');
    expect(reasonOf(row({ is: 'reached', ial: 2 }), 2)).toBe('verified');
    expect(reasonOf(row({ is: 'reached', ial: 2 }), 2, 3)).toBe('none');
  });

  it('is verified exactly when the account has what is wanted, and always a word of the list', () => {
    const ial = fc.constantFrom<Ial>(0, 1, 2, 3, 4);
    const cases = fc.constantFrom(...CASES.map(([, verdict]) => verdict));
    fc.assert(
      fc.property(cases, ial, ial, ial, (verdict, tried, has, wanted) => {
        const reason = reasonOf(row(verdict, tried), has, wanted);
        expect(PROOFING_REASONS).toContain(reason);
        expect(reason === 'verified').toBe(has >= wanted);
      }),
    );
  });
});
