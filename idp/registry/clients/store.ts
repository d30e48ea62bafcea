// SQL of clients as units own them, and of every version that ran.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Registration } from '../registration.ts';
import type { Bilingual, Environment } from '../registry.ts';
import { CHANNEL } from '../store.ts';
import type { UnitLevel } from '../units/units.ts';
import type { ClientAct, ClientState } from './versions.ts';

export interface OwnedRow {
  readonly clientId: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  /** Of the owning unit. */
  readonly path: string;
  readonly environment: Environment;
  readonly state: ClientState;
  readonly version: number;
  readonly registration: Registration;
}

export async function findOwned(db: Queryable, clientId: string): Promise<OwnedRow | undefined> {
  return await db.row<OwnedRow>(sql`
    select client.client_id as "clientId", client.unit_id as "unitId", unit.name as "unitName", unit.path,
      client.environment, client.state, client.version, client.metadata as registration
    from registry.client join registry.unit on unit.id = client.unit_id where client.client_id = ${clientId}`);
}

/** Serialises what counts the clients of a unit. */
export async function lockUnit(tx: AuditedTx, id: string): Promise<void> {
  await tx.rows(sql`select id from registry.unit where id = ${id} for no key update`);
}

/** Clients of a unit that count against its bound: sandbox clients, or production clients that never ran. */
export async function countOf(tx: AuditedTx, unitId: string, environment: Environment): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*) as count from registry.client where unit_id = ${unitId} and environment = ${environment}
      and state <> 'retired' and (environment = 'sandbox' or state = 'draft')`);
  return row?.count ?? 0;
}

export interface NewClient {
  readonly clientId: string;
  readonly unitId: string;
  readonly environment: Environment;
  readonly state: 'draft' | 'live';
  readonly registration: Registration;
  readonly at: Date;
}

/** 0 when the identifier is taken. A draft has version 0: its first approval makes it 1. */
export async function insertOwned(tx: AuditedTx, client: NewClient): Promise<number> {
  const { clientId, unitId, environment, state, registration, at } = client;
  const written = await tx.run(sql`
    insert into registry.client
      (client_id, unit_id, environment, state, metadata, enabled, version, created_at, updated_at)
    values (${clientId}, ${unitId}, ${environment}, ${state}, ${JSON.stringify(registration)}::jsonb,
      ${state === 'live'}, ${state === 'live' ? 1 : 0}, ${at}, ${at})
    on conflict (client_id) do nothing`);
  if (written > 0) await announce(tx, clientId);
  return written;
}

/** The new version; undefined when the client is not, or no longer, at that version and live. */
export async function saveOwned(
  tx: AuditedTx,
  clientId: string,
  registration: Registration,
  version: number,
  at: Date,
): Promise<number | undefined> {
  const row = await tx.row<{ version: number }>(sql`
    update registry.client set metadata = ${JSON.stringify(registration)}::jsonb, version = version + 1,
      updated_at = ${at}
    where client_id = ${clientId} and version = ${version} and state = 'live' returning version`);
  if (row) await announce(tx, clientId);
  return row?.version;
}

/** The new version; undefined when the client is in none of the states `from`, or not at `version`. */
export async function setState(
  tx: AuditedTx,
  clientId: string,
  move: { readonly from: readonly ClientState[]; readonly to: ClientState; readonly version: number },
  at: Date,
): Promise<number | undefined> {
  const row = await tx.row<{ version: number }>(sql`
    update registry.client set state = ${move.to}, enabled = ${move.to === 'live'}, version = version + 1,
      updated_at = ${at}
    where client_id = ${clientId} and state = any(${move.from}::text[]) and version = ${move.version}
    returning version`);
  if (row) await announce(tx, clientId);
  return row?.version;
}

export async function announce(tx: AuditedTx, clientId: string): Promise<void> {
  await tx.rows(sql`select pg_notify(${CHANNEL}, ${clientId})`);
}

export interface Why {
  readonly act: ClientAct;
  readonly by: string;
  readonly reason?: string;
  readonly requestId?: string;
}

/** Keeps the client as it stands now under its version number, with who brought it there and why. */
export async function keepVersion(tx: AuditedTx, clientId: string, why: Why): Promise<void> {
  await tx.run(sql`
    insert into registry.client_version
      (client_id, version, act, registration, state, by, at, reason, request_id)
    select client_id, version, ${why.act}, metadata, state, ${why.by}, updated_at, ${why.reason ?? ''},
      ${why.requestId ?? null}
    from registry.client where client_id = ${clientId} on conflict do nothing`);
}

export interface VersionRow {
  readonly version: number;
  readonly act: ClientAct;
  readonly state: ClientState;
  readonly registration: Registration;
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  readonly requestId: string | null;
}

/** Newest first, those below `before`. */
export async function versionsOf(
  db: Queryable,
  clientId: string,
  before: number,
  limit: number,
): Promise<readonly VersionRow[]> {
  return await db.rows<VersionRow>(sql`
    select version, act, state, registration, by, at, reason, request_id as "requestId"
    from registry.client_version where client_id = ${clientId} and version < ${before}
    order by version desc limit ${limit}`);
}

/** The units from the root to that path. */
export async function ancestryOf(
  db: Queryable,
  path: string,
): Promise<readonly { readonly level: UnitLevel; readonly path: string }[]> {
  return await db.rows(sql`
    select level, path from registry.unit where path = any(${prefixes(path)}::text[]) order by path`);
}

const prefixes = (path: string): readonly string[] =>
  path.split('/').flatMap((_, place, parts) => (place === 0 ? [] : [`${parts.slice(0, place).join('/')}/`]));
