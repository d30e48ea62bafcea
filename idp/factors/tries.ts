// How often a secret may be guessed: tries are taken before the secret is looked at, the last wrong one sets a durable
// lock. Known and unknown accounts go the same way, or the lock would tell which accounts exist.
import type { Audit } from '../audit/audit.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Limit, Limits } from '../platform/limits/limits.ts';

export interface TriesOptions {
  readonly limits: Limits;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Name of the lock: one per kind of secret, so that a locked password leaves the other ways open. */
  readonly space: string;
  /** Wrong tries in a row before the lock. */
  readonly limit: Limit;
  /** How long the lock stands, in seconds. */
  readonly lockSeconds: number;
  /** The slow guesser, who stays under `limit`: a second count over a long time, with a longer lock. */
  readonly slow?: { readonly limit: Limit; readonly lockSeconds: number };
}

export interface Tries {
  /** Throws Fault `locked` with `until` while a lock stands. */
  refuseLocked(subject: string): Promise<void>;
  /**
   * Takes one try and answers how many are left. Throws Fault `locked`, or `too_many` when all tries are in use by
   * requests that are still running: of any number of parallel guesses only as many as declared are looked at.
   */
  take(subject: string): Promise<number>;
  /** The guess was wrong. Throws Fault `locked` when it was the last one; the lock is durable and audited by then. */
  wrong(subject: string, left: number, citizenId: CitizenId | undefined): Promise<void>;
  /** The guess was right: the wrong ones before it are forgiven. */
  right(subject: string, left: number): Promise<void>;
}

/** SP 800-63B-4 3.2.2: at most 100 consecutive failures; here 5 or 6, then a pause. */
export function createTries(options: TriesOptions): Tries {
  const { limits, limit, space } = options;

  const refuseLocked = async (subject: string): Promise<void> => {
    const lock = await limits.standing(space, subject);
    if (lock) throw new Fault('locked', { until: lock.until, note: `${space} is locked` });
  };

  const lock = async (
    subject: string,
    lockSeconds: number,
    citizenId: CitizenId | undefined,
  ): Promise<never> => {
    const until = addSeconds(options.clock.now(), lockSeconds);
    await options.audit.change(async (tx) => {
      await limits.lock(space, subject, until, tx);
      tx.record({
        type: 'limit.locked',
        data: { space, until: until.toISOString() },
        actor: 'system',
        ...(citizenId === undefined ? {} : { citizenId }),
      });
    });
    throw new Fault('locked', { until, note: `${space} is locked now` });
  };

  return {
    refuseLocked,
    async take(subject) {
      const { remaining, retryAfterSeconds } = await limits.trySpend(limit, subject);
      if (remaining >= 0) return remaining;
      await refuseLocked(subject);
      throw new Fault('too_many', { retryAfterSeconds, note: `${limit.name} is spent` });
    },
    async wrong(subject, left, citizenId) {
      const slow = options.slow;
      const slowLeft = slow ? (await limits.trySpend(slow.limit, subject)).remaining : 1;
      if (slow && slowLeft <= 0) await lock(subject, slow.lockSeconds, citizenId);
      if (left === 0) await lock(subject, options.lockSeconds, citizenId);
    },
    async right(subject, left) {
      const failedBefore = left < limit.burst - 1;
      await Promise.all([
        limits.forgive(limit, subject),
        options.slow && failedBefore ? limits.forgive(options.slow.limit, subject) : undefined,
      ]);
    },
  };
}
