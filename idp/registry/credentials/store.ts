// SQL of credentials.
import type { AuditedTx } from '../../audit/audit.ts';
import {
  FIRST_UUID,
  sealedRow,
  type SealedRow,
  type SealedTable,
} from '../../platform/crypto/sealed-table.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual, Environment } from '../registry.ts';
import type { CredentialKind } from './live.ts';

export interface CredentialRow {
  readonly id: string;
  readonly clientId: string;
  readonly kind: CredentialKind;
  readonly name: string;
  readonly secretSealed: Buffer | null;
  /** The secret from before this table, of the client itself. */
  readonly firstSealed: Buffer | null;
  readonly public: Readonly<Record<string, unknown>> | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

const COLUMNS = part(sql`
  credential.id, credential.client_id as "clientId", credential.kind, credential.name,
  credential.secret_sealed as "secretSealed", client.secret_sealed as "firstSealed", credential.public, credential.created_by as "createdBy",
  credential.created_at as "createdAt", credential.expires_at as "expiresAt", credential.used_at as "usedAt",
  credential.revoked_at as "revokedAt", credential.revoked_by as "revokedBy"`);

/** Oldest first; those too that were revoked. */
export async function credentialsOf(db: Queryable, clientId: string): Promise<readonly CredentialRow[]> {
  return await db.rows<CredentialRow>(sql`
    select ${COLUMNS} from registry.credential join registry.client on client.client_id = credential.client_id
    where credential.client_id = ${clientId} order by credential.created_at, credential.id`);
}

export interface ClientPlace {
  readonly path: string;
  readonly environment: Environment;
  readonly state: string;
  readonly method: string;
  readonly jwksUri: string | null;
}

export async function placeOf(db: Queryable, clientId: string): Promise<ClientPlace | undefined> {
  return await db.row<ClientPlace>(sql`
    select unit.path, client.environment, client.state,
      client.metadata #>> '{metadata,token_endpoint_auth_method}' as method,
      client.metadata #>> '{metadata,jwks_uri}' as "jwksUri"
    from registry.client join registry.unit on unit.id = client.unit_id where client.client_id = ${clientId}`);
}

export type NewCredential = Omit<CredentialRow, 'firstSealed' | 'usedAt' | 'revokedAt' | 'revokedBy'> & {
  /** The notice that its life is too short for. */
  readonly noticedDays: number | null;
};

export async function insertCredential(tx: AuditedTx, credential: NewCredential): Promise<void> {
  const { id, clientId, kind, name, secretSealed, createdBy, createdAt, expiresAt, noticedDays } = credential;
  const known = credential.public === null ? null : JSON.stringify(credential.public);
  await tx.run(sql`
    insert into registry.credential
      (id, client_id, kind, name, secret_sealed, public, created_by, created_at, expires_at, noticed_days)
    values (${id}, ${clientId}, ${kind}, ${name}, ${secretSealed}, ${known}::jsonb, ${createdBy}, ${createdAt},
      ${expiresAt}, ${noticedDays})`);
}

/** 0 when somebody else has revoked it. A secret that was revoked is gone, wherever it stood. */
export async function revokeCredential(tx: AuditedTx, id: string, by: string, at: Date): Promise<number> {
  const row = await tx.row<{ clientId: string; kind: CredentialKind; own: boolean }>(sql`
    with old as (select id, secret_sealed is not null as own from registry.credential where id = ${id})
    update registry.credential set revoked_at = ${at}, revoked_by = ${by}, secret_sealed = null
    from old where credential.id = old.id and credential.revoked_at is null
    returning credential.client_id as "clientId", credential.kind, old.own`);
  if (row?.kind === 'secret' && !row.own)
    await tx.run(sql`update registry.client set secret_sealed = null where client_id = ${row.clientId}`);
  return row ? 1 : 0;
}

/** Locks the client, so that of two who add at once the second sees what the first did. */
export async function raiseVersion(tx: AuditedTx, clientId: string): Promise<void> {
  await tx.run(sql`
    update registry.client set credentials_version = credentials_version + 1 where client_id = ${clientId}`);
}

/** Within an hour is near enough: a busy service would write its row with every request. */
export async function noteUses(
  db: Queryable,
  ids: readonly string[],
  ats: readonly Date[],
  seconds: number,
): Promise<void> {
  await db.run(sql`
    update registry.credential set used_at = used.at
    from unnest(${ids}::uuid[], ${ats}::timestamptz[]) as used (id, at)
    where credential.id = used.id
      and (credential.used_at is null or credential.used_at <= used.at - make_interval(secs => ${seconds}))`);
}

export interface ExpiringRow extends CredentialRow {
  readonly clientName: Bilingual;
  readonly unitId: string;
  readonly path: string;
  readonly noticedDays: number | null;
}

const EXPIRING = part(sql`
  select ${COLUMNS}, client.metadata -> 'name' as "clientName", client.unit_id as "unitId", unit.path,
    credential.noticed_days as "noticedDays"
  from registry.credential
  join registry.client on client.client_id = credential.client_id
  join registry.unit on unit.id = client.unit_id
  where credential.revoked_at is null and client.state <> 'retired'`);

/** Those below these paths that run out between the two times, the nearest first, after the one that is named. */
export async function expiring(
  db: Queryable,
  scopes: readonly string[],
  { from, until }: { readonly from: Date; readonly until: Date },
  after: { readonly expiresAt: Date; readonly id: string },
  limit: number,
): Promise<readonly ExpiringRow[]> {
  return await db.rows<ExpiringRow>(sql`
    ${EXPIRING} and credential.expires_at > ${from} and credential.expires_at <= ${until}
    and (credential.expires_at, credential.id) > (${after.expiresAt}, ${after.id}::uuid)
    and exists (select from unnest(${scopes}::text[]) scope where unit.path >= scope and unit.path < scope || '~')
    order by credential.expires_at, credential.id limit ${limit}`);
}

/** Those that run out within so many days and whose last notice was for more. */
export async function toNotice(
  db: Queryable,
  now: Date,
  until: Date,
  days: number,
  limit: number,
): Promise<readonly ExpiringRow[]> {
  return await db.rows<ExpiringRow>(sql`
    ${EXPIRING} and credential.expires_at > ${now} and credential.expires_at <= ${until}
    and (credential.noticed_days is null or credential.noticed_days > ${days})
    order by credential.expires_at, credential.id limit ${limit}`);
}

/** 0 when another node has told it. */
export async function markNoticed(tx: AuditedTx, id: string, days: number): Promise<number> {
  return await tx.run(sql`
    update registry.credential set noticed_days = ${days}
    where id = ${id} and revoked_at is null and (noticed_days is null or noticed_days > ${days})`);
}

/** The accounts of the team: developers and owners of the unit, or of the nearest one above that has any. */
export async function teamOf(db: Queryable, path: string, at: Date): Promise<readonly string[]> {
  const rows = await db.rows<{ citizenId: string; path: string }>(sql`
    select distinct operator.citizen_id as "citizenId", unit.path
    from registry.unit
    join registry.post on post.unit_id = unit.id
    join registry.operator on operator.id = post.operator_id
    where starts_with(${path}, unit.path) and post.role in ('developer', 'owner') and post.ended_at is null
      and (post.leaves_at is null or post.leaves_at > ${at}) and operator.citizen_id is not null`);
  const nearest = Math.max(...rows.map((row) => row.path.length));
  return rows.filter((row) => row.path.length === nearest).map(({ citizenId }) => citizenId);
}

export const sealedCredentials: SealedTable<'secret'> = {
  name: 'registry.credential',
  columns: ['secret'],
  async read(db, [after = FIRST_UUID], limit) {
    const rows = await db.rows<SealedRow<'secret'>['values'] & { readonly key: readonly string[] }>(sql`
      select array[id::text] as key, secret_sealed as secret from registry.credential
      where id > ${after} order by id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { secret }) =>
    db.run(sql`
      update registry.credential set secret_sealed = ${secret}
      where id = ${key[0]} and secret_sealed is not distinct from ${values.secret}`),
};
