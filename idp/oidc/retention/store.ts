// SQL of what is kept about a citizen's services, and of its end.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Payload } from '../store.ts';

export interface KeptConsent {
  readonly clientId: string;
  readonly payload: Payload;
  readonly givenAt: Date;
  readonly expiresAt: Date;
}

/** Those that have run out too, newest first. */
export async function consentsOf(db: Queryable, citizenId: string): Promise<readonly KeptConsent[]> {
  return await db.rows<KeptConsent>(sql`
    select client_id as "clientId", payload, given_at as "givenAt", expires_at as "expiresAt"
    from oidc.consent where citizen_id = ${citizenId} order by given_at desc`);
}

export interface KeptAccess {
  readonly clientId: string;
  /** Seconds since the epoch, as the engine wrote it. */
  readonly since: number | null;
  readonly until: Date;
}

/** One for each service that may come back without the citizen. */
export async function accessOf(db: Queryable, citizenId: string): Promise<readonly KeptAccess[]> {
  return await db.rows<KeptAccess>(sql`
    select client_id as "clientId", min((payload ->> 'iat')::bigint) as since, max(expires_at) as until
    from oidc.refresh_token where citizen_id = ${citizenId} group by client_id order by client_id`);
}

export interface KeptDelivery {
  readonly clientId: string;
  readonly createdAt: Date;
}

export async function deliveriesOf(db: Queryable, citizenId: string): Promise<readonly KeptDelivery[]> {
  return await db.rows<KeptDelivery>(sql`
    select client_id as "clientId", created_at as "createdAt"
    from oidc.logout_delivery where citizen_id = ${citizenId} order by created_at`);
}

/** Consents and refresh tokens. Logouts that are still to be delivered stay until they are. */
export async function removeAll(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`
    with gone as (delete from oidc.refresh_token where citizen_id = ${citizenId} returning digest)
    delete from oidc.refresh_lookup where digest in (select digest from gone)`);
  await tx.run(sql`delete from oidc.consent where citizen_id = ${citizenId}`);
}

export async function countConsents(db: Queryable, expiredBefore: Date): Promise<number> {
  return await countOf(db, sql`select count(*) as n from oidc.consent where expires_at < ${expiredBefore}`);
}

export async function removeConsents(tx: AuditedTx, expiredBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from oidc.consent where (citizen_id, client_id) in (
      select citizen_id, client_id from oidc.consent where expires_at < ${expiredBefore}
      order by expires_at limit ${most} for update skip locked)`);
}

export async function countTokens(db: Queryable, expiredBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from oidc.refresh_token where expires_at < ${expiredBefore}`,
  );
}

/** With its way in: each token has one row in either table. */
export async function removeTokens(tx: AuditedTx, expiredBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    with due as (
      select citizen_id, digest from oidc.refresh_token where expires_at < ${expiredBefore}
      order by expires_at limit ${most} for update skip locked),
    gone as (
      delete from oidc.refresh_token where (citizen_id, digest) in (select citizen_id, digest from due)
      returning digest)
    delete from oidc.refresh_lookup where digest in (select digest from gone)`);
}

export async function countDeliveries(db: Queryable, createdBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from oidc.logout_delivery where created_at < ${createdBefore}`,
  );
}

export async function removeDeliveries(tx: AuditedTx, createdBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from oidc.logout_delivery where id in (
      select id from oidc.logout_delivery where created_at < ${createdBefore}
      order by created_at limit ${most} for update skip locked)`);
}

async function countOf(db: Queryable, statement: ReturnType<typeof sql>): Promise<number> {
  const row = await db.row<{ n: number }>(statement);
  return row?.n ?? 0;
}
