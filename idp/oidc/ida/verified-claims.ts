// Answers a `verified_claims` request (OpenID Connect for Identity Assurance 1.0, Final): only what was asked, nothing
// that misses a condition, never an error. Pure. Not here: whether service and citizen allow a claim (claims-parameter
// and consent), how the syntax is read (request.ts).
import type { Ial } from '../../assurance/assurance.ts';
import type { Fact } from './evidence.ts';
import type { Condition, Kept, VerifiedClaimsAsked } from './request.ts';
import { select } from './select.ts';
import { verificationOf, type Tree, type Verification } from './verification.ts';

export { identityAssuranceMetadata, type Fact } from './evidence.ts';
export { readVerifiedClaims, type Condition, type Kept } from './request.ts';

export type ClaimValue = string | boolean;

export interface VerifiedClaims {
  readonly verification: { readonly [name: string]: Tree };
  readonly claims: Readonly<Record<string, ClaimValue>>;
}

export interface Known {
  readonly issuer: URL;
  /** 0: nothing is verified, there is no answer. */
  readonly ial: Ial;
  readonly facts: readonly Fact[];
  /** What may be told inside, allowed by registration and consent. */
  readonly values: (claim: string, condition: Condition) => ClaimValue | undefined;
  /** Whether a value is one of those that the condition names. */
  readonly meets: (claim: string, value: ClaimValue, condition: Condition) => boolean;
  readonly now: Date;
}

/** False when the answer needs no evidence: then none is read. */
export const needsEvidence = ({ $asked }: Kept): boolean =>
  $asked.some(({ verification: { evidence, time, assurance_process: process } }) =>
    [evidence, time, process].some((part) => part !== undefined),
  );

/** Undefined: nothing that was asked can be met. An array exactly when an array was asked, each met on its own (5.6). */
export function verifiedClaims(
  asked: Kept,
  known: Known,
): VerifiedClaims | readonly VerifiedClaims[] | undefined {
  if (known.ial === 0) return undefined;
  const there = verificationOf(known.issuer, known.ial, known.facts, known.now);
  const given = asked.$asked.flatMap((one) => answer(one, there, known) ?? []);
  return asked.$form === 'array' && given.length > 0 ? given : given[0];
}

function answer(asked: VerifiedClaimsAsked, there: Verification, known: Known): VerifiedClaims | undefined {
  const selected = select(asked.verification, there as unknown as Tree, known.now);
  if (selected.is !== 'given') return undefined;
  const verification = withoutDangling(selected.value as VerifiedClaims['verification']);
  const claims = Object.entries(asked.claims).flatMap(([claim, condition]) => {
    const value = known.values(claim, condition);
    return value !== undefined && known.meets(claim, value, condition) ? [[claim, value] as const] : [];
  });
  return { verification, claims: Object.fromEntries(claims) };
}

type Process = { readonly [name: string]: Tree };
type Detail = { readonly evidence_ref?: readonly { readonly check_id: string }[] };

/** A reference to a check that is not told leads nowhere: it goes, and so does what it leaves empty. */
function withoutDangling(verification: VerifiedClaims['verification']): VerifiedClaims['verification'] {
  const { assurance_process: process, ...others } = verification;
  if (process === undefined) return verification;
  const { assurance_details: details, ...named } = process as Process;
  const told = new Set(checkIds(verification['evidence'] as readonly Process[] | undefined));
  const kept = ((details ?? []) as readonly Detail[]).flatMap(({ evidence_ref: refs, ...detail }) => {
    const resolved = (refs ?? []).filter((ref) => told.has(ref.check_id));
    const one: Process = { ...detail, ...(resolved.length > 0 ? { evidence_ref: resolved } : {}) };
    return Object.keys(one).length > 0 ? [one] : [];
  });
  const left: Process = { ...named, ...(kept.length > 0 ? { assurance_details: kept } : {}) };
  return Object.keys(left).length > 0 ? { ...others, assurance_process: left } : others;
}

function checkIds(evidence: readonly Process[] | undefined): readonly string[] {
  const checks = (evidence ?? []).flatMap((one) => (one['check_details'] ?? []) as readonly Process[]);
  return checks.flatMap(({ check_id: id }) => (typeof id === 'string' ? [id] : []));
}
