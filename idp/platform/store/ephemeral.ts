// Short-lived state: one contract, two back ends (ephemeral-redis.ts, ephemeral-postgres.ts), the same tests for
// both. Every entry has a time to live. Every method is one round trip and atomic. Values are JSON. A store that does
// not answer, or refuses writes, is Fault `unavailable` from every method within 2 s.
import { createHash } from 'node:crypto';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * `<kind>:<digest>`. Keys never hold a secret or personal value: the part after the kind is a SHA-256 or HMAC of it
 * (use `keyOf`), or an internal identifier. A `{tag}` inside keeps related keys in one Redis Cluster slot.
 */
export type EphemeralKey = string;

/**
 * `<kind>:<SHA-256 of the secret, base64url>`. `tag`: text that related keys share, to keep them in one slot.
 * keyOf('code', value) · keyOf('session', id, grantId) -> `session:{grantId}:<digest>`
 */
export function keyOf(kind: string, secret: string, tag?: string): EphemeralKey {
  const digest = createHash('sha256').update(secret).digest('base64url');
  return tag === undefined ? `${kind}:${digest}` : `${kind}:{${tag}}:${digest}`;
}

/** A time to live as whole seconds, at least 1. Throws a plain Error for anything that is not a number. */
export function wholeSeconds(ttlSeconds: number): number {
  if (!Number.isFinite(ttlSeconds)) throw new Error(`${ttlSeconds} is not a time to live`);
  return Math.max(1, Math.ceil(ttlSeconds));
}

export interface Kept {
  readonly value: Json;
  /** True after `claim`. */
  readonly claimed: boolean;
}

/** A GCRA limit: at most `burst` at once, refilled evenly so that `burst` come back every `periodSeconds`. */
export interface Rate {
  readonly burst: number;
  readonly periodSeconds: number;
}

export interface Spent {
  readonly allowed: boolean;
  /** Whole tokens left after this spend. */
  readonly remaining: number;
  /** 0 when allowed, else whole seconds until one token is back. */
  readonly retryAfterSeconds: number;
}

export interface Ephemeral {
  /** Writes or overwrites; resets `claimed`. `group` makes the entry removable by `dropGroup`. */
  put(key: EphemeralKey, value: Json, ttlSeconds: number, group?: string): Promise<void>;
  get(key: EphemeralKey): Promise<Kept | undefined>;
  /** Reads and deletes: of any number of parallel callers exactly one gets the value. */
  take(key: EphemeralKey): Promise<Json | undefined>;
  /** Marks as used, keeping value and life: of any number of parallel callers exactly one gets 'claimed'. */
  claim(key: EphemeralKey): Promise<'claimed' | 'already' | 'gone'>;
  /** Writes only if absent. True for exactly one of any number of parallel callers. */
  once(key: EphemeralKey, value: Json, ttlSeconds: number): Promise<boolean>;
  /** Takes `cost` (default 1) tokens if there are enough; a refused spend takes nothing. Exact under parallel calls. */
  spend(key: EphemeralKey, rate: Rate, cost?: number): Promise<Spent>;
  /**
   * Session write: overwrites the entry with `value`, except that `value[field]` (an object) keeps the members that
   * stand in the stored entry and are missing in `value`, provided both entries have the same `value[same]`.
   * Parallel sign-ins to several services in one session must not lose each other's authorizations. Only what
   * `merge` wrote is merged with: an entry of `put` is overwritten whole. An absent `value[field]` is read back as {}.
   */
  merge(
    key: EphemeralKey,
    value: { readonly [key: string]: Json | undefined },
    ttlSeconds: number,
    field: string,
    same: string,
  ): Promise<void>;
  /**
   * Follows a pointer entry (whose value is another key). One round trip; on a Redis Cluster a second one when the two
   * keys share no `{hash tag}`.
   */
  follow(key: EphemeralKey): Promise<Kept | undefined>;
  delete(...keys: EphemeralKey[]): Promise<void>;
  /** Deletes all entries written with this group. What is being written at the same moment may stay. */
  dropGroup(group: string): Promise<void>;
  /** One round trip; throws Fault `unavailable` when the store does not answer or refuses writes. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
