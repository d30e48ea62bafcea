// Help on the telephone: the state of an account, without its data, for a reason that is recorded first. Nothing can be
// done to an account from here: whoever could change a factor could sign in as its owner (threat A115).
import { parsePhone, type CitizenId } from '../../citizens/citizens.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Limit } from '../../platform/limits/limits.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { by, scopesOf, type Actor } from '../../registry/registry.ts';
import { draw, operating, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { M } from './messages.ts';
import { Ask, Found, REASONS, type Reason } from './pages.tsx';
import { accountState } from './state.ts';

const PATH = '/admin/support';

export function supportRoutes(router: Routes, parts: AdminParts): void {
  const perOperator = parts.limits.declare({
    name: 'console.support',
    per: 'operator',
    burst: 30,
    periodSeconds: 3600,
    why: 'a person on the telephone helps a few people an hour; whoever tries numbers tries hundreds',
  });
  router.get(
    PATH,
    operating(parts, async (ctx, visitor) => {
      demand(parts, visitor.actor);
      await asking(parts, ctx, visitor, {});
    }),
  );
  router.post(
    PATH,
    csrf,
    operating(parts, (ctx, visitor) => look(parts, perOperator, ctx, visitor)),
  );
}

/** The place of the post that allows it, for the trail. */
function demand({ access }: AdminParts, actor: Actor): string {
  const path = scopesOf(actor, 'citizen.support')[0] ?? actor.posts[0]?.path ?? 'cn/';
  access.demand(actor, 'citizen.support', path);
  return path;
}

function asking(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  values: Form,
  problems: readonly FieldProblem[] = [],
): Promise<void> {
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title'),
    current: 'support',
    problems,
    children: <Ask locale={locale} hidden={hiddenCsrf(ctx)} values={values} problems={problems} />,
  });
  return Promise.resolve();
}

const CASE = /^[A-Za-z0-9][A-Za-z0-9-]{3,31}$/;
/** A case number is kept for years: no telephone or document number may come in as one. */
const PERSONAL = /\d{11}/;
const REFERENCE = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;

interface Asked {
  readonly reason: Reason;
  readonly case: string;
  readonly by: 'phone' | 'reference';
  readonly text: string;
}

/** What was filled in, or the field that is not right. */
function askedOf(form: Form): Asked | 'who' | 'reason' | 'case' {
  const text = (form['who'] ?? '').trim().toUpperCase();
  const isReference = REFERENCE.test(text);
  if (!isReference && parsePhone(text) === undefined) return 'who';
  const reason = REASONS.find((one) => one === form['reason']);
  if (!reason) return 'reason';
  const number = (form['case'] ?? '').trim();
  if (!CASE.test(number) || PERSONAL.test(number)) return 'case';
  return { reason, case: number, by: isReference ? 'reference' : 'phone', text };
}

async function look(parts: AdminParts, limit: Limit, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  const path = demand(parts, visitor.actor);
  const asked = askedOf(form);
  if (typeof asked === 'string')
    return await asking(parts, ctx, visitor, form, [{ field: asked, text: M.text(locale, `${asked}.bad`) }]);
  await parts.limits.spend(limit, visitor.actor.name);
  const id = await find(parts, asked);
  await record(parts, visitor.actor, asked, id, path);
  const state = id === undefined ? undefined : await accountState(parts, id, locale);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'found.title'),
    current: 'support',
    at: PATH,
    children: (
      <Found
        locale={locale}
        now={parts.clock.now()}
        state={state}
        caseNumber={asked.case}
        reason={asked.reason}
      />
    ),
  });
}

async function find(
  { citizens, trail }: AdminParts,
  { by: way, text }: Asked,
): Promise<CitizenId | undefined> {
  if (way === 'reference') return (await trail.citizenOf(text)) as CitizenId | undefined;
  const phone = parsePhone(text);
  return phone && (await citizens.findByPhone(phone));
}

/** Before anything is shown, and whether or not there is anything to show. */
async function record(
  { audit }: AdminParts,
  actor: Actor,
  { by: way, reason, case: number }: Asked,
  citizenId: CitizenId | undefined,
  path: string,
): Promise<void> {
  await audit.change((tx) => {
    tx.record({
      type: 'citizen.looked_up',
      data: { by: way, reason, case: number, found: citizenId !== undefined, path },
      ...(citizenId === undefined ? {} : { citizenId }),
      ...by(actor),
    });
    return Promise.resolve();
  });
}
