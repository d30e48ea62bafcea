// The queue and the review of requests. Not here: how a request goes (registry/changes/), where drafts are written
// (launch/).
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import {
  isOpen,
  QUEUE_SORTS,
  QUEUE_VIEWS,
  STAGES,
  type Decision,
  type QueueFilter,
  type RequestDetail,
  type RequestState,
  type Step,
} from '../../registry/registry.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { LostDomains } from '../units/lost.tsx';
import { lifeRoutes } from './life.tsx';
import { M } from './messages.ts';
import { problemsOf } from './problems.ts';
import { MEMBERS, Queue } from './queue.tsx';
import { Review } from './review.tsx';

export function requestsRoutes(router: Routes, parts: AdminParts): void {
  router.get(
    '/admin',
    operating(parts, (ctx, visitor) => queue(parts, ctx, visitor)),
  );
  router.get(
    '/admin/requests/:id',
    operating(parts, (ctx, visitor) => review(parts, ctx, visitor)),
  );
  router.post(
    '/admin/requests/:id/decision',
    csrf,
    operating(parts, (ctx, visitor) => decide(parts, ctx, visitor)),
  );
  lifeRoutes(router, parts);
}

const among = <T extends string>(words: readonly T[], value: string | undefined): T | undefined =>
  words.find((word) => word === value);

function memberOf(ctx: Context, name: string, most: number): string | undefined {
  const value = ctx.query[name];
  const text = typeof value === 'string' ? value.trim().slice(0, most) : '';
  return text === '' ? undefined : text;
}

const STATES: readonly RequestState[] = ['draft', 'reviewing', 'returned', 'refused', 'withdrawn', 'live'];

async function queue(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const view = among(QUEUE_VIEWS, memberOf(ctx, 'view', 20)) ?? 'mine';
  const ended = view === 'done' || view === 'all';
  const unit = memberOf(ctx, 'unit', 63);
  const found = unit === undefined ? undefined : await parts.units.find(unit);
  const page = Number(memberOf(ctx, 'page', 5) ?? 1);
  const filter: QueueFilter = {
    view,
    sort: among(QUEUE_SORTS, memberOf(ctx, 'sort', 20)) ?? (ended ? '-updated' : 'due'),
    q: memberOf(ctx, 'q', 100),
    // An unknown unit holds nothing: an empty filter would show everything instead.
    unitPath: unit === undefined ? undefined : (found?.path ?? '-'),
    stage: among(STAGES, memberOf(ctx, 'stage', 20)),
    state: among(STATES, memberOf(ctx, 'state', 20)),
    member: among(MEMBERS, memberOf(ctx, 'member', 64)),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
  const [listed, waiting, lost] = await Promise.all([
    parts.changes.list(visitor.actor, filter),
    parts.changes.waiting(visitor.actor),
    parts.domains.lost(visitor.actor),
  ]);
  const now = parts.clock.now();
  const unitKnown = unit === undefined || found !== undefined;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'queue.title'),
    current: 'queue',
    children: (
      <>
        <LostDomains locale={locale} lost={lost} />
        <Queue {...{ locale, now, filter, unit, unitKnown, waiting, page: listed }} />
      </>
    ),
  });
}

async function review(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const request = await parts.changes.find(visitor.actor, String(ctx['params'].id));
  await drawReview(parts, ctx, visitor, request, {});
}

interface Again {
  readonly values?: Form;
  readonly problems?: readonly FieldProblem[];
  readonly lost?: Step | undefined;
}

async function drawReview(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  request: RequestDetail,
  { values = {}, problems = [], lost }: Again,
): Promise<void> {
  const { locale } = ctx.state;
  const { actor } = visitor;
  const complaints = isOpen(request.state) ? await parts.changes.complaints(actor, request.id) : undefined;
  const shown = {
    locale,
    now: parts.clock.now(),
    self: actor.name,
    request,
    complaints,
    values,
    problems,
    lost,
  };
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'review.title', { name: request.name[locale], id: request.id }),
    current: 'queue',
    at: `/admin/requests/${request.id}`,
    problems,
    ...(lost ? { status: 409 } : {}),
    children: <Review {...shown} hidden={hiddenCsrf(ctx)} />,
  });
}

const DECISIONS: readonly Decision[] = ['approve', 'return', 'refuse'];

async function decide(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const id = String(ctx['params'].id);
  const form = await readForm(ctx);
  const decision = among(DECISIONS, form['decision']);
  try {
    if (!decision) throw unchosen();
    const { reason = '', version } = form;
    await parts.changes.decide(visitor.actor, id, {
      decision,
      version: Number(version),
      reason,
      comments: commentsOf(form),
    });
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'conflict' && error.detail.complaints === undefined))
      throw error;
    const request = await parts.changes.find(visitor.actor, id);
    const problems = problemsOf(locale, error.detail.complaints ?? []);
    const lost = error.code === 'conflict' ? request.steps.findLast(({ act }) => act !== 'live') : undefined;
    return await drawReview(parts, ctx, visitor, request, { values: form, problems, lost });
  }
  seeOther(ctx, `/admin/requests/${id}`);
}

function unchosen(): Fault {
  const text = {
    'zh-CN': M.text('zh-CN', 'decide.choose'),
    en: M.text('en', 'decide.choose'),
  };
  return new Fault('bad_request', { complaints: [{ member: 'decision', text }] });
}

/** `comment.redirect_uris=...`: what is said to one member. */
function commentsOf(form: Form): Readonly<Record<string, string>> {
  const prefix = 'comment.';
  return Object.fromEntries(
    Object.entries(form)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, text]) => [name.slice(prefix.length), text]),
  );
}
