// SQL of the counters: who may speak, tickets, submissions. Of a case only what an officer may know is read.
import type { AuditedTx } from '../../../audit/audit.ts';
import type { Ial } from '../../../assurance/assurance.ts';
import type { CitizenId } from '../../../citizens/citizens.ts';
import {
  FIRST_UUID,
  sealedRow,
  type SealedRow,
  type SealedTable,
} from '../../../platform/crypto/sealed-table.ts';
import { sql, type Queryable } from '../../../platform/store/postgres.ts';
import type { CaseId } from '../../proofing.ts';
import type { Office, OfficeId, Officer, OfficerId, Terminal, TerminalId } from './directory/directory.ts';
import type { Facts } from './input.ts';
import type { PublicJwk, PublicKey } from './directory/public-key.ts';
import type { Desk } from './signed-request.ts';
import type { SubmissionId } from './submissions.ts';
import type { Ticket } from './tickets.ts';

/** False when there is one with this identifier. */
export async function insertOffice(
  tx: AuditedTx,
  { id, name, region }: Readonly<Record<'id' | 'name' | 'region', string>>,
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into proofing.office (id, name, region) values (${id}, ${name}, ${region}) on conflict do nothing`);
  return inserted === 1;
}

export async function officeExists(db: Queryable, id: string): Promise<boolean> {
  return (await db.row(sql`select id from proofing.office where id = ${id}`)) !== undefined;
}

interface NewSignerRow extends PublicKey {
  readonly id: string;
  readonly office: string;
  readonly at: Date;
}

/** False when the identifier or the key is in use, the key also by an officer. */
export async function insertTerminal(
  tx: AuditedTx,
  { id, office, name, jwk, thumbprint, at }: NewSignerRow & { readonly name: string },
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into proofing.terminal (id, office, name, public_jwk, thumbprint, enabled, registered_at)
    select ${id}, ${office}, ${name}, ${JSON.stringify(jwk)}::jsonb, ${thumbprint}, true, ${at}
    where not exists (select 1 from proofing.officer where officer.thumbprint = ${thumbprint})
    on conflict do nothing`);
  return inserted === 1;
}

