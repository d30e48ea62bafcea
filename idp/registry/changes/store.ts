// SQL of requests, their steps and their numbers.
import type { AuditedTx } from '../../audit/audit.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Given } from '../clients/given.ts';
import { announce } from '../clients/store.ts';
import type { ClientState } from '../clients/versions.ts';
import type { Registration } from '../registration.ts';
import type { Bilingual } from '../registry.ts';
import type { Step } from './request.ts';
import type { Look, RequestState, Stage } from './workflow.ts';

export interface RequestLine {
  readonly id: string;
  readonly clientId: string;
  readonly originId: string | null;
  readonly unitId: string;
  readonly unitName: Bilingual;
  /** Of the owning unit. */
  readonly path: string;
  readonly name: Bilingual;
  readonly domain: string;
  readonly kind: 'launch' | 'change';
  readonly state: RequestState;
  readonly clientState: ClientState;
  readonly stage: Stage | null;
  readonly holderPath: string | null;
  readonly holderName: Bilingual | null;
  readonly heldSince: Date | null;
  readonly dueAt: Date | null;
  readonly stages: readonly Look[];
  /** Members that differ from what runs. */
  readonly changed: readonly string[];
  /** Sensitive claims that are newly asked for. */
  readonly sensitive: readonly string[];
  readonly submittedBy: string | null;
  readonly submittedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RequestRow extends RequestLine {
  readonly draft: Given;
  readonly proposal: Registration | null;
  readonly base: Registration | null;
  readonly baseVersion: number | null;
  readonly leftSeconds: number | null;
  readonly authors: readonly string[];
}

export const LINE = part(sql`
  request.id, request.client_id as "clientId", request.origin_id as "originId", client.unit_id as "unitId",
  unit.name as "unitName", unit.path, coalesce(request.proposal, client.metadata) -> 'name' as name,
  coalesce(request.proposal, client.metadata) ->> 'domain' as domain, request.kind, request.state,
  client.state as "clientState", request.stage, request.holder_path as "holderPath", holder.name as "holderName",
  request.held_since as "heldSince", request.due_at as "dueAt", request.stages, request.changed, request.sensitive,
  request.submitted_by as "submittedBy", request.submitted_at as "submittedAt", request.version,
  request.created_at as "createdAt", request.updated_at as "updatedAt"`);

export const JOINED = part(sql`
  from registry.request join registry.client on client.client_id = request.client_id
    join registry.unit on unit.id = client.unit_id
    left join registry.unit holder on holder.path = request.holder_path`);

export async function findRequest(db: Queryable, id: string): Promise<RequestRow | undefined> {
  return await db.row<RequestRow>(sql`
    select ${LINE}, request.draft, request.proposal, request.base, request.base_version as "baseVersion",
      request.left_seconds as "leftSeconds",
      -- Whoever made a program stands behind what it wrote, also when they hold no post there any more.
      request.authors || coalesce((select array_agg(program.made_by) from registry.program
        where ('client:' || program.client_id) = any (request.authors)), '{}') as authors
    ${JOINED} where request.id = ${id}`);
}

/** The number of the open request about a client, or begun from it. */
export async function openOf(db: Queryable, clientId: string): Promise<string | undefined> {
  const row = await db.row<{ id: string }>(sql`
    select id from registry.request where state in ('draft', 'reviewing', 'returned')
      and (client_id = ${clientId} or origin_id = ${clientId})`);
  return row?.id;
}

export async function stepsOf(db: Queryable, id: string): Promise<readonly Step[]> {
  return await db.rows<Step>(sql`
    select act, stage, by, at, reason, comments from registry.request_step where request_id = ${id} order by id`);
}

/** The next number of a day, counted from 1. */
export async function nextNumber(tx: AuditedTx, day: string): Promise<number> {
  const row = await tx.row<{ last: number }>(sql`
    insert into registry.request_number (day, last) values (${day}, 1)
    on conflict (day) do update set last = request_number.last + 1 returning last`);
  if (!row) throw new Error('no number was given');
  return row.last;
}

export interface NewRequest {
  readonly id: string;
  readonly clientId: string;
  readonly originId: string | null;
  readonly kind: 'launch' | 'change';
  readonly draft: Given;
  readonly author: string;
  readonly at: Date;
}

/** 0 when one is open for this client, or from this sandbox client. */
export async function insertRequest(tx: AuditedTx, request: NewRequest): Promise<number> {
  const { id, clientId, originId, kind, draft, author, at } = request;
  return await tx.run(sql`
    insert into registry.request
      (id, client_id, origin_id, kind, state, draft, authors, version, created_at, updated_at)
    values (${id}, ${clientId}, ${originId}, ${kind}, 'draft', ${JSON.stringify(draft)}::jsonb, ${[author]}, 1,
      ${at}, ${at})
    on conflict do nothing`);
}

export interface NewStep extends Partial<Step> {
  readonly act: Step['act'];
  readonly by: string;
  readonly at: Date;
}

export async function insertStep(tx: AuditedTx, requestId: string, step: NewStep): Promise<void> {
  const { act, stage = null, by, at, reason = '', comments = {} } = step;
  await tx.run(sql`
    insert into registry.request_step (request_id, act, stage, by, at, reason, comments)
    values (${requestId}, ${act}, ${stage}, ${by}, ${at}, ${reason}, ${JSON.stringify(comments)}::jsonb)`);
}

/** 0 when it is not at that version or not with the team. Whoever writes is an author from then on. */
export async function saveDraft(
  tx: AuditedTx,
  request: { readonly id: string; readonly version: number },
  draft: Given,
  author: string,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update registry.request set draft = ${JSON.stringify(draft)}::jsonb, version = version + 1, updated_at = ${at},
      authors = case when ${author} = any(authors) then authors else authors || ${author}::text end
    where id = ${request.id} and version = ${request.version} and state in ('draft', 'returned')`);
}

/** Lists show a draft under the name that its team gives it. */
export async function saveDraftClient(
  tx: AuditedTx,
  clientId: string,
  registration: Registration,
): Promise<void> {
  await tx.run(sql`
    update registry.client set metadata = ${JSON.stringify(registration)}::jsonb
    where client_id = ${clientId} and state = 'draft'`);
}

export interface Submission {
  readonly proposal: Registration;
  readonly base: Registration | null;
  readonly baseVersion: number | null;
  readonly look: Look;
  readonly stages: readonly Look[];
  readonly dueAt: Date;
  readonly changed: readonly string[];
  readonly sensitive: readonly string[];
  readonly by: string;
  readonly at: Date;
}

/** 0 when it is not at that version or not with the team. */
export async function submitRequest(
  tx: AuditedTx,
  { id, version }: { readonly id: string; readonly version: number },
  submission: Submission,
): Promise<number> {
  const { proposal, base, baseVersion, look, stages, dueAt, changed, sensitive, by, at } = submission;
  return await tx.run(sql`
    update registry.request set state = 'reviewing', stage = ${look.stage}, holder_path = ${look.path},
      held_since = ${at}, due_at = ${dueAt}, left_seconds = null, stages = ${JSON.stringify(stages)}::jsonb,
      proposal = ${JSON.stringify(proposal)}::jsonb, base = ${base === null ? null : JSON.stringify(base)}::jsonb,
      base_version = ${baseVersion}, changed = ${changed}, sensitive = ${sensitive}, submitted_by = ${by},
      submitted_at = coalesce(submitted_at, ${at}), version = version + 1, updated_at = ${at},
      authors = case when ${by} = any(authors) then authors else authors || ${by}::text end
    where id = ${id} and version = ${version} and state in ('draft', 'returned')`);
}

/** To the next look. 0 when somebody else was faster. */
export async function passOn(
  tx: AuditedTx,
  { id, version }: { readonly id: string; readonly version: number },
  look: Look,
  dueAt: Date,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update registry.request set stage = ${look.stage}, holder_path = ${look.path}, held_since = ${at},
      due_at = ${dueAt}, version = version + 1, updated_at = ${at}
    where id = ${id} and version = ${version} and state = 'reviewing'`);
}

