// What all pages of the account centre share: who may see them, how they are drawn, how one signs in to them.
import type { ParameterizedContext } from 'koa';
import type { ComponentChildren } from 'preact';
import type { Audit } from '../audit/audit.ts';
import type { Citizens, Rights } from '../citizens/citizens.ts';
import type { Devices } from '../devices/devices.ts';
import type { Oidc, SignedIn } from '../oidc/oidc.ts';
import { epochSeconds, type Clock } from '../platform/base/clock.ts';
import type { RequestState } from '../platform/http/feature.ts';
import type { Factors } from '../factors/factors.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Notify } from '../platform/notify/notify.ts';
import type { Ephemeral } from '../platform/store/ephemeral.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { Limits } from '../platform/limits/limits.ts';
import { page } from '../platform/ui/layout.tsx';
import type { Proofing } from '../proofing/proofing.ts';
import type { Registry } from '../registry/registry.ts';
import { M } from './messages.ts';

/** The client that the account centre is, built in: never imported, never asked for consent. */
export const ACCOUNT_CLIENT = 'tongxing-account';

export interface AccountParts {
  readonly issuer: URL;
  readonly oidc: Oidc;
  readonly citizens: Citizens;
  readonly proofing: Pick<Proofing, 'standing' | 'reason'>;
  readonly rights: Rights;
  readonly registry: Registry;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly factors: Factors;
  readonly notify: Pick<Notify, 'text'>;
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly clock: Clock;
  /** Days that evidence outlives its account; the closing page promises it. */
  readonly keepEvidenceDays: number;
  readonly devices: Devices;
  /** Days that the link of a message about a sign-in works. */
  readonly noticeDays: number;
  readonly sandbox: boolean;
}

export type Context = ParameterizedContext<RequestState>;
export type Handler = (ctx: Context, who: SignedIn) => Promise<void>;

/** Where one can be on the way to signing in; the page's address under /account. */
const PLACE =
  /^(?:|services|history|data(?:\/close)?(?:\?again=yes)?|security(?:\/(?!\.)[\w.-]{1,128}){0,3}(?:\?again=yes)?)$/;

/** What a QR code of ours carries: 128 bits in base64url. A phone was on its way to it, at an address of its own. */
export const SCAN_ID = /^[\w-]{22}$/;
const SCAN_PLACE = new RegExp(`^scan/${SCAN_ID.source.slice(1)}`);

/** The page that `state` leads back to after signing in. Whatever is none of ours leads home: it came by the address. */
export function returnAddress(state: unknown): string {
  if (typeof state !== 'string' || state === '') return '/account';
  if (SCAN_PLACE.test(state)) return `/${state}`;
  return PLACE.test(state) ? `/account/${state}` : '/account';
}

type Wish = Readonly<Record<'acr_values' | 'prompt' | 'anew', string>>;

/** Signing in for the account centre is an authorization request like any other; `state` says where to go after. */
export function signinAddress(issuer: URL, state: string, wish: Partial<Wish> = {}): string {
  const address = new URL('/oidc/authorize', issuer);
  address.search = new URLSearchParams({
    client_id: ACCOUNT_CLIENT,
    response_type: 'none',
    redirect_uri: new URL('/account/signed-in', issuer).href,
    scope: 'openid',
    state,
    ...wish,
  }).toString();
  return address.href;
}

export function seeOther(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

/** For who is signed in; everyone else signs in and comes back to `place`. */
export function signedIn(
  parts: AccountParts,
  place: string,
  handler: Handler,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const who = await parts.oidc.session(ctx);
    if (who) await handler(ctx, who);
    else seeOther(ctx, signinAddress(parts.issuer, place));
  };
}

/** A device left open for a while must not hand out or end what it shows. */
const RECENT_SECONDS = 300;

/** The same for what needs a sign-in of the last five minutes: an older one is asked for again first. */
export function recentlySignedIn(
  parts: AccountParts,
  place: string,
  handler: Handler,
): (ctx: Context) => Promise<void> {
  return signedIn(parts, place, async (ctx, who) => {
    if (epochSeconds(parts.clock.now()) - who.authTime <= RECENT_SECONDS) await handler(ctx, who);
    else seeOther(ctx, signinAddress(parts.issuer, place, { prompt: 'login' }));
  });
}

/**
 * For what changes how the account is signed in to (ASVS 5.0 7.5.1): within the last five minutes everything was shown
 * that the account can show. Who has not is asked for exactly that, and comes back to the page of `placeOf`.
 */
export function newlyShown(
  parts: AccountParts,
  placeOf: (ctx: Context) => string,
  handler: Handler,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const who = await parts.oidc.session(ctx);
    if (who && (await parts.oidc.shownAllAnew(who, RECENT_SECONDS))) return handler(ctx, who);
    const place = `${placeOf(ctx)}${ctx.method === 'POST' ? '?again=yes' : ''}`;
    return seeOther(ctx, signinAddress(parts.issuer, place, { prompt: 'login', anew: 'all' }));
  };
}

export interface Drawing {
  readonly current: 'home' | 'security' | 'services' | 'history' | 'data';
  readonly title: string;
  readonly hasProblems?: boolean;
  /** Where the language and mode links lead; the page's own address unless that can only be posted to. */
  readonly at?: string;
  readonly children: ComponentChildren;
}

export function draw(parts: AccountParts, ctx: Context, drawing: Drawing): void {
  const { locale, display } = ctx.state;
  const { current, at = ctx.url, ...shown } = drawing;
  const item = (key: Drawing['current'], href: string) => ({
    key,
    href,
    label: M.text(locale, `nav.${key}`),
  });
  ctx.type = 'html';
  ctx.body = page({
    ...shown,
    locale,
    display,
    account: {
      current,
      items: [
        item('home', '/account'),
        item('security', '/account/security'),
        item('services', '/account/services'),
        item('history', '/account/history'),
        item('data', '/account/data'),
      ],
      signOutHref: `/oidc/logout?client_id=${ACCOUNT_CLIENT}`,
    },
    sandbox: parts.sandbox,
    currentUrl: at,
  });
}

/** Names of services by client id, in the reader's language; those that are gone are left out. */
export async function serviceNames(
  { registry }: Pick<AccountParts, 'registry'>,
  ctx: Context,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([...new Set(ids)].map((id) => registry.find(id)));
  return new Map(
    found.flatMap((client) => (client ? [[client.clientId as string, client.name[ctx.state.locale]]] : [])),
  );
}
