// A key set of a service, read key by key and explained in words: what each key is, what it can do, what is wrong. Pure.
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isRecord } from '../claims.ts';
import { KEY_RULES } from './key-rules.ts';
import { RULES, type Rule } from './rules.ts';

export interface ExplainedKey {
  readonly kid: string | undefined;
  /** `EC P-256`, `RSA 2048`, `OKP Ed25519`; what stood there when it is none of these. */
  readonly kind: string;
  readonly alg: string | undefined;
  readonly use: string | undefined;
  /** SHA-256 of the public part (RFC 7638), base64url; undefined when it cannot be read. */
  readonly thumbprint: string | undefined;
  /** What it can do here: `ES256`, `PS256`, `EdDSA`, and key agreement or wrapping for userinfo. Empty: unusable. */
  readonly fits: readonly string[];
  /** What it is and can do, in a sentence. */
  readonly says: Rule;
  /** Each makes the key unusable. */
  readonly faults: readonly Rule[];
  /** Worth a change, and no reason to refuse. */
  readonly hints: readonly Rule[];
}

export interface ExplainedKeys {
  readonly keys: readonly ExplainedKey[];
  /** What is wrong with the set as a whole, or with the way to it. */
  readonly faults: readonly Rule[];
}

/** Signatures that services authenticate with (oidc/ accepts the same). */
export const SIGNING = ['ES256', 'PS256', 'EdDSA'] as const;
const RSA_BITS = 2_048;
/** More are a mistake, and every one costs a check. */
const KEYS_AT_MOST = 20;
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

type Jwk = Readonly<Record<string, unknown>>;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** `value`: a key set as it was written or fetched. Values of keys are never repeated in what is said. */
export function explainKeySet(value: unknown): ExplainedKeys {
  const list: unknown = isRecord(value) ? value['keys'] : undefined;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isRecord))
    return { keys: [], faults: [RULES.keySet] };
  if (list.length > KEYS_AT_MOST) return { keys: [], faults: [KEY_RULES.many(KEYS_AT_MOST)] };
  const keys = list.map((key: Jwk) => explainKey(key, list));
  return { keys, faults: [] };
}

/** Which keys can sign the assertions of a service that signs with `alg`; any accepted one when undefined. */
export function signingKeys({ keys }: ExplainedKeys, alg: string | undefined): readonly ExplainedKey[] {
  const wanted: readonly string[] = alg === undefined ? SIGNING : [alg];
  return keys.filter(({ fits }) => fits.some((one) => wanted.includes(one)));
}

/** RFC 7638. Undefined for what is no public key of a known kind. */
export function thumbprintOf(jwk: Jwk): string | undefined {
  const names = { EC: ['crv', 'kty', 'x', 'y'], RSA: ['e', 'kty', 'n'], OKP: ['crv', 'kty', 'x'] };
  const kty = String(jwk['kty']);
  if (!Object.hasOwn(names, kty)) return undefined;
  const members = names[kty as keyof typeof names].map((name) => [name, jwk[name]]);
  if (members.some(([, value]) => typeof value !== 'string')) return undefined;
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}

function explainKey(jwk: Jwk, all: readonly Jwk[]): ExplainedKey {
  const [kid, alg, use] = ['kid', 'alg', 'use'].map((name) => textOf(jwk[name]));
  const opened = open(jwk);
  const kind = kindOf(jwk, opened);
  const can = capable(kind);
  const faults = faultsOf(jwk, opened, kind, can, all);
  const fits =
    faults.length > 0 ? [] : can.filter((one) => serves(one, use) && (alg === undefined || alg === one));
  return {
    kid,
    kind,
    alg,
    use,
    thumbprint: opened && thumbprintOf(jwk),
    fits,
    says: fits.length > 0 ? KEY_RULES.can(kind, fits) : KEY_RULES.cannot(kind),
    faults,
    hints: kid === undefined && all.length > 1 ? [KEY_RULES.noKid] : [],
  };
}

function open(jwk: Jwk): KeyObject | undefined {
  const { kty, crv, x, y, n, e } = jwk;
  try {
    // Only the public members: a private part is a fault of its own, and must not be touched.
    return createPublicKey({ format: 'jwk', key: { kty, crv, x, y, n, e } as JsonWebKey });
  } catch {
    // The reason would repeat the key's members; that it cannot be read is said in our words.
    return undefined;
  }
}

function kindOf(jwk: Jwk, opened: KeyObject | undefined): string {
  const kty = textOf(jwk['kty']) ?? '?';
  const bits = opened?.asymmetricKeyDetails?.modulusLength;
  const more = bits === undefined ? textOf(jwk['crv']) : String(bits);
  return [kty, more].filter(Boolean).join(' ').slice(0, 40);
}

function capable(kind: string): readonly string[] {
  if (kind === 'EC P-256') return ['ES256', 'ECDH-ES', 'ECDH-ES+A256KW'];
  if (['EC P-384', 'EC P-521', 'OKP X25519'].includes(kind)) return ['ECDH-ES', 'ECDH-ES+A256KW'];
  if (kind === 'OKP Ed25519') return ['EdDSA'];
  return kind.startsWith('RSA ') ? ['PS256', 'RSA-OAEP-256'] : [];
}

const signs = (alg: string): boolean => (SIGNING as readonly string[]).includes(alg);
const serves = (alg: string, use: string | undefined): boolean =>
  use === undefined || (signs(alg) ? use === 'sig' : use === 'enc');

function faultsOf(
  jwk: Jwk,
  opened: KeyObject | undefined,
  kind: string,
  can: readonly string[],
  all: readonly Jwk[],
): readonly Rule[] {
  const { kty, kid, alg, use } = jwk;
  if (kty === 'oct') return [KEY_RULES.symmetric];
  const found: Rule[] = [];
  if (PRIVATE.some((part) => part in jwk)) found.push(RULES.publicOnly);
  if (!opened) return [...found, KEY_RULES.unreadable];
  const bits = opened.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < RSA_BITS) found.push(KEY_RULES.weak(bits, RSA_BITS));
  if (can.length === 0) found.push(KEY_RULES.kind(kind));
  if (use !== undefined && use !== 'sig' && use !== 'enc') found.push(KEY_RULES.use);
  const named = typeof alg === 'string' ? alg : JSON.stringify(alg);
  if (named !== undefined && can.length > 0 && !can.includes(named))
    found.push(KEY_RULES.alg(named.slice(0, 40), kind, can));
  if (kid !== undefined && typeof kid !== 'string') found.push(KEY_RULES.kid);
  else if (kid !== undefined && all.filter((other) => other['kid'] === kid && clashes(other, use)).length > 1)
    found.push(KEY_RULES.twice(kid.slice(0, 80)));
  return found;
}

/** RFC 7517 4.5: two keys may share a name only when they serve different uses. */
const clashes = (other: Jwk, use: unknown): boolean =>
  use === undefined || other['use'] === undefined || other['use'] === use;
