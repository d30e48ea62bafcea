// The API of the counters: look a case up by its ticket, submit what was seen, approve or reject it.
import type { ParameterizedContext } from 'koa';
import { z } from 'zod';
import type { Audit } from '../../../audit/audit.ts';
import type { Citizens } from '../../../citizens/citizens.ts';
import { Fault } from '../../../platform/base/errors.ts';
import type { RequestState, Routes } from '../../../platform/http/feature.ts';
import { forPrograms } from '../../../platform/http/guards.ts';
import type { Limits } from '../../../platform/limits/limits.ts';
import { readDecision, readLookup, readSubmission, type Read } from './input.ts';
import { readSigned, type Desk, type SignedRequestParts } from './signed-request.ts';
import { decide, submit, type SubmissionId, type SubmissionsParts } from './submissions.ts';
import * as store from './store.ts';
import type { Ticket, Tickets } from './tickets.ts';

export interface RouteParts extends SignedRequestParts, SubmissionsParts {
  readonly audit: Audit;
  readonly citizens: Pick<Citizens, 'attributes'>;
  readonly limits: Limits;
  readonly tickets: Tickets;
}

type Context = ParameterizedContext<RequestState>;

const submissionId = z.uuid();

/**
 * Every body is signed twice (signed-request.ts). 401 `unsigned`; 422 `bad_request` with the members that are wrong;
 * 404 for a ticket or submission that this office may not know of; 409 when the case has moved on; 429 over a limit.
 */
export function counterRoutes(router: Routes, parts: RouteParts): void {
  const { limits } = parts;
  const perTicket = limits.declare({
    name: 'counter.ticket',
    burst: 40,
    periodSeconds: 600,
    per: 'terminal',
    why: 'an officer serves one citizen after another; ticket numbers must not be guessed, nor cases read in bulk',
  });
  const perDecision = limits.declare({
    name: 'counter.decision',
    burst: 120,
    periodSeconds: 600,
    per: 'terminal',
    why: 'a stolen desk must not approve in bulk',
  });

  router.post('/counter/cases/lookup', forPrograms, async (ctx) => {
    const { desk, payload } = await readSigned(parts, ctx);
    await limits.spend(perTicket, desk.terminal);
    const input = readLookup(payload);
    ctx.body = input.is === 'ok' ? await lookUp(parts, ctx, desk, input.value.ticket) : complaint(ctx, input);
  });

  router.post('/counter/submissions', forPrograms, async (ctx) => {
    const { desk, payload } = await readSigned(parts, ctx);
    await limits.spend(perTicket, desk.terminal);
    const input = readSubmission(payload, parts.clock.now());
    ctx.body = input.is === 'ok' ? await take(parts, ctx, desk, input.value) : complaint(ctx, input);
  });

  router.post('/counter/submissions/:id/approval', forPrograms, async (ctx) => {
    const { desk, payload } = await readSigned(parts, ctx);
    await limits.spend(perDecision, desk.terminal);
    const input = readDecision(payload, parts.clock.now());
    if (input.is === 'bad') ctx.body = complaint(ctx, input);
    else {
      const id = submissionId.safeParse(ctx.params['id']).data;
      if (id === undefined) throw new Fault('not_found', { note: 'no submission has such an identifier' });
      const state = await decide(parts, desk, id as SubmissionId, input.value, ctx.state.reference);
      ctx.body = { submission: id, state };
    }
  });
}

/** What an officer needs and no more: who the citizen is they learn from the document in their hand. */
async function lookUp(parts: RouteParts, ctx: Context, desk: Desk, number: string): Promise<object> {
  const ticket = await ticketOf(parts, ctx, desk, number);
  const { citizenId, caseId } = ticket;
  const found = await store.findCase(parts.postgres, citizenId, caseId);
  if (!found) throw new Fault('not_found', { note: 'the case of a ticket is gone' });
  const [row, { phone }] = await Promise.all([
    store.standing(parts.postgres, citizenId, caseId),
    parts.citizens.attributes(citizenId),
  ]);
  const { office, terminal, officer } = desk;
  // Written before the answer is sent: nobody looks at a case unseen.
  await parts.audit.change(async (tx) =>
    tx.record({
      type: 'counter.case_looked_up',
      data: { office, terminal, caseId },
      citizenId,
      actor: `officer:${officer}`,
      reference: ctx.state.reference,
    }),
  );
  return {
    case: caseId,
    wanted: found.wanted,
    opened_at: found.openedAt,
    state: found.open ? 'open' : 'closed',
    phone: phone ?? null,
    submission: row?.office === office ? { id: row.id, state: stateOf(row, parts.clock.now()) } : null,
  };
}

const stateOf = ({ state, expiresAt }: store.SubmissionRow, now: Date): store.SubmissionState =>
  state === 'submitted' && expiresAt <= now ? 'expired' : state;

async function take(
  parts: RouteParts,
  ctx: Context,
  desk: Desk,
  input: Parameters<typeof submit>[3],
): Promise<object> {
  const ticket = await ticketOf(parts, ctx, desk, input.ticket);
  const { id, expiresAt } = await submit(parts, desk, ticket, input, ctx.state.reference);
  ctx.status = 201;
  return { submission: id, state: 'submitted', expires_at: expiresAt };
}

/** Throws Fault `not_found`, after noting who tried: unknown and expired numbers are one. */
async function ticketOf(
  { tickets, audit }: RouteParts,
  ctx: Context,
  { office, terminal, officer }: Desk,
  number: string,
): Promise<Ticket> {
  const ticket = await tickets.find(number);
  if (ticket) return ticket;
  audit.note({
    type: 'counter.ticket_unknown',
    data: { office, terminal },
    actor: `officer:${officer}`,
    reference: ctx.state.reference,
  });
  throw new Fault('not_found', { note: 'no such ticket' });
}

function complaint(ctx: Context, { members }: Extract<Read<unknown>, { is: 'bad' }>): object {
  ctx.status = 422;
  return { error: 'bad_request', members, reference: ctx.state.reference };
}
