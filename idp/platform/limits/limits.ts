// Limits and locks. A limit is declared beside the route that spends it; `tongxing limits` prints them all.
// Counters are short-lived (Ephemeral); locks and failures in a row are durable (Postgres), so that an emptied Redis
// forgets none of them.
import { hmacSha256 } from '../base/keyed.ts';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import type { Ephemeral, EphemeralKey, Rate, Spent } from '../store/ephemeral.ts';
import type { Postgres, Queryable } from '../store/postgres.ts';
import { countStanding, deleteEnded, readLockout, writeLockout } from './store.ts';
import { createStreaks, type Streaks } from './streaks.ts';

/** A declared limit. `per` says in words what is counted: 'phone number', 'address', 'account', 'claimed ID number'. */
export interface Limit extends Rate {
  readonly name: string;
  readonly per: string;
  readonly why: string;
}

export interface Lock {
  readonly until: Date;
}

export interface Limits {
  /** Registers a limit for `list` and returns it. Throws on a second declaration with other numbers. */
  declare(limit: Limit): Limit;
  list(): readonly Limit[];
  /**
   * Spends one from the limit for this subject. Throws Fault `too_many` with `retryAfterSeconds`.
   * The subject may be personal (a phone number, an address): it is keyed by HMAC before it leaves the process.
   */
  spend(limit: Limit, subject: string): Promise<void>;
  /** Like spend, but answers how many are left instead of throwing. -1: it was refused. */
  trySpend(
    limit: Limit,
    subject: string,
  ): Promise<{ readonly remaining: number; readonly retryAfterSeconds: number }>;
  /** Forgets what was spent (after a success). */
  forgive(limit: Limit, subject: string): Promise<void>;
  /**
   * Sets a durable lock; a later end wins over an earlier one. `within`: the transaction that also records why;
   * without one the lock is a statement of its own.
   */
  lock(space: string, subject: string, until: Date, within?: Queryable): Promise<void>;
  /** The standing lock, if any. Known and unknown accounts are asked the same way. */
  standing(space: string, subject: string): Promise<Lock | undefined>;
  /** How many standing locks would be lost with this key. */
  lockedUnder(keyId: string): Promise<number>;
  /** Failures in a row, which an emptied Redis does not forget. */
  readonly streaks: Streaks;
  /** Deletes locks that have ended and streaks that went quiet; for a job. Returns how many. */
  sweep(): Promise<number>;
}

export interface SubjectKey {
  readonly id: string;
  readonly material: Buffer;
}

/** The keys of the ring that this folder needs; a Keyring is one. */
export interface SubjectKeys {
  active(purpose: 'index'): SubjectKey;
  /** The active key, the next one, and those that have retired. */
  all(purpose: 'index'): readonly SubjectKey[];
}

export interface LimitsParts {
  readonly ephemeral: Ephemeral;
  readonly postgres: Postgres;
  readonly keyring: SubjectKeys;
  readonly clock: Clock;
}

export function createLimits({ ephemeral, postgres, keyring, clock }: LimitsParts): Limits {
  const declared = new Map<string, Limit>();
  // Subjects are phone numbers and addresses: few enough to be guessed from an unkeyed hash.
  const digest = (key: SubjectKey, space: string, subject: string): Buffer =>
    hmacSha256(key.material).update(`limits\0${space}\0${subject}`).digest();
  // Counters stand under the active key alone: each starts afresh once when that key rotates, which gives a guesser one
  // burst more in the years between two rotations. Locks outlast it.
  const keyOf = (limit: Limit, subject: string): EphemeralKey =>
    `limit:${limit.name}:${digest(keyring.active('index'), limit.name, subject).toString('base64url')}`;
  const take = (limit: Limit, subject: string): Promise<Spent> =>
    ephemeral.spend(keyOf(limit, subject), limit);
  const streaks = createStreaks({ postgres, keyring, clock, digest });

  return {
    declare(limit) {
      const before = declared.get(limit.name);
      if (before && (before.burst !== limit.burst || before.periodSeconds !== limit.periodSeconds))
        throw new Error(`limit ${limit.name} is declared twice with different numbers`);
      declared.set(limit.name, limit);
      return limit;
    },
    list: () => [...declared.values()],
    async spend(limit, subject) {
      const { allowed, retryAfterSeconds } = await take(limit, subject);
      if (!allowed) throw new Fault('too_many', { retryAfterSeconds, note: `limit ${limit.name}` });
    },
    async trySpend(limit, subject) {
      const { allowed, remaining, retryAfterSeconds } = await take(limit, subject);
      return { remaining: allowed ? remaining : -1, retryAfterSeconds };
    },
    forgive: (limit, subject) => ephemeral.delete(keyOf(limit, subject)),
    lock(space, subject, until, within = postgres) {
      const key = keyring.active('index');
      return writeLockout(within, { space, keyId: key.id, subject: digest(key, space, subject), until });
    },
    async standing(space, subject) {
      const subjects = keyring.all('index').map((key) => digest(key, space, subject));
      const until = await readLockout(postgres, space, subjects);
      return until && until > clock.now() ? { until } : undefined;
    },
    lockedUnder: (keyId) => countStanding(postgres, keyId, clock.now()),
    streaks,
    async sweep() {
      const swept = await Promise.all([deleteEnded(postgres, clock.now()), streaks.sweep()]);
      return swept.reduce((sum, rows) => sum + rows, 0);
    },
  };
}
