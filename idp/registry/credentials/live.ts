// Which credentials of a client count, and what the engine is told of them. Pure.
import type { Secret } from '../../platform/base/secret.ts';
import { thumbprintOf } from '../checks/keys.ts';
import { isRecord } from '../claims.ts';

export type CredentialKind = 'secret' | 'key' | 'certificate';

/** A credential that was not revoked, as a node holds it in memory. */
export interface HeldCredential {
  readonly id: string;
  readonly kind: CredentialKind;
  readonly expiresAt: Date;
  /** True when it had run out at the time it was read. */
  readonly expired: boolean;
  /** Of a secret only. */
  readonly secret: Secret | undefined;
  /** A public key (RFC 7517), or the subject of a certificate: one `tls_client_auth_*` member. */
  readonly public: Readonly<Record<string, unknown>> | undefined;
}

type Members = Readonly<Record<string, unknown>>;

const keysOf = (jwks: unknown): readonly Members[] =>
  isRecord(jwks) && Array.isArray(jwks['keys']) ? jwks['keys'].filter(isRecord) : [];

/** True for a key that a service may sign its assertions with. */
const signs = (key: Members): boolean => key['use'] === undefined || key['use'] === 'sig';

/** The keys of a registration that are credentials: only those of a service that authenticates with them. */
export function signingKeysOf(metadata: Members): readonly Members[] {
  if (metadata['token_endpoint_auth_method'] !== 'private_key_jwt') return [];
  return keysOf(metadata['jwks']).filter(signs);
}

/**
 * The metadata with the keys that count now: those for encryption as registered, those for signing while their
 * credential lives. A service with a `jwks_uri` rotates there by itself.
 */
export function withLiveKeys(metadata: Members, held: readonly HeldCredential[]): Members {
  if (metadata['token_endpoint_auth_method'] !== 'private_key_jwt' || metadata['jwks'] === undefined)
    return metadata;
  const live = held.flatMap(({ expired, public: key }) => (expired || !key ? [] : [key]));
  const prints = new Set(live.map(thumbprintOf));
  const registered = keysOf(metadata['jwks']).filter((key) => !signs(key) || prints.has(thumbprintOf(key)));
  const known = new Set(registered.filter(signs).map(thumbprintOf));
  const added = live.filter((key) => !known.has(thumbprintOf(key)));
  return { ...metadata, jwks: { keys: [...registered, ...added] } };
}

/** The secret that counts longest; the last one that ran out when none counts. */
export function secretOf(held: readonly HeldCredential[]): string | undefined {
  const secrets = held.filter(({ kind }) => kind === 'secret');
  const [last] = secrets.toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime());
  return last?.secret?.reveal();
}

/** True when a credential ran out, or a clock was set back, since they were read. */
export const aged = (held: readonly HeldCredential[], now: Date): boolean =>
  held.some(({ expired, expiresAt }) => expired !== expiresAt <= now);
