// Scopes, the claims behind them, and what a service says it needs each claim for. Pure.
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
export function faultOfScope(scope: string): string | undefined {
  const names = scope.split(' ');
  const unknown = names.find((name) => !Object.hasOwn(CLAIMS_OF_SCOPE, name));
  if (unknown !== undefined)
    return `must be of ${Object.keys(CLAIMS_OF_SCOPE).join(', ')}, separated by one space; remove "${unknown}"`;
  return names.includes('openid') ? undefined : 'must contain openid; add it';
}

/** Every claim of the scopes, required, with the general purpose: for a registration without `tongxing_claims`. */
export function claimsOfScope(scope: string): Claims {
  const names = scope.split(' ').flatMap((name) => CLAIMS_OF_SCOPE[name] ?? []);
  return Object.fromEntries(names.map((name) => [name, { purpose: DEFAULT_PURPOSE, required: true }]));
}

/**
 * Reads `tongxing_claims`: by claim name `{ "purpose", "purpose#en", "required" }`. A claim is optional unless it says
 * `"required": true`. `complain` gets the path of the member, what stands there, and the rule.
 */
export function readClaims(
  value: unknown,
  complain: (member: string, value: unknown, rule: string) => void,
): Claims {
  const claims: Record<string, ClaimGrant> = {};
  if (!isRecord(value)) {
    complain('tongxing_claims', value, 'must be an object by claim name; write {"name": {"purpose": "..."}}');
    return claims;
  }
  for (const [name, asked] of Object.entries(value)) {
    const member = `tongxing_claims.${name}`;
    if (!KNOWN_CLAIMS.has(name))
      complain(member, name, `must be a claim of ${[...KNOWN_CLAIMS].join(', ')}; remove it`);
    else if (!isRecord(asked)) complain(member, asked, 'must be an object; write {"purpose": "..."}');
    else claims[name] = readClaim(member, asked, complain);
  }
  return claims;
}

function readClaim(
  member: string,
  asked: Readonly<Record<string, unknown>>,
  complain: (member: string, value: unknown, rule: string) => void,
): ClaimGrant {
  const { purpose, 'purpose#en': english = purpose, required = false, ...others } = asked;
  if (!isPurpose(purpose))
    complain(
      `${member}.purpose`,
      purpose,
      'must be a text of 1 to 200 characters; say what the service needs it for',
    );
  else if (!isPurpose(english))
    complain(`${member}.purpose#en`, english, 'must be a text of 1 to 200 characters; say it in English');
  if (typeof required !== 'boolean')
    complain(`${member}.required`, required, 'must be true or false; false lets the citizen leave it out');
  for (const [other, there] of Object.entries(others))
    complain(`${member}.${other}`, there, 'is not known; use purpose, purpose#en and required');
  return { purpose: { 'zh-CN': String(purpose), en: String(english) }, required: required === true };
}

const isPurpose = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
