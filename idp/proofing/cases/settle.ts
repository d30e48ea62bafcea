// The end of a round: findings, the level they are worth, what becomes of the account, and the events, in one
// transaction.
import type { AuditedTx } from '../../audit/audit.ts';
import type { Ial } from '../../assurance/assurance.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { addSeconds } from '../../platform/base/clock.ts';
import { adjudicate, type Examined } from '../adjudicate.ts';
import type { CasesParts } from '../cases.ts';
import { decisionName, type Decision } from '../decision.ts';
import * as store from '../store.ts';
import { parseDocument } from '../documents/documents.ts';
import { sealClaim, withoutPerson, type Claim } from './claim.ts';
import { keepEvidence } from './evidence.ts';
import type { Round } from './examine.ts';
import { sealHandover } from './handover.ts';
import { probeDigest, type Subject } from './subject.ts';
import { nextTryAt } from './timing.ts';

/** Someone else moved the case on; whatever we were about to write is rolled back. */
export class MovedOn extends Error {}

const STATES: Readonly<Record<Decision['is'], store.CaseState>> = {
  reached: 'proven',
  merge: 'proven',
  phone_released: 'refused',
  refused: 'refused',
  another_way: 'refused',
  human: 'review',
  ask: 'open',
  pending: 'handed',
  waiting: 'waiting',
};

interface Settling {
  readonly row: store.CaseRow;
  readonly subject: Subject;
  readonly findings: readonly Examined[];
  readonly at: Date;
  /** To be done once the transaction has committed. */
  readonly afterwards: (() => Promise<void>)[];
}

/** Throws MovedOn when we are too late. `latest`: what this round brought. */
export async function settle(
  parts: CasesParts,
  row: store.CaseRow,
  subject: Subject,
  round: Round,
  latest: readonly Examined[],
): Promise<store.CaseRow> {
  const settling: Settling = {
    row,
    subject,
    findings: round.findings,
    at: parts.clock.now(),
    afterwards: [],
  };
  const settled = await parts.audit.change(async (tx) => {
    const decision = await carryOut(parts, tx, settling);
    const settled = await write(parts, tx, settling, round, decision);
    if (!settled) throw new MovedOn();
    record(tx, row, latest, decisionName(decision));
    return settled;
  });
  for (const act of settling.afterwards) await act();
  return settled;
}

/** What the decision means for the account. Another account's hold is seen only here, in the transaction. */
async function carryOut(parts: CasesParts, tx: AuditedTx, settling: Settling): Promise<Decision> {
  const { subject, findings, row, at } = settling;
  const question = { ...subject.question, findings };
  const decision = adjudicate(question);
  if (decision.is === 'reached') {
    if (!(await raise(parts, tx, settling, decision.ial)))
      return taken(parts, tx, settling, adjudicate({ ...question, holder: 'another' }));
    await keep(parts, tx, settling);
  }
  if (decision.is === 'phone_released') {
    await parts.citizens.releasePhone(tx, row.citizenId, at);
    tx.record({ ...about(row), type: 'citizen.phone_released', data: { caseId: row.id } });
  }
  if (decision.is === 'refused') await refusal(parts, tx, settling, decision.why);
  return decision;
}

/** Another account holds the document: at a counter the two become one. */
async function taken(
  parts: CasesParts,
  tx: AuditedTx,
  settling: Settling,
  decision: Decision,
): Promise<Decision> {
  const { row, subject, at } = settling;
  const { document } = subject.claim;
  const lost = decision.is === 'human' && decision.why === 'same_person';
  if (lost && document && subject.question.continuity === 'first')
    settling.afterwards.push(() => comeBack(parts, row.citizenId, document));
  if (decision.is !== 'merge' || !document) return decision;
  const into = await parts.citizens.findByDocument(document.kind, document.number);
  if (into === undefined || !(await parts.citizens.merge(tx, row.citizenId, into, at)))
    return { is: 'human', why: 'same_person' };
  const merged = { type: 'citizen.merged', data: { caseId: row.id, into } } as const;
  tx.record({ ...about(row), ...merged });
  // The account that stays got another phone: its own history must say so.
  tx.record({ ...about(row), ...merged, citizenId: into });
  // What the officers saw is true of the person, so of the account that stays.
  const ial = (await parts.citizens.find(into))?.ial ?? 0;
  const stays = { ...settling, subject: { ...subject, ial }, row: { ...row, citizenId: into } };
  if (await raise(parts, tx, stays, decision.ial)) await keep(parts, tx, stays);
  return decision;
}

/** A real person with a new phone: it goes to the account that they had, unless the old phone says no in time. */
async function comeBack(
  { citizens, moves }: CasesParts,
  from: CitizenId,
  { kind, number }: NonNullable<Claim['document']>,
): Promise<void> {
  const into = await citizens.findByDocument(kind, number);
  if (into !== undefined) await moves?.open(from, into);
}

