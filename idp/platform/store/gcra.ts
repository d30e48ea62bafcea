// The arithmetic of a limit, in whole microseconds so that both back ends count alike: a bucket is one instant, the
// theoretical arrival time (GCRA, ITU-T I.371 annex A). Pure.
import type { Rate } from './ephemeral.ts';

export interface Gcra {
  /** Microseconds one token takes to come back. */
  readonly emission: number;
  /** How far the arrival time may run ahead of now: a full bucket. */
  readonly tolerance: number;
  /** By how much this spend moves the arrival time. */
  readonly increment: number;
}

/** Throws a plain Error for a rate or cost that could never be met. */
export function gcra(rate: Rate, cost: number): Gcra {
  const whole = Number.isSafeInteger(rate.burst) && Number.isSafeInteger(cost);
  if (!whole || cost < 1 || cost > rate.burst || !(rate.periodSeconds > 0))
    throw new Error(`cannot spend ${cost} of ${rate.burst} per ${rate.periodSeconds} s`);
  // Rounded down, and the tolerance from the rounded value: with fractions the last token of a burst would be refused.
  const emission = Math.max(1, Math.floor((rate.periodSeconds * 1e6) / rate.burst));
  return { emission, tolerance: emission * rate.burst, increment: emission * cost };
}

/** Whole tokens that are left when the arrival time stands `ahead` microseconds after now. */
export function tokensLeft({ emission, tolerance }: Gcra, ahead: number): number {
  return Math.max(0, Math.floor((tolerance - Math.max(0, ahead)) / emission));
}

/** Whole seconds, at least 1, after which a spend that was refused would pass. */
export function retryAfter({ tolerance, increment }: Gcra, ahead: number): number {
  return Math.max(1, Math.ceil((ahead + increment - tolerance) / 1e6));
}
