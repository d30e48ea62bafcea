// SQL of the registry. What is written is announced in the same transaction, so that no node hears of it too early.
import { sealedRow, type SealedRow, type SealedTable } from '../platform/crypto/sealed-table.ts';
import { sql, type Queryable } from '../platform/store/postgres.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { ClientRow } from './client.ts';
import { sealedCredentials } from './credentials/store.ts';
import type { Registration } from './registration.ts';
import type { Bilingual } from './registry.ts';

/** The channel on which changed clients are announced; the payload is the client_id. */
export const CHANNEL = 'registry_client';

export async function findClient(db: Queryable, clientId: string): Promise<ClientRow | undefined> {
  return await db.row<ClientRow>(sql`
    select client.client_id as "clientId", client.unit_id as "unitId", unit.name as "unitName",
      client.metadata as registration, client.enabled, client.version, client.credentials_version as "credentialsVersion",
      client.environment, client.state
    from registry.client join registry.unit on unit.id = client.unit_id
    where client.client_id = ${clientId}`);
}

export async function listClients(db: Queryable): Promise<readonly ClientRow[]> {
  return await db.rows<ClientRow>(sql`
    select client.client_id as "clientId", client.unit_id as "unitId", unit.name as "unitName",
      client.metadata as registration, client.enabled, client.version, client.credentials_version as "credentialsVersion",
      client.environment,
      client.state
    from registry.client join registry.unit on unit.id = client.unit_id order by client.client_id`);
}

export async function unitExists(tx: AuditedTx, id: string): Promise<boolean> {
  return (await tx.row(sql`select id from registry.unit where id = ${id}`)) !== undefined;
}

/** True when the unit is new or has another name than before; its clients are then announced. */
export async function saveUnit(tx: AuditedTx, id: string, name: Bilingual, at: Date): Promise<boolean> {
  const saved = await tx.run(sql`
    insert into registry.unit (id, name, parent_id, path, created_at)
    values (${id}, ${JSON.stringify(name)}::jsonb, 'cn', ${`cn/${id}/`}, ${at})
    on conflict (id) do update set name = excluded.name where unit.name <> excluded.name`);
  if (saved > 0)
    await tx.rows(sql`select pg_notify(${CHANNEL}, client_id) from registry.client where unit_id = ${id}`);
  return saved > 0;
}

export interface SavedClient {
  readonly clientId: string;
  readonly unitId: string;
  readonly registration: Registration;
  readonly at: Date;
}

/** 0 when another import made the client first. */
export async function insertClient(tx: AuditedTx, client: SavedClient): Promise<number> {
  const { clientId, unitId, registration, at } = client;
  return await announced(
    tx,
    clientId,
    await tx.run(sql`
    insert into registry.client
      (client_id, unit_id, metadata, enabled, version, created_at, updated_at)
    values (${clientId}, ${unitId}, ${JSON.stringify(registration)}::jsonb, true, 1, ${at}, ${at})
    on conflict (client_id) do nothing`),
  );
}

/** 0 when the client is no longer at this version. */
export async function updateClient(tx: AuditedTx, client: SavedClient, version: number): Promise<number> {
  const { clientId, registration, at } = client;
  return await announced(
    tx,
    clientId,
    await tx.run(sql`
    update registry.client set metadata = ${JSON.stringify(registration)}::jsonb, version = version + 1, updated_at = ${at}
    where client_id = ${clientId} and version = ${version}`),
  );
}

/** The new version, or undefined when the client is unknown or is so already. */
export async function setEnabled(
  tx: AuditedTx,
  clientId: string,
  enabled: boolean,
  at: Date,
): Promise<number | undefined> {
  const row = await tx.row<{ version: number }>(sql`
    update registry.client set enabled = ${enabled}, state = ${enabled ? 'live' : 'suspended'}, version = version + 1, updated_at = ${at}
    where client_id = ${clientId} and enabled <> ${enabled} and state in ('live', 'suspended')
    returning version`);
  await announced(tx, clientId, row ? 1 : 0);
  return row?.version;
}

/** Tells every node, this one too, outside any change. */
export async function announce(db: Queryable, word: string): Promise<void> {
  await db.rows(sql`select pg_notify(${CHANNEL}, ${word})`);
}

async function announced(tx: AuditedTx, clientId: string, count: number): Promise<number> {
  if (count > 0) await announce(tx, clientId);
  return count;
}

const sealedClients: SealedTable<'secret'> = {
  name: 'registry.client',
  columns: ['secret'],
  async read(db, [after = ''], limit) {
    const rows = await db.rows<SealedRow<'secret'>['values'] & { readonly key: readonly string[] }>(sql`
      select array[client_id] as key, secret_sealed as secret from registry.client
      where client_id > ${after} order by client_id limit ${limit}`);
    return rows.map(sealedRow);
  },
  // Not announced: the secret is the same, and what other nodes hold opened stays true.
  swap: (db, { key, values }, { secret }) =>
    db.run(sql`
      update registry.client set secret_sealed = ${secret}
      where client_id = ${key[0]} and secret_sealed is not distinct from ${values.secret}`),
};

export const sealedTables: readonly SealedTable[] = [sealedCredentials, sealedClients];
