// “Not me”: the link in a message about an unusual sign-in. It works without a session, because whoever is robbed of an
// account may not be able to sign in. Opening it changes nothing: programs open links in messages, too.
import type { VNode } from 'preact';
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Devices } from '../../devices/devices.ts';
import type { Oidc } from '../../oidc/oidc.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { page } from '../../platform/ui/layout.tsx';
import { seeOther, type Context } from '../frame.tsx';
import { M } from './messages.ts';
import { Ask, Frozen, Gone } from './pages.tsx';

export interface NotMeParts {
  readonly devices: Pick<Devices, 'notices'>;
  readonly citizens: Pick<Citizens, 'find' | 'freeze'>;
  readonly oidc: Pick<Oidc, 'signOut'>;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Days that a link works; the page says it. */
  readonly noticeDays: number;
  readonly sandbox: boolean;
}

export function notMeRoutes(router: Routes, parts: NotMeParts): void {
  router.get('/account/not-me', (ctx) =>
    draw(parts, ctx, 'done.title', <Frozen locale={ctx.state.locale} />),
  );
  router.get('/account/not-me/:token', (ctx) => ask(parts, ctx));
  router.post('/account/not-me/:token', csrf, (ctx) => freeze(parts, ctx));
}

const tokenOf = (ctx: Context): string => String(ctx['params'].token);

async function ask(parts: NotMeParts, ctx: Context): Promise<void> {
  const { locale } = ctx.state;
  const told = await parts.devices.notices.find(tokenOf(ctx));
  if (!told) return gone(parts, ctx);
  const frame = { locale, action: ctx.path, hidden: hiddenCsrf(ctx), problems: [], values: {} };
  const children = <Ask frame={frame} told={told} now={parts.clock.now()} />;
  return draw(parts, ctx, 'ask.title', children);
}

function gone(parts: NotMeParts, ctx: Context): void {
  ctx.status = 404;
  draw(parts, ctx, 'gone.title', <Gone locale={ctx.state.locale} days={parts.noticeDays} />);
}

/** The link ends last: when anything before fails, pressing again must still help. */
async function freeze(parts: NotMeParts, ctx: Context): Promise<void> {
  const token = tokenOf(ctx);
  const told = await parts.devices.notices.find(token);
  if (!told) return gone(parts, ctx);
  await end(parts, told.citizenId, ctx.state.reference);
  await parts.devices.notices.end(token);
  return seeOther(ctx, '/account/not-me');
}

/** Out of everything, services told, no device trusted, frozen: one transaction. A second press finds it done. */
async function end(parts: NotMeParts, citizenId: CitizenId, reference: string): Promise<void> {
  const { citizens, audit, clock, oidc } = parts;
  const citizen = await citizens.find(citizenId);
  if (citizen?.status !== 'active') return;
  // Before the transaction: who waits for a second connection while holding one may wait for ever.
  const leaving = await oidc.signOut(citizenId);
  await audit.change(async (tx) => {
    await leaving.tell(tx);
    await citizens.freeze(tx, citizenId, clock.now());
    const actor = `citizen:${citizenId}`;
    tx.record({ type: 'citizen.frozen', data: { reason: 'not_me' }, citizenId, actor, reference });
  });
  await leaving.end();
}

function draw(
  { sandbox }: NotMeParts,
  ctx: Context,
  title: 'ask.title' | 'done.title' | 'gone.title',
  children: VNode,
): void {
  const { locale, display } = ctx.state;
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = page({ locale, display, title: M.text(locale, title), sandbox, currentUrl: ctx.url, children });
}
