// How the identity level of an account stands and moves. Pure.
import type { Ial } from '../assurance/assurance.ts';

export interface IdentityLevel {
  readonly ial: Ial;
  /** Undefined: it does not expire. */
  readonly ialExpiresAt: Date | undefined;
}

/** The level at this instant: 0 once it has expired. An expiry at this very instant has passed. */
export function effectiveIal({ ial, ialExpiresAt }: IdentityLevel, at: Date): Ial {
  return ialExpiresAt !== undefined && ialExpiresAt <= at ? 0 : ial;
}

/**
 * The level after new evidence, or undefined when what stands is as good: a higher level wins, at the same level the
 * later expiry wins. Nothing is ever lowered or shortened.
 */
export function raised(standing: IdentityLevel, offered: IdentityLevel, at: Date): IdentityLevel | undefined {
  const has = effectiveIal(standing, at);
  const gets = effectiveIal(offered, at);
  if (gets > has) return offered;
  return gets === has && gets > 0 && later(offered.ialExpiresAt, standing.ialExpiresAt) ? offered : undefined;
}

function later(one: Date | undefined, other: Date | undefined): boolean {
  if (other === undefined) return false;
  return one === undefined || one > other;
}
