// Why a proof is not there, for the service that asked: a closed vocabulary, coarse on purpose. A service learns what the
// citizen can do about it, never what a register said.
import type { Ial } from '../assurance/assurance.ts';
import type { CaseRow } from './cases.ts';
import type { Decision } from './decision.ts';

/**
 *   none         nothing was tried, or what was proven has ended
 *   verified     the account has the level
 *   pending      the citizen or an officer is not done yet
 *   unavailable  an authority did not answer; it is asked again
 *   failed       it could not be confirmed; the citizen may try again or choose another way
 *   review       a person has to look
 *   guardian     below 14, a guardian has to come along
 */
export const PROOFING_REASONS = [
  'none',
  'verified',
  'pending',
  'unavailable',
  'failed',
  'review',
  'guardian',
] as const;
export type ProofingReason = (typeof PROOFING_REASONS)[number];

const REAL_NAME: Ial = 2;

const BY_DECISION: Readonly<Record<Decision['is'], ProofingReason>> = {
  reached: 'verified',
  merge: 'failed',
  phone_released: 'failed',
  refused: 'failed',
  another_way: 'failed',
  human: 'review',
  ask: 'pending',
  pending: 'pending',
  waiting: 'unavailable',
};

/**
 * How the proof of this level stands for an account at `ial`. Without `wanted`: of the level that was tried for last, or of
 * the lowest that counts as a real name.
 */
export function reasonOf(row: CaseRow | undefined, ial: Ial, wanted?: Ial): ProofingReason {
  if (ial >= (wanted ?? row?.wanted ?? REAL_NAME)) return 'verified';
  const reason = outcomeOf(row);
  // What was reached was less than is wanted, or has ended since.
  return reason === 'verified' ? 'none' : reason;
}

/** Of one case by itself. */
export function outcomeOf(row: Pick<CaseRow, 'verdict'> | undefined): ProofingReason {
  const { verdict } = row ?? {};
  if (!row || verdict?.is === 'superseded') return 'none';
  if (!verdict) return 'pending';
  if (verdict.is === 'lapsed') return 'unavailable';
  return verdict.is === 'refused' && verdict.why === 'minor' ? 'guardian' : BY_DECISION[verdict.is];
}
