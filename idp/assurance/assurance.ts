// What level was reached, what is asked, what is missing. Pure. Not here: how evidence is gathered (proofing/,
// factors/) and how the engine is told (oidc/policy.ts).
import { ELSEWHERE, FACTOR_KINDS, LADDER, type Aal, type Ial, type Level, type Rung } from './table.ts';

export { ELSEWHERE, LADDER, type Aal, type Ial, type Level, type Rung } from './table.ts';
export {
  asksOperator,
  assess,
  within,
  withoutRefused,
  type Assessment,
  type Reason,
  type Signals,
} from './risk.ts';

/** What an account and its session have. */
export interface Assured {
  readonly ial: Ial;
  /** RFC 8176 values of this session. */
  readonly amr: readonly string[];
}

/** What a request asks: the lowest acceptable rung, and whether less is an error. */
export interface Demand {
  readonly level: Level;
  readonly essential: boolean;
}

/** The factor level of a session: two different kinds make 2, a device-bound key with user verification makes 3. */
export function aalOf(amr: readonly string[]): Aal {
  if (amr.includes('hwk') && amr.includes('user')) return 3;
  if (amr.includes('swk') && amr.includes('user')) return 2;
  const kinds = new Set(
    amr.filter((method) => method !== ELSEWHERE).flatMap((method) => FACTOR_KINDS[method] ?? []),
  );
  if (kinds.size >= 2) return 2;
  return kinds.size === 1 || amr.includes(ELSEWHERE) ? 1 : 0;
}

/**
 * Whether a sign-in that was approved on another device may serve this level. Where two factors are asked it may not: who
 * approves cannot see whose computer asks (RFC 10027), and there is nothing here that a second factor could add to.
 */
export function servesElsewhere(level: Level): boolean {
  return rungOf(level).aal < 2;
}

/** The highest rung that is met, or undefined before any factor was shown. */
export function reached(has: Assured): Rung | undefined {
  const aal = aalOf(has.amr);
  return LADDER.findLast((rung) => has.ial >= rung.ial && aal >= rung.aal);
}

export function rungOf(level: Level): Rung {
  const rung = LADDER.find((candidate) => candidate.level === level);
  if (!rung) throw new Error(`no such level: ${level}`);
  return rung;
}

export function levelOfAcr(acr: string): Level | undefined {
  return LADDER.find((rung) => rung.acr === acr)?.level;
}

/** Which is the higher demand of two. */
export function higher(a: Level, b: Level): Level {
  return LADDER.indexOf(rungOf(a)) >= LADDER.indexOf(rungOf(b)) ? a : b;
}

/** True when the account and session stand on the asked rung or above it. */
export function satisfies(asked: Level, has: Assured): boolean {
  const rung = rungOf(asked);
  return has.ial >= rung.ial && aalOf(has.amr) >= rung.aal;
}

/** Which axis falls short of the asked rung, proof of identity first: a factor is of no use on an unproven account. */
export function missing(asked: Level, has: Assured): 'nothing' | 'identity' | 'factor' {
  const rung = rungOf(asked);
  if (has.ial < rung.ial) return 'identity';
  return aalOf(has.amr) < rung.aal ? 'factor' : 'nothing';
}

/**
 * Whether anyone can reach a level when authorities give at most `ceiling` and these factors are on. A service may ask
 * for more; it is then told at once instead of sending its citizens through pages that cannot help.
 */
export function levelsWithin(
  ceiling: Ial,
  factors: readonly (readonly string[])[],
): (level: Level) => boolean {
  const best: Assured = { ial: ceiling, amr: [...factors.flat(), 'user'] };
  return (level) => satisfies(level, best);
}
