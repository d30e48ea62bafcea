// What all pages of console and portal share: who may see them, how they are drawn, how one signs in to them.
import type { ParameterizedContext } from 'koa';
import type { ComponentChildren } from 'preact';
import type { Audit, Trail } from '../../audit/audit.ts';
import type { Citizens, Recoveries } from '../../citizens/citizens.ts';
import type { Oidc } from '../../oidc/oidc.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { HealthCheck, RequestState } from '../../platform/http/feature.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Outbound } from '../../platform/http/outbound.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { Proofing } from '../../proofing/proofing.ts';
import type { Factors } from '../../factors/factors.ts';
import {
  scopesOf,
  type Access,
  type Activity,
  type Act,
  type Actor,
  type Changes,
  type Checks,
  type ClientSearch,
  type Exports,
  type HeldPost,
  type Operator,
  type Operators,
  type PostSearch,
  type Registry,
  type Domains,
  type Tree,
  type Sandboxes,
  type Units,
} from '../../registry/registry.ts';
import { consolePage, type Place } from './layout.tsx';
import { M } from './messages.ts';
import { park } from './parked.ts';
import { FRESH_SECONDS, standingSession, type Entered, type SessionParts } from './session.ts';

/** The client that console and portal are, built in: never imported, never asked for consent. */
export const CONSOLE_CLIENT = 'tongxing-console';

export interface AdminParts extends SessionParts {
  readonly oidc: Oidc;
  readonly citizens: Citizens;
  readonly recoveries: Pick<Recoveries, 'find'>;
  readonly proofing: Pick<Proofing, 'standing' | 'reason'>;
  readonly factors: Factors;
  readonly registry: Registry;
  readonly access: Access;
  readonly checks: Checks;
  readonly activity: Pick<Activity, 'funnel' | 'requests'>;
  readonly changes: Changes;
  readonly sandboxes: Sandboxes;
  readonly units: Units;
  readonly tree: Tree;
  readonly domains: Domains;
  readonly operators: Operators;
  readonly search: ClientSearch & PostSearch;
  readonly exports: Exports;
  readonly audit: Audit;
  readonly trail: Trail;
  readonly limits: Limits;
  /** Of every part of the system. */
  readonly health: () => readonly HealthCheck[];
  readonly keyring: Keyring;
  readonly sealer: Sealer;
  readonly outbound: Outbound;
  readonly postgres: Postgres;
  readonly log: Log;
  readonly sandbox: boolean;
}

export type Context = ParameterizedContext<RequestState>;

/** Who is here. */
export interface Visitor {
  readonly actor: Actor;
  readonly entered: Entered;
  /** The verified name, as its owner sees it. */
  readonly name: string;
  /** Undefined: somebody with a real name and without a post. */
  readonly operator: Operator | undefined;
}

export type Handler = (ctx: Context, visitor: Visitor) => Promise<void>;

export function seeOther(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

/** Where one can be on the way to signing in: pages of console and portal, nothing else. */
const PLACE = /^\/(?:admin|developers)(?:\/(?!\.)[\w.~-]{1,200}){0,6}(?:\?[\w.~=&%+:,-]{0,1000})?$/;

/** The page that `state` leads back to after signing in. Whatever is none of ours leads to the queue. */
export function returnPlace(state: unknown): string {
  return typeof state === 'string' && PLACE.test(state) ? state : '/admin';
}

/** Before the place of who was asked for a passkey: who comes back without one must not be sent round in circles. */
export const ASKED = '!';

/** Signing in for console and portal is an authorization request like any other; `place` says where to go after. */
export function signinAddress(issuer: URL, place: string, withPasskey: boolean): string {
  const address = new URL('/oidc/authorize', issuer);
  address.search = new URLSearchParams({
    client_id: CONSOLE_CLIENT,
    response_type: 'none',
    redirect_uri: new URL('/admin/signed-in', issuer).href,
    scope: 'openid',
    state: withPasskey ? `${ASKED}${place}` : place,
    ...(withPasskey ? { prompt: 'login', anew: 'passkey' } : {}),
  }).toString();
  return address.href;
}

async function visitorOf(parts: AdminParts, ctx: Context, entered: Entered): Promise<Visitor> {
  const { citizenId, passkeyAt } = entered;
  const [operator, attributes] = await Promise.all([
    parts.operators.ofCitizen(citizenId),
    parts.citizens.attributes(citizenId),
  ]);
  const fresh = passkeyAt !== undefined && parts.clock.now().getTime() - passkeyAt <= FRESH_SECONDS * 1000;
  const actor: Actor = {
    name: operator ? `operator:${operator.id}` : `citizen:${citizenId}`,
    operatorId: operator?.id,
    kind: 'person',
    // A post takes a passkey; without one only the own trial unit is open (ASVS 6.3.3).
    posts: (operator?.posts ?? []).filter(({ path }) => passkeyAt !== undefined || isTrial(path)),
    fresh,
    reference: ctx.state.reference,
  };
  return { actor, entered, name: attributes.name?.reveal() ?? '', operator };
}

const isTrial = (path: string): boolean => path.startsWith('trial/');

/**
 * Runs the page; what takes a passkey shown just now leads to one and back. A form that was sent is kept meanwhile: what
 * somebody wrote for half an hour must not be gone (WCAG 2.2 3.3.7, 2.2.6).
 */
async function withPasskeyWhereNeeded(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  handler: Handler,
): Promise<void> {
  try {
    await handler(ctx, visitor);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'passkey_needed') throw error;
    const place = ctx.method === 'POST' ? await park(parts, ctx, visitor.entered.citizenId) : ctx.url;
    seeOther(ctx, signinAddress(parts.issuer, place, true));
  }
}

