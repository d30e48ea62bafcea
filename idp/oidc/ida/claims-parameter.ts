// The `claims` parameter on its way in: checked, cut down to what the service is registered for, and rid of the values
// that the service put into it, before anything is stored. The engine hands it on with codes and tokens as it leaves here.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { DocumentNumber } from '../../citizens/citizens.ts';
import type { BlindIndex } from '../../platform/crypto/blind-index.ts';
import { VERIFIED_CLAIMS, type Client, type Registry } from '../../registry/registry.ts';
import { isGuarded, mayReceive, PROTOCOL_CLAIMS } from '../claims.ts';
import { readVerifiedClaims, type Condition, type Kept } from './verified-claims.ts';

export interface ClaimsParameterParts {
  readonly registry: Registry;
  readonly index: BlindIndex;
  /**
   * The normal forms that a text may stand for, read as leniently as the proving pages do: one for each kind of document
   * that has such numbers. Empty when it is none. A passport number names its state: `CHN E12345678`.
   */
  readonly documentNumbers: (text: string) => readonly DocumentNumber[];
}

type Target = 'userinfo' | 'id_token';
type Members = Readonly<Record<string, unknown>>;

const TARGETS = ['userinfo', 'id_token'] as const;
const NUMBER = 'id_number_match';

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The engine's hook: runs before a request is kept anywhere, and again whenever it is taken up; what it made it leaves
 * alone. Throws invalid_request for wrong syntax; what the service may not ask is dropped in silence.
 */
export function createClaimsParameter(parts: ClaimsParameterParts) {
  return async (ctx: KoaContextWithOIDC, claims: unknown): Promise<void> => {
    const given = claims as Record<string, unknown>;
    const client = await parts.registry.find(ctx.oidc.client?.clientId ?? '');
    for (const target of TARGETS) {
      const asked = given[target];
      if (isMembers(asked)) given[target] = admitted(parts, client, target, asked);
    }
    if (ctx.oidc.params) ctx.oidc.params['claims'] = JSON.stringify(given);
  };
}

function admitted(
  parts: ClaimsParameterParts,
  client: Client | undefined,
  target: Target,
  asked: Members,
): Members {
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(asked)) {
    const read = name === 'verified_claims' ? readOrRefuse(value) : value;
    if (read !== null && !isMembers(read))
      throw new errors.InvalidRequest(`claims.${target} members must be null or objects`);
    if (PROTOCOL_CLAIMS.has(name)) kept.push([name, read]);
    else if (client && mayReceive(client, name) && (target === 'userinfo' || !isGuarded(name)))
      kept.push([
        name,
        name === 'verified_claims' ? within(parts, client, target, read) : plain(parts, name, read),
      ]);
  }
  return Object.fromEntries(kept);
}

function readOrRefuse(value: unknown): Kept & Members {
  const read = readVerifiedClaims(value);
  if (typeof read === 'string') throw new errors.InvalidRequest(`the syntax of ${read} is wrong`);
  return { ...read };
}

/** Beside `verified_claims` a value asks for nothing we hold back, so only the number to compare is kept. */
function plain(parts: ClaimsParameterParts, name: string, value: unknown): Condition {
  return name === NUMBER ? conditionOf(parts, name, numberToCompare(value)) : null;
}

const texts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/**
 * The one number that a service holds and wants confirmed. A list would make the answer a search: refused, as is any
 * other shape.
 */
function numberToCompare(asked: unknown): Condition {
  if (asked === null) return null;
  const { value, values, $one_of } = asked as Members;
  const single = values === undefined || (texts(values) && values.length === 1);
  const shaped =
    (value === undefined || ['string', 'number'].includes(typeof value)) &&
    ($one_of === undefined || texts($one_of));
  if (!single || !shaped) throw new errors.InvalidRequest(`${NUMBER} takes one number, as a text in "value"`);
  return asked as Condition;
}

function within(parts: ClaimsParameterParts, client: Client, target: Target, asked: unknown): Kept {
  const { $asked, $form } = asked as Kept;
  if ($asked.filter((one) => Object.hasOwn(one.claims, NUMBER)).length > 1)
    throw new errors.InvalidRequest(`${NUMBER} can be asked once in a request`);
  const may = (claim: string): boolean =>
    VERIFIED_CLAIMS.includes(claim) &&
    mayReceive(client, claim) &&
    (target === 'userinfo' || !isGuarded(claim));
  return {
    $form,
    $asked: $asked.map(({ verification, claims }) => ({
      verification,
      claims: Object.fromEntries(
        Object.entries(claims)
          .filter(([claim]) => may(claim))
          .map(([claim, condition]) => [
            claim,
            conditionOf(parts, claim, claim === NUMBER ? numberToCompare(condition) : condition),
          ]),
      ),
    })),
  };
}

/** Values become digests under a salt of their own: enough to compare once, of no use to whoever reads the stores. */
function conditionOf(parts: ClaimsParameterParts, claim: string, condition: Condition): Condition {
  if (!condition) return null;
  const { value, values, $one_of: before } = condition;
  if (before !== undefined) return { $one_of: before };
  // Both may be given: a value that is not among the values can never be met.
  const named = value === undefined ? values : values && !values.includes(value) ? [] : [value];
  if (named === undefined) return null;
  return { $one_of: named.flatMap((one) => digestsOf(parts, claim, one)) };
}

function digestsOf(parts: ClaimsParameterParts, claim: string, value: unknown): readonly string[] {
  const texts = claim === NUMBER ? parts.documentNumbers(String(value)) : [JSON.stringify(value)];
  return texts.map((text) => {
    const salt = randomBytes(12).toString('base64url');
    return `${salt}.${salted(salt, parts.index.digest(spaceOf(claim), text)).toString('base64url')}`;
  });
}

const spaceOf = (claim: string): string => `oidc.claims.${claim}`;
const salted = (salt: string, digest: Buffer): Buffer => createHmac('sha256', salt).update(digest).digest();

const sameBytes = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Compares a value with the digests of a condition, under whichever key of the ring they were made. */
export function isOneOf(
  index: BlindIndex,
  claim: string,
  value: string | boolean,
  condition: Condition,
): boolean {
  const text = claim === NUMBER ? String(value) : JSON.stringify(value);
  const mine = index.digests(spaceOf(claim), text);
  return (condition?.$one_of ?? []).some((one) => {
    const [salt = '', kept = ''] = one.split('.');
    const theirs = Buffer.from(kept, 'base64url');
    return mine.some(({ digest }) => sameBytes(theirs, salted(salt, digest)));
  });
}

/** What a parameter asks of each target. It has been through the hook. */
function membersOf(claims: unknown): readonly Members[] {
  const asked = typeof claims === 'string' ? (JSON.parse(claims) as Members) : {};
  return TARGETS.map((target) => asked[target]).filter(isMembers);
}

const namesInside = (members: Members): readonly string[] =>
  ((members['verified_claims'] as Kept | undefined)?.$asked ?? []).flatMap((one) => Object.keys(one.claims));

/** The claims that a parameter asks inside `verified_claims`, of both targets. */
export const namesWithin = (claims: unknown): readonly string[] => membersOf(claims).flatMap(namesInside);

/** Everything that a parameter asks about the citizen, of both targets, inside and beside `verified_claims`. */
export function claimNames(claims: unknown): readonly string[] {
  const asked = membersOf(claims);
  const names = new Set([...asked.flatMap((members) => Object.keys(members)), ...asked.flatMap(namesInside)]);
  return [...names].filter((name) => !PROTOCOL_CLAIMS.has(name));
}
