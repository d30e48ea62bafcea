// The session of an operator: its own, beside the citizen's, because it ends sooner and stands on a passkey.
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Oidc } from '../../oidc/oidc.ts';
import { epochSeconds, type Clock } from '../../platform/base/clock.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { readCookie, setCookie } from '../../platform/http/cookies.ts';
import { keyOf, type Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Context } from './frame.tsx';

export interface Entered {
  readonly citizenId: CitizenId;
  /** When the sign-in behind it was completed, in seconds since the epoch. */
  readonly authTime: number;
  /** When a passkey was shown, in milliseconds since the epoch; undefined: never in this session. */
  readonly passkeyAt: number | undefined;
}

export interface SessionParts {
  readonly ephemeral: Ephemeral;
  readonly citizens: Pick<Citizens, 'find'>;
  readonly oidc: Pick<Oidc, 'session' | 'shownPasskey'>;
  readonly clock: Clock;
  readonly issuer: URL;
  /** Seconds without a request after which it ends; at most 900 (NIST SP 800-63B-4 2.2.3). */
  readonly idleSeconds: number;
  /** Seconds after which it ends whatever happens. */
  readonly lifeSeconds: number;
}

/** What a passkey must not be older than, for an act that decides about others. */
export const FRESH_SECONDS = 300;

const COOKIE = /^[\w-]{43}$/;
const nameOf = (secure: boolean): string => (secure ? '__Host-console' : 'console');
const main = (value: string): string => keyOf('ConsoleSession', value);
const seen = (value: string): string => keyOf('ConsoleSeen', value);

function cookieOf({ issuer }: SessionParts, ctx: Context): string | undefined {
  const value = readCookie(ctx.req, nameOf(issuer.protocol === 'https:'));
  return value !== undefined && COOKIE.test(value) ? value : undefined;
}

/**
 * Begins a session for whoever has just signed in, under a new secret (ASVS 7.2.4). Undefined when nobody is signed in.
 */
export async function beginSession(parts: SessionParts, ctx: Context): Promise<Entered | undefined> {
  const { ephemeral, oidc, clock, issuer, idleSeconds, lifeSeconds } = parts;
  const who = await oidc.session(ctx);
  if (!who) return undefined;
  const passkey = await oidc.shownPasskey(who, FRESH_SECONDS);
  const { citizenId, authTime } = who;
  await endSession(parts, ctx);
  const value = randomToken(32);
  const now = clock.now().getTime();
  const record = {
    citizenId,
    authTime,
    passkeyAt: passkey ? authTime * 1000 : null,
    endsAt: now + lifeSeconds * 1000,
  };
  await Promise.all([
    ephemeral.put(main(value), record, lifeSeconds),
    ephemeral.put(seen(value), now, idleSeconds),
  ]);
  setCookie(ctx.res, nameOf(issuer.protocol === 'https:'), value, { secure: issuer.protocol === 'https:' });
  return { citizenId, authTime, passkeyAt: record.passkeyAt ?? undefined };
}

interface Kept {
  readonly citizenId: CitizenId;
  readonly authTime: number;
  readonly passkeyAt: number | null;
  readonly endsAt: number;
}

/**
 * Who is here, or undefined: no session, idle too long, over, or the account was signed out everywhere, frozen, closed
 * or lost its real name meanwhile. Three reads and one write.
 */
export async function standingSession(parts: SessionParts, ctx: Context): Promise<Entered | undefined> {
  const { ephemeral, citizens, clock, idleSeconds } = parts;
  const value = cookieOf(parts, ctx);
  if (value === undefined) return undefined;
  const [record, lately] = await Promise.all([ephemeral.get(main(value)), ephemeral.get(seen(value))]);
  if (!record || !lately) return undefined;
  const { citizenId, authTime, passkeyAt, endsAt } = record.value as unknown as Kept;
  const now = clock.now().getTime();
  if (now >= endsAt || now - Number(lately.value) > idleSeconds * 1000) return undefined;
  const [citizen] = await Promise.all([
    citizens.find(citizenId),
    ephemeral.put(seen(value), now, Math.min(idleSeconds, Math.ceil((endsAt - now) / 1000))),
  ]);
  const stands = citizen?.status === 'active' && citizen.ial >= 2;
  if (!stands || authTime < epochSeconds(citizen.sessionsNotBefore)) return undefined;
  return { citizenId, authTime, passkeyAt: passkeyAt ?? undefined };
}

export async function endSession(parts: SessionParts, ctx: Context): Promise<void> {
  const value = cookieOf(parts, ctx);
  if (value !== undefined) await parts.ephemeral.delete(main(value), seen(value));
}
