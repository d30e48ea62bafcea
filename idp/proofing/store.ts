// The proofing schema: one row per case, one per piece of evidence. Claimed name and number go in sealed and are erased
// with the decision.
import type { AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { CitizenId, DocumentKind } from '../citizens/citizens.ts';
import { FIRST_UUID, sealedRow, type SealedRow, type SealedTable } from '../platform/crypto/sealed-table.ts';
import { sql, type Queryable } from '../platform/store/postgres.ts';
import type { Examined } from './adjudicate.ts';
import type { Evidence } from './cases/evidence.ts';
import type { Finding } from './authority.ts';
import type { CaseId, Decision } from './proofing.ts';

export type CaseState = 'open' | 'waiting' | 'handed' | 'review' | 'proven' | 'refused';

/** How a case ended, or what it waits for. `lapsed`: nobody ever answered; `superseded`: claimed anew. */
export type Verdict = Decision | { readonly is: 'lapsed' } | { readonly is: 'superseded' };

/** What is claimed, as it is kept while the case lives. */
export interface SealedClaim {
  /** Undefined: no document is claimed. */
  readonly documentKind: DocumentKind | undefined;
  readonly nameSealed: Buffer | undefined;
  readonly numberSealed: Buffer | undefined;
  /** Undefined once the case is decided, like name and number. */
  readonly moreSealed: Buffer | undefined;
}

export interface CaseRow extends SealedClaim {
  readonly id: CaseId;
  readonly citizenId: CitizenId;
  readonly state: CaseState;
  readonly wanted: Ial;
  /** The authority that leads. */
  readonly way: string;
  /** By authority: the id under which this case's question is put, every time. */
  readonly requestIds: Readonly<Record<string, string>>;
  readonly findings: readonly Examined[];
  readonly verdict: Verdict | undefined;
  readonly handedSealed: Buffer | undefined;
  readonly handedUntil: Date | undefined;
  readonly ticketSealed: Buffer | undefined;
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
  way: string;
  document_kind: DocumentKind | null;
  name_sealed: Buffer | null;
  number_sealed: Buffer | null;
  more_sealed: Buffer | null;
  handed_sealed: Buffer | null;
  handed_until: Date | null;
  ticket_sealed: Buffer | null;
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
    way: row.way,
    documentKind: row.document_kind ?? undefined,
    nameSealed: row.name_sealed ?? undefined,
    numberSealed: row.number_sealed ?? undefined,
    moreSealed: row.more_sealed ?? undefined,
    handedSealed: row.handed_sealed ?? undefined,
    handedUntil: row.handed_until ?? undefined,
    ticketSealed: row.ticket_sealed ?? undefined,
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

/** The case that is not decided; there is at most one. */
export async function live(db: Queryable, citizenId: CitizenId): Promise<CaseRow | undefined> {
  const row = await db.row<Row>(sql`
    select * from proofing.case
    where citizen_id = ${citizenId} and state in ('open', 'waiting', 'handed', 'review')`);
  return row && read(row);
}

export async function latest(db: Queryable, citizenId: CitizenId): Promise<CaseRow | undefined> {
  const row = await db.row<Row>(sql`
    select * from proofing.case where citizen_id = ${citizenId} order by created_at desc, id desc limit 1`);
  return row && read(row);
}

/** Cases of any citizen that are due to be looked at again, longest overdue first. */
export async function due(db: Queryable, at: Date, limit: number): Promise<readonly CaseRow[]> {
  const rows = await db.rows<Row>(sql`
    select * from proofing.case
    where state in ('open', 'waiting', 'handed', 'review') and next_try_at <= ${at}
    order by next_try_at limit ${limit}`);
  return rows.map(read);
}

export interface NewCase extends SealedClaim {
  readonly id: CaseId;
  readonly citizenId: CitizenId;
  readonly wanted: Ial;
  readonly way: string;
  readonly requestIds: Readonly<Record<string, string>>;
  readonly nextTryAt: Date;
  readonly at: Date;
}

/** False when another live case was opened at the same time: nothing is written then. */
export async function insert(tx: AuditedTx, fresh: NewCase): Promise<boolean> {
  const { citizenId, id, wanted, way, documentKind, nameSealed, numberSealed, moreSealed, at } = fresh;
  const inserted = await tx.run(sql`
    insert into proofing.case (citizen_id, id, state, wanted, way, document_kind, name_sealed, number_sealed,
      more_sealed, request_ids, findings, attempts, next_try_at, created_at, updated_at, version)
    values (${citizenId}, ${id}, 'open', ${wanted}, ${way}, ${documentKind ?? null}, ${nameSealed ?? null},
      ${numberSealed ?? null}, ${moreSealed ?? null}, ${JSON.stringify(fresh.requestIds)}, '[]', 0,
      ${fresh.nextTryAt}, ${at}, ${at}, 1)
    on conflict do nothing`);
  return inserted === 1;
}

/** Ends a case that nobody decided; false when it has moved on without us. */
export async function end(
  tx: AuditedTx,
  { citizenId, id, version }: CaseRow,
  verdict: Verdict,
  at: Date,
): Promise<boolean> {
  const ended = await tx.run(sql`
    update proofing.case set state = 'refused', decision = ${JSON.stringify(verdict)}, name_sealed = null,
      number_sealed = null, more_sealed = null, handed_sealed = null, next_try_at = null, updated_at = ${at},
      version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version}
      and state in ('open', 'waiting', 'handed', 'review')`);
  return ended === 1;
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
    where citizen_id = ${citizenId} and id = ${id} and version = ${version} and state in ('open', 'waiting', 'handed')
    returning *`);
  return row && read(row);
}

export type Reopening = Pick<NewCase, 'way' | 'requestIds' | 'at' | 'moreSealed'>;

/** Takes a case up again, without its claim; undefined when it has moved on without us. */
export async function reopen(
  tx: AuditedTx,
  { citizenId, id, version }: CaseRow,
  { way, requestIds, moreSealed, at }: Reopening,
): Promise<CaseRow | undefined> {
  const row = await tx.row<Row>(sql`
    update proofing.case set state = 'open', way = ${way}, document_kind = null, name_sealed = null,
      number_sealed = null, more_sealed = ${moreSealed ?? null}, handed_sealed = null, findings = '[]',
      decision = null, request_ids = ${JSON.stringify(requestIds)}, attempts = 0, next_try_at = ${at}, created_at = ${at},
      updated_at = ${at}, version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version}
    returning *`);
  return row && read(row);
}

export interface Settlement extends SealedClaim {
  readonly state: CaseState;
  readonly findings: readonly Examined[];
  readonly verdict: Verdict;
  /** Where the citizen goes on from here; undefined: as before. */
  readonly handed: { readonly sealed: Buffer; readonly until: Date } | undefined;
  /** The number for the counter, when one is given out now. */
  readonly ticketSealed: Buffer | undefined;
  readonly nextTryAt: Date | undefined;
  readonly at: Date;
}

/** Writes where the case stands now; undefined when it has moved on without us. A decided case forgets its claim. */
export async function settle(
  tx: AuditedTx,
  { citizenId, id, version }: CaseRow,
  to: Settlement,
): Promise<CaseRow | undefined> {
  const decided = to.state === 'proven' || to.state === 'refused';
  const kept = <Value>(value: Value | undefined): Value | null => (decided ? null : (value ?? null));
  const row = await tx.row<Row>(sql`
    update proofing.case set state = ${to.state}, findings = ${JSON.stringify(to.findings)},
      decision = ${JSON.stringify(to.verdict)}, next_try_at = ${to.nextTryAt ?? null},
      document_kind = ${to.documentKind ?? null}, name_sealed = ${kept(to.nameSealed)},
      number_sealed = ${kept(to.numberSealed)}, more_sealed = ${kept(to.moreSealed)},
      handed_sealed = case when ${decided} then null else coalesce(${to.handed?.sealed ?? null}, handed_sealed) end,
      handed_until = coalesce(${to.handed?.until ?? null}, handed_until),
      ticket_sealed = coalesce(${to.ticketSealed ?? null}, ticket_sealed),
      updated_at = ${to.at}, version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version}
      and state in ('open', 'waiting', 'handed')
    returning *`);
  return row && read(row);
}

export async function insertEvidence(tx: AuditedTx, citizenId: CitizenId, fact: Evidence): Promise<void> {
  const { checkId, method, authority, transaction, at, ial, expiresAt, document, details } = fact;
  await tx.run(sql`
    insert into proofing.evidence
      (citizen_id, id, method, authority, transaction, at, ial, expires_at, document_kind, details)
    values (${citizenId}, ${checkId}, ${method}, ${authority}, ${transaction}, ${at}, ${ial},
      ${expiresAt ?? null}, ${document ?? null}, ${JSON.stringify(details ?? {})})`);
}

/** Newest first. */
export async function evidenceOf(db: Queryable, citizenId: CitizenId): Promise<readonly Evidence[]> {
  const rows = await db.rows<Nullable<Evidence>>(sql`
    select id as "checkId", method, authority, transaction, at, ial, expires_at as "expiresAt",
      regraded_at is not null as regraded, document_kind as document, details
    from proofing.evidence where citizen_id = ${citizenId} order by at desc, id desc`);
  return rows.map(({ expiresAt, document, ...fact }) => ({
    ...(fact as Evidence),
    expiresAt: expiresAt ?? undefined,
    document: document ?? undefined,
  }));
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** Another account failed with this number. */
export async function noteProbe(
  tx: AuditedTx,
  digest: Buffer,
  citizenId: CitizenId,
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into proofing.probe (digest, citizen_id, at) values (${digest}, ${citizenId}, ${at})
    on conflict (digest, citizen_id) do update set at = excluded.at`);
}

