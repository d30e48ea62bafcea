// Signing a citizen out of everything at once: every service of every session hears of it, and so does every service
// that ever got a consent.
import { randomUUID } from 'node:crypto';
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId, SignOut } from '../../citizens/citizens.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Client, Registry } from '../../registry/registry.ts';
import { grantIdOf } from '../adapter.ts';
import type { OidcStore } from '../store.ts';
import type { Sessions, Visit } from './sessions.ts';
import { consentsOf } from './store.ts';

export interface SignOutParts {
  readonly postgres: Postgres;
  readonly store: Pick<OidcStore, 'enqueueLogout'>;
  readonly registry: Registry;
  readonly sessions: Sessions;
  /** Drops the opaque access tokens that were issued under a consent. */
  readonly dropTokens: (grantId: string) => Promise<void>;
  readonly log: Log;
}

/** Reads now whom to tell; the two acts follow in and after the transaction that has a reason for it. */
export async function signOut(parts: SignOutParts, citizenId: CitizenId): Promise<SignOut> {
  const [consents, visits] = await Promise.all([
    consentsOf(parts.postgres, citizenId),
    parts.sessions.visits(citizenId),
  ]);
  const consented = consents.map(({ clientId }) => clientId);
  const told = await toBeTold(parts.registry, consented, visits);
  return {
    tell: async (tx: AuditedTx) => {
      for (const { clientId, sid } of told)
        await parts.store.enqueueLogout(tx, { id: randomUUID(), clientId, citizenId, sid }, 0);
    },
    end: () => end(parts, citizenId, consented),
  };
}

/**
 * Whom to tell, and of which session. A logout token without `sid` ends all sessions of its subject (Back-Channel
 * Logout 1.0, 2.4); a service that insists on one is told of each session it was visited in.
 */
async function toBeTold(
  registry: Registry,
  consented: readonly string[],
  visits: readonly Visit[],
): Promise<readonly Visit[]> {
  const ids = new Set([...consented, ...visits.map(({ clientId }) => clientId)]);
  const clients = await Promise.all([...ids].map((id) => registry.find(id)));
  return clients
    .filter((client): client is Client => client?.metadata['backchannel_logout_uri'] !== undefined)
    .flatMap(({ clientId, metadata }) =>
      metadata['backchannel_logout_session_required'] === true
        ? visits.filter((visit) => visit.clientId === clientId)
        : [{ clientId, sid: '' }],
    );
}

/** A failure is logged only: what is left opens nothing, because the account behind it cannot be used any more. */
async function end(
  { dropTokens, sessions, log }: SignOutParts,
  citizenId: string,
  consented: readonly string[],
): Promise<void> {
  try {
    for (const clientId of consented) await dropTokens(grantIdOf(citizenId, clientId));
    await sessions.end(citizenId);
  } catch (error) {
    log.error('sessions of a closed account are left to run out', error, { citizenId });
  }
}
