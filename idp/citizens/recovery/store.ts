// SQL of recoveries that wait: at most one row for each account.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';

export interface Waiting {
  readonly openedAt: Date;
  readonly effectiveAt: Date;
  /** The account whose phone is to become this one's; null: a new password. */
  readonly source: string | null;
}

export async function find(db: Queryable, citizenId: string): Promise<Waiting | undefined> {
  return await db.row<Waiting>(sql`
    select opened_at as "openedAt", effective_at as "effectiveAt", from_citizen_id as source
    from citizens.recovery where citizen_id = ${citizenId}`);
}

/** Of any number of parallel openings one gets true; one that has lapsed by `lapsed` makes room. */
export async function open(
  tx: AuditedTx,
  citizenId: string,
  { openedAt, effectiveAt, source }: Waiting,
  digest: Buffer,
  lapsed: Date,
): Promise<boolean> {
  const rows = await tx.run(sql`
    insert into citizens.recovery (citizen_id, opened_at, effective_at, cancel_digest, from_citizen_id)
    values (${citizenId}, ${openedAt}, ${effectiveAt}, ${digest}, ${source})
    on conflict (citizen_id) do update set opened_at = excluded.opened_at,
      effective_at = excluded.effective_at, cancel_digest = excluded.cancel_digest,
      from_citizen_id = excluded.from_citizen_id
      where citizens.recovery.effective_at < ${lapsed}`);
  return rows === 1;
}

export async function stands(db: Queryable, citizenId: string, digest: Buffer): Promise<boolean> {
  const row = await db.row(sql`
    select 1 from citizens.recovery where citizen_id = ${citizenId} and cancel_digest = ${digest}`);
  return row !== undefined;
}

export async function cancel(tx: AuditedTx, citizenId: string, digest: Buffer): Promise<boolean> {
  const rows = await tx.run(sql`
    delete from citizens.recovery where citizen_id = ${citizenId} and cancel_digest = ${digest}`);
  return rows === 1;
}

/** The very one that was waited for, and not before its time: another may have been asked for since. */
export async function close(
  tx: AuditedTx,
  citizenId: string,
  of: { readonly openedAt: Date } | { readonly source: string },
  now: Date,
): Promise<boolean> {
  const openedAt = 'openedAt' in of ? of.openedAt : null;
  const source = 'source' in of ? of.source : null;
  const rows = await tx.run(sql`
    delete from citizens.recovery
    where citizen_id = ${citizenId} and effective_at <= ${now}
      and (${openedAt}::timestamptz is null or opened_at = ${openedAt})
      and from_citizen_id is not distinct from ${source}`);
  return rows === 1;
}

/** Whatever waits. */
export async function end(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`delete from citizens.recovery where citizen_id = ${citizenId}`);
}

/** Of both accounts: without one of them there is nothing to move. */
export async function erase(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`
    delete from citizens.recovery where citizen_id = ${citizenId} or from_citizen_id = ${citizenId}`);
}

/** Moves whose time has come, the oldest first. A job's query: it reads the table across citizens, which is small. */
export async function due(
  db: Queryable,
  now: Date,
  limit: number,
): Promise<readonly { readonly source: string; readonly target: string }[]> {
  return await db.rows(sql`
    select from_citizen_id as source, citizen_id as target from citizens.recovery
    where from_citizen_id is not null and effective_at <= ${now} order by effective_at limit ${limit}`);
}

export async function countLapsed(db: Queryable, before: Date): Promise<number> {
  const row = await db.row<{ n: number }>(sql`
    select count(*)::int as n from citizens.recovery where effective_at < ${before}`);
  return row?.n ?? 0;
}

/** Those that nobody came back for. */
export async function removeLapsed(tx: AuditedTx, before: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from citizens.recovery where citizen_id in (
      select citizen_id from citizens.recovery where effective_at < ${before}
      order by effective_at limit ${most} for update skip locked)`);
}