/** How many other accounts failed with this number since, under whichever key its digest was made. */
export async function countProbes(
  db: Queryable,
  digests: readonly Buffer[],
  citizenId: CitizenId,
  since: Date,
): Promise<number> {
  const row = await db.row<{ n: number }>(sql`
    select count(distinct citizen_id)::int as n from proofing.probe
    where digest = any(${digests}::bytea[]) and citizen_id <> ${citizenId} and at > ${since}`);
  return row?.n ?? 0;
}

type CaseColumn = 'name' | 'number' | 'more' | 'handed' | 'ticket';

const sealedCases: SealedTable<CaseColumn> = {
  name: 'proofing.case',
  columns: ['name', 'number', 'more', 'handed', 'ticket'],
  async read(db, [citizenId = FIRST_UUID, id = FIRST_UUID], limit) {
    const rows = await db.rows<SealedRow<CaseColumn>['values'] & { readonly key: readonly string[] }>(sql`
      select array[citizen_id::text, id::text] as key, name_sealed as name, number_sealed as number,
        more_sealed as more, handed_sealed as handed, ticket_sealed as ticket
      from proofing.case where (citizen_id, id) > (${citizenId}::uuid, ${id}::uuid)
      order by citizen_id, id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { name, number, more, handed, ticket }) =>
    db.run(sql`
      update proofing.case set name_sealed = ${name}, number_sealed = ${number}, more_sealed = ${more},
        handed_sealed = ${handed}, ticket_sealed = ${ticket}
      where citizen_id = ${key[0]} and id = ${key[1]} and name_sealed is not distinct from ${values.name}
        and number_sealed is not distinct from ${values.number} and more_sealed is not distinct from ${values.more}
        and handed_sealed is not distinct from ${values.handed}
        and ticket_sealed is not distinct from ${values.ticket}`),
};

export const sealedTables: readonly SealedTable[] = [sealedCases];
