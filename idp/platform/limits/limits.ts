// Limits and locks. A limit is declared beside the route that spends it; `tongxing limits` prints them all.
// Counters are short-lived (Ephemeral); locks are durable (Postgres), so that an emptied Redis forgets no lock.
import type { Rate } from '../store/ephemeral.ts';

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
  /** Sets a durable lock; a later end wins over an earlier one. */
  lock(space: string, subject: string, until: Date): Promise<void>;
  /** The standing lock, if any. Known and unknown accounts are asked the same way. */
  standing(space: string, subject: string): Promise<Lock | undefined>;
}
