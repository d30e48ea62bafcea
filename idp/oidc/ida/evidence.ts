// Stored evidence in the words of the OpenID Identity Assurance Schema Definition 1.0: what each method is, and the
// names that are ours. Pure. Words of openid.net/wg/ekyc-ida/identifiers where there is one; identifiers of our own are
// addresses under the issuer, so that nobody else's collide.
import type { Ial } from '../../assurance/assurance.ts';
import { DOCUMENT_KINDS, type DocumentKind } from '../../citizens/citizens.ts';

/** One match, as proofing keeps it. What else is kept of it (`details`, officers, offices) has no place here. */
export interface Fact {
  readonly checkId: string;
  /** Such as 'population_register.name_number'. */
  readonly method: string;
  readonly at: Date;
  readonly ial: Ial;
  /** When what it proves ends; undefined: with the level. */
  readonly expiresAt?: Date | undefined;
  /** True: found weak since; it proves nothing any more. */
  readonly regraded?: boolean;
  /** Undefined: no document was presented. */
  readonly document?: DocumentKind | undefined;
}

/** One thing that was done to make sure. */
export interface Check {
  readonly method: 'data' | 'auth' | 'vcrypt' | 'bvr' | 'bvp';
  readonly assurance: 'evidence_validation' | 'verification';
  readonly classification: string;
}

/** How a method is told to a service. */
export interface Described {
  readonly organization: string;
  /** Undefined: a document was examined, not a record. */
  readonly record: { readonly type: string; readonly source: string } | undefined;
  readonly checks: readonly Check[];
}

export const ASSURANCE_LEVELS: Readonly<Record<Exclude<Ial, 0>, string>> = {
  1: 'real-name-basic',
  2: 'real-name',
  3: 'real-person',
  4: 'real-person-plus',
};

export const trustFramework = (issuer: URL): string =>
  new URL('/trust-framework/cn-gov-realname', issuer).href;

const POPULATION_REGISTER = { type: 'population_register', source: 'Ministry of Public Security' };

const data = (classification: string): Check => ({
  method: 'data',
  assurance: 'evidence_validation',
  classification,
});
const FACE: Check = { method: 'bvr', assurance: 'verification', classification: 'face-1to1-liveness' };

/** By register, the part of a method before the dot. */
const METHODS = {
  population_register: {
    organization: 'National Population Basic Information Database (Ministry of Public Security)',
    record: POPULATION_REGISTER,
    checks: [data('authoritative-source-match')],
  },
  mobile_operator: {
    organization: 'Real-name register of the mobile operator',
    record: { type: '/record/mobile-subscription', source: 'Mobile operator' },
    checks: [data('subscriber-match-with-possession')],
  },
  bank_card: {
    organization: 'Bank-card network',
    record: { type: 'bank_account', source: 'Bank that issued the card' },
    checks: [data('account-holder-match-with-possession')],
  },
  face: {
    organization: 'Face verification service of the National Population Basic Information Database',
    record: POPULATION_REGISTER,
    checks: [FACE],
  },
  network_identity: {
    organization: 'National network identity service',
    record: { type: '/record/network-identity', source: 'Ministry of Public Security' },
    checks: [
      { method: 'auth', assurance: 'verification', classification: 'network-identity-presented' },
      FACE,
    ],
  },
  counter: {
    organization: 'Government service counter',
    record: undefined,
    checks: [
      { method: 'vcrypt', assurance: 'evidence_validation', classification: 'chip-read-by-officer' },
      { method: 'bvp', assurance: 'verification', classification: 'face-compared-by-officer' },
    ],
  },
} as const satisfies Readonly<Record<string, Described>>;

const isKnown = (register: string): register is keyof typeof METHODS => Object.hasOwn(METHODS, register);

/** A path becomes an address under the issuer; a word of the list of identifiers stays. */
const identifier = (issuer: URL, type: string): string =>
  type.startsWith('/') ? new URL(type, issuer).href : type;

export function describe(issuer: URL, method: string): Described {
  const [register = method] = method.split('.');
  const source = register.replaceAll('_', ' ');
  const { record, ...others }: Described = isKnown(register)
    ? METHODS[register]
    : {
        organization: source,
        record: { type: `/record/${register.replaceAll('_', '-')}`, source },
        checks: [data('register-match')],
      };
  return { ...others, record: record && { ...record, type: identifier(issuer, record.type) } };
}

const DOCUMENT_TYPES: Readonly<Record<DocumentKind, string>> = {
  CN_RIC: 'idcard',
  CN_HMT_RP: 'residence_permit',
  CN_FPR_2017: 'residence_permit',
  CN_FPR_2023: 'residence_permit',
  PASSPORT: 'passport',
  HM_PERMIT: '/document/hong-kong-macao-travel-permit',
  TW_PERMIT: '/document/taiwan-travel-permit',
};

/** `document_details.type`. */
export const documentType = (issuer: URL, kind: DocumentKind): string =>
  identifier(issuer, DOCUMENT_TYPES[kind]);

/** Discovery metadata (OpenID Connect for Identity Assurance 1.0, 8): only what the methods that are on can bring. */
export function identityAssuranceMetadata(
  issuer: URL,
  methods: readonly string[],
  claims: readonly string[],
): Readonly<Record<string, unknown>> {
  const described = methods.map((method) => describe(issuer, method));
  const records = described.flatMap(({ record }) => record?.type ?? []);
  const examining = described.filter(({ record }) => record === undefined);
  return {
    verified_claims_supported: true,
    trust_frameworks_supported: [trustFramework(issuer)],
    claims_in_verified_claims_supported: claims,
    ...(methods.length > 0
      ? {
          evidence_supported: [
            ...(records.length > 0 ? ['electronic_record'] : []),
            ...(examining.length > 0 ? ['document'] : []),
          ],
        }
      : {}),
    ...(records.length > 0 ? { electronic_records_supported: unique(records) } : {}),
    ...(examining.length > 0 ? documentMetadata(issuer, examining) : {}),
  };
}

function documentMetadata(issuer: URL, examining: readonly Described[]): Readonly<Record<string, unknown>> {
  return {
    documents_supported: unique(DOCUMENT_KINDS.map((kind) => documentType(issuer, kind))),
    documents_check_methods_supported: unique(
      examining.flatMap(({ checks }) => checks.map(({ method }) => method)),
    ),
  };
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
