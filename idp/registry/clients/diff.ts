// What differs between two registrations, member by member, as reviewers and histories read it. Pure; no secret is shown.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ruleOf } from '../claim-table.ts';
import { isRecord } from '../claims.ts';
import type { Registration } from '../registration.ts';
import { givenOf, type Given } from './given.ts';

export type Difference =
  | {
      readonly is: 'text';
      readonly member: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | {
      readonly is: 'list';
      readonly member: string;
      readonly removed: readonly string[];
      readonly added: readonly string[];
      readonly kept: readonly string[];
    }
  | {
      readonly is: 'claim';
      /** `tongxing_claims.<name>`. */
      readonly member: string;
      readonly claim: string;
      readonly how: 'added' | 'removed' | 'changed';
      readonly sensitive: boolean;
      /** Every part of it: required, purpose, legal basis, retention; those that differ have two different texts. */
      readonly parts: readonly ClaimPart[];
    };

export interface ClaimPart {
  readonly part: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const CLAIMS = 'tongxing_claims';
/** Lists of words, split so that one added word is one difference. */
const WORDS = new Set(['scope']);

/** In the order in which a form shows them. `before` undefined: there was none, everything is new. */
export function differences(before: Registration | undefined, after: Registration): readonly Difference[] {
  const old: Given = before ? givenOf(before) : {};
  const next = givenOf(after);
  const members = [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter(
      (member) =>
        member !== CLAIMS && member !== 'client_id' && !isDeepStrictEqual(old[member], next[member]),
    )
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [
    ...members.flatMap((member) => difference(member, old[member], next[member])),
    ...claimDifferences(recordOf(old[CLAIMS]), recordOf(next[CLAIMS])),
  ];
}

/** Names of what differs, for the trail and for lists. */
export const membersOf = (all: readonly Difference[]): readonly string[] => all.map(({ member }) => member);

/** What a citizen notices comes first. */
const FIRST = [
  'client_name',
  'client_name#en',
  'tongxing_domain',
  'redirect_uris',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'scope',
  'tongxing_minimum_level',
  'token_endpoint_auth_method',
  'jwks',
  'jwks_uri',
];
const rank = (member: string): number => {
  const place = FIRST.indexOf(member);
  return place < 0 ? FIRST.length : place;
};

function difference(member: string, before: unknown, after: unknown): readonly Difference[] {
  const [old, next] = [listOf(member, before), listOf(member, after)];
  if (old === undefined && next === undefined)
    return [{ is: 'text', member, before: textOf(before), after: textOf(after) }];
  const [had, has] = [old ?? [], next ?? []];
  const list = {
    removed: had.filter((item) => !has.includes(item)),
    added: has.filter((item) => !had.includes(item)),
    kept: has.filter((item) => had.includes(item)),
  };
  // The same items in another order, or none instead of an empty list, mean the same.
  return list.removed.length + list.added.length === 0 ? [] : [{ is: 'list', member, ...list }];
}

function listOf(member: string, value: unknown): readonly string[] | undefined {
  if (member === 'jwks') return value === undefined ? undefined : keysOf(value);
  if (WORDS.has(member)) return typeof value === 'string' ? value.split(' ') : undefined;
  return Array.isArray(value) ? value.map((item) => textOf(item) ?? '') : undefined;
}

/** A key by its kind and a print of its public part, never the key itself: `EC P-256 sig kid-1 (3fA9…)`. */
function keysOf(jwks: unknown): readonly string[] {
  const keys: unknown = recordOf(jwks)['keys'];
  return (Array.isArray(keys) ? keys : []).map((key: unknown) => {
    const members = recordOf(key);
    const shown = ['kty', 'crv', 'alg', 'use', 'kid']
      .map((name) => members[name])
      .filter((text) => isText(text));
    const canonical = JSON.stringify(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${shown.join(' ')} (${createHash('sha256').update(canonical).digest('base64url').slice(0, 8)}…)`;
  });
}

function claimDifferences(old: Given, next: Given): readonly Difference[] {
  const claims = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  return claims.flatMap((claim) => {
    const [before, after] = [old[claim], next[claim]];
    if (isDeepStrictEqual(before, after)) return [];
    const how = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    const [had, has] = [recordOf(before), recordOf(after)];
    const parts = [...new Set([...Object.keys(has), ...Object.keys(had)])].map((part) => ({
      part,
      before: textOf(had[part]),
      after: textOf(has[part]),
    }));
    return [{ is: 'claim', member: `${CLAIMS}.${claim}`, claim, how, sensitive: isSensitive(claim), parts }];
  });
}

/**
 * Sensitive is what opens other registers (the number itself) or is only given encrypted after a consent of its own
 * (PIPL 28-29). Name, birthdate and phone are personal, and within what a province answers for.
 */
export function isSensitive(claim: string): boolean {
  const rule = ruleOf(claim);
  return rule?.sensitivity === 'number' || rule?.guarded === true;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const recordOf = (value: unknown): Given => (isRecord(value) ? value : {});

function textOf(value: unknown): string | undefined {
  return value === undefined || isText(value) ? value : JSON.stringify(value);
}