/** False when the identifier or the key is in use, the key also by a terminal. */
export async function insertOfficer(
  tx: AuditedTx,
  { id, office, jwk, thumbprint, at }: NewSignerRow,
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into proofing.officer (id, office, public_jwk, thumbprint, enabled, registered_at)
    select ${id}, ${office}, ${JSON.stringify(jwk)}::jsonb, ${thumbprint}, true, ${at}
    where not exists (select 1 from proofing.terminal where terminal.thumbprint = ${thumbprint})
    on conflict do nothing`);
  return inserted === 1;
}

export async function disableTerminal(tx: AuditedTx, id: string): Promise<boolean> {
  return (await tx.run(sql`update proofing.terminal set enabled = false where id = ${id} and enabled`)) === 1;
}

export async function disableOfficer(tx: AuditedTx, id: string): Promise<boolean> {
  return (await tx.run(sql`update proofing.officer set enabled = false where id = ${id} and enabled`)) === 1;
}

export async function offices(db: Queryable): Promise<readonly Office[]> {
  return await db.rows<Office>(sql`select id, name, region from proofing.office order by id`);
}

export async function terminals(db: Queryable): Promise<readonly Terminal[]> {
  return await db.rows<Terminal>(sql`
    select id, office, name, enabled, registered_at as "registeredAt" from proofing.terminal order by id`);
}

export async function officers(db: Queryable): Promise<readonly Officer[]> {
  return await db.rows<Officer>(sql`
    select id, office, enabled, registered_at as "registeredAt" from proofing.officer order by id`);
}

/** Both keys, when both are enabled and of one office. Read with every request: a disabled key is dead at once. */
export async function findDesk(
  db: Queryable,
  terminal: string,
  officer: string,
): Promise<(Desk & { readonly terminalKey: PublicJwk; readonly officerKey: PublicJwk }) | undefined> {
  interface Row {
    office: OfficeId;
    terminal: TerminalId;
    officer: OfficerId;
    terminalKey: PublicJwk;
    officerKey: PublicJwk;
  }
  return await db.row<Row>(sql`
    select terminal.office, terminal.id as terminal, officer.id as officer,
      terminal.public_jwk as "terminalKey", officer.public_jwk as "officerKey"
    from proofing.terminal join proofing.officer on officer.office = terminal.office
    where terminal.id = ${terminal} and terminal.enabled and officer.id = ${officer} and officer.enabled`);
}

export interface NewTicket extends Ticket {
  readonly digest: Buffer;
  readonly at: Date;
}

export async function insertTicket(tx: AuditedTx, ticket: NewTicket): Promise<void> {
  const { digest, citizenId, caseId, at, expiresAt } = ticket;
  await tx.run(sql`
    insert into proofing.ticket (digest, citizen_id, case_id, created_at, expires_at)
    values (${digest}, ${citizenId}, ${caseId}, ${at}, ${expiresAt})`);
}

/** As it stands; it may have expired. `digests`: under every key of the index, because a ticket outlives a rotation. */
export async function findTicket(db: Queryable, digests: readonly Buffer[]): Promise<Ticket | undefined> {
  return await db.row<Ticket>(sql`
    select citizen_id as "citizenId", case_id as "caseId", expires_at as "expiresAt"
    from proofing.ticket where digest = any(${digests}::bytea[])`);
}

export interface CaseFacts {
  readonly wanted: Ial;
  readonly openedAt: Date;
  /** False once it is proven: what failed online is what a counter is for. */
  readonly open: boolean;
}

export async function findCase(
  db: Queryable,
  citizenId: CitizenId,
  caseId: CaseId,
): Promise<CaseFacts | undefined> {
  return await db.row<CaseFacts>(sql`
    select wanted, created_at as "openedAt", state <> 'proven' as open
    from proofing.case where citizen_id = ${citizenId} and id = ${caseId}`);
}

export type SubmissionState = 'submitted' | 'approved' | 'rejected' | 'expired';

export interface SubmissionRow extends Desk {
  readonly id: SubmissionId;
  readonly citizenId: CitizenId;
  readonly caseId: CaseId;
  readonly documentSealed: Buffer | null;
  readonly facts: Facts;
  readonly state: SubmissionState;
  readonly approver: OfficerId | null;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly version: number;
}

/** The word of the counter about a case: the latest that has not expired. After a rejection there may be another. */
export async function standing(
  db: Queryable,
  citizenId: CitizenId,
  caseId: CaseId,
): Promise<SubmissionRow | undefined> {
  return await db.row<SubmissionRow>(sql`
    select id, citizen_id as "citizenId", case_id as "caseId", office, terminal, officer,
      document_sealed as "documentSealed", facts, state, approver, reason, created_at as "createdAt",
      expires_at as "expiresAt", decided_at as "decidedAt", version
    from proofing.submission
    where citizen_id = ${citizenId} and case_id = ${caseId} and state <> 'expired'
    order by created_at desc, id desc limit 1`);
}

/** The second officer knows its identifier alone: one look into the index of each partition. */
export async function findSubmission(db: Queryable, id: SubmissionId): Promise<SubmissionRow | undefined> {
  return await db.row<SubmissionRow>(sql`
    select id, citizen_id as "citizenId", case_id as "caseId", office, terminal, officer,
      document_sealed as "documentSealed", facts, state, approver, reason, created_at as "createdAt",
      expires_at as "expiresAt", decided_at as "decidedAt", version
    from proofing.submission where id = ${id}`);
}

export interface NewSubmission extends Desk {
  readonly id: SubmissionId;
  readonly citizenId: CitizenId;
  readonly caseId: CaseId;
  readonly documentSealed: Buffer;
  readonly guardianSealed: Buffer | undefined;
  readonly facts: Facts;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** False when one about this case waits or is approved, also one that was sent at the same moment. */
export async function insertSubmission(tx: AuditedTx, fresh: NewSubmission): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into proofing.submission (citizen_id, id, case_id, office, terminal, officer, document_sealed,
      guardian_sealed, facts, state, created_at, expires_at, version)
    values (${fresh.citizenId}, ${fresh.id}, ${fresh.caseId}, ${fresh.office}, ${fresh.terminal}, ${fresh.officer},
      ${fresh.documentSealed}, ${fresh.guardianSealed ?? null}, ${JSON.stringify(fresh.facts)}, 'submitted',
      ${fresh.at}, ${fresh.expiresAt}, 1)
    on conflict do nothing`);
  return inserted === 1;
}

export interface Decided {
  readonly state: 'approved' | 'rejected';
  readonly approver: OfficerId;
  readonly reason: string | null;
  readonly at: Date;
}

