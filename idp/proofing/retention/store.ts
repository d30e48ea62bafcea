// SQL of what is kept about a citizen's proofs, and of its end.
import type { Ial } from '../../assurance/assurance.ts';
import type { AuditedTx } from '../../audit/audit.ts';
import type { DocumentKind } from '../../citizens/citizens.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { CaseId } from '../proofing.ts';
import type { Verdict } from '../store.ts';

export interface KeptCase {
  readonly id: CaseId;
  readonly wanted: Ial;
  readonly way: string;
  readonly documentKind: DocumentKind | undefined;
  /** These three are undefined once the case is decided. */
  readonly nameSealed: Buffer | undefined;
  readonly numberSealed: Buffer | undefined;
  readonly moreSealed: Buffer | undefined;
  readonly ticketSealed: Buffer | undefined;
  readonly verdict: Verdict | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Newest first. */
export async function casesOf(db: Queryable, citizenId: string): Promise<readonly KeptCase[]> {
  const rows = await db.rows<Record<string, unknown>>(sql`
    select id, wanted, way, document_kind as "documentKind", name_sealed as "nameSealed",
      number_sealed as "numberSealed", more_sealed as "moreSealed", ticket_sealed as "ticketSealed", decision as verdict, created_at as "createdAt", updated_at as "updatedAt"
    from proofing.case where citizen_id = ${citizenId} order by created_at desc, id desc`);
  const present = (row: Record<string, unknown>): object =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value ?? undefined]));
  return rows.map(present) as readonly KeptCase[];
}

/**
 * A claim that nobody has decided goes with its case; a decided one holds no claim any more, and loses its number for
 * the counter: nobody can take it up again.
 */
export async function dropClaims(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`
    delete from proofing.case where citizen_id = ${citizenId} and state not in ('proven', 'refused')`);
  await tx.run(sql`update proofing.case set ticket_sealed = null where citizen_id = ${citizenId}`);
}

/** From here the time of its keeping runs. */
export async function markClosed(tx: AuditedTx, citizenId: string, at: Date): Promise<void> {
  await tx.run(sql`update proofing.evidence set account_closed_at = ${at} where citizen_id = ${citizenId}`);
}

export async function countCases(db: Queryable, decidedBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from proofing.case
        where state in ('proven', 'refused') and updated_at < ${decidedBefore}`,
  );
}

/** A decided case was decided when it was changed last: taken up again, it is decided again. */
export async function removeCases(tx: AuditedTx, decidedBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from proofing.case where (citizen_id, id) in (
      select citizen_id, id from proofing.case
      where state in ('proven', 'refused') and updated_at < ${decidedBefore}
      order by updated_at limit ${most} for update skip locked)`);
}

export async function countEvidence(db: Queryable, closedBefore: Date): Promise<number> {
  return await countOf(
    db,
    sql`select count(*) as n from proofing.evidence where account_closed_at < ${closedBefore}`,
  );
}

export async function removeEvidence(tx: AuditedTx, closedBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from proofing.evidence where (citizen_id, id) in (
      select citizen_id, id from proofing.evidence where account_closed_at < ${closedBefore}
      order by account_closed_at limit ${most} for update skip locked)`);
}

export async function countProbes(db: Queryable, failedBefore: Date): Promise<number> {
  return await countOf(db, sql`select count(*) as n from proofing.probe where at < ${failedBefore}`);
}

export async function removeProbes(tx: AuditedTx, failedBefore: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from proofing.probe where (digest, citizen_id) in (
      select digest, citizen_id from proofing.probe where at < ${failedBefore}
      order by at limit ${most} for update skip locked)`);
}

async function countOf(db: Queryable, statement: ReturnType<typeof sql>): Promise<number> {
  const row = await db.row<{ n: number }>(statement);
  return row?.n ?? 0;
}
