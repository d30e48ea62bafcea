// The parts of a production registration as a team edits them, and how a form becomes client metadata. Pure.
import type { MemberComplaint } from '../../platform/base/errors.ts';
import type { Form } from '../../platform/http/step.ts';
import { isRecord, type Given } from '../../registry/registry.ts';

type Kind = 'text' | 'lines' | 'words' | 'json' | 'choice' | 'flag' | 'count';

export interface Field {
  /** Name of the member, and of the input. */
  readonly member: string;
  readonly kind: Kind;
  readonly choices?: readonly string[];
}

export interface Section {
  readonly id: string;
  readonly fields: readonly Field[];
}

export const SECTIONS: readonly Section[] = [
  {
    id: 'name',
    fields: [
      { member: 'client_name', kind: 'text' },
      { member: 'client_name#en', kind: 'text' },
      { member: 'tongxing_domain', kind: 'text' },
    ],
  },
  { id: 'redirects', fields: [{ member: 'redirect_uris', kind: 'lines' }] },
  {
    id: 'sign-out',
    fields: [
      { member: 'post_logout_redirect_uris', kind: 'lines' },
      { member: 'backchannel_logout_uri', kind: 'text' },
    ],
  },
  {
    id: 'level',
    fields: [{ member: 'tongxing_minimum_level', kind: 'choice', choices: ['l1', 'l2', 'l3', 'l4'] }],
  },
  {
    id: 'authentication',
    fields: [
      {
        member: 'token_endpoint_auth_method',
        kind: 'choice',
        choices: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'tls_client_auth', 'none'],
      },
      { member: 'jwks_uri', kind: 'text' },
      { member: 'jwks', kind: 'json' },
      { member: 'tls_client_auth_subject_dn', kind: 'text' },
      { member: 'userinfo_encrypted_response_alg', kind: 'text' },
    ],
  },
  { id: 'scope', fields: [{ member: 'scope', kind: 'words' }] },
  {
    id: 'about',
    fields: [
      { member: 'client_uri', kind: 'text' },
      { member: 'policy_uri', kind: 'text' },
      { member: 'tos_uri', kind: 'text' },
      { member: 'contacts', kind: 'lines' },
    ],
  },
];

/** Of one claim; its name stands in the address. */
export const CLAIM_FIELDS: readonly Field[] = [
  { member: 'purpose', kind: 'text' },
  { member: 'purpose#en', kind: 'text' },
  { member: 'required', kind: 'flag' },
  { member: 'legal_basis', kind: 'text' },
  { member: 'retention', kind: 'count' },
];

/** What a field shows of a draft, also of one that holds something else than it should. */
export function shownOf({ member, kind }: Field, given: Given): string {
  const value = given[member];
  if (value === undefined) return '';
  if (kind === 'lines' && Array.isArray(value)) return value.map(String).join('\n');
  if (kind === 'flag') return value === true ? 'yes' : '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

/** The draft with the fields of a form in it. What is empty is left out; what cannot be read is complained about. */
export function written(
  fields: readonly Field[],
  given: Given,
  form: Form,
): { readonly given: Given; readonly complaints: readonly MemberComplaint[] } {
  const next: Record<string, unknown> = { ...given };
  const complaints: MemberComplaint[] = [];
  for (const field of fields) {
    const read = readField(field, (form[field.member] ?? '').trim());
    if (read === UNREADABLE) complaints.push({ member: field.member, text: NOT_JSON });
    else if (read === undefined) delete next[field.member];
    else next[field.member] = read;
  }
  return { given: next, complaints };
}

const UNREADABLE = Symbol('unreadable');
const NOT_JSON = {
  'zh-CN': '不是 JSON，检查逗号和引号',
  en: 'is not JSON; check commas and quotes',
};

function readField({ kind }: Field, text: string): unknown {
  if (kind === 'flag') return text === 'yes';
  if (text === '') return undefined;
  if (kind === 'lines') return text.split(/\s*\n\s*/).filter((line) => line !== '');
  if (kind === 'words') return text.split(/\s+/).join(' ');
  if (kind === 'count') return /^\d{1,6}$/.test(text) ? Number(text) : text;
  if (kind !== 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's message would quote the text, which may be a key.
    return UNREADABLE;
  }
}

/** Claim name -> what the draft says about it. */
export function claimsOf({ tongxing_claims: claims }: Given): Readonly<Record<string, Given>> {
  if (!isRecord(claims)) return {};
  return Object.fromEntries(
    Object.entries(claims).map(([claim, asked]) => [claim, isRecord(asked) ? asked : {}]),
  );
}

/** The section that a member is edited in: `redirect_uris.0` -> redirects, `tongxing_claims.name.purpose` -> claims/name. */
export function sectionOf(member: string): string | undefined {
  const [first = '', claim] = member.split('.');
  if (first === 'tongxing_claims') return claim === undefined ? undefined : `claims/${claim}`;
  return SECTIONS.find(({ fields }) => fields.some((field) => field.member === first))?.id;
}
