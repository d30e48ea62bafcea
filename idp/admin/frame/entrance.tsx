// The ways in: back from signing in, without a passkey, without a post, by an invitation, with a form that waited.
import type { Routes } from '../../platform/http/feature.ts';
import { readForm } from '../../platform/http/body.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import { HiddenField } from '../../platform/ui/form.tsx';
import { Fault } from '../../platform/base/errors.ts';
import type { Invitation } from '../../registry/registry.ts';
import {
  ASKED,
  CONSOLE_CLIENT,
  draw,
  returnPlace,
  seeOther,
  signinAddress,
  visiting,
  type AdminParts,
  type Context,
  type Visitor,
} from './frame.tsx';
import { Note } from './icons.tsx';
import { M } from './messages.ts';
import { parked } from './parked.ts';
import { beginSession, endSession } from './session.ts';

export function entranceRoutes(router: Routes, parts: AdminParts): void {
  router.get('/admin/signed-in', (ctx) => signedIn(parts, ctx));
  router.get(
    '/admin/no-post',
    visiting(parts, (ctx, visitor) => noPost(parts, ctx, visitor)),
  );
  router.get(
    '/admin/resume/:id',
    visiting(parts, (ctx, visitor) => resume(parts, ctx, visitor)),
  );
  router.get(
    '/admin/join/:token',
    visiting(parts, (ctx, visitor) => invitation(parts, ctx, visitor)),
  );
  router.post(
    '/admin/join/:token',
    csrf,
    visiting(parts, (ctx, visitor) => join(parts, ctx, visitor)),
  );
  router.post('/admin/sign-out', csrf, async (ctx) => {
    await readForm(ctx);
    await endSession(parts, ctx);
    seeOther(ctx, `/oidc/logout?client_id=${CONSOLE_CLIENT}`);
  });
}

/** Back from signing in, or from leaving the sign-in page: then nothing has begun. */
async function signedIn(parts: AdminParts, ctx: Context): Promise<void> {
  if (typeof ctx.query['error'] === 'string') return seeOther(ctx, '/help');
  const state = typeof ctx.query['state'] === 'string' ? ctx.query['state'] : '';
  const asked = state.startsWith(ASKED);
  const place = returnPlace(asked ? state.slice(ASKED.length) : state);
  const entered = await beginSession(parts, ctx);
  if (!entered) return seeOther(ctx, signinAddress(parts.issuer, place, false));
  parts.audit.note({
    type: 'console.entered',
    data: { passkey: entered.passkeyAt !== undefined },
    actor: `citizen:${entered.citizenId}`,
    citizenId: entered.citizenId,
    reference: ctx.state.reference,
  });
  const needsPasskey = asked || (place.startsWith('/admin') && !place.startsWith('/admin/join/'));
  if (!needsPasskey || entered.passkeyAt !== undefined) return seeOther(ctx, place);
  return passkeyFirst(parts, ctx, place);
}

/** The account has no key yet: the console waits, nothing else does. */
function passkeyFirst(parts: AdminParts, ctx: Context, place: string): void {
  const { locale } = ctx.state;
  draw(parts, ctx, undefined, {
    title: M.text(locale, 'passkey.title'),
    current: 'queue',
    at: '/admin',
    status: 403,
    children: (
      <section class="card in stack">
        <h1>{M.text(locale, 'passkey.title')}</h1>
        <p>{M.text(locale, 'passkey.why')}</p>
        <p class="row">
          <a class="btn p" href="/account/security">
            {M.text(locale, 'passkey.set_up')}
          </a>
          <a class="btn" href={signinAddress(parts.issuer, place, true)}>
            {M.text(locale, 'passkey.continue')}
          </a>
        </p>
        <p class="q">{M.text(locale, 'passkey.then')}</p>
      </section>
    ),
  });
}

function noPost(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'no_post.title'),
    current: 'portal',
    status: 403,
    children: (
      <section class="card in stack">
        <h1>{M.text(locale, 'no_post.title')}</h1>
        <p>{M.text(locale, 'no_post.why')}</p>
        <p>{M.text(locale, 'no_post.portal')}</p>
        <p>
          <a class="btn p" href="/developers">
            {M.text(locale, 'no_post.to_portal')}
          </a>
        </p>
      </section>
    ),
  });
  return Promise.resolve();
}

async function resume(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const kept = await parked(parts, String(ctx['params'].id), visitor.entered.citizenId);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'resume.title'),
    current: 'queue',
    status: kept ? 200 : 410,
    children: (
      <section class="card in stack">
        <h1>{M.text(locale, 'resume.title')}</h1>
        {kept ? (
          <form method="post" action={kept.action}>
            {hiddenCsrf(ctx)}
            {Object.entries(kept.form).map(([name, value]) => (
              <HiddenField key={name} name={name} value={value} />
            ))}
            <p>{M.text(locale, 'resume.why')}</p>
            <p>
              <button class="btn p" type="submit">
                {M.text(locale, 'resume.button')}
              </button>
            </p>
          </form>
        ) : (
          <p>{M.text(locale, 'resume.gone')}</p>
        )}
      </section>
    ),
  });
}

async function invitation(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const offer = await parts.operators.invitation(String(ctx['params'].token));
  if (offer) drawOffer(parts, ctx, visitor, offer);
  else drawGone(parts, ctx, visitor);
}

function drawOffer(parts: AdminParts, ctx: Context, visitor: Visitor, offer: Invitation): void {
  const { locale } = ctx.state;
  const title = M.text(locale, 'join.title', { unit: offer.unitName[locale] });
  const until = offer.leavesAt
    ? formatInstant(offer.leavesAt, parts.clock.now(), locale)
    : M.text(locale, 'join.until.none');
  const rows = [
    [M.text(locale, 'join.role'), M.text(locale, `role.${offer.role}`)],
    [M.text(locale, 'join.unit'), offer.unitName[locale]],
    [M.text(locale, 'join.reach'), M.text(locale, 'join.reach.text')],
    [M.text(locale, 'join.until'), until],
  ];
  draw(parts, ctx, visitor, {
    title,
    current: 'portal',
    children: (
      <section class="card">
        <div class="in">
          <h1>{title}</h1>
        </div>
        <dl class="sum-l">
          {rows.map(([term, text]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <form class="in stack" method="post" action={ctx.path}>
          {hiddenCsrf(ctx)}
          <HiddenField name="accept" value="yes" />
          <p>{M.text(locale, 'join.as', { name: visitor.name })}</p>
          <button class="btn p" type="submit">
            {M.text(locale, 'join.accept')}
          </button>
        </form>
      </section>
    ),
  });
}

function drawGone(parts: AdminParts, ctx: Context, visitor: Visitor): void {
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'join.gone.title'),
    current: 'portal',
    status: 410,
    at: '/developers',
    children: (
      <Note is="warn">
        <h1>{M.text(locale, 'join.gone.title')}</h1>
        <p>{M.text(locale, 'join.gone.why')}</p>
        <p>{M.text(locale, 'join.gone.first')}</p>
      </Note>
    ),
  });
}

async function join(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  await readForm(ctx);
  const { citizenId } = visitor.entered;
  try {
    await parts.operators.accept(String(ctx['params'].token), citizenId, ctx.state.reference);
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'not_found' && error.code !== 'conflict')) throw error;
    return drawGone(parts, ctx, visitor);
  }
  seeOther(ctx, '/admin');
}
