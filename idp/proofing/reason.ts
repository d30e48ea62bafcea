// Why a proof is not there, for the service that asked: a closed vocabulary, coarse on purpose. A service learns what the
// citizen can do about it, never what a register said.
import type { CaseRow } from './cases.ts';
import type { Decision } from './decision.ts';

/**
 *   none         nothing was tried
 *   verified     the latest attempt succeeded
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

export function reasonOf(row: CaseRow | undefined): ProofingReason {
  const { verdict } = row ?? {};
  if (!row || verdict?.is === 'superseded') return 'none';
  if (!verdict) return 'pending';
  if (verdict.is === 'lapsed') return 'unavailable';
  return verdict.is === 'refused' && verdict.why === 'minor' ? 'guardian' : BY_DECISION[verdict.is];
}
