// What the engine answers is finished here: how long it may be kept, and the forms that it would let a script send.
// A citizen without scripts, and our content policy, need another answer.
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { allowFormAction } from '../platform/http/headers.ts';
import type { Pages } from './configuration.ts';

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
    switch (ctx.oidc?.route) {
      case 'jwks':
      case 'discovery':
        // Everything else says no-store itself.
        ctx.set('Cache-Control', `public, max-age=${parts.jwksMaxAgeSeconds}`);
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
