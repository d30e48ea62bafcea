// Everything there is to say about how an identity was proven, before anything is left out. Pure.
import type { Ial } from '../../assurance/assurance.ts';
import type { DocumentKind } from '../../citizens/citizens.ts';
import {
  ASSURANCE_LEVELS,
  describe,
  documentType,
  trustFramework,
  type Check,
  type Described,
  type Fact,
} from './evidence.ts';

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

/**
 * The newest match of each method that the level of now can rest on. What was graded higher once, found weak since, or has
 * ended does not count.
 */
function standing(facts: readonly Fact[], ial: Ial, now: Date): readonly Fact[] {
  const newest = new Map<string, Fact>();
  for (const fact of facts) {
    const ended = fact.expiresAt !== undefined && fact.expiresAt <= now;
    if (fact.ial > ial || fact.regraded === true || ended) continue;
    const known = newest.get(fact.method);
    if (!known || known.at < fact.at) newest.set(fact.method, fact);
  }
  return [...newest.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Of a citizen whose identity is proven. Facts in any order. */
export function verificationOf(
  issuer: URL,
  ial: Exclude<Ial, 0>,
  facts: readonly Fact[],
  now: Date,
): Verification {
  const counted = standing(facts, ial, now);
  const last = counted.at(-1);
  return {
    trust_framework: trustFramework(issuer),
    assurance_level: ASSURANCE_LEVELS[ial],
    assurance_process: {
      policy: new URL('/policy/identity-proofing', issuer).href,
      procedure: `ial-${ial}`,
      ...(last ? { assurance_details: counted.flatMap((fact) => detailsOf(issuer, fact)) } : {}),
    },
    ...(last ? { time: textOf(last.at) } : {}),
    evidence: counted.map((fact) => evidenceOf(issuer, fact)),
  };
}

/** An auditor finds the event by what stands before the dot; a reference must lead to one check of several. */
const checkIdOf = ({ checkId }: Fact, { method }: Check, { checks }: Described): string =>
  checks.length > 1 ? `${checkId}.${method}` : checkId;

function detailsOf(issuer: URL, fact: Fact): readonly Tree[] {
  const described = describe(issuer, fact.method);
  return described.checks.map((check) => ({
    assurance_type: check.assurance,
    assurance_classification: check.classification,
    evidence_ref: [{ check_id: checkIdOf(fact, check, described) }],
  }));
}

function evidenceOf(issuer: URL, fact: Fact): Readonly<Record<string, Tree>> {
  const described = describe(issuer, fact.method);
  const { organization, record, checks } = described;
  const check_details = checks.map((check) => ({
    check_method: check.method,
    organization,
    check_id: checkIdOf(fact, check, described),
    time: textOf(fact.at),
  }));
  if (record) {
    const source = { name: record.source, ...CHINA };
    return { type: 'electronic_record', check_details, record: { type: record.type, source } };
  }
  const document = fact.document && { document_details: documentOf(issuer, fact.document) };
  return { type: 'document', check_details, ...document };
}

const CHINA = { country_code: 'CHN', jurisdiction: 'CN' };

/** Which state issued a passport is not kept with the evidence; all other kinds are issued here. */
function documentOf(issuer: URL, kind: DocumentKind): Tree {
  const type = documentType(issuer, kind);
  return kind === 'PASSPORT' ? { type } : { type, issuer: CHINA };
}
