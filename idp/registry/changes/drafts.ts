// What a team writes: the draft of a production client, or of a change beside the running one, until it is submitted.
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AuditedTx } from '../../audit/audit.ts';
import { shanghaiDate } from '../../platform/base/calendar.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Secret } from '../../platform/base/secret.ts';
import type { Complaint } from '../checks/checks.ts';
import { isRecord } from '../claims.ts';
import { differences, membersOf } from '../clients/diff.ts';
import { keepLogo } from '../logos/logos.ts';
import { firstSecret } from '../clients/first-secret.ts';
import { givenOf, secretsIn, type Given } from '../clients/given.ts';
import { examine, refusal, taken } from '../clients/sandbox.ts';
import * as clients from '../clients/store.ts';
import { demandOwned } from '../clients/versions.ts';
import { by } from '../operators/operators.ts';
import type { Actor } from '../operators/roles.ts';
import { isClientId, readRegistration, type Registration } from '../registration.ts';
import * as units from '../units/store.ts';
import { conflictOf, findFor, type ChangeParts } from './request.ts';
import * as store from './store.ts';
import { dueAt, isWritable, looksOf, newlySensitive, type Look } from './workflow.ts';

export interface Launch {
  readonly unitId: string;
  /** The sandbox client that it is begun from. */
  readonly originId?: string;
  /** What is written so far; without it, what the sandbox client has. */
  readonly given?: unknown;
}

/** So many production clients of one unit may wait for their first approval. */
const DRAFTS = 50;
/** Of a draft in JSON. */
const DRAFT_CHARACTERS = 64_000;

/** A new production client: its identifier is kept for it, nothing of it runs. */
export async function launch(parts: ChangeParts, actor: Actor, wish: Launch): Promise<string> {
  const { postgres, access, audit, clock, reserved } = parts;
  const unit = await units.findUnit(postgres, wish.unitId);
  if (!unit) throw new Fault('not_found', { note: 'a unit' });
  access.demand(actor, 'client.draft', unit.path, wish.unitId);
  if (unit.level === 'trial') throw new Fault('forbidden', { note: 'nothing of a trial unit goes live' });
  const given = writable(wish.given ?? (await ofOrigin(parts, actor, wish)));
  const clientId = identifierOf(given);
  if (reserved.has(clientId)) throw refusal([taken(clientId)]);
  const registration = draftOf(given, clientId);
  const { unitId, originId = null } = wish;
  return await audit.change(async (tx) => {
    await clients.lockUnit(tx, unitId);
    if ((await clients.countOf(tx, unitId, 'production')) >= DRAFTS)
      throw new Fault('conflict', { note: `unit ${unitId}: has ${DRAFTS} drafts; withdraw one first` });
    const at = clock.now();
    const client = { clientId, unitId, environment: 'production', state: 'draft', registration, at } as const;
    if ((await clients.insertOwned(tx, client)) === 0) throw refusal([taken(clientId)]);
    return await open(parts, tx, actor, { clientId, originId, kind: 'launch', draft: given });
  });
}

async function ofOrigin(parts: ChangeParts, actor: Actor, { unitId, originId }: Launch): Promise<Given> {
  if (originId === undefined) return {};
  const origin = await demandOwned(parts, actor, 'client.draft', originId);
  if (origin.unitId !== unitId || origin.environment !== 'sandbox')
    throw new Fault('bad_request', { note: `client "${originId}": is no sandbox client of unit ${unitId}` });
  const { client_id: _, ...given } = givenOf(origin.registration);
  return given;
}

/** A request about a production client that exists: a change, or another try to get a draft live. */
export async function begin(
  parts: ChangeParts,
  actor: Actor,
  clientId: string,
  given?: unknown,
): Promise<string> {
  const client = await demandOwned(parts, actor, 'client.draft', clientId);
  if (client.environment !== 'production')
    throw new Fault('bad_request', { note: `client "${clientId}": is a sandbox client; launch one from it` });
  if (client.state === 'retired') throw new Fault('conflict', { note: `client "${clientId}": is retired` });
  const draft = writable(given ?? givenOf(client.registration));
  const kind = client.state === 'draft' ? 'launch' : 'change';
  return await parts.audit.change((tx) => open(parts, tx, actor, { clientId, originId: null, kind, draft }));
}

