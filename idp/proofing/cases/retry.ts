// Asks again about cases that were left waiting, also those whose process died in between.
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Job } from '../../platform/http/feature.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { CaseRow, Cases } from '../cases.ts';
import type { Tell } from './tell.ts';

export interface RetryParts {
  readonly cases: Cases;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: Tell;
  /** Seconds after which a case that nobody answered is given up. */
  readonly keepWaitingSeconds: number;
}

const CASES_A_RUN = 50;

/** One case that cannot be examined must not hold up the others. */
export function createRetryJob(parts: RetryParts): Job {
  return {
    name: 'proofing.retry',
    everySeconds: 15,
    exclusive: true,
    async run() {
      for (const row of await parts.cases.due(CASES_A_RUN))
        await retry(parts, row).catch((error: unknown) =>
          parts.log.error('a waiting case could not be examined', error, { job: 'proofing.retry' }),
        );
    },
  };
}

async function retry({ cases, clock, tell, keepWaitingSeconds }: RetryParts, row: CaseRow): Promise<void> {
  const tooOld = addSeconds(row.createdAt, keepWaitingSeconds) < clock.now();
  // What a person should look at is due only when nobody has for its whole time.
  if (tooOld || row.state === 'review') return cases.lapse(row);
  await tell(row, await cases.examine(row, undefined));
}
