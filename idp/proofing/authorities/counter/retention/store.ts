// SQL of what the counters keep about a citizen, and of its end.
import type { AuditedTx } from '../../../../audit/audit.ts';
import { sql, type Queryable } from '../../../../platform/store/postgres.ts';
import type { Facts } from '../input.ts';
import type { SubmissionState } from '../store.ts';

export interface Visit {
  /** Name of the office. */
  readonly office: string;
  readonly state: SubmissionState;
  readonly facts: Facts;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
}

/** Newest first. */
export async function visitsOf(db: Queryable, citizenId: string): Promise<readonly Visit[]> {
  return await db.rows<Visit>(sql`
    select office.name as office, submission.state, submission.facts, submission.reason,
      submission.created_at as "createdAt", submission.decided_at as "decidedAt"
    from proofing.submission join proofing.office on office.id = submission.office
    where submission.citizen_id = ${citizenId} order by submission.created_at desc, submission.id desc`);
}

/** Tickets go, and what officers read; what they state stays with the evidence that it became. */
export async function close(tx: AuditedTx, citizenId: string, at: Date): Promise<void> {
  await tx.run(sql`delete from proofing.ticket where citizen_id = ${citizenId}`);
  await tx.run(sql`
    update proofing.submission set document_sealed = null, guardian_sealed = null, account_closed_at = ${at},
      state = case state when 'submitted' then 'expired' else state end, version = version + 1
    where citizen_id = ${citizenId}`);
}

export async function countTickets(db: Queryable, expiredBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from proofing.ticket where expires_at < ${expiredBefore}`,
  );
}

export async function removeTickets(tx: AuditedTx, expiredBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from proofing.ticket where digest in (
      select digest from proofing.ticket where expires_at < ${expiredBefore}
      order by expires_at limit ${most} for update skip locked)`);
}

export async function countSubmissions(db: Queryable, closedBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from proofing.submission where account_closed_at < ${closedBefore}`,
  );
}

export async function removeSubmissions(tx: AuditedTx, closedBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from proofing.submission where (citizen_id, id) in (
      select citizen_id, id from proofing.submission where account_closed_at < ${closedBefore}
      order by account_closed_at limit ${most} for update skip locked)`);
}

async function countOf(db: Queryable, statement: ReturnType<typeof sql>): Promise<number> {
  const row = await db.row<{ n: number }>(statement);
  return row?.n ?? 0;
}
