// Notices attacks that no single limit sees: many wrong passwords in the whole system, and one password on many
// accounts. Counted for all nodes together; each node learns the count with the wrong passwords that it answers itself,
// so that a right password costs no look-up.
import type { Audit } from '../../../audit/audit.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { seconds } from '../../../platform/base/duration.ts';
import { hmacSha256 } from '../../../platform/base/keyed.ts';
import type { Keyring } from '../../../platform/crypto/keyring.ts';
import type { Limits } from '../../../platform/limits/limits.ts';
import { keyOf, type Ephemeral } from '../../../platform/store/ephemeral.ts';
import type { Metrics } from '../../../platform/telemetry/metrics.ts';
import { normalisePassword } from '../hashing.ts';
import type { PasswordSettings } from '../settings.ts';

export interface WatchParts {
  readonly limits: Limits;
  readonly ephemeral: Ephemeral;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly settings: PasswordSettings;
}

export interface Watch {
  /** True while the whole system sees too many wrong passwords. */
  pressed(): boolean;
  /** True while this password is being tried on many accounts. */
  sprayed(password: string): boolean;
  /** Counts one wrong password. Throws Fault `unavailable`. */
  failed(password: string): Promise<void>;
}

/** How long a node believes that the attack goes on after the last wrong password that was too many. */
const BELIEF_SECONDS = 60;
/** Sprayed passwords that one node remembers; a sprayer has few, or it is no spraying. */
const MOST = 10_000;
/** 24 bits: enough to tell passwords apart within a window, too few to try guesses against the count afterwards. */
const DIGEST_BYTES = 3;

export function createWatch(parts: WatchParts): Watch {
  const { limits, ephemeral, keyring, audit, clock, settings } = parts;
  const windowSeconds = seconds(settings.sprayingWindow);
  const failures = limits.declare({
    name: 'password.failures',
    per: 'whole system',
    burst: settings.failuresPerMinute,
    periodSeconds: 60,
    why: 'an attack from many addresses is seen nowhere but in the sum of wrong passwords; proof is asked then',
  });
  const same = limits.declare({
    name: 'password.same',
    per: 'wrong password',
    burst: settings.sprayingFrom,
    periodSeconds: windowSeconds,
    why: 'one password on many accounts stays under every count by account (spraying); proof is asked for it then',
  });
  const countSpraying = parts.metrics.counter(
    'password_spraying_total',
    'Wrong passwords that were being tried on many accounts',
    [],
  );
  const now = (): number => clock.now().getTime();
  const sprayedUntil = new Map<string, number>();
  let pressedUntil = 0;

  const digestOf = (password: string): string =>
    hmacSha256(keyring.active('pepper').material)
      .update(`spraying\0${normalisePassword(password)}`)
      .digest()
      .subarray(0, DIGEST_BYTES)
      .toString('base64url');

  const noteSpraying = async (digest: string): Promise<void> => {
    countSpraying();
    sprayedUntil.delete(digest);
    sprayedUntil.set(digest, now() + windowSeconds * 1000);
    const [oldest] = sprayedUntil.keys();
    if (sprayedUntil.size > MOST && oldest !== undefined) sprayedUntil.delete(oldest);
    if (!(await ephemeral.once(keyOf('spraying', digest), 1, windowSeconds))) return;
    const data = { failures: settings.sprayingFrom, windowSeconds };
    audit.note({ type: 'attack.spraying', data, actor: 'system' });
  };

  return {
    pressed: () => now() < pressedUntil,
    sprayed: (password) => now() < (sprayedUntil.get(digestOf(password)) ?? 0),
    async failed(password) {
      const digest = digestOf(password);
      const [all, one] = await Promise.all([limits.trySpend(failures, 'all'), limits.trySpend(same, digest)]);
      if (all.remaining < 0) pressedUntil = now() + BELIEF_SECONDS * 1000;
      if (one.remaining <= 0) await noteSpraying(digest);
    },
  };
}
