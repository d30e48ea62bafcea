// Guards that stand before handlers. The anti-forgery token is bound to a random value in a cookie of this browser.
import { timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from '../base/keyed.ts';
import type { Next, ParameterizedContext } from 'koa';
import { h, type VNode } from 'preact';
import { Fault } from '../base/errors.ts';
import { readForm } from './body.ts';
import type { RequestState } from './feature.ts';

/** What the guards need of the keyring; structural, because this folder does not know crypto/. */
export interface CookieKeys {
  active(purpose: 'cookie'): { readonly material: Buffer };
  all(
    purpose: 'cookie',
  ): readonly { readonly state: 'next' | 'active' | 'retired'; readonly material: Buffer }[];
}

export interface Forgery {
  readonly keys: CookieKeys;
  /** The only origin that our forms are posted from. */
  readonly origin: string;
}

/** Guards are plain functions on routes: what they need travels on the request, put there by server.ts. */
const FORGERY = Symbol('forgery');
type Guarded = { [FORGERY]?: Forgery };

/** Gives the guards of this request their keys and origin. Called by server.ts alone. */
export function armGuards(state: object, forgery: Forgery): void {
  Object.defineProperty(state, FORGERY, { value: forgery });
}

type Context = ParameterizedContext<RequestState>;

function forgeryOf(ctx: Context): Forgery {
  const forgery = (ctx.state as Guarded)[FORGERY];
  if (!forgery) throw new Error('a guarded route outside the server');
  return forgery;
}

const tokenOf = (material: Buffer, browser: string): Buffer =>
  hmacSha256(material).update(`csrf\0${browser}`).digest();

function genuine({ keys }: Forgery, browser: string, token: string): boolean {
  const given = Buffer.from(token, 'base64url');
  return keys
    .all('cookie')
    .filter((key) => key.state !== 'next')
    .some((key) => {
      const expected = tokenOf(key.material, browser);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}

/**
 * Refuses a POST whose `_csrf` field was not made for this browser, or whose `Origin` is not ours (Fault `forgery`).
 * Browsers that send no Origin, or `null` because an extension hides it, are judged by the token alone. The form is parsed here; `readForm` gives it again.
 */
export async function csrf(ctx: Context, next: Next): Promise<void> {
  const forgery = forgeryOf(ctx);
  const { origin } = ctx.req.headers;
  if (origin !== undefined && origin !== 'null' && origin !== forgery.origin)
    throw new Fault('forgery', { note: 'foreign origin' });
  const { _csrf: token } = await readForm(ctx);
  if (token === undefined || !genuine(forgery, ctx.state.browser, token))
    throw new Fault('forgery', { note: 'no token of this browser' });
  await next();
}

/**
 * For addresses that programs call: refusals are JSON too, whatever the caller says it accepts, and no browser's cookies
 * come with the answer.
 */
export async function forPrograms(ctx: Context, next: Next): Promise<void> {
  ctx.req.headers.accept = 'application/json';
  ctx.remove('Set-Cookie');
  await next();
}

/** The anti-forgery token of this browser: HMAC-SHA256 in base64url. */
export function csrfToken(ctx: Context): string {
  return tokenOf(forgeryOf(ctx).keys.active('cookie').material, ctx.state.browser).toString('base64url');
}

/** The hidden input that every form posted to us carries. */
export function hiddenCsrf(ctx: Context): VNode {
  return h('input', { type: 'hidden', name: '_csrf', value: csrfToken(ctx) }) as VNode;
}