async function refusal(parts: CasesParts, tx: AuditedTx, settling: Settling, why: string): Promise<void> {
  const { row, subject, at } = settling;
  const { document } = subject.claim;
  if (why === 'no_match' && document)
    await store.noteProbe(tx, probeDigest(parts.index, document), row.citizenId, at);
  // Only the holder's own account: what a stranger claims about a dead person changes nothing.
  if (why !== 'deceased' || !subject.question.matchedBefore) return;
  if (subject.question.lead.officer) {
    await parts.citizens.decease(tx, row.citizenId, at);
    tx.record({ ...about(row), type: 'citizen.deceased', data: { caseId: row.id } });
    return;
  }
  // Registers err about the living: the level goes, and a counter gives it back or ends the account.
  if (!(await parts.citizens.lower(tx, row.citizenId, { ial: 0, ialExpiresAt: undefined }, at))) return;
  const { method } = subject.way.lead;
  tx.record({
    ...about(row),
    type: 'citizen.level_lowered',
    data: { from: subject.ial, to: 0, method, reason: 'deceased' },
  });
}

/** False when another account holds this document; nothing is written then. */
async function raise(
  parts: CasesParts,
  tx: AuditedTx,
  { row, subject, at }: Settling,
  ial: Ial,
): Promise<boolean> {
  const { claim, way, question } = subject;
  const { continuity } = question;
  const as = continuity === 'adds' || continuity === 'renumbered' ? continuity : 'first';
  const expiresAt = addSeconds(at, way.lead.validitySeconds ?? parts.validitySeconds);
  const proven = { identity: provenIdentity(claim, parts), pseudonym: claim.pseudonym, as } as const;
  const raised = await parts.citizens.raise(tx, row.citizenId, proven, ial, expiresAt, at);
  if (raised.is === 'held_by_another') return false;
  if (ial > subject.ial)
    tx.record({
      ...about(row),
      type: 'citizen.level_raised',
      data: { from: subject.ial, to: ial, method: way.lead.method, caseId: row.id },
    });
  if (as !== 'first')
    tx.record({ ...about(row), type: 'citizen.document_added', data: { as, caseId: row.id } });
  return true;
}

/** A birth date that was only typed is nobody's word: kept is what the number holds, or what an officer read. */
function provenIdentity({ document, vouched }: Claim, { clock }: CasesParts): Claim['document'] {
  if (!document || vouched === true) return document;
  const read = parseDocument(document.kind, document.number, clock.now());
  return { ...document, birthdate: read.is === 'ok' ? read.birthdate : undefined };
}

/** Every match that the level rests on, as evidence. */
async function keep(
  parts: CasesParts,
  tx: AuditedTx,
  { row, subject, findings, at }: Settling,
): Promise<void> {
  const { way, claim } = subject;
  const expiresAt = addSeconds(at, way.lead.validitySeconds ?? parts.validitySeconds);
  for (const { id, method, reaches } of [...way.beside, way.lead]) {
    const finding = findings.find(({ authority }) => authority === id)?.finding;
    if (finding?.is !== 'match') continue;
    const { transaction, details } = finding;
    await keepEvidence(tx, row.citizenId, {
      method,
      authority: id,
      transaction,
      at: finding.at,
      ial: reaches,
      expiresAt,
      document: claim.document?.kind,
      ...(details ? { details } : {}),
    });
  }
}

async function write(
  parts: CasesParts,
  tx: AuditedTx,
  { row, subject, findings, at }: Settling,
  { begun }: Round,
  decision: Decision,
): Promise<store.CaseRow | undefined> {
  const state = STATES[decision.is];
  const byTicket = subject.question.lead.officer;
  return store.settle(tx, row, {
    ...sealClaim(parts.sealer, row.id, claimToKeep(subject, findings)),
    state,
    findings: findings.map(({ authority, finding }) => ({ authority, finding: withoutPerson(finding) })),
    verdict: decision,
    handed: begun && { sealed: sealHandover(parts.sealer, row.id, begun), until: begun.expiresAt },
    ticketSealed: await ticket(parts, tx, row, state, byTicket),
    nextTryAt: nextTryAt(row, state, byTicket, begun?.expiresAt ?? row.handedUntil, at),
    at,
  });
}

/** A bank card's number is kept only until its network has answered. */
function claimToKeep({ claim, question }: Subject, findings: readonly Examined[]): Claim {
  const waits = findings.every(
    ({ authority, finding }) => authority !== question.lead.id || finding.is === 'unavailable',
  );
  return waits ? claim : { ...claim, fields: {} };
}

/** Whoever cannot go on here gets a number for the counter; the same one as long as the case is the same. */
async function ticket(
  { tickets, sealer }: CasesParts,
  tx: AuditedTx,
  row: store.CaseRow,
  state: store.CaseState,
  byTicket: boolean,
): Promise<Buffer | undefined> {
  const stuck = state === 'refused' || state === 'review' || (state === 'handed' && byTicket);
  if (!tickets || row.ticketSealed || !stuck) return undefined;
  const number = await tickets.issue(tx, row.citizenId, row.id);
  return sealer.seal(number, 'proofing.case.ticket', row.id);
}

const about = ({ citizenId }: store.CaseRow) => ({ citizenId, actor: 'system' });

export function record(
  tx: AuditedTx,
  row: store.CaseRow,
  latest: readonly Examined[],
  decision: string,
): void {
  const authority = latest.map(({ authority: id }) => id).join(' ') || 'none';
  const finding = latest.map((examined) => examined.finding.is).join(' ') || 'none';
  tx.record({ ...about(row), type: 'case.decided', data: { caseId: row.id, authority, finding, decision } });
}
