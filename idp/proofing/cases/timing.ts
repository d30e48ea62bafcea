// When a case is looked at again. Pure.
import { addSeconds } from '../../platform/base/clock.ts';
import type { CaseRow, CaseState } from '../store.ts';

/** Longer than all authorities together may take: an open case younger than this is being examined. */
const EXAMINING_SECONDS = 15;
const FIRST_RETRY_SECONDS = 30;
const LONGEST_RETRY_SECONDS = 3600;
/** What a person should have looked at and nobody did is given up, and its claim erased. */
const REVIEW_SECONDS = 30 * 86_400;

/** When an undecided case is tried again: twice as long after each attempt, an hour at most. */
export const retryAt = (row: Pick<CaseRow, 'attempts'>, at: Date): Date =>
  addSeconds(at, Math.min(FIRST_RETRY_SECONDS * 2 ** Math.min(row.attempts, 10), LONGEST_RETRY_SECONDS));

/** Coming back shows the result: the look at the end of a hand-over is for those who do not. */
export function lookAgainAt(
  { state, handedUntil, attempts }: Pick<CaseRow, 'state' | 'handedUntil' | 'attempts'>,
  at: Date,
): Date {
  const handed = state === 'handed' && handedUntil !== undefined && handedUntil > at;
  return handed ? handedUntil : retryAt({ attempts }, at);
}

export const firstTryAt = (at: Date): Date => addSeconds(at, FIRST_RETRY_SECONDS);

export function nextTryAt(
  row: CaseRow,
  state: CaseState,
  byTicket: boolean,
  handedUntil: Date | undefined,
  at: Date,
): Date | undefined {
  if (state === 'proven' || state === 'refused') return undefined;
  if (state === 'review') return addSeconds(at, REVIEW_SECONDS);
  // An officer's decision brings the case back by itself.
  if (byTicket && state === 'handed') return addSeconds(at, REVIEW_SECONDS);
  return state === 'handed' ? lookAgainAt({ ...row, state, handedUntil }, at) : retryAt(row, at);
}

/** True while an examination may still be running. */
export function inFlight(row: CaseRow, now: Date): boolean {
  return row.state === 'open' && addSeconds(row.updatedAt, EXAMINING_SECONDS) > now;
}