async function open(
  { clock }: ChangeParts,
  tx: AuditedTx,
  actor: Actor,
  wish: Pick<store.NewRequest, 'clientId' | 'originId' | 'kind' | 'draft'>,
): Promise<string> {
  const at = clock.now();
  const day = shanghaiDate(at);
  const number = await store.nextNumber(tx, day);
  const id = `R-${day.replaceAll('-', '')}-${String(number).padStart(4, '0')}`;
  if ((await store.insertRequest(tx, { ...wish, id, author: actor.name, at })) === 0)
    throw new Fault('conflict', {
      note: `client "${wish.originId ?? wish.clientId}": request ${await store.openOf(tx, wish.originId ?? wish.clientId)} is open; finish it first`,
    });
  await store.insertStep(tx, id, { act: 'begun', by: actor.name, at });
  tx.record({
    type: 'request.begun',
    data: { request: id, kind: wish.kind },
    clientId: wish.clientId,
    ...by(actor),
  });
  return id;
}

/** Keeps what is written so far; it may be incomplete and wrong. The new version. */
export async function save(
  parts: ChangeParts,
  actor: Actor,
  id: string,
  given: unknown,
  version: number,
): Promise<number> {
  const { row } = await findFor(parts, actor, id);
  parts.access.demand(actor, 'client.draft', row.path, id);
  const draft = writable(given);
  if (!isWritable(row.state) || row.version !== version) throw await conflictOf(parts.postgres, id);
  if (isDeepStrictEqual(draft, row.draft)) return version;
  await parts.audit.change(async (tx) => {
    const at = parts.clock.now();
    if ((await store.saveDraft(tx, { id, version }, draft, actor.name, at)) === 0)
      throw await conflictOf(tx, id);
    if (row.kind === 'launch') await store.saveDraftClient(tx, row.clientId, draftOf(draft, row.clientId));
    const written = { request: id, version: version + 1 };
    tx.record({ type: 'request.written', data: written, clientId: row.clientId, ...by(actor) });
  });
  return version + 1;
}

/** What stands against the draft now. */
export async function complaintsOf(
  parts: ChangeParts,
  actor: Actor,
  id: string,
): Promise<readonly Complaint[]> {
  const { row } = await findFor(parts, actor, id);
  const target = { unitId: row.unitId, environment: 'production', clientId: row.clientId } as const;
  return (await examine(parts, row.draft, target)).complaints;
}

export interface Submitted {
  readonly version: number;
  /** Present once, when the client needs a secret and had none. */
  readonly secret: Secret | undefined;
}

