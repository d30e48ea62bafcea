// Everything there is to say about how an identity was proven, before anything is left out. Pure.
import type { Ial } from '../../assurance/assurance.ts';
import { ASSURANCE_LEVELS, describe, trustFramework, type Fact } from './evidence.ts';

/** A tree of texts. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

export interface Verification {
  readonly trust_framework: string;
  readonly assurance_level: string;
  readonly assurance_process: Readonly<Record<string, Tree>>;
  readonly time?: string;
  readonly evidence: readonly Readonly<Record<string, Tree>>[];
}

/** RFC 3339 in UTC, to the second. */
const textOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** The newest match of each method that the level of now can rest on: what was graded higher once does not count. */
function standing(facts: readonly Fact[], ial: Ial): readonly Fact[] {
  const newest = new Map<string, Fact>();
  for (const fact of facts) {
    const known = newest.get(fact.method);
    if (fact.ial <= ial && (!known || known.at < fact.at)) newest.set(fact.method, fact);
  }
  return [...newest.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Of a citizen whose identity is proven. Facts in any order. */
export function verificationOf(issuer: URL, ial: Exclude<Ial, 0>, facts: readonly Fact[]): Verification {
  const counted = standing(facts, ial);
  const last = counted.at(-1);
  return {
    trust_framework: trustFramework(issuer),
    assurance_level: ASSURANCE_LEVELS[ial],
    assurance_process: {
      policy: new URL('/policy/identity-proofing', issuer).href,
      procedure: `ial-${ial}`,
      ...(last ? { assurance_details: counted.map((fact) => detailOf(issuer, fact)) } : {}),
    },
    ...(last ? { time: textOf(last.at) } : {}),
    evidence: counted.map((fact) => recordOf(issuer, fact)),
  };
}

function detailOf(issuer: URL, { method, checkId }: Fact): Tree {
  return {
    assurance_type: 'evidence_validation',
    assurance_classification: describe(issuer, method).classification,
    evidence_ref: [{ check_id: checkId }],
  };
}

function recordOf(issuer: URL, { method, checkId, at }: Fact): Readonly<Record<string, Tree>> {
  const { record, organization, source } = describe(issuer, method);
  return {
    type: 'electronic_record',
    check_details: [{ check_method: 'data', organization, check_id: checkId, time: textOf(at) }],
    record: { type: record, source: { name: source, country_code: 'CHN', jurisdiction: 'CN' } },
  };
}
