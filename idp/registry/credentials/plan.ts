// What saving a registration means for the credentials of its client: which come, which go. Pure.
import { timingSafeEqual, createHash } from 'node:crypto';
import { randomToken } from '../../platform/base/ids.ts';
import { thumbprintOf } from '../checks/keys.ts';
import { SUBJECTS, type Registration } from '../registration.ts';
import { signingKeysOf, type CredentialKind, type HeldCredential } from './live.ts';

/** A credential of the client, those too that were revoked. */
export interface Known extends HeldCredential {
  readonly revoked: boolean;
}

export interface Coming {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly secret: string | undefined;
  readonly public: Readonly<Record<string, unknown>> | undefined;
}

export interface Plan {
  /** What the engine is to know as the secret. */
  readonly secret: string | undefined;
  /** The secret that was made now, to be shown once. */
  readonly made: string | undefined;
  /** True when a secret comes or goes. */
  readonly newSecret: boolean;
  readonly add: readonly Coming[];
  /** Identifiers. */
  readonly revoke: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

/** Both are hashed first, so that the time tells neither content nor length. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const needsSecret = (metadata: Members): boolean =>
  String(metadata['token_endpoint_auth_method']).startsWith('client_secret_');

/** The subject of a certificate, as one member; undefined for a service that authenticates in another way. */
export function subjectOf(metadata: Members): Members | undefined {
  if (metadata['token_endpoint_auth_method'] !== 'tls_client_auth') return undefined;
  const name = SUBJECTS.find((member) => metadata[member] !== undefined);
  return name && { [name]: metadata[name] };
}

/**
 * `before`: the registration that stood, `after`: the one that is saved, `given`: the secret that came with it. What
 * was once revoked never comes back by a registration that still names it. Keys and subjects that were added beside the
 * registration stay.
 */
export function planOf(
  known: readonly Known[],
  before: Registration | undefined,
  after: Registration,
  given: string | undefined,
): Plan {
  const secret = planSecret(known, after.metadata, given);
  const keys = planPublic(
    known.filter(({ kind }) => kind === 'key'),
    before ? signingKeysOf(before.metadata) : [],
    signingKeysOf(after.metadata),
    after.metadata['token_endpoint_auth_method'] === 'private_key_jwt' &&
      after.metadata['jwks'] !== undefined,
    { kind: 'key', sign: (key) => thumbprintOf(key) ?? '' },
  );
  const [old, fresh] = [before && subjectOf(before.metadata), subjectOf(after.metadata)];
  const subjects = planPublic(
    known.filter(({ kind }) => kind === 'certificate'),
    old ? [old] : [],
    fresh ? [fresh] : [],
    fresh !== undefined,
    { kind: 'certificate', sign: (subject) => JSON.stringify(subject) },
  );
  return {
    ...secret,
    add: [...secret.add, ...keys.add, ...subjects.add],
    revoke: [...secret.revoke, ...keys.revoke, ...subjects.revoke],
  };
}

/** The secret that stands, the one that is given in its place, or a new one of 256 bits. */
function planSecret(known: readonly Known[], metadata: Members, given: string | undefined): Plan {
  const live = known.filter(({ kind, revoked, expired }) => kind === 'secret' && !revoked && !expired);
  const ids = live.map(({ id }) => id);
  if (!needsSecret(metadata))
    return { secret: undefined, made: undefined, newSecret: ids.length > 0, add: [], revoke: ids };
  const values = live.map(({ secret }) => secret?.reveal() ?? '');
  const standing = given === undefined ? values[0] : values.find((value) => sameSecret(value, given));
  if (standing !== undefined)
    return { secret: standing, made: undefined, newSecret: false, add: [], revoke: [] };
  const made = given === undefined ? randomToken(32) : undefined;
  const value = given ?? made ?? '';
  const coming: Coming = { kind: 'secret', name: 'secret', secret: value, public: undefined };
  return { secret: value, made, newSecret: true, add: [coming], revoke: ids };
}

function planPublic(
  known: readonly Known[],
  before: readonly Members[],
  after: readonly Members[],
  used: boolean,
  { kind, sign }: { readonly kind: CredentialKind; readonly sign: (value: Members) => string },
): { readonly add: readonly Coming[]; readonly revoke: readonly string[] } {
  const print = ({ public: value }: Known): string => (value ? sign(value) : '');
  const standing = new Set(known.map(print));
  const named = new Set(after.map(sign));
  const left = new Set(before.map(sign).filter((one) => !named.has(one)));
  return {
    add: after
      .filter((value) => !standing.has(sign(value)))
      .map((value) => ({ kind, name: nameOf(value, kind), secret: undefined, public: value })),
    revoke: known.filter((one) => !one.revoked && (!used || left.has(print(one)))).map(({ id }) => id),
  };
}

function nameOf(value: Members, kind: CredentialKind): string {
  const { kid } = value;
  return typeof kid === 'string' && kid !== '' ? kid.slice(0, 80) : kind;
}
