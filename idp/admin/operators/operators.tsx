// People in posts: who works where, invitations, the confirmation of every quarter, leaving. Not here: taking up an
// invitation (frame/entrance.tsx), what a role may do (registry/).
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { POST_VIEWS, ROLES, scopesOf, type PostsWanted, type Role } from '../../registry/registry.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { asked, askedOf } from '../frame/lists.tsx';
import { Invited, InviteForm } from './invite.tsx';
import { M } from './messages.ts';
import { namesOf } from './names.ts';
import { Invitations, PATH, People, PICK, PostPage } from './pages.tsx';

/** One box a row, and a form has at most 50 fields. */
const ROWS = 40;

export function operatorsRoutes(router: Routes, parts: AdminParts): void {
  const page = (path: string, handler: (ctx: Context, visitor: Visitor) => Promise<void>): void => {
    router.get(path, operating(parts, handler));
  };
  const act = (path: string, handler: (ctx: Context, visitor: Visitor) => Promise<void>): void => {
    router.post(path, csrf, operating(parts, handler));
  };
  page(PATH, (ctx, visitor) => list(parts, ctx, visitor));
  page(`${PATH}/invite`, (ctx, visitor) => inviting(parts, ctx, visitor, {}));
  act(`${PATH}/invite`, (ctx, visitor) => invite(parts, ctx, visitor));
  act(`${PATH}/certify`, (ctx, visitor) => certify(parts, ctx, visitor));
  act(`${PATH}/invitations/:id/withdraw`, async (ctx, { actor }) => {
    await readForm(ctx);
    await parts.operators.withdraw(actor, String(ctx['params'].id));
    seeOther(ctx, `${PATH}?view=invited`);
  });
  page(`${PATH}/:id`, (ctx, visitor) => post(parts, ctx, visitor));
  act(`${PATH}/:id/end`, async (ctx, { actor }) => {
    await readForm(ctx);
    await parts.operators.end(actor, String(ctx['params'].id));
    seeOther(ctx, PATH);
  });
  act(`${PATH}/:id/leaves`, (ctx, visitor) => leaves(parts, ctx, visitor));
}

/** Fault `forbidden` for people whose posts do not show them who works where. */
function demandRead(parts: AdminParts, { actor }: Visitor): void {
  const [scope] = scopesOf(actor, 'operator.read');
  parts.access.demand(actor, 'operator.read', scope ?? actor.posts[0]?.path ?? 'cn/');
}

async function list(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  demandRead(parts, visitor);
  const { actor } = visitor;
  const { locale } = ctx.state;
  const view = askedOf(ctx, 'view', [...POST_VIEWS, 'invited']) ?? 'standing';
  const [counts, invitations] = await Promise.all([
    parts.search.postCounts(actor),
    parts.search.invitations(actor),
  ]);
  const frame = {
    locale,
    now: parts.clock.now(),
    hidden: hiddenCsrf(ctx),
    view,
    counts,
    invited: invitations.length,
    mayWrite: scopesOf(actor, 'operator.write').length > 0,
    done: Number(asked(ctx, 'done') ?? 0) || 0,
    failed: Number(asked(ctx, 'failed') ?? 0) || 0,
  };
  const title = M.text(locale, 'title');
  if (view === 'invited') {
    draw(parts, ctx, visitor, {
      title,
      current: 'operators',
      children: <Invitations {...frame} rows={invitations} />,
    });
    return;
  }
  const wanted: PostsWanted = {
    view,
    q: asked(ctx, 'q'),
    unit: asked(ctx, 'unit'),
    role: askedOf(ctx, 'role', ROLES),
    after: asked(ctx, 'after'),
  };
  const found = await parts.search.posts(actor, { ...wanted, limit: ROWS });
  const names = await namesOf(
    parts,
    found.rows.map(({ citizenId }) => citizenId),
  );
  const { limit: _, ...query } = { limit: undefined, ...wanted };
  draw(parts, ctx, visitor, {
    title,
    current: 'operators',
    children: <People {...frame} page={found} names={names} query={query} own={actor.operatorId} />,
  });
}