/** Hands the draft to whoever decides first; a returned one goes back to where it came from. */
export async function submit(
  parts: ChangeParts,
  actor: Actor,
  id: string,
  version: number,
): Promise<Submitted> {
  const { row, steps } = await findFor(parts, actor, id);
  parts.access.demand(actor, 'client.submit', row.path, id);
  if (!isWritable(row.state) || row.version !== version) throw await conflictOf(parts.postgres, id);
  const client = await clients.findOwned(parts.postgres, row.clientId);
  if (!client || client.state === 'retired') throw await conflictOf(parts.postgres, id);
  const target = { unitId: row.unitId, environment: 'production', clientId: row.clientId } as const;
  const { read, complaints } = await examine(parts, row.draft, target);
  const proposal = read.registration;
  const base = client.state === 'draft' ? undefined : client.registration;
  const changed = membersOf(differences(base, proposal));
  if (complaints.length > 0) throw refusal(complaints);
  if (changed.length === 0) throw refusal([NOTHING]);
  const sensitive = newlySensitive(base?.claims, proposal.claims);
  const wasNational = row.stages.some(({ stage }) => stage === 'nation');
  const ancestry = await clients.ancestryOf(parts.postgres, row.path);
  const stages = looksOf(ancestry, sensitive.length > 0 || wasNational);
  const back = steps.findLast(({ act }) => act === 'returned')?.stage;
  const look = stages.find(({ stage }) => stage === back) ?? stages[0];
  if (!look) throw new Fault('forbidden', { note: 'nobody decides for a unit outside of the tree' });
  const at = parts.clock.now();
  const submission = {
    proposal,
    base: base ?? null,
    baseVersion: base ? client.version : null,
    look,
    stages,
  };
  const due = dueAt(at, row.state === 'returned' ? row.leftSeconds : null);
  return await parts.audit.change(async (tx) => {
    const whole = { ...submission, dueAt: due, changed, sensitive, by: actor.name, at };
    if ((await store.submitRequest(tx, { id, version }, whole)) === 0) throw await conflictOf(tx, id);
    await store.insertStep(tx, id, { act: 'submitted', by: actor.name, at, stage: look.stage });
    recordSubmission(tx, actor, row, look, changed);
    await keepLogo(tx, read.logo, at);
    const saving = { clientId: row.clientId, before: base, after: proposal, by: actor.name, at };
    return { version: version + 1, secret: await firstSecret(parts, tx, saving) };
  });
}

function recordSubmission(
  tx: AuditedTx,
  actor: Actor,
  { id, clientId }: store.RequestRow,
  { stage }: Look,
  changed: readonly string[],
): void {
  const told = { request: id, stage, changed: changed.join(' ').slice(0, 512) };
  tx.record({ type: 'request.submitted', data: told, clientId, ...by(actor) });
}

/** Takes a request back; a new one may be begun. */
export async function withdraw(parts: ChangeParts, actor: Actor, id: string, version: number): Promise<void> {
  const { row } = await findFor(parts, actor, id);
  parts.access.demand(actor, 'client.draft', row.path, id);
  await parts.audit.change(async (tx) => {
    const at = parts.clock.now();
    if ((await store.leaveReview(tx, { id, version }, 'withdrawn', null, at)) === 0)
      throw await conflictOf(tx, id);
    await store.insertStep(tx, id, { act: 'withdrawn', by: actor.name, at });
    tx.record({ type: 'request.withdrawn', data: { request: id }, clientId: row.clientId, ...by(actor) });
  });
}

const NOTHING: Complaint = {
  member: '',
  text: {
    'zh-CN': '与运行中的版本没有差别，无需提交',
    en: 'nothing differs from what runs; change something first',
  },
};

/** A draft as it may be kept: an object of bounded size without secrets. */
function writable(given: unknown): Given {
  if (!isRecord(given)) throw new Fault('bad_request', { note: 'a draft is an object of client metadata' });
  if (JSON.stringify(given).length > DRAFT_CHARACTERS) throw new Fault('too_large', { note: 'a draft' });
  const secrets = secretsIn(given);
  if (secrets.length === 0) return given;
  throw refusal(
    secrets.map((member) => ({
      member,
      text: {
        'zh-CN': '含有私密内容，不能写进草稿；请去掉，并更换已泄露的密钥',
        en: 'holds a secret, which a draft must not; remove it and replace the key that was shown',
      },
    })),
  );
}

function identifierOf({ client_id: given }: Given): string {
  if (given === undefined || given === '') return `client-${randomBytes(8).toString('hex')}`;
  if (typeof given === 'string' && isClientId(given)) return given;
  throw refusal([
    {
      member: 'client_id',
      text: {
        'zh-CN': '只能用 1 至 128 个字母、数字、点、横线和下划线',
        en: 'must be 1 to 128 letters, digits, dots, hyphens and underscores; rename it',
      },
    },
  ]);
}

/** What can be read of a draft, for lists; what is wrong in it is told when it is checked. */
const draftOf = (draft: Given, clientId: string): Registration =>
  readRegistration({ ...draft, client_id: clientId }, false).registration;
