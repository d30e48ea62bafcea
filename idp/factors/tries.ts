// How often a secret may be guessed: tries are taken before the secret is looked at, the last wrong one sets a durable
// lock. Known and unknown accounts go the same way, or the lock would tell which accounts exist.
import type { Audit, AuditedTx } from '../audit/audit.ts';
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
  /**
   * The patient guesser, who stays under `limit`: after so many wrong tries in a row, however far apart, the secret is
   * disabled until it is changed (SP 800-63B-4 3.2.2: at most 100). Counted by account, whichever way it was named.
   */
  readonly stopAfter?: number;
}

export interface Tries {
  /**
   * Throws Fault `locked`: with `until` while a lock stands, without when the secret is disabled. `citizenId`: the
   * account behind the subject, if there is one.
   */
  refuseLocked(subject: string, citizenId?: CitizenId): Promise<void>;
  /**
   * Takes one try and answers how many are left. Throws Fault `locked`, or `too_many` when all tries are in use by
   * requests that are still running: of any number of parallel guesses only as many as declared are looked at.
   */
  take(subject: string): Promise<number>;
  /** The guess was wrong. Throws Fault `locked` when it was the last one; the lock is durable and audited by then. */
  wrong(subject: string, left: number, citizenId: CitizenId | undefined): Promise<void>;
  /** The guess was right: the wrong ones before it are forgiven. */
  right(subject: string, left: number, citizenId?: CitizenId): Promise<void>;
}

/** SP 800-63B-4 3.2.2: at most 100 consecutive failures; here 5 or 6, then a pause. */
export function createTries(options: TriesOptions): Tries {
  return triesFrom(options, undefined);
}

export interface TriesByDevice {
  /**
   * The tries of a device that is known to belong to the account, or of anybody (undefined). Strangers who spend or
   * lock theirs leave those of the device alone (ASVS 5.0 6.1.1: a lock must not be a weapon against the account).
   */
  from(knownDevice: string | undefined): Tries;
  /** The secret was changed or proven anew: nobody's wrong tries count against the new one. */
  renewed(tx: AuditedTx, citizenId: CitizenId): Promise<void>;
}

/** `deviceLimit`: wrong tries in a row of a known device before its own lock. */
export function createTriesByDevice(options: TriesOptions & { readonly deviceLimit: Limit }): TriesByDevice {
  const anybody = triesFrom(options, undefined);
  return {
    from: (device) =>
      device === undefined ? anybody : triesFrom({ ...options, limit: options.deviceLimit }, device),
    renewed: (tx, citizenId) =>
      options.limits.streaks.endAll({ space: options.space, subject: accountOf('', citizenId) }, tx),
  };
}

/** What the long count is by: two names of one account must not be two sets of a hundred tries. */
const accountOf = (subject: string, citizenId: CitizenId | undefined): string =>
  citizenId === undefined ? subject : `citizen:${citizenId}`;

function triesFrom(options: TriesOptions, device: string | undefined): Tries {
  const { limits, limit, space, stopAfter } = options;
  const counted = (subject: string): string => (device === undefined ? subject : `${subject}\0${device}`);
  const streakOf = (subject: string, citizenId: CitizenId | undefined) => ({
    space,
    subject: accountOf(subject, citizenId),
    guesser: device,
  });

  const refuseStanding = async (subject: string): Promise<void> => {
    const lock = await limits.standing(space, counted(subject));
    if (lock) throw new Fault('locked', { until: lock.until, note: `${space} is locked` });
  };
  const refuseStopped = async (subject: string, citizenId: CitizenId | undefined): Promise<void> => {
    if (stopAfter === undefined) return;
    const { length, stopped } = await limits.streaks.read(streakOf(subject, citizenId));
    if (stopped || length >= stopAfter) throw new Fault('locked', { note: `${space} is disabled` });
  };

  return {
    async refuseLocked(subject, citizenId) {
      await Promise.all([refuseStopped(subject, citizenId), refuseStanding(subject)]);
    },
    async take(subject) {
      const { remaining, retryAfterSeconds } = await limits.trySpend(limit, counted(subject));
      if (remaining >= 0) return remaining;
      await refuseStanding(subject);
      throw new Fault('too_many', { retryAfterSeconds, note: `${limit.name} is spent` });
    },
    async wrong(subject, left, citizenId) {
      if (stopAfter !== undefined) {
        const streak = streakOf(subject, citizenId);
        const length = await limits.streaks.lengthen(streak);
        if (length >= stopAfter) await stop(options, streak, length, citizenId);
      }
      if (left === 0) await lock(options, counted(subject), citizenId);
    },
    async right(subject, _left, citizenId) {
      await Promise.all([
        limits.forgive(limit, counted(subject)),
        stopAfter === undefined ? undefined : limits.streaks.end(streakOf(subject, citizenId)),
      ]);
    },
  };
}

const aboutCitizen = (citizenId: CitizenId | undefined) => (citizenId === undefined ? {} : { citizenId });

async function lock(
  { limits, audit, clock, space, lockSeconds }: TriesOptions,
  subject: string,
  citizenId: CitizenId | undefined,
): Promise<never> {
  const until = addSeconds(clock.now(), lockSeconds);
  await audit.change(async (tx) => {
    await limits.lock(space, subject, until, tx);
    const data = { space, until: until.toISOString() };
    tx.record({ type: 'limit.locked', data, actor: 'system', ...aboutCitizen(citizenId) });
  });
  throw new Fault('locked', { until, note: `${space} is locked now` });
}

async function stop(
  { limits, audit, space }: TriesOptions,
  streak: Parameters<Limits['streaks']['stop']>[0],
  failures: number,
  citizenId: CitizenId | undefined,
): Promise<never> {
  await audit.change(async (tx) => {
    await limits.streaks.stop(streak, tx);
    tx.record({
      type: 'limit.stopped',
      data: { space, failures },
      actor: 'system',
      ...aboutCitizen(citizenId),
    });
  });
  throw new Fault('locked', { note: `${space} is disabled now` });
}
