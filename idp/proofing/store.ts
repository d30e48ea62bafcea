// The proofing schema: one row per case, one per piece of evidence. Claimed name and number go in sealed and are erased
// with the decision.
import type { AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import { sql, type Queryable } from '../platform/store/postgres.ts';
import type { Examined } from './adjudicate.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './authority.ts';
import type { CaseId, Decision } from './proofing.ts';

export type CaseState = 'open' | 'waiting' | 'proven' | 'refused';

/** How a case ended, or what it waits for. `lapsed`: no authority ever answered; `superseded`: claimed anew. */
export type Verdict = Decision | { readonly is: 'lapsed' } | { readonly is: 'superseded' };

export interface CaseRow {
  readonly id: CaseId;
  readonly citizenId: CitizenId;
  readonly state: CaseState;
  readonly wanted: Ial;
  /** Undefined once the case is decided. */
  readonly nameSealed: Buffer | undefined;
  readonly numberSealed: Buffer | undefined;
  /** By authority: the id under which this case's question is put, every time. */
  readonly requestIds: Readonly<Record<string, string>>;
  readonly findings: readonly Examined[];
  readonly verdict: Verdict | undefined;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

interface Row {
  id: CaseId;
  citizen_id: CitizenId;
  state: CaseState;
  wanted: Ial;
  name_sealed: Buffer | null;
  number_sealed: Buffer | null;
  request_ids: Record<string, string>;
  findings: { authority: string; finding: Finding & { at: string } }[];
  decision: Verdict | null;
  attempts: number;
  created_at: Date;
  updated_at: Date;
  version: number;
}

function read(row: Row): CaseRow {
  return {
    id: row.id,
    citizenId: row.citizen_id,
    state: row.state,
    wanted: row.wanted,
    nameSealed: row.name_sealed ?? undefined,
    numberSealed: row.number_sealed ?? undefined,
    requestIds: row.request_ids,
    findings: row.findings.map(({ authority, finding }) => ({
      authority,
      finding: { ...finding, at: new Date(finding.at) },
    })),
    verdict: row.decision ?? undefined,
    attempts: row.attempts,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

export async function find(db: Queryable, citizenId: CitizenId, id: CaseId): Promise<CaseRow | undefined> {
  const row = await db.row<Row>(
    sql`select * from proofing.case where citizen_id = ${citizenId} and id = ${id}`,
  );
  return row && read(row);
}

/** The case that is open or waiting; there is at most one. */
export async function live(db: Queryable, citizenId: CitizenId): Promise<CaseRow | undefined> {
  const row = await db.row<Row>(
    sql`select * from proofing.case where citizen_id = ${citizenId} and state in ('open', 'waiting')`,
  );
  return row && read(row);
}

/** Cases of any citizen that are due to be asked about again, longest overdue first. */
export async function due(db: Queryable, at: Date, limit: number): Promise<readonly CaseRow[]> {
  const rows = await db.rows<Row>(sql`
    select * from proofing.case where state in ('open', 'waiting') and next_try_at <= ${at}
    order by next_try_at limit ${limit}`);
  return rows.map(read);
}

export interface NewCase {
  readonly id: CaseId;
  readonly citizenId: CitizenId;
  readonly wanted: Ial;
  readonly nameSealed: Buffer;
  readonly numberSealed: Buffer;
  readonly requestIds: Readonly<Record<string, string>>;
  readonly nextTryAt: Date;
  readonly at: Date;
}

/** False when another live case was opened at the same time: nothing is written then. */
export async function insert(tx: AuditedTx, fresh: NewCase): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into proofing.case (citizen_id, id, state, wanted, name_sealed, number_sealed, request_ids, findings,
      attempts, next_try_at, created_at, updated_at, version)
    values (${fresh.citizenId}, ${fresh.id}, 'open', ${fresh.wanted}, ${fresh.nameSealed}, ${fresh.numberSealed},
      ${JSON.stringify(fresh.requestIds)}, '[]', 0, ${fresh.nextTryAt}, ${fresh.at}, ${fresh.at}, 1)
    on conflict do nothing`);
  return inserted === 1;
}

/** Ends the live case of a citizen who claims anew. Returns how many there were. */
export async function supersede(tx: AuditedTx, citizenId: CitizenId, at: Date): Promise<number> {
  return tx.run(sql`
    update proofing.case set state = 'refused', decision = '{"is":"superseded"}', name_sealed = null,
      number_sealed = null, next_try_at = null, updated_at = ${at}, version = version + 1
    where citizen_id = ${citizenId} and state in ('open', 'waiting')`);
}

/**
 * Marks an attempt, so that no other node and no second press of the button makes the same one. Undefined when
 * someone else was faster. Bookkeeping, not a change of the case: there is no event.
 */
export async function begin(
  db: Queryable,
  { citizenId, id, version }: CaseRow,
  nextTryAt: Date,
  at: Date,
): Promise<CaseRow | undefined> {
  const row = await db.row<Row>(sql`
    update proofing.case set attempts = attempts + 1, next_try_at = ${nextTryAt}, updated_at = ${at},
      version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version} and state in ('open', 'waiting')
    returning *`);
  return row && read(row);
}

export interface Settlement {
  readonly state: CaseState;
  readonly findings: readonly Examined[];
  readonly verdict: Verdict;
  readonly nextTryAt: Date | undefined;
  readonly at: Date;
}

/** Writes where the case stands now; undefined when it has moved on without us. A decided case forgets its claim. */
export async function settle(
  tx: AuditedTx,
  { citizenId, id, version }: CaseRow,
  settlement: Settlement,
): Promise<CaseRow | undefined> {
  const decided = settlement.state === 'proven' || settlement.state === 'refused';
  const row = await tx.row<Row>(sql`
    update proofing.case set state = ${settlement.state}, findings = ${JSON.stringify(settlement.findings)},
      decision = ${JSON.stringify(settlement.verdict)}, next_try_at = ${settlement.nextTryAt ?? null},
      name_sealed = case when ${decided} then null else name_sealed end,
      number_sealed = case when ${decided} then null else number_sealed end,
      updated_at = ${settlement.at}, version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version} and state in ('open', 'waiting')
    returning *`);
  return row && read(row);
}

export async function insertEvidence(tx: AuditedTx, citizenId: CitizenId, fact: Evidence): Promise<void> {
  const { checkId, method, authority, transaction, at, ial, document } = fact;
  await tx.run(sql`
    insert into proofing.evidence (citizen_id, id, method, authority, transaction, at, ial, document_kind)
    values (${citizenId}, ${checkId}, ${method}, ${authority}, ${transaction}, ${at}, ${ial}, ${document})`);
}

/** Newest first. */
export async function evidenceOf(db: Queryable, citizenId: CitizenId): Promise<readonly Evidence[]> {
  return await db.rows<Evidence>(sql`
    select id as "checkId", method, authority, transaction, at, ial, document_kind as document
    from proofing.evidence where citizen_id = ${citizenId} order by at desc, id desc`);
}
