// Renaming and removing one thing that the account is signed in with.
import { TOLD_IN } from '../../citizens/citizens.ts';
import type { Factor, Held } from '../../factors/factors.ts';
import type { SignedIn } from '../../oidc/oidc.ts';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import type { FieldProblem, FormFrame } from '../../platform/ui/form.tsx';
import { draw, seeOther, type AccountParts, type Context } from '../frame.tsx';
import { carryOut } from './changes.ts';
import { isLastWay } from './last-way.ts';
import { M } from './messages.ts';
import { LastWay, Remove, Rename } from './pages.tsx';

interface Found {
  readonly factor: Factor;
  readonly account: NonNullable<Factor['account']>;
  readonly held: Held;
}

/** Only what is this citizen's is found: an address made up with another's thing leads nowhere. */
async function find(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<Found> {
  const { factor: id, held: heldId } = ctx['params'] as Readonly<Record<string, string>>;
  const factor = parts.factors.byId(id ?? '');
  const list = (await factor?.account?.list(citizenId, ctx.state.locale, parts.clock.now())) ?? [];
  const held = list.find((each) => each.id === heldId);
  if (!factor?.account || !held) throw new Fault('not_found');
  return { factor, account: factor.account, held };
}

const isAgain = (ctx: Context): boolean => ctx.query['again'] === 'yes';

function frameOf(ctx: Context, problems: readonly FieldProblem[] = [], typed?: string): FormFrame {
  const [action = ''] = ctx.url.split('?');
  const values = typed === undefined ? {} : { name: typed };
  return { locale: ctx.state.locale, action, hidden: hiddenCsrf(ctx), problems, values };
}

export async function showRename(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  const { held } = await find(parts, ctx, who);
  if (!held.canRename) throw new Fault('not_found');
  drawRename(parts, ctx, held, frameOf(ctx));
}

function drawRename(parts: AccountParts, ctx: Context, { name }: Held, frame: FormFrame): void {
  draw(parts, ctx, {
    current: 'security',
    title: M.text(ctx.state.locale, 'rename.title', { name }),
    hasProblems: frame.problems.length > 0,
    children: <Rename frame={frame} name={name} again={isAgain(ctx)} />,
  });
}

export async function rename(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  const { name = '' } = await readForm(ctx);
  const { account, held } = await find(parts, ctx, who);
  if (!held.canRename) throw new Fault('not_found');
  const renamed = await parts.audit
    .change(async (tx) => account.rename?.(tx, who.citizenId, held.id, name))
    .catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'bad_request') return 'bad' as const;
      throw error;
    });
  if (renamed === 'bad') {
    ctx.status = 422;
    const problem = { field: 'name', text: M.text(ctx.state.locale, 'rename.bad') };
    return drawRename(parts, ctx, held, frameOf(ctx, [problem], name));
  }
  if (renamed !== true) throw new Fault('not_found');
  return seeOther(ctx, '/account/security');
}

export async function showRemove(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  const { factor, held } = await find(parts, ctx, who);
  if (!held.canRemove) throw new Fault('not_found');
  const { locale } = ctx.state;
  const { name } = held;
  if (await isLastWay(parts.factors.list, who.citizenId, { factor, locale, now: parts.clock.now() }))
    return drawLastWay(parts, ctx, name);
  return draw(parts, ctx, {
    current: 'security',
    title: M.text(locale, 'remove.title', { name }),
    children: <Remove frame={frameOf(ctx)} name={name} again={isAgain(ctx)} />,
  });
}

function drawLastWay(parts: AccountParts, ctx: Context, name: string): void {
  const { locale } = ctx.state;
  ctx.status = 409;
  draw(parts, ctx, {
    current: 'security',
    title: M.text(locale, 'last.title', { name }),
    children: <LastWay locale={locale} name={name} />,
  });
}

export async function remove(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  await readForm(ctx);
  const { factor, account, held } = await find(parts, ctx, who);
  if (!held.canRemove) throw new Fault('not_found');
  const { locale } = ctx.state;
  const { citizenId } = who;
  if (await isLastWay(parts.factors.list, citizenId, { factor, locale, now: parts.clock.now() }))
    return drawLastWay(parts, ctx, held.name);
  const removed = await carryOut(parts, {
    citizenId,
    what: M.text(TOLD_IN, 'what', { heading: account.heading(TOLD_IN), act: M.text(TOLD_IN, 'remove') }),
    endsSessions: true,
    write: async (tx) => (await account.remove?.(tx, citizenId, held.id)) === true,
  });
  if (!removed) throw new Fault('not_found');
  return seeOther(ctx, '/account/changed');
}
