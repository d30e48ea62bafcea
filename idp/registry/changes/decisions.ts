// Decisions about requests: two pairs of eyes, one winner, a reason that stays. Not here: who may in principle
// (operators/roles.ts), which way a request goes (workflow.ts).
import type { AuditedTx } from '../../audit/audit.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Complaint } from '../checks/checks.ts';
import { keepApproved } from '../clients/first-secret.ts';
import { examine, refusal } from '../clients/sandbox.ts';
import * as clients from '../clients/store.ts';
import { by } from '../operators/operators.ts';
import type { Actor } from '../operators/roles.ts';
import type { RequestState } from './workflow.ts';
import { conflictOf, findFor, reasonOf, type ChangeParts } from './request.ts';
import * as store from './store.ts';
import { actOfStage, barOf, dueAt, type Decision, type Look } from './workflow.ts';

export interface Verdict {
  readonly decision: Decision;
  /** The version that was looked at. */
  readonly version: number;
  readonly reason: string;
  /** By member of the difference: what is said to it. */
  readonly comments?: Readonly<Record<string, string>>;
}

export interface Decided {
  readonly state: RequestState;
  /** The version of the client that went live with it. */
  readonly clientVersion: number | undefined;
}

const ACT = { approve: 'approved', return: 'returned', refuse: 'refused' } as const;
const COMMENT_CHARACTERS = 1_000;

/**
 * Decides one look. Of any number at once one wins; the others get Fault `conflict` whose note says who decided what.
 * Faults: `not_found`, `forbidden` (no such post, or one's own request), `passkey_needed`, `bad_request` (the reason, a
 * comment, or what the last approval finds wrong now).
 */
export async function decide(
  parts: ChangeParts,
  actor: Actor,
  id: string,
  verdict: Verdict,
): Promise<Decided> {
  const { row, steps } = await findFor(parts, actor, id);
  const { stage, holderPath } = row;
  if (row.state !== 'reviewing' || stage === null || holderPath === null)
    throw await conflictOf(parts.postgres, id);
  // Before anything is asked about posts: whoever comes second is told so, though the next look is not theirs.
  if (row.version !== verdict.version) throw await conflictOf(parts.postgres, id);
  const bar = barOf(actor, { ...row, stage, unitPath: row.path }, steps);
  if (bar !== undefined) throw barred(parts, actor, row, bar);
  parts.access.demand(actor, actOfStage(stage), holderPath, id);
  const look: Look = { stage, path: holderPath };
  const said = { reason: reasonOf(verdict.reason), comments: commentsOf(row, verdict.comments ?? {}) };
  const next = nextLook(row, look);
  if (verdict.decision === 'approve' && next === undefined) await checkAgain(parts, row);
  return await parts.audit.change(async (tx) => {
    const at = parts.clock.now();
    const step = { act: ACT[verdict.decision], stage, by: actor.name, at, ...said };
    const state = await move(tx, row, verdict.decision, next, at);
    await store.insertStep(tx, id, step);
    const event = { data: { request: id, stage }, clientId: row.clientId, ...by(actor) };
    tx.record({ type: `request.${step.act}`, ...event });
    const clientVersion = state === 'live' ? await goLive(parts, tx, actor, row, said.reason, at) : undefined;
    return { state, clientVersion };
  });
}

const nextLook = ({ stages }: store.RequestRow, { stage }: Look): Look | undefined =>
  stages[stages.findIndex((look) => look.stage === stage) + 1];

async function move(
  tx: AuditedTx,
  row: store.RequestRow,
  decision: Decision,
  next: Look | undefined,
  at: Date,
): Promise<RequestState> {
  if (decision === 'approve' && next) {
    if ((await store.passOn(tx, row, next, dueAt(at, null), at)) === 0) throw await conflictOf(tx, row.id);
    return 'reviewing';
  }
  const state = decision === 'approve' ? 'live' : ACT[decision];
  // The time that is left begins to run again when it comes back.
  const left = Math.trunc(((row.dueAt ?? at).getTime() - at.getTime()) / 1000);
  const leftSeconds = decision === 'return' ? left : null;
  if ((await store.leaveReview(tx, row, state, leftSeconds, at)) === 0) throw await conflictOf(tx, row.id);
  return state;
}

/** The registration that was looked at runs from now on, on every node, or nothing of this happened. */
async function goLive(
  parts: ChangeParts,
  tx: AuditedTx,
  actor: Actor,
  row: store.RequestRow,
  reason: string,
  at: Date,
): Promise<number> {
  const { id, clientId, proposal, base, changed } = row;
  if (!proposal) throw new Error('a request was submitted without a proposal');
  const version = await store.putInForce(tx, clientId, proposal, base, at);
  const client = await clients.findOwned(tx, clientId);
  if (version === undefined || !client)
    throw new Fault('conflict', {
      note: `client "${clientId}": what runs is no longer what ${id} was compared with; return it to be submitted again`,
    });
  const saving = { clientId, before: base ?? undefined, after: proposal, by: actor.name, at };
  await keepApproved(parts, tx, saving);
  await clients.keepVersion(tx, clientId, { act: 'live', by: actor.name, reason, requestId: id });
  await store.insertStep(tx, id, { act: 'live', by: actor.name, at });
  const told = { version, request: id, changed: changed.join(' ').slice(0, 512) };
  tx.record({ type: 'client.live', data: told, clientId, ...by(actor) });
  return version;
}

function barred(parts: ChangeParts, actor: Actor, row: store.RequestRow, bar: string): Fault {
  parts.audit.note({
    type: 'access.refused',
    data: { act: `request.decide ${bar}`, path: row.path, about: row.id },
    clientId: row.clientId,
    ...by(actor),
  });
  return new Fault('forbidden', { note: `request ${row.id}: four eyes (${bar})` });
}

/** Days may lie between submission and approval: a domain may be lost, a key withdrawn. */
async function checkAgain(parts: ChangeParts, row: store.RequestRow): Promise<void> {
  const target = { unitId: row.unitId, environment: 'production', clientId: row.clientId } as const;
  const { complaints } = await examine(parts, row.draft, target);
  if (complaints.length > 0) throw refusal(complaints);
}

function commentsOf(
  { changed }: store.RequestRow,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const written = Object.entries(given)
    .map(([member, text]) => [member, text.trim()] as const)
    .filter(([, text]) => text !== '');
  const complaints: Complaint[] = written
    .filter(([member, text]) => !changed.includes(member) || text.length > COMMENT_CHARACTERS)
    .map(([member]) => ({
      member: `comment.${member}`,
      text: {
        'zh-CN': `意见只能写在有改动的项目上，最多 ${COMMENT_CHARACTERS} 个字`,
        en: `must be about a member that differs, at most ${COMMENT_CHARACTERS} characters`,
      },
    }));
  if (complaints.length > 0) throw refusal(complaints);
  return Object.fromEntries(written);
}
