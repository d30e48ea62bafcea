// Reads one client registration as a service brings it: standard OIDC client metadata and our own members. Pure:
// what comes out is complete and checked, or a list of everything that is wrong.
import { randomBytes } from 'node:crypto';
import type { Level } from '../assurance/assurance.ts';
import { among, complaintOf, lineOf, RULES, type Complain, type Complaint } from './checks/rules.ts';
import { claimsOfScope, DEFAULT_SCOPE, faultOfScope, isRecord, readClaims, type Claims } from './claims.ts';
import { checkEncryption, encryptionDefaults } from './encryption.ts';
import { isBrought, logoAddress, readLogo, type Brought } from './logos/bringing.ts';
import { faultOfKind, memberOf, OURS, refusalOf } from './members.ts';
import type { Bilingual } from './registry.ts';
import { faultOfUri } from './uris.ts';

/** A registration with its defaults filled in. Plain JSON; no secret. */
export interface Registration {
  /** Standard members, and those of them with a language tag. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly name: Bilingual;
  readonly domain: string;
  readonly minimumLevel: Level;
  readonly claims: Claims;
  /** The address of its picture on our own origin. */
  readonly logo?: string;
}

export interface Read {
  readonly clientId: string;
  readonly registration: Registration;
  /** Undefined: the unit that the client has, or one of its own. Without a name: a unit that exists. */
  readonly unit: { readonly id: string; readonly name: Bilingual | undefined } | undefined;
  readonly secret: string | undefined;
  /** The picture that it names or brings; a new one is written by who saves the registration. */
  readonly logo: Brought | undefined;
  /** What is wrong, by member, in both languages. */
  readonly faults: readonly Complaint[];
  /** The same in English, each with the client first. */
  readonly complaints: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const UNIT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const DOMAIN = /^[a-z0-9.-]{1,253}(:\d{1,5})?$/;
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth', 'none'];
/** What a certificate is known by (RFC 8705 2.1.2); exactly one of them. */
export const SUBJECTS = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const;
const LEVELS = ['l1', 'l2', 'l3', 'l4'];
/** Asymmetric, so that no check of a token needs a shared secret. */
const ALGORITHMS = ['ES256', 'RS256'];
const SECRET_LENGTH = 16;

export const isClientId = (text: string): boolean => CLIENT_ID.test(text);

/** True when clients of this method prove themselves with a secret. */
export const needsSecret = (metadata: Members): boolean =>
  String(metadata['token_endpoint_auth_method']).startsWith('client_secret_');

/**
 * Reads one registration. Each complaint names client, member, value, rule and fix in one line; values of secrets and
 * keys are never repeated.
 */
export function readRegistration(value: unknown, allowLoopback: boolean): Read {
  const given: Members = isRecord(value) ? value : {};
  const clientId = textOf(given['client_id']) ?? `client-${randomBytes(8).toString('hex')}`;
  const faults: Complaint[] = [];
  const complain: Complain = (member, shown, broken) => {
    faults.push(complaintOf(member, shown, broken));
  };
  if (!isRecord(value)) complain('the registration', value, RULES.object);
  if (!isClientId(clientId)) complain('client_id', clientId, RULES.clientId);
  const metadata = withDefaults({ ...readMembers(given, allowLoopback, complain), client_id: clientId });
  checkFlow(metadata, complain);
  checkKeys(metadata, complain);
  checkSubject(metadata, complain);
  const name = nameOf(given, clientId);
  const ours = readOurs(given, metadata, complain);
  const logo = logoIn(given['tongxing_logo'], complain);
  checkEncryption(metadata, ours.claims, complain);
  return {
    clientId,
    registration: {
      metadata: { ...metadata, client_name: name['zh-CN'] },
      name,
      ...ours,
      ...(logo ? { logo: logoAddress(logo.digest) } : {}),
    },
    logo,
    unit: readUnit(given['tongxing_unit'], complain),
    secret: readSecret(given['client_secret'], metadata, complain),
    faults,
    complaints: faults.map((fault) => lineOf(clientId, fault)),
  };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** The standard members, kind by kind; what is wrong is complained about and left out. */
function readMembers(given: Members, allowLoopback: boolean, complain: Complain): Members {
  const metadata: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if ((OURS as readonly string[]).includes(name)) continue;
    const member = memberOf(name);
    const fault = member ? faultOfKind(member.kind, value) : refusalOf(name);
    // The value of an unknown member may be anything, also a secret.
    if (fault !== undefined) complain(name, member && name !== 'jwks' ? value : undefined, fault);
    else if (member?.kind === 'uri' || member?.kind === 'uris') {
      const uris = member.kind === 'uri' ? [String(value)] : listOf(value);
      checkUris(name, uris, allowLoopback, complain);
      metadata[name] = value;
    } else metadata[name] = value;
  }
  return metadata;
}

function checkUris(name: string, uris: readonly string[], allowLoopback: boolean, complain: Complain): void {
  const seen = new Set<string>();
  for (const uri of uris) {
    const fault = faultOfUri(uri, allowLoopback);
    if (fault !== undefined) complain(name, uri, fault);
    if (seen.has(uri)) complain(name, uri, RULES.twice);
    seen.add(uri);
  }
}

function withDefaults(metadata: Members): Members {
  const grants = metadata['grant_types'] ?? ['authorization_code'];
  const interactive = listOf(grants).includes('authorization_code');
  return {
    application_type: 'web',
    redirect_uris: [],
    response_types: interactive ? ['code'] : [],
    scope: interactive ? DEFAULT_SCOPE : 'openid',
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
    subject_type: 'pairwise',
    ...encryptionDefaults(metadata),
    ...metadata,
    grant_types: grants,
  };
}

/** Grants, response types, authentication, scope, redirects: what the protocol turns on. */
function checkFlow(metadata: Members, complain: Complain): void {
  const oneOf = (name: string, allowed: readonly string[], values: readonly string[]): void => {
    for (const value of values) if (!allowed.includes(value)) complain(name, value, among(allowed));
  };
  const grants = listOf(metadata['grant_types']);
  const interactive = grants.includes('authorization_code');
  oneOf('grant_types', GRANTS, grants);
  if (grants.length === 0) complain('grant_types', [], RULES.noGrants);
  if (grants.includes('refresh_token') && !interactive) complain('grant_types', grants, RULES.refreshAlone);
  // RFC 9700 2.1.2: the implicit grant hands tokens to the address bar.
  oneOf('response_types', ['code'], listOf(metadata['response_types']));
  const types = listOf(metadata['response_types']).length;
  if (interactive !== types > 0) complain('response_types', metadata['response_types'], RULES.responseTypes);
  if (interactive && listOf(metadata['redirect_uris']).length === 0)
    complain('redirect_uris', undefined, RULES.noRedirect);
  oneOf('token_endpoint_auth_method', METHODS, [String(metadata['token_endpoint_auth_method'])]);
  if (metadata['token_endpoint_auth_method'] === 'none' && grants.includes('client_credentials'))
    complain('token_endpoint_auth_method', 'none', RULES.noneWithCredentials);
  oneOf('id_token_signed_response_alg', ALGORITHMS, [String(metadata['id_token_signed_response_alg'])]);
  const signed = textOf(metadata['userinfo_signed_response_alg']);
  if (signed !== undefined) oneOf('userinfo_signed_response_alg', ALGORITHMS, [signed]);
  oneOf('application_type', ['web', 'native'], [String(metadata['application_type'])]);
  if (metadata['subject_type'] !== 'pairwise')
    complain('subject_type', metadata['subject_type'], RULES.pairwise);
  const scope = faultOfScope(String(metadata['scope']));
  if (scope !== undefined) complain('scope', metadata['scope'], scope);
}

function checkKeys(metadata: Members, complain: Complain): void {
  const { jwks, jwks_uri: uri } = metadata;
  if (jwks !== undefined && uri !== undefined) complain('jwks_uri', uri, RULES.jwksBeside);
  if (metadata['token_endpoint_auth_method'] === 'private_key_jwt' && jwks === undefined && uri === undefined)
    complain('jwks', undefined, RULES.jwksNeeded);
  if (jwks === undefined) return;
  const keys = isRecord(jwks) && Array.isArray(jwks['keys']) ? jwks['keys'] : undefined;
  if (keys === undefined || keys.length === 0 || !keys.every(isRecord))
    complain('jwks', undefined, RULES.keySet);
  else if (
    keys.some((key: Members) => key['kty'] === 'oct' || ['d', 'k', 'p', 'q'].some((part) => part in key))
  )
    complain('jwks', undefined, RULES.publicOnly);
}

/** The value is a picture: it is never repeated. */
function logoIn(value: unknown, complain: Complain): Brought | undefined {
  if (value === undefined) return undefined;
  const read = readLogo(value);
  if (isBrought(read)) return read;
  complain('tongxing_logo', undefined, read);
  return undefined;
}

function checkSubject(metadata: Members, complain: Complain): void {
  const named = SUBJECTS.filter((name) => metadata[name] !== undefined);
  if (metadata['token_endpoint_auth_method'] !== 'tls_client_auth')
    for (const name of named) complain(name, metadata[name], RULES.subjectUnused);
  else if (named.length === 0) complain('token_endpoint_auth_method', 'tls_client_auth', RULES.noSubject);
  else for (const name of named.slice(1)) complain(name, metadata[name], RULES.subjects);
}

function readSecret(value: unknown, metadata: Members, complain: Complain): string | undefined {
  if (value === undefined) return undefined;
  if (!needsSecret(metadata))
    complain('client_secret', undefined, RULES.secretUnused(String(metadata['token_endpoint_auth_method'])));
  else if (typeof value !== 'string' || value.length < SECRET_LENGTH)
    complain('client_secret', undefined, RULES.secretShort(SECRET_LENGTH));
  // RFC 6749 appendix A.2: VSCHAR.
  else if (!/^[ -~]{1,512}$/.test(value)) complain('client_secret', undefined, RULES.secretLetters);
  else return value;
  return undefined;
}

function nameOf(given: Members, clientId: string): Bilingual {
  const plain = textOf(given['client_name']);
  const chinese = textOf(given['client_name#zh-CN']) ?? textOf(given['client_name#zh']) ?? plain;
  return {
    'zh-CN': chinese ?? clientId,
    en: textOf(given['client_name#en']) ?? plain ?? chinese ?? clientId,
  };
}

function readOurs(
  given: Members,
  metadata: Members,
  complain: Complain,
): Omit<Registration, 'metadata' | 'name'> {
  const { tongxing_domain: domain, tongxing_minimum_level: level = 'l1', tongxing_claims: claims } = given;
  if (domain !== undefined && (typeof domain !== 'string' || !DOMAIN.test(domain)))
    complain('tongxing_domain', domain, RULES.domain);
  if (typeof level !== 'string' || !LEVELS.includes(level))
    complain('tongxing_minimum_level', level, among(LEVELS));
  return {
    domain: textOf(domain) ?? hostOf(metadata),
    minimumLevel: String(level) as Level,
    claims: claims === undefined ? claimsOfScope(String(metadata['scope'])) : readClaims(claims, complain),
  };
}

function hostOf(metadata: Members): string {
  const uri = listOf(metadata['redirect_uris'])[0] ?? textOf(metadata['client_uri']) ?? '';
  const host = URL.canParse(uri) ? new URL(uri).host : '';
  return host === '' ? String(metadata['client_id']).toLowerCase().replaceAll('_', '-') : host;
}

function readUnit(value: unknown, complain: Complain): Read['unit'] {
  if (value === undefined) return undefined;
  if (!isRecord(value)) {
    complain('tongxing_unit', value, RULES.unitObject);
    return undefined;
  }
  const { id, name, 'name#en': english = name, ...others } = value;
  if (typeof id !== 'string' || !UNIT_ID.test(id)) complain('tongxing_unit.id', id, RULES.unitId);
  for (const [member, text] of [
    ['name', name],
    ['name#en', english],
  ] as const)
    if (text !== undefined && textOf(text) === undefined)
      complain(`tongxing_unit.${member}`, text, RULES.unitName);
  for (const other of Object.keys(others)) complain(`tongxing_unit.${other}`, undefined, RULES.unitMember);
  // Its citizens would read another name of the province on every page.
  if (name !== undefined && /^(cn|\d{6})$/.test(String(id)))
    complain('tongxing_unit.name', name, RULES.unitOfDivision);
  const zh = textOf(name);
  return { id: String(id), name: zh === undefined ? undefined : { 'zh-CN': zh, en: textOf(english) ?? zh } };
}
