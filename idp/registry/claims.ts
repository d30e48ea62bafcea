// Scopes, the claims behind them, and what a service says it needs each claim for. Pure.
import { CLAIM_RULES, type Complain, type Rule } from './checks/rules.ts';
import { CLAIM_TABLE } from './claim-table.ts';
import type { Bilingual, ClaimGrant } from './registry.ts';

/** Scope -> the claims it asks for that this provider can hold (OpenID Connect Core 5.4; `id_number` and `realname_verified` are ours). */
export const CLAIMS_OF_SCOPE: Readonly<Record<string, readonly string[]>> = {
  openid: [],
  profile: ['name', 'birthdate', 'gender', 'realname_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  email: [],
  address: [],
  id_number: ['id_type', 'id_number_masked'],
  offline_access: [],
};

/** Standard claims that are accepted in a registration; those that we do not hold are absent from every answer. */
const KNOWN_CLAIMS = new Set([
  ...Object.values(CLAIMS_OF_SCOPE).flat(),
  ...Object.keys(CLAIM_TABLE),
  'email',
  'email_verified',
  'address',
]);

/** Registered when a registration names no scope: everything standard. An ID number is asked for by name or not at all. */
export const DEFAULT_SCOPE = 'openid profile phone email address offline_access';

const DEFAULT_PURPOSE: Bilingual = {
  'zh-CN': '用于登录和办理业务',
  en: 'To sign you in and handle your request',
};

export type Claims = Readonly<Record<string, ClaimGrant>>;

/** What is wrong with a scope, with the fix; undefined when all of it is known. */
export function faultOfScope(scope: string): Rule | undefined {
  const names = scope.split(' ');
  const unknown = names.find((name) => !Object.hasOwn(CLAIMS_OF_SCOPE, name));
  if (unknown !== undefined) return CLAIM_RULES.scopes(Object.keys(CLAIMS_OF_SCOPE), unknown);
  return names.includes('openid') ? undefined : CLAIM_RULES.openid;
}

/** Every claim of the scopes, required, with the general purpose: for a registration without `tongxing_claims`. */
export function claimsOfScope(scope: string): Claims {
  const names = scope.split(' ').flatMap((name) => CLAIMS_OF_SCOPE[name] ?? []);
  return Object.fromEntries(names.map((name) => [name, { purpose: DEFAULT_PURPOSE, required: true }]));
}

/**
 * Reads `tongxing_claims`: by claim name `{ "purpose", "purpose#en", "required", "legal_basis", "retention" }`. A claim
 * is optional unless it says `"required": true`. `retention`: days, or in words until when.
 */
export function readClaims(value: unknown, complain: Complain): Claims {
  const claims: Record<string, ClaimGrant> = {};
  if (!isRecord(value)) {
    complain('tongxing_claims', value, CLAIM_RULES.object);
    return claims;
  }
  for (const [name, asked] of Object.entries(value)) {
    const member = `tongxing_claims.${name}`;
    if (!KNOWN_CLAIMS.has(name)) complain(member, name, CLAIM_RULES.unknown(KNOWN_CLAIMS));
    else if (!isRecord(asked)) complain(member, asked, CLAIM_RULES.one);
    else claims[name] = readClaim(member, asked, complain);
  }
  return claims;
}

function readClaim(member: string, asked: Readonly<Record<string, unknown>>, complain: Complain): ClaimGrant {
  const { purpose, 'purpose#en': english = purpose, required = false, ...more } = asked;
  const { legal_basis: basis, retention, ...others } = more;
  if (!isWords(purpose)) complain(`${member}.purpose`, purpose, CLAIM_RULES.purpose);
  else if (!isWords(english)) complain(`${member}.purpose#en`, english, CLAIM_RULES.english);
  if (typeof required !== 'boolean') complain(`${member}.required`, required, CLAIM_RULES.required);
  if (basis !== undefined && !isWords(basis)) complain(`${member}.legal_basis`, basis, CLAIM_RULES.basis);
  if (retention !== undefined && !isDays(retention) && !isWords(retention))
    complain(`${member}.retention`, retention, CLAIM_RULES.retention);
  for (const [other, there] of Object.entries(others))
    complain(`${member}.${other}`, there, CLAIM_RULES.member);
  return {
    purpose: { 'zh-CN': String(purpose), en: String(english) },
    required: required === true,
    ...(isWords(basis) ? { legalBasis: basis } : {}),
    ...(isWords(retention) || isDays(retention) ? { retention } : {}),
  };
}

const isWords = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200;

const isDays = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 36_500;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
