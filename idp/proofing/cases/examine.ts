// One examination: asks whoever is to be asked, outside any transaction, until the case is decided or must wait.
import type { Finding } from '../authority.ts';
import { adjudicate, type Examined } from '../adjudicate.ts';
import type { CasesParts } from '../cases.ts';
import { decisionName } from '../decision.ts';
import * as store from '../store.ts';
import { claimAfter } from './claim.ts';
import { openHandover, type Handover } from './handover.ts';
import { MovedOn, record, settle } from './settle.ts';
import { subjectOf, WayIsOff, type Subject } from './subject.ts';
import { lookAgainAt } from './timing.ts';

/** What one round of asking brought. */
export interface Round {
  readonly findings: readonly Examined[];
  /** The lead took the citizen in: they go on there. */
  readonly begun?: Handover | undefined;
}

/**
 * `returnTo`: where the citizen's browser comes back; without one nobody is handed over. A decided case is returned as
 * it is, and so is one that somebody else moved on.
 */
export async function examine(
  parts: CasesParts,
  row: store.CaseRow,
  returnTo: string | undefined,
): Promise<store.CaseRow> {
  const at = parts.clock.now();
  let current = await store.begin(parts.postgres, row, lookAgainAt(row, at), at);
  try {
    while (current) {
      const subject = await subjectOf(parts, current);
      if (returnTo === undefined && mustHandOver(subject, current)) return current;
      // An outage is forgotten with the next attempt, and so are 'not yet' and 'not today'; what was found stands.
      const known = current.findings.filter(
        ({ authority, finding }) =>
          finding.is !== 'unavailable' &&
          finding.is !== 'pending' &&
          (finding.is !== 'too_many' || authority === current?.way),
      );
      const decision = adjudicate({ ...subject.question, findings: known });
      const asked =
        decision.is === 'ask'
          ? await askAll(parts, subject, current, decision.authorities, returnTo)
          : undefined;
      // Nothing is new: no event, or the history of a citizen on their phone would hold little else.
      if (current.state === 'handed' && asked?.findings.every(({ finding }) => finding.is === 'pending'))
        return current;
      const round: Round = { ...asked, findings: [...known, ...(asked?.findings ?? [])] };
      const claim = round.findings.reduce(
        (before, { finding }) => claimAfter(before, finding),
        subject.claim,
      );
      const after = claim === subject.claim ? subject : await subjectOf(parts, current, claim);
      current = await settle(parts, current, after, round, asked?.findings ?? []);
      if (current.state !== 'open') return current;
    }
  } catch (error) {
    if (error instanceof WayIsOff && current) await switchedOff(parts, current);
    else if (!(error instanceof MovedOn)) throw error;
  }
  return (await store.find(parts.postgres, row.citizenId, row.id)) ?? row;
}

/** Ends on the page that offers the ways that are on. */
const switchedOff = (parts: CasesParts, row: store.CaseRow): Promise<void> =>
  parts.audit.change(async (tx) => {
    const verdict = { is: 'another_way', why: 'unsupported' } as const;
    if (await store.end(tx, row, verdict, parts.clock.now())) record(tx, row, [], decisionName(verdict));
    else tx.unchanged();
  });

const mustHandOver = ({ way }: Subject, row: store.CaseRow): boolean =>
  way.lead.collect.by === 'hand_over' && row.handedSealed === undefined;

async function askAll(
  parts: CasesParts,
  subject: Subject,
  row: store.CaseRow,
  ids: readonly string[],
  returnTo: string | undefined,
): Promise<Round> {
  const { lead } = subject.way;
  if (ids.includes(lead.id) && mustHandOver(subject, row)) return handOver(subject, row, returnTo ?? '');
  const handover = row.handedSealed && openHandover(parts.sealer, row);
  // Side by side: one after the other, the time that an answer takes would tell who said no.
  const findings = await Promise.all(ids.map((id) => askOne(parts, subject, row, id, handover)));
  return { findings };
}

async function askOne(
  parts: CasesParts,
  subject: Subject,
  row: store.CaseRow,
  id: string,
  handover: Handover | undefined,
): Promise<Examined> {
  const authority = parts.authorities.find((candidate) => candidate.id === id);
  if (!authority) throw new Error(`authority ${id} is not on for this case`);
  const leads = id === subject.way.lead.id;
  const claimed = { ...claimedOf(subject, row), reference: leads ? handover?.reference : undefined };
  const finding = await authority.examine(leads ? claimed : { ...claimed, more: {} }, requestIdOf(row, id));
  const over = leads && handover !== undefined && handover.expiresAt <= parts.clock.now();
  return { authority: id, finding: over ? ended(finding) : finding };
}

/** Whoever did not come back in time will not: some sources would say 'not yet' for ever. */
const ended = (finding: Finding): Finding =>
  finding.is === 'pending' ? { ...finding, is: 'expired' } : finding;

const claimedOf = ({ claim, phone }: Subject, { citizenId, id }: store.CaseRow) => ({
  about: { citizenId, caseId: id },
  document: claim.document,
  phone,
  more: claim.fields,
  reference: undefined,
});

function requestIdOf(row: store.CaseRow, id: string): string {
  const requestId = row.requestIds[id];
  if (requestId === undefined) throw new Error(`authority ${id} has no question in this case`);
  return requestId;
}

async function handOver(subject: Subject, row: store.CaseRow, returnTo: string): Promise<Round> {
  const { id, collect } = subject.way.lead;
  if (collect.by !== 'hand_over') throw new Error(`${id} hands nobody over`);
  const begun = await collect.begin(claimedOf(subject, row), requestIdOf(row, id), returnTo);
  if (begun.is !== 'begun') return { findings: [{ authority: id, finding: begun }] };
  // The reference stands sealed beside it: with it somebody could go on in the citizen's place.
  const pending: Finding = { is: 'pending', transaction: 'handed-over', at: row.updatedAt };
  return { findings: [{ authority: id, finding: pending }], begun };
}
