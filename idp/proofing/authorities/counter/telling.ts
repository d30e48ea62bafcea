// Telling the case what two officers decided: at once, and again until it was taken.
import type { CitizenId } from '../../../citizens/citizens.ts';
import { addSeconds, type Clock } from '../../../platform/base/clock.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { Log } from '../../../platform/telemetry/log.ts';
import type { CaseId } from '../../proofing.ts';
import * as store from './store.ts';

export interface TellParts {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes up the case after a decision is committed. Twice for one decision does no harm. */
  readonly onDecided: (citizenId: CitizenId, caseId: CaseId) => Promise<void>;
}

/** Never throws: the decision stands, and the officer must hear so. What could not be told is told again. */
export async function tell(
  { postgres, clock, log, onDecided }: TellParts,
  row: store.AboutRow,
): Promise<void> {
  try {
    await onDecided(row.citizenId, row.caseId);
    await store.markTold(postgres, row, clock.now());
  } catch (error) {
    log.error('a decided case was not examined', error, { citizenId: row.citizenId, part: 'counter' });
  }
}

const AT_A_TIME = 100;
/** Longer than a request takes: what is being told just now is left alone. */
const PATIENCE_SECONDS = 60;

/** For a job. */
export async function tellAgain(parts: TellParts): Promise<void> {
  const before = addSeconds(parts.clock.now(), -PATIENCE_SECONDS);
  for (const row of await store.untold(parts.postgres, before, AT_A_TIME)) await tell(parts, row);
}
