// A stored registration as the rest of the system sees it. Pure.
import type { ClientState } from './clients/versions.ts';
import { secretOf, withLiveKeys, type HeldCredential } from './credentials/live.ts';
import { memberOf } from './members.ts';
import { needsSecret } from './registration.ts';
import type { Registration } from './registration.ts';
import type { Bilingual, Client, ClientId, Environment, UnitId } from './registry.ts';

export interface ClientRow {
  readonly clientId: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly registration: Registration;
  readonly credentialsVersion: number;
  readonly enabled: boolean;
  readonly version: number;
  readonly environment: Environment;
  readonly state: ClientState;
}

/** The engine's own metadata: what it reads of the registration, in a fixed order, so that equal means same bytes. */
export function engineMetadata(
  registration: Registration,
  secret: string | undefined,
): Readonly<Record<string, unknown>> {
  const read = Object.entries(registration.metadata).filter(([name]) => memberOf(name)?.engine === true);
  if (secret !== undefined) read.push(['client_secret', secret]);
  return Object.fromEntries(read.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * `credentials`: those that were not revoked; undefined: as it was registered. `spare`: stands for a secret where none is left; nobody is let in with it,
 * the engine only wants to see one.
 */
export function clientOf(
  row: ClientRow,
  credentials: readonly HeldCredential[] | undefined,
  spare?: string,
): Client {
  const { metadata } = row.registration;
  const secret = needsSecret(metadata) ? (secretOf(credentials ?? []) ?? spare) : undefined;
  const registration = credentials
    ? { ...row.registration, metadata: withLiveKeys(metadata, credentials) }
    : row.registration;
  const { name, domain, minimumLevel, claims } = row.registration;
  return {
    clientId: row.clientId as ClientId,
    unitId: row.unitId as UnitId,
    unitName: row.unitName,
    name,
    domain,
    logo: row.registration.logo,
    minimumLevel,
    firstParty: false,
    claims,
    enabled: row.enabled,
    version: row.version,
    environment: row.environment,
    ...(credentials ? { credentials, credentialsVersion: row.credentialsVersion } : {}),
    metadata: engineMetadata(registration, secret),
  };
}
