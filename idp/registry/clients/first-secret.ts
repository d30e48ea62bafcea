// The secret that a client gets when it first needs one, and loses when it no longer does: the only place that knows
// where it is kept.
import type { AuditedTx } from '../../audit/audit.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { SECRET_PLACE } from '../importing.ts';
import { needsSecret, type Registration } from '../registration.ts';
import * as store from './store.ts';

/** A new secret of 256 bits, told this once; undefined when the client has one or proves itself otherwise. */
export async function firstSecret(
  { sealer }: { readonly sealer: Sealer },
  tx: AuditedTx,
  client: { readonly clientId: string; readonly hasSecret: boolean },
  { metadata }: Registration,
): Promise<Secret | undefined> {
  if (!needsSecret(metadata) || client.hasSecret) return undefined;
  const made = randomToken(32);
  await store.setSecret(tx, client.clientId, sealer.seal(made, SECRET_PLACE, client.clientId));
  return secret(made);
}

/** Takes away what the registration that runs from now on has no use for. */
export async function dropUnusedSecret(
  tx: AuditedTx,
  client: { readonly clientId: string; readonly hasSecret: boolean },
  { metadata }: Registration,
): Promise<void> {
  if (client.hasSecret && !needsSecret(metadata)) await store.setSecret(tx, client.clientId, null);
}
