// The link in the message about a recovery: looking at it changes nothing (carriers and phones open links by
// themselves), a button does.
import type { ParameterizedContext } from 'koa';
import type { VNode } from 'preact';
import type { RequestState, Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, LinkButton, PostForm } from '../../platform/ui/form.tsx';
import { page } from '../../platform/ui/layout.tsx';
import { Disc } from '../../platform/ui/parts.tsx';
import type { DispatchParts } from '../current.ts';
import { M } from './messages.ts';

type Context = ParameterizedContext<RequestState>;
type Parts = Pick<DispatchParts, 'recoveries' | 'audit'> & { readonly sandbox: boolean };

export function cancelRoutes(router: Routes, parts: Parts): void {
  router.get('/recovery/:link', (ctx) => show(parts, ctx));
  router.post('/recovery/:link', csrf, (ctx) => cancel(parts, ctx));
}

const linkOf = (ctx: Context): string => String(ctx['params'].link);

async function show(parts: Parts, ctx: Context): Promise<void> {
  if ((await parts.recoveries.holder(linkOf(ctx))) === undefined) return ended(parts, ctx);
  const { locale } = ctx.state;
  const frame = { action: ctx.path, hidden: hiddenCsrf(ctx) };
  return draw(
    parts,
    ctx,
    M.text(locale, 'cancel.title'),
    <>
      <h1>{M.text(locale, 'cancel.title')}</h1>
      <p>{M.text(locale, 'cancel.body')}</p>
      <PostForm frame={frame}>
        <Buttons>
          <Button kind="warning">{M.text(locale, 'cancel.go')}</Button>
        </Buttons>
      </PostForm>
    </>,
  );
}

async function cancel(parts: Parts, ctx: Context): Promise<void> {
  const cancelled = await parts.audit.change((tx) => parts.recoveries.cancel(tx, linkOf(ctx)));
  if (!cancelled) return ended(parts, ctx);
  const { locale } = ctx.state;
  return draw(parts, ctx, M.text(locale, 'cancelled.title'), <Said locale={locale} what="cancelled" />);
}

function ended(parts: Parts, ctx: Context): void {
  const { locale } = ctx.state;
  ctx.status = 404;
  draw(parts, ctx, M.text(locale, 'ended.title'), <Said locale={locale} what="ended" />);
}

function Said({ locale, what }: { readonly locale: Locale; readonly what: 'cancelled' | 'ended' }): VNode {
  return (
    <>
      <Disc icon={what === 'cancelled' ? 'check' : 'question'} tone={what === 'cancelled' ? 'ok' : 'warn'} />
      <h1>{M.text(locale, `${what}.title`)}</h1>
      <p>{M.text(locale, `${what}.body`)}</p>
      <Buttons>
        <LinkButton href="/account/security">{M.text(locale, 'ended.go')}</LinkButton>
      </Buttons>
    </>
  );
}

function draw({ sandbox }: Parts, ctx: Context, title: string, children: VNode): void {
  const { locale, display } = ctx.state;
  pageHeaders(ctx);
  // The address is the secret: no page that is gone to from here may learn it.
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.type = 'html';
  ctx.body = page({ locale, display, title, sandbox, currentUrl: '/account/security', children });
}
