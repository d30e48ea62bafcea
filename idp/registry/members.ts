// The members of a client's registration: which there are, of what kind, which of them the protocol engine reads.
// RFC 7591 section 2, OpenID Connect Registration 1.0 section 2, RP-Initiated and Back-Channel Logout 1.0, RFC 9126,
// RFC 9449, RFC 8705. Pure.
import { MEMBER_RULES, type Rule } from './checks/rules.ts';
import { isRecord } from './claims.ts';

type Kind = 'text' | 'texts' | 'uri' | 'uris' | 'flag' | 'count' | 'object';

export interface Member {
  readonly kind: Kind;
  /** False: kept with the registration, without effect on the protocol. */
  readonly engine: boolean;
}

const engine = (kind: Kind): Member => ({ kind, engine: true });
const kept = (kind: Kind): Member => ({ kind, engine: false });

const MEMBERS: Readonly<Record<string, Member>> = {
  client_id: engine('text'),
  client_name: engine('text'),
  client_uri: engine('uri'),
  // Kept with the secret itself: two may count, each until its own day.
  client_secret_expires_at: kept('count'),
  application_type: engine('text'),
  contacts: engine('texts'),
  redirect_uris: engine('uris'),
  post_logout_redirect_uris: engine('uris'),
  backchannel_logout_uri: engine('uri'),
  backchannel_logout_session_required: engine('flag'),
  initiate_login_uri: engine('uri'),
  grant_types: engine('texts'),
  response_types: engine('texts'),
  response_modes: engine('texts'),
  scope: engine('text'),
  subject_type: engine('text'),
  token_endpoint_auth_method: engine('text'),
  token_endpoint_auth_signing_alg: engine('text'),
  id_token_signed_response_alg: engine('text'),
  userinfo_signed_response_alg: engine('text'),
  userinfo_encrypted_response_alg: engine('text'),
  userinfo_encrypted_response_enc: engine('text'),
  introspection_signed_response_alg: engine('text'),
  authorization_signed_response_alg: engine('text'),
  request_object_signing_alg: engine('text'),
  require_signed_request_object: engine('flag'),
  require_pushed_authorization_requests: engine('flag'),
  dpop_bound_access_tokens: engine('flag'),
  require_auth_time: engine('flag'),
  default_max_age: engine('count'),
  default_acr_values: engine('texts'),
  tls_client_auth_subject_dn: engine('text'),
  tls_client_auth_san_dns: engine('text'),
  tls_client_auth_san_uri: engine('text'),
  tls_client_auth_san_ip: engine('text'),
  tls_client_auth_san_email: engine('text'),
  jwks: engine('object'),
  jwks_uri: engine('uri'),
  logo_uri: engine('uri'),
  policy_uri: engine('uri'),
  tos_uri: engine('uri'),
  software_id: kept('text'),
  software_version: kept('text'),
  client_id_issued_at: kept('count'),
  registration_client_uri: kept('uri'),
  // The sector is the owning unit: services of one unit see one subject, whatever their hosts.
  sector_identifier_uri: kept('uri'),
  frontchannel_logout_uri: kept('uri'),
  frontchannel_logout_session_required: kept('flag'),
  request_uris: kept('texts'),
};

/** Standard members whose silent neglect would leave a service less safe than it believes. */
const REFUSED: Readonly<Record<string, Rule>> = {
  software_statement: MEMBER_RULES.statement,
  registration_access_token: MEMBER_RULES.foreign,
  tongxing_first_party: MEMBER_RULES.firstParty,
};

const TAGGED = /^(client_name|client_uri|logo_uri|policy_uri|tos_uri)#[A-Za-z0-9-]{2,35}$/;

export function memberOf(name: string): Member | undefined {
  if (Object.hasOwn(MEMBERS, name)) return MEMBERS[name];
  const base = TAGGED.exec(name)?.[1];
  return base === undefined ? undefined : { kind: MEMBERS[base]?.kind ?? 'text', engine: false };
}

/** Why a member that is not known to `memberOf` is refused, with the fix. */
export function refusalOf(name: string): Rule {
  if (Object.hasOwn(REFUSED, name)) return REFUSED[name]!;
  if (/_encrypt(ed_response|ion)_(alg|enc)$/.test(name)) return MEMBER_RULES.encrypted;
  const near = [...Object.keys(MEMBERS), ...OURS].find((known) => distance(known, name) <= 2);
  return near === undefined ? MEMBER_RULES.unknown : MEMBER_RULES.near(near);
}

/** Members that only this provider knows. */
export const OURS = [
  'client_secret',
  'tongxing_unit',
  'tongxing_domain',
  'tongxing_minimum_level',
  'tongxing_claims',
  'tongxing_logo',
] as const;

/** What is wrong with the kind of a value, with the fix; undefined when it is right. */
export function faultOfKind(kind: Kind, value: unknown): Rule | undefined {
  const { fits, rule } = KINDS[kind];
  return fits(value) ? undefined : rule;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const TEXT = { fits: isText, rule: MEMBER_RULES.text };
const TEXTS = { fits: isTexts, rule: MEMBER_RULES.texts };

const KINDS: Readonly<Record<Kind, { fits: (value: unknown) => boolean; rule: Rule }>> = {
  text: TEXT,
  uri: TEXT,
  texts: TEXTS,
  uris: TEXTS,
  flag: { fits: (value) => typeof value === 'boolean', rule: MEMBER_RULES.flag },
  count: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    rule: MEMBER_RULES.count,
  },
  object: { fits: isRecord, rule: MEMBER_RULES.object },
};

/** Levenshtein distance, for names of at most a few dozen letters. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