function inviting(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  values: Form,
  problems: readonly FieldProblem[] = [],
): Promise<void> {
  demandRead(parts, visitor);
  const { locale } = ctx.state;
  const own =
    visitor.operator?.posts.map(({ unitId, unitName }) => [unitId, unitName[locale]] as const) ?? [];
  const given = { unit: asked(ctx, 'unit') ?? own[0]?.[0] ?? '', ...values };
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'invite'),
    current: 'operators',
    problems,
    children: (
      <InviteForm locale={locale} hidden={hiddenCsrf(ctx)} values={given} problems={problems} units={own} />
    ),
  });
  return Promise.resolve();
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The beginning of that day in Beijing; undefined: no date, null: not a date. */
function dayOf(text: string | undefined): Date | undefined | null {
  if (text === undefined || text === '') return undefined;
  const at = new Date(`${text}T00:00:00+08:00`);
  return DATE.test(text) && !Number.isNaN(at.getTime()) ? at : null;
}

/** Which field a refusal is about. */
const FIELD = { not_found: 'unit', forbidden: 'role', bad_request: 'leaves' } as const;

async function invite(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  const again = (field: 'unit' | 'role' | 'leaves', text: string): Promise<void> =>
    inviting(parts, ctx, visitor, form, [{ field, text }]);
  const role = ROLES.find((one) => one === form['role']);
  if (!role) return await again('role', M.text(locale, 'invite.role.none'));
  const leavesAt = dayOf(form['leaves']);
  if (leavesAt === null) return await again('leaves', M.text(locale, 'invite.leaves.bad'));
  const unitId = (form['unit'] ?? '').trim();
  try {
    const { token } = await parts.operators.invite(visitor.actor, { unitId, role, leavesAt });
    await invited(parts, ctx, visitor, {
      link: new URL(`/admin/join/${token.reveal()}`, parts.issuer).href,
      unitId,
      role,
    });
  } catch (error) {
    if (!(error instanceof Fault) || !Object.hasOwn(FIELD, error.code)) throw error;
    const field = FIELD[error.code as keyof typeof FIELD];
    return await again(field, M.text(locale, `invite.${field}.bad`));
  }
}

/** Not after a redirect: the value stands in this answer alone. */
async function invited(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  { link, unitId, role }: { link: string; unitId: string; role: Role },
): Promise<void> {
  const { locale } = ctx.state;
  const unit = await parts.units.find(unitId);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'invited.title'),
    current: 'operators',
    at: PATH,
    children: <Invited locale={locale} link={link} unit={unit?.name[locale] ?? unitId} role={role} />,
  });
}

/** Each for itself: one that changed meanwhile does not hold up the others. */
async function certify(parts: AdminParts, ctx: Context, { actor }: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const ids = Object.keys(form).filter((name) => name.startsWith(PICK));
  let done = 0;
  for (const name of ids) {
    try {
      await parts.operators.certify(actor, name.slice(PICK.length));
      done += 1;
    } catch (error) {
      if (!(error instanceof Fault) || error.code === 'passkey_needed' || error.code === 'unavailable')
        throw error;
    }
  }
  seeOther(ctx, `${PATH}?view=due&done=${done}&failed=${ids.length - done}`);
}

async function post(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  problems: readonly FieldProblem[] = [],
): Promise<void> {
  demandRead(parts, visitor);
  const { locale } = ctx.state;
  const found = await parts.search.post(visitor.actor, String(ctx['params'].id));
  const names = await namesOf(parts, [found.citizenId]);
  const name = names.get(found.citizenId ?? '') ?? M.text(locale, 'name.closed');
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'post.title', { name }),
    current: 'operators',
    at: `${PATH}/${found.id}`,
    problems,
    children: (
      <PostPage
        locale={locale}
        now={parts.clock.now()}
        hidden={hiddenCsrf(ctx)}
        post={found}
        name={name}
        own={found.operatorId === visitor.actor.operatorId}
        mayWrite={scopesOf(visitor.actor, 'operator.write').some((scope) => found.path.startsWith(scope))}
      />
    ),
  });
}

async function leaves(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const id = String(ctx['params'].id);
  const at = dayOf(form['leaves']);
  const text = M.text(ctx.state.locale, 'invite.leaves.bad');
  if (at === null || (at && at <= parts.clock.now()))
    return await post(parts, ctx, visitor, [{ field: 'leaves', text }]);
  await parts.operators.leaves(visitor.actor, id, at);
  seeOther(ctx, `${PATH}/${id}`);
}