/** For people with a post who came in with a passkey; everyone else signs in and comes back. */
export function operating(parts: AdminParts, handler: Handler): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const entered = await standingSession(parts, ctx);
    if (entered?.passkeyAt === undefined) return seeOther(ctx, signinAddress(parts.issuer, here(ctx), true));
    const visitor = await visitorOf(parts, ctx, entered);
    if (!visitor.actor.posts.some(({ path }) => !isTrial(path))) return seeOther(ctx, '/admin/no-post');
    return await withPasskeyWhereNeeded(parts, ctx, visitor, handler);
  };
}

/** For everybody with a real name: the portal, and the door of an invitation. */
export function visiting(parts: AdminParts, handler: Handler): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const entered = await standingSession(parts, ctx);
    if (!entered) return seeOther(ctx, signinAddress(parts.issuer, here(ctx), false));
    return await withPasskeyWhereNeeded(parts, ctx, await visitorOf(parts, ctx, entered), handler);
  };
}

/** The page to come back to: of a form that was posted, the page that it stood on. */
function here(ctx: Context): string {
  if (ctx.method !== 'POST') return ctx.url;
  const { referer } = ctx.req.headers;
  return referer !== undefined && URL.canParse(referer)
    ? returnPlace(new URL(referer).pathname + new URL(referer).search)
    : '/admin';
}

export interface Drawing {
  readonly title: string;
  readonly current: Place;
  readonly problems?: readonly FieldProblem[];
  /** 200 unless stated; 422 when there are problems. */
  readonly status?: number;
  readonly scripts?: readonly string[];
  /** Where the language link leads; the page's own address unless that can only be posted to. */
  readonly at?: string;
  readonly children: ComponentChildren;
}

/** What each place asks of somebody to be listed for them. The pages ask again for themselves. */
const OPENED_BY: Readonly<Record<Exclude<Place, 'portal'>, Act>> = {
  queue: 'registry.read',
  clients: 'registry.read',
  units: 'registry.read',
  operators: 'operator.read',
  audit: 'audit.read',
  support: 'citizen.support',
  system: 'system.read',
};

function placesOf({ actor }: Visitor): readonly Place[] {
  const posted = { ...actor, posts: actor.posts.filter(({ path }) => !isTrial(path)) };
  const open = (Object.keys(OPENED_BY) as (keyof typeof OPENED_BY)[]).filter(
    (place) => scopesOf(posted, OPENED_BY[place]).length > 0,
  );
  return [...open, 'portal'];
}

/** `省级审批员 · 江澜省`: the first post, as one is addressed. */
export function postName(locale: Locale, post: Pick<HeldPost, 'role' | 'unitName'>): string {
  return `${post.unitName[locale]} · ${M.text(locale, `role.${post.role}`)}`;
}

export function draw(
  parts: Pick<AdminParts, 'sandbox'>,
  ctx: Context,
  visitor: Visitor | undefined,
  drawing: Drawing,
): void {
  const { locale, display, reference } = ctx.state;
  const { at = ctx.url, status, problems = [], ...shown } = drawing;
  const first = visitor?.operator?.posts.find(({ path }) => !isTrial(path));
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.status = status ?? (problems.length > 0 ? 422 : 200);
  ctx.body = consolePage({
    ...shown,
    problems,
    locale,
    display,
    reference,
    places: visitor ? placesOf(visitor) : [],
    person: visitor && { name: visitor.name, post: first ? postName(locale, first) : '' },
    sandbox: parts.sandbox,
    currentUrl: at,
    hidden: hiddenCsrf(ctx),
  });
}
