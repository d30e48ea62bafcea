// One's own: a copy of everything kept, and the end of the account. Both want a sign-in of the last minutes. Not here:
// what is kept and what erasing removes (each folder says so itself, see audit/retention/records.ts).
import type { SignedIn } from '../../oidc/oidc.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Limit } from '../../platform/limits/limits.ts';
import type { FieldProblem, FormFrame } from '../../platform/ui/form.tsx';
import { page } from '../../platform/ui/layout.tsx';
import {
  draw,
  recentlySignedIn,
  seeOther,
  serviceNames,
  type AccountParts,
  type Context,
} from '../frame.tsx';
import { copyFile, servicesIn } from './copy.ts';
import { M } from './messages.ts';
import { Close, Closed, Own } from './pages.tsx';

export function ownRoutes(router: Routes, parts: AccountParts): void {
  const perAccount = parts.limits.declare({
    name: 'account.copy',
    per: 'account',
    burst: 10,
    periodSeconds: 3600,
    why: 'a copy reads everything kept about a person; nobody needs one every minute',
  });
  router.get(
    '/account/data',
    recentlySignedIn(parts, 'data', (ctx) => own(parts, ctx)),
  );
  router.post(
    '/account/data',
    csrf,
    recentlySignedIn(parts, 'data?again=yes', (ctx, who) => download(parts, perAccount, ctx, who)),
  );
  router.get(
    '/account/data/close',
    recentlySignedIn(parts, 'data/close', (ctx, who) => closing(parts, ctx, who)),
  );
  router.post(
    '/account/data/close',
    csrf,
    recentlySignedIn(parts, 'data/close?again=yes', (ctx, who) => close(parts, ctx, who)),
  );
  router.get('/account/closed', (ctx) => closed(parts, ctx));
}

function frameOf(ctx: Context, action: string, problems: readonly FieldProblem[] = []): FormFrame {
  return { locale: ctx.state.locale, action, hidden: hiddenCsrf(ctx), problems, values: {} };
}

const isAgain = (ctx: Context): boolean => ctx.query['again'] === 'yes';

function own(parts: AccountParts, ctx: Context): Promise<void> {
  const frame = frameOf(ctx, '/account/data');
  const title = M.text(ctx.state.locale, 'own.title');
  draw(parts, ctx, { current: 'data', title, children: <Own frame={frame} again={isAgain(ctx)} /> });
  return Promise.resolve();
}

async function download(
  parts: AccountParts,
  limit: Limit,
  ctx: Context,
  { citizenId }: SignedIn,
): Promise<void> {
  const { locale, reference } = ctx.state;
  await parts.limits.spend(limit, citizenId);
  const kept = await parts.rights.copy(citizenId, reference);
  const names = await serviceNames(parts, ctx, servicesIn(kept));
  pageHeaders(ctx);
  ctx.type = 'application/json';
  ctx.set('Content-Disposition', 'attachment; filename="tongxing-my-data.json"');
  ctx.body = copyFile({ kept, locale, now: parts.clock.now(), names, words: parts.rights.words });
}

async function closing(
  parts: AccountParts,
  ctx: Context,
  { citizenId }: SignedIn,
  problems: readonly FieldProblem[] = [],
): Promise<void> {
  const consents = await parts.oidc.consents.list(citizenId);
  const names = await serviceNames(
    parts,
    ctx,
    consents.map(({ clientId }) => clientId),
  );
  const shown = {
    frame: frameOf(ctx, '/account/data/close', problems),
    again: problems.length === 0 && isAgain(ctx),
    services: [...names.values()],
    keepEvidenceDays: parts.keepEvidenceDays,
  };
  draw(parts, ctx, {
    current: 'data',
    title: M.text(ctx.state.locale, 'close.title'),
    hasProblems: problems.length > 0,
    children: <Close {...shown} />,
  });
}

const isConfirmed = ({ confirm }: Form): boolean => confirm === 'yes';

async function close(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  if (!isConfirmed(await readForm(ctx))) {
    ctx.status = 422;
    const text = M.text(ctx.state.locale, 'close.confirm.missing');
    return closing(parts, ctx, who, [{ field: 'confirm', text }]);
  }
  await parts.rights.close(who.citizenId, ctx.state.reference);
  return seeOther(ctx, '/account/closed');
}

/** The same for everybody who comes here: it tells nothing about any account. */
function closed(parts: AccountParts, ctx: Context): void {
  const { locale, display } = ctx.state;
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = page({
    locale,
    display,
    title: M.text(locale, 'closed.title'),
    sandbox: parts.sandbox,
    currentUrl: ctx.url,
    children: <Closed locale={locale} />,
  });
}
