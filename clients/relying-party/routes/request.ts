// What every route needs to know about a request: its language, its visit, its cookies.
import type { Context } from 'koa';
import type { Language, RelyingParty } from '../party.ts';
import type { SignedIn, Visit } from '../visits.ts';

// Cookies know no ports: two services on one host need names of their own.
const cookieName = (party: RelyingParty, kind: string): string => `${party.settings.clientId}.${kind}`;

function cookieOptions({ settings }: RelyingParty) {
  return {
    httpOnly: true,
    // The way back from the provider is a top-level GET: Lax lets the cookie come along, Strict would not.
    sameSite: 'lax' as const,
    secure: settings.origin.startsWith('https:'),
    overwrite: true,
    signed: false,
  };
}

/** `?lang=en` is remembered in a cookie; Chinese unless chosen otherwise. */
export function languageOf(ctx: Context, party: RelyingParty): Language {
  const name = cookieName(party, 'lang');
  const asked = ctx.query['lang'];
  if (asked === 'en' || asked === 'zh-CN' || asked === 'zh') {
    const language = asked === 'en' ? 'en' : 'zh-CN';
    ctx.cookies.set(name, language, cookieOptions(party));
    return language;
  }
  return ctx.cookies.get(name) === 'en' ? 'en' : 'zh-CN';
}

export function visitOf(ctx: Context, party: RelyingParty): Visit | undefined {
  return party.visits.find(ctx.cookies.get(cookieName(party, 'visit')));
}

/** A visit with a new identifier; one from before a sign-in must not become a signed-in one (session fixation). */
export function beginVisit(ctx: Context, party: RelyingParty, signedIn?: SignedIn): Visit {
  const old = visitOf(ctx, party);
  if (old) party.visits.end(old.id);
  const visit = party.visits.begin(signedIn);
  ctx.cookies.set(cookieName(party, 'visit'), visit.id, cookieOptions(party));
  return visit;
}

export function endVisit(ctx: Context, party: RelyingParty, visit: Visit): void {
  party.visits.end(visit.id);
  ctx.cookies.set(cookieName(party, 'visit'), null, cookieOptions(party));
}

/** The `state` of a sign-out that is under way, in a cookie of its own: the visit is over by then. */
export function leavingState(ctx: Context, party: RelyingParty): string | undefined {
  return ctx.cookies.get(cookieName(party, 'leaving'));
}

export function setLeavingState(ctx: Context, party: RelyingParty, state: string | null): void {
  ctx.cookies.set(cookieName(party, 'leaving'), state, cookieOptions(party));
}