/** False when somebody was faster or the time is up. What was rejected is forgotten. */
export async function decide(
  tx: AuditedTx,
  { citizenId, id, version }: Pick<SubmissionRow, 'citizenId' | 'id' | 'version'>,
  { state, approver, reason, at }: Decided,
): Promise<boolean> {
  const written = await tx.run(sql`
    update proofing.submission set state = ${state}, approver = ${approver}, reason = ${reason}, decided_at = ${at},
      document_sealed = case when ${state} = 'approved' then document_sealed end,
      guardian_sealed = case when ${state} = 'approved' then guardian_sealed end, version = version + 1
    where citizen_id = ${citizenId} and id = ${id} and version = ${version} and state = 'submitted'
      and officer <> ${approver} and expires_at > ${at}`);
  return written === 1;
}

export type AboutRow = Pick<SubmissionRow, 'id' | 'citizenId' | 'caseId'>;

/** Ends the submission about this case, if its time is up. */
export async function expireOf(
  tx: AuditedTx,
  citizenId: CitizenId,
  caseId: CaseId,
  at: Date,
): Promise<readonly AboutRow[]> {
  return await tx.rows<AboutRow>(sql`
    update proofing.submission set state = 'expired', document_sealed = null, guardian_sealed = null,
      version = version + 1
    where citizen_id = ${citizenId} and case_id = ${caseId} and state = 'submitted' and expires_at <= ${at}
    returning id, citizen_id as "citizenId", case_id as "caseId"`);
}

/** The same for everybody's, longest overdue first. */
export async function expireDue(tx: AuditedTx, at: Date, limit: number): Promise<readonly AboutRow[]> {
  return await tx.rows<AboutRow>(sql`
    update proofing.submission set state = 'expired', document_sealed = null, guardian_sealed = null,
      version = version + 1
    where state = 'submitted' and (citizen_id, id) in (
      select due.citizen_id, due.id from proofing.submission due
      where due.state = 'submitted' and due.expires_at <= ${at} order by due.expires_at limit ${limit})
    returning id, citizen_id as "citizenId", case_id as "caseId"`);
}

/** Forgets the documents of what was approved before this instant. Returns how many. */
export async function eraseDecided(tx: AuditedTx, before: Date, limit: number): Promise<number> {
  return await tx.run(sql`
    update proofing.submission set document_sealed = null, version = version + 1
    where (citizen_id, id) in (
      select due.citizen_id, due.id from proofing.submission due
      where due.state = 'approved' and due.document_sealed is not null and due.decided_at <= ${before}
      order by due.decided_at limit ${limit})`);
}

/** Bookkeeping, not a change of the submission: there is no event. */
export async function markTold(
  db: Queryable,
  { citizenId, id }: Pick<SubmissionRow, 'citizenId' | 'id'>,
  at: Date,
): Promise<void> {
  await db.run(sql`
    update proofing.submission set told_at = ${at} where citizen_id = ${citizenId} and id = ${id}`);
}

/** Decisions before this instant of which the case does not know, oldest first. */
export async function untold(db: Queryable, before: Date, limit: number): Promise<readonly AboutRow[]> {
  return await db.rows<AboutRow>(sql`
    select id, citizen_id as "citizenId", case_id as "caseId" from proofing.submission
    where state in ('approved', 'rejected') and told_at is null and decided_at <= ${before}
    order by decided_at limit ${limit}`);
}

type SubmissionColumn = 'document' | 'guardian';

export const sealedSubmissions: SealedTable<SubmissionColumn> = {
  name: 'proofing.submission',
  columns: ['document', 'guardian'],
  async read(db, [citizenId = FIRST_UUID, id = FIRST_UUID], limit) {
    const rows = await db.rows<
      SealedRow<SubmissionColumn>['values'] & { readonly key: readonly string[] }
    >(sql`
      select array[citizen_id::text, id::text] as key, document_sealed as document, guardian_sealed as guardian
      from proofing.submission where (citizen_id, id) > (${citizenId}::uuid, ${id}::uuid)
      order by citizen_id, id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { document, guardian }) =>
    db.run(sql`
      update proofing.submission set document_sealed = ${document}, guardian_sealed = ${guardian}
      where citizen_id = ${key[0]} and id = ${key[1]} and document_sealed is not distinct from ${values.document}
        and guardian_sealed is not distinct from ${values.guardian}`),
};
