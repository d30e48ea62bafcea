// What one officer submits and another decides. One word of the counter about one case; of any number of decisions at
// once exactly one counts.
import type { Audit, AuditedTx } from '../../../audit/audit.ts';
import type { CitizenId } from '../../../citizens/citizens.ts';
import { addSeconds } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { uuidv7, type Brand } from '../../../platform/base/ids.ts';
import type { Sealer } from '../../../platform/crypto/seal.ts';
import type { VouchedDocument } from '../../authority.ts';
import type { CaseId } from '../../proofing.ts';
import type { DecisionInput, Submitted } from './input.ts';
import { samePrint, type Printed } from './scan.ts';
import type { Desk } from './signed-request.ts';
import * as store from './store.ts';
import { tell, type TellParts } from './telling.ts';
import type { Ticket } from './tickets.ts';

export type SubmissionId = Brand<string, 'SubmissionId'>;

export interface SubmissionsParts extends TellParts {
  readonly audit: Audit;
  readonly sealer: Sealer;
  /** Seconds for which a submission waits for its second officer. */
  readonly lifeSeconds: number;
}

export const DOCUMENT_PLACE = 'proofing.submission.document';
export const GUARDIAN_PLACE = 'proofing.submission.guardian';

/** Throws Fault `conflict` when the case is proven, or something about it waits or is approved already. */
export async function submit(
  { audit, sealer, clock, lifeSeconds }: SubmissionsParts,
  desk: Desk,
  { citizenId, caseId }: Ticket,
  { document, guardian, facts }: Submitted,
  reference: string,
): Promise<{ readonly id: SubmissionId; readonly expiresAt: Date }> {
  const at = clock.now();
  const id = uuidv7(at) as SubmissionId;
  const expiresAt = addSeconds(at, lifeSeconds);
  await audit.change(async (tx) => {
    await demandOpen(tx, citizenId, caseId);
    recordExpired(tx, await store.expireOf(tx, citizenId, caseId, at));
    const inserted = await store.insertSubmission(tx, {
      ...desk,
      id,
      citizenId,
      caseId,
      documentSealed: sealer.seal(JSON.stringify(document), DOCUMENT_PLACE, id),
      guardianSealed: guardian && sealer.seal(JSON.stringify(guardian), GUARDIAN_PLACE, id),
      facts,
      at,
      expiresAt,
    });
    if (!inserted) throw new Fault('conflict', { note: 'the counter has spoken about this case already' });
    const { office, terminal, officer } = desk;
    const data = { office, terminal, caseId, submission: id };
    tx.record({ type: 'counter.submitted', data, citizenId, actor: `officer:${officer}`, reference });
  });
  return { id, expiresAt };
}

async function demandOpen(tx: AuditedTx, citizenId: CitizenId, caseId: CaseId): Promise<void> {
  const found = await store.findCase(tx, citizenId, caseId);
  if (!found?.open) throw new Fault('conflict', { note: 'the case is closed' });
}

/** A key that was stolen and then disabled must not have its last word. */
async function demandEnabled(tx: AuditedTx, { terminal, officer }: Desk): Promise<void> {
  if (!(await store.findDesk(tx, terminal, officer)))
    throw new Fault('conflict', { note: 'whoever submitted it was disabled since' });
}

/** Two officers who read two documents have not confirmed each other: one dishonest officer must not be enough. */
function demandSameReading(sealer: Sealer, { id, documentSealed }: store.SubmissionRow, read: Printed): void {
  if (documentSealed === null) throw new Fault('conflict', { note: 'decided already, or expired' });
  const submitted = JSON.parse(sealer.open(documentSealed, DOCUMENT_PLACE, id)) as VouchedDocument;
  if (!samePrint(read, submitted) || read.name !== submitted.name)
    throw new Fault('conflict', { note: 'the two officers have read different documents' });
}

/**
 * Throws Fault `not_found` for a submission that is not of this office, `forbidden` for the submitter's own, `conflict`
 * when the second officer has read another document, when somebody was faster, when it has waited too long, when its case is closed, or when who submitted it was disabled.
 */
export async function decide(
  parts: SubmissionsParts,
  desk: Desk,
  id: SubmissionId,
  input: DecisionInput,
  reference: string,
): Promise<'approved' | 'rejected'> {
  const { audit, clock, sealer } = parts;
  const row = await audit.change(async (tx) => {
    const found = await store.findSubmission(tx, id);
    if (!found || found.office !== desk.office) throw new Fault('not_found', { note: 'no such submission' });
    if (found.officer === desk.officer)
      throw new Fault('forbidden', { note: 'nobody approves what they submitted' });
    await demandOpen(tx, found.citizenId, found.caseId);
    if (input.decision === 'approve') {
      await demandEnabled(tx, found);
      demandSameReading(sealer, found, input.document);
    }
    const decided = await store.decide(tx, found, {
      state: input.decision === 'approve' ? 'approved' : 'rejected',
      approver: desk.officer,
      reason: input.decision === 'reject' ? input.reason : null,
      at: clock.now(),
    });
    if (!decided) throw new Fault('conflict', { note: 'decided already, or expired' });
    record(tx, desk, found, input, reference);
    return found;
  });
  await tell(parts, row);
  return input.decision === 'approve' ? 'approved' : 'rejected';
}

function record(
  tx: AuditedTx,
  { office, terminal, officer }: Desk,
  { citizenId, caseId, id }: store.SubmissionRow,
  input: DecisionInput,
  reference: string,
): void {
  const who = { citizenId, actor: `officer:${officer}`, reference };
  const data = { office, terminal, caseId, submission: id };
  if (input.decision === 'approve') tx.record({ type: 'counter.approved', data, ...who });
  else tx.record({ type: 'counter.rejected', data: { ...data, reason: input.reason }, ...who });
}

function recordExpired(tx: AuditedTx, rows: readonly store.AboutRow[]): void {
  for (const { id, citizenId, caseId } of rows)
    tx.record({
      type: 'counter.expired',
      data: { caseId, submission: id },
      citizenId,
      actor: 'system',
    });
}

/**
 * For a job: ends submissions that waited too long, and erases approved documents `keptSeconds` after the decision: by
 * then the case has taken what it needs. The guardian stays, as the record of a consent. At most `limit` of each;
 * true when there may be more.
 */
export async function sweepSubmissions(
  { audit, clock }: Pick<SubmissionsParts, 'audit' | 'clock'>,
  keptSeconds: number,
  limit: number,
): Promise<boolean> {
  const at = clock.now();
  return audit.change(async (tx) => {
    const expired = await store.expireDue(tx, at, limit);
    recordExpired(tx, expired);
    const erased = await store.eraseDecided(tx, addSeconds(at, -keptSeconds), limit);
    if (erased > 0) tx.record({ type: 'counter.erased', data: { submissions: erased }, actor: 'system' });
    if (expired.length + erased === 0) tx.unchanged();
    return expired.length === limit || erased === limit;
  });
}
