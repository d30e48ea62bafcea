// Stored evidence in the words of the OpenID Identity Assurance Schema Definition 1.0: what each method is, and the
// names that are ours. Pure. Identifiers of our own are addresses under the issuer, so that nobody else's collide.
import type { Ial } from '../../assurance/assurance.ts';

/** One match, as proofing keeps it. */
export interface Fact {
  readonly checkId: string;
  /** Such as 'population_register.name_number'. */
  readonly method: string;
  readonly at: Date;
  readonly ial: Ial;
}

/** How a method is told to a service. */
export interface Described {
  readonly record: string;
  readonly organization: string;
  readonly source: string;
  readonly classification: string;
}

export const ASSURANCE_LEVELS: Readonly<Record<Exclude<Ial, 0>, string>> = {
  1: 'real-name-basic',
  2: 'real-name',
  3: 'real-person',
  4: 'real-person-plus',
};

export const trustFramework = (issuer: URL): string =>
  new URL('/trust-framework/cn-gov-realname', issuer).href;

/** Describes a method by its register, the part before the dot. */
export function describe(issuer: URL, method: string): Described {
  const [register = method] = method.split('.');
  const own = (record: string): string => new URL(`/record/${record}`, issuer).href;
  switch (register) {
    case 'population_register':
      return {
        record: 'population_register',
        organization: 'National Population Basic Information Database (Ministry of Public Security)',
        source: 'Ministry of Public Security',
        classification: 'authoritative-source-match',
      };
    case 'mobile_operator':
      return {
        record: own('mobile-subscription'),
        organization: 'Real-name register of the mobile operator',
        source: 'Mobile operator',
        classification: 'subscriber-match-with-possession',
      };
    default:
      return {
        record: own(register.replaceAll('_', '-')),
        organization: register.replaceAll('_', ' '),
        source: register.replaceAll('_', ' '),
        classification: 'register-match',
      };
  }
}

/** Discovery metadata (OpenID Connect for Identity Assurance 1.0, 8). No document is examined, so none is listed. */
export function identityAssuranceMetadata(
  issuer: URL,
  methods: readonly string[],
  claims: readonly string[],
): Readonly<Record<string, unknown>> {
  const records = [...new Set(methods.map((method) => describe(issuer, method).record))];
  return {
    verified_claims_supported: true,
    trust_frameworks_supported: [trustFramework(issuer)],
    claims_in_verified_claims_supported: claims,
    ...(records.length > 0
      ? { evidence_supported: ['electronic_record'], electronic_records_supported: records }
      : {}),
  };
}
