// Between the web server and the engine: which requests are the engine's, and what its answers still need. Its forms
// would be sent by a script; a citizen without scripts, and our content policy, need another answer.
import type { Middleware, ParameterizedContext } from 'koa';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import { allowFormAction } from '../../platform/http/headers.ts';
import { ROUTES, type Pages } from '../configuration.ts';
import { registeredIn } from '../programs/registration.ts';

const PATHS = new RegExp(
  `^(?:${Object.values(ROUTES).join('|')}|${ROUTES.authorization}/[\\w-]+|${ROUTES.end_session}/(?:confirm|success)|` +
    String.raw`/\.well-known/(?:openid-configuration|oauth-authorization-server))$`,
);

/** Where a browser may come by POST from another site (OIDC Core 3.1.2.1, RP-Initiated Logout 2). */
const BY_FORM: ReadonlySet<string> = new Set([ROUTES.authorization, ROUTES.end_session]);

/** Longer addresses are refused by servers and proxies on the way. */
const ADDRESS_CHARACTERS = 8_000;

/**
 * Hands the engine what is its own. It derives its addresses from the request's host and is told ours, whatever the
 * caller wrote (threat: a poisoned Host header in discovery).
 */
export function protocol(issuer: URL, engine: () => ReturnType<Provider['callback']>): Middleware {
  return async (ctx, next) => {
    if (!PATHS.test(ctx.path)) await next();
    else if (ctx.method === 'POST' && BY_FORM.has(ctx.path)) await byAddress(ctx);
    else {
      const { headers } = ctx.req;
      headers.host = issuer.host;
      headers['x-forwarded-host'] = issuer.host;
      headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
      ctx.respond = false;
      await engine()(ctx.req, ctx.res);
    }
  };
}

/**
 * A form of another site comes without our cookies, which are SameSite=Lax. Sent on to the same request by address, it
 * comes with them. Faults: those of `readForm`, and `too_large`.
 */
async function byAddress(ctx: ParameterizedContext): Promise<void> {
  const address = `${ctx.path}?${new URLSearchParams(await readForm(ctx)).toString()}`;
  if (address.length > ADDRESS_CHARACTERS) throw new Fault('too_large');
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(address);
  ctx.status = 303;
}

export interface AnswerParts {
  readonly pages: Pages;
  /** How long the key set and discovery may be kept. */
  readonly jwksMaxAgeSeconds: number;
}

/** Stands around the whole engine. */
export function finishAnswers(parts: AnswerParts): Middleware {
  return async (context, next) => {
    await next();
    const ctx = context as unknown as KoaContextWithOIDC;
    if (ctx.status === 404 && ctx.body === undefined) wrongMethod(ctx);
    if (!PUBLIC.has(ctx.path)) withoutCors(ctx);
    switch (ctx.oidc?.route) {
      case 'jwks':
      case 'discovery':
        // Everything else says no-store itself.
        ctx.set('Cache-Control', `public, max-age=${parts.jwksMaxAgeSeconds}`);
        break;
      case 'registration':
        ctx.body = registeredIn(ctx) ?? ctx.body;
        break;
      case 'end_session':
        endedBefore(ctx);
        break;
      case 'authorization':
      case 'resume':
        if (changesCitizen(ctx)) parts.pages.changeCitizen(ctx);
        else postsToService(ctx);
        break;
      default:
    }
  };
}

/** What scripts of any origin may read: it is the same for everyone. */
const PUBLIC: ReadonlySet<string> = new Set([
  ROUTES.jwks,
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]);

/** No service is a page in a browser: the engine would name the asking origin in refusals and preflights. */
function withoutCors(ctx: KoaContextWithOIDC): void {
  for (const name of Object.keys(ctx.response.headers))
    if (name.startsWith('access-control-')) ctx.remove(name);
}

/** The path is the engine's and the method is not (RFC 9110 15.5.6). */
function wrongMethod(ctx: KoaContextWithOIDC): void {
  const reads = ctx.method === 'GET' || ctx.method === 'HEAD';
  ctx.status = 405;
  ctx.set('Allow', reads ? 'POST' : 'GET, HEAD');
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error: 'invalid_request', error_description: `${ctx.method} is not for this address` };
}

/** Nobody is signed in: there is nothing to ask, the browser goes straight on. */
function endedBefore(ctx: KoaContextWithOIDC): void {
  const { session, params } = ctx.oidc;
  if (ctx.status !== 200 || session === undefined || session.accountId !== undefined) return;
  const back = params?.['post_logout_redirect_uri'];
  const address = new URL(typeof back === 'string' ? back : ctx.oidc.urlFor('end_session_success'));
  const state = params?.['state'];
  if (typeof back === 'string' && typeof state === 'string') address.searchParams.append('state', state);
  ctx.redirect(address.href);
  ctx.status = 303;
}

/** True when another citizen than the session's has just signed in: the engine ends that session first. */
function changesCitizen(ctx: KoaContextWithOIDC): boolean {
  const chosen = ctx.oidc.entities.Interaction?.result?.login?.accountId;
  const standing = ctx.oidc.session?.accountId;
  return ctx.status === 200 && chosen !== undefined && standing !== undefined && chosen !== standing;
}

/** `response_mode=form_post` (OAuth 2.0 Form Post Response Mode): the form goes to the service. */
function postsToService(ctx: KoaContextWithOIDC): void {
  const { params, redirectUriCheckPerformed } = ctx.oidc as typeof ctx.oidc & {
    redirectUriCheckPerformed?: boolean;
  };
  if (redirectUriCheckPerformed !== true || params?.['response_mode'] !== 'form_post') return;
  allowFormAction(ctx, new URL(String(params['redirect_uri'])).origin);
}