/** Back to the team, or to an end. 0 when it is not at that version, or closed. */
export async function leaveReview(
  tx: AuditedTx,
  { id, version }: { readonly id: string; readonly version: number },
  state: 'returned' | 'refused' | 'withdrawn' | 'live',
  leftSeconds: number | null,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update registry.request set state = ${state}, stage = null, holder_path = null, held_since = ${at}, due_at = null,
      left_seconds = ${leftSeconds}, version = version + 1, updated_at = ${at},
      closed_at = ${state === 'returned' ? null : at}
    where id = ${id} and version = ${version} and state in ('draft', 'reviewing', 'returned')`);
}

/**
 * Puts an approved registration in force: a draft goes live, a running client gets it while it still runs what the
 * approval was compared with, a suspended one stays suspended. The new version, or undefined.
 */
export async function putInForce(
  tx: AuditedTx,
  clientId: string,
  proposal: Registration,
  base: Registration | null,
  at: Date,
): Promise<number | undefined> {
  const row = await tx.row<{ version: number }>(sql`
    update registry.client set metadata = ${JSON.stringify(proposal)}::jsonb, version = version + 1,
      updated_at = ${at}, enabled = enabled or state = 'draft',
      state = case when state = 'draft' then 'live' else state end
    where client_id = ${clientId} and environment = 'production'
      and case when ${base === null} then state = 'draft'
               else state in ('live', 'suspended') and metadata = ${JSON.stringify(base)}::jsonb end
    returning version`);
  if (row) await announce(tx, clientId);
  return row?.version;
}

/** The requests that end because their client ends. */
export async function withdrawAll(
  tx: AuditedTx,
  clientId: string,
  at: Date,
): Promise<readonly { readonly id: string }[]> {
  return await tx.rows<{ id: string }>(sql`
    update registry.request set state = 'withdrawn', stage = null, holder_path = null, due_at = null,
      version = version + 1, updated_at = ${at}, closed_at = ${at}
    where client_id = ${clientId} and state in ('draft', 'reviewing', 'returned') returning id`);
}

export interface Resumption {
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly reason: string;
}

/** Who asked that a client comes back; one asked for another version is void. */
export async function resumptionOf(
  db: Queryable,
  clientId: string,
  version: number,
): Promise<Resumption | undefined> {
  return await db.row<Resumption>(sql`
    select asked_by as "askedBy", asked_at as "askedAt", reason from registry.resumption
    where client_id = ${clientId} and version = ${version}`);
}

/** 0 when somebody asked already. */
export async function askResumption(
  tx: AuditedTx,
  clientId: string,
  version: number,
  { askedBy, askedAt, reason }: Resumption,
): Promise<number> {
  return await tx.run(sql`
    insert into registry.resumption (client_id, version, asked_by, asked_at, reason)
    values (${clientId}, ${version}, ${askedBy}, ${askedAt}, ${reason})
    on conflict (client_id) do update set version = excluded.version, asked_by = excluded.asked_by,
      asked_at = excluded.asked_at, reason = excluded.reason where resumption.version <> excluded.version`);
}

/** Who had asked; undefined when nobody else did, or somebody confirmed it meanwhile. */
export async function takeResumption(
  tx: AuditedTx,
  clientId: string,
  version: number,
  confirmedBy: string,
): Promise<Resumption | undefined> {
  return await tx.row<Resumption>(sql`
    delete from registry.resumption where client_id = ${clientId} and version = ${version}
      and asked_by <> ${confirmedBy} returning asked_by as "askedBy", asked_at as "askedAt", reason`);
}
