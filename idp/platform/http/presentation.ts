// The language and look of a page: what the citizen chose by address or cookie, then what the service or browser asks.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Next, ParameterizedContext } from 'koa';
import { negotiateLocale } from '../i18n/locale.ts';
import { LOCALES, type Locale } from '../i18n/messages.ts';
import { randomToken } from '../base/ids.ts';
import { browserCookieName, readBrowser, readCookie, readDevice, setCookie } from './cookies.ts';
import type { RequestState } from './feature.ts';

export type Display = RequestState['display'];

export interface Presentation {
  readonly locale: Locale;
  readonly display: Display;
}

interface Asking {
  readonly req: IncomingMessage;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
}

const MODES = ['standard', 'elder'] as const;
const THEMES = ['auto', 'light', 'dark'] as const;
const YEAR_SECONDS = 31_536_000;

const CHOICES = { lang: LOCALES, mode: MODES, theme: THEMES } as const;
type Choice = keyof typeof CHOICES;

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function known<T extends string>(allowed: readonly T[], value: string | undefined): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** What the citizen chose, in the address before the cookie; a value off the list counts as no choice. */
function chosen<C extends Choice>(ctx: Asking, choice: C): (typeof CHOICES)[C][number] | undefined {
  const allowed: readonly (typeof CHOICES)[C][number][] = CHOICES[choice];
  return known(allowed, one(ctx.query[choice])) ?? known(allowed, readCookie(ctx.req, choice));
}

/**
 * Language and look of the page asked for. Reads `lang`, `mode` and `theme` of query and cookies, `ui_locales` of the
 * query (OIDC Core 3.1.2.1) and Accept-Language; needs no middleware before it. Without any: zh-CN, standard, auto.
 */
export function presentationOf(ctx: Asking & { readonly state?: Partial<RequestState> }): Presentation {
  const { locale, display } = ctx.state ?? {};
  if (locale && display) return { locale, display };
  return {
    locale:
      chosen(ctx, 'lang') ??
      negotiateLocale([one(ctx.query['ui_locales']), ctx.req.headers['accept-language']]),
    display: { mode: chosen(ctx, 'mode') ?? 'standard', theme: chosen(ctx, 'theme') ?? 'auto' },
  };
}

/**
 * Follows a service's `ui_locales` (space-separated tags) and `ui_mode` (`elder`), but only where the citizen has
 * chosen nothing by address or cookie.
 */
export function preferLocale(
  ctx: Asking & { readonly state: RequestState },
  uiLocales?: string,
  uiMode?: string,
): void {
  if (uiLocales !== undefined && chosen(ctx, 'lang') === undefined)
    ctx.state.locale = negotiateLocale([uiLocales, ctx.req.headers['accept-language']]);
  const mode = known(MODES, uiMode);
  if (mode !== undefined && chosen(ctx, 'mode') === undefined)
    ctx.state.display = { ...ctx.state.display, mode };
}

function rememberChoices(ctx: Asking & { readonly res: ServerResponse }, secure: boolean): void {
  for (const choice of Object.keys(CHOICES) as Choice[]) {
    const value = known<string>(CHOICES[choice], one(ctx.query[choice]));
    if (value !== undefined && value !== readCookie(ctx.req, choice))
      setCookie(ctx.res, choice, value, { secure, maxAgeSeconds: YEAR_SECONDS });
  }
}

function browserOf(ctx: { req: IncomingMessage; res: ServerResponse }, secure: boolean): string {
  const standing = readBrowser(ctx.req, secure);
  if (standing !== undefined) return standing;
  const fresh = randomToken();
  setCookie(ctx.res, browserCookieName(secure), fresh, { secure });
  return fresh;
}

/** Fetched by machines and kept by caches: a Set-Cookie here would hand one browser's value to others. */
const COOKIELESS = /^\/(assets|health)\//;

/** Puts language, look and browser value on the request; a choice in the address is kept for a year. */
export function presentation(secure: boolean) {
  return async (ctx: ParameterizedContext<RequestState>, next: Next): Promise<void> => {
    const { locale, display } = presentationOf(ctx);
    ctx.state.locale = locale;
    ctx.state.display = display;
    ctx.state.device = readDevice(ctx.req, secure);
    if (COOKIELESS.test(ctx.path)) ctx.state.browser = readBrowser(ctx.req, secure) ?? '';
    else {
      ctx.state.browser = browserOf(ctx, secure);
      rememberChoices(ctx, secure);
    }
    await next();
  };
}
