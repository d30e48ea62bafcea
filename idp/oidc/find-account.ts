// The account behind a subject, as the engine wants it. Blocked accounts and sessions that were ended do not exist.
import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { reached } from '../assurance/assurance.ts';
import type { Citizen, CitizenId, Citizens } from '../citizens/citizens.ts';
import type { Registry } from '../registry/registry.ts';
import type { Reads } from './reads.ts';
import { epochSeconds } from '../platform/base/clock.ts';
import { claimValues, mayReceive } from './claims.ts';

/** The engine's Account with our citizen on it, for policy.ts. */
export interface CitizenAccount {
  readonly accountId: string;
  readonly citizen: Citizen;
}

interface Begun {
  readonly iat?: number | undefined;
  readonly authTime?: number | undefined;
}

/** The account of this request, when the engine has loaded one. */
export function accountOf(ctx: KoaContextWithOIDC): CitizenAccount | undefined {
  return ctx.oidc.account as CitizenAccount | undefined;
}

function endedSince(citizen: Citizen, begunAt: number | undefined): boolean {
  // A session opened in the very second of the cut is let through: its clock has no finer hand.
  return begunAt !== undefined && begunAt < epochSeconds(citizen.sessionsNotBefore);
}

/**
 * Finds by citizen id: one point read. Undefined (the engine answers login_required or invalid_grant) when the account
 * is not active or the session or token began before the account's sessions were ended.
 */
export function createFindAccount(parts: {
  citizens: Citizens;
  registry: Registry;
  reads: Reads;
}): FindAccount {
  return async (ctx, subject, token) => {
    // The engine asks for the consent next.
    if (!token) parts.reads.begin({ accountId: subject, clientId: ctx.oidc.client?.clientId });
    const citizen = await parts.reads.citizen(subject as CitizenId);
    if (!citizen || citizen.status !== 'active') return undefined;
    const begun: Begun | undefined = token;
    const begunAt = begun ? (begun.authTime ?? begun.iat) : ctx.oidc.session?.loginTs;
    if (endedSince(citizen, begunAt)) return undefined;
    if (!token) rederive(ctx, citizen);
    return {
      accountId: subject,
      citizen,
      claims: (
        _use: string,
        scope: string,
        requested: Readonly<Record<string, unknown>>,
        rejected: readonly string[],
      ) => release(parts, ctx, citizen, new Set(scope.split(' ')), Object.keys(requested), new Set(rejected)),
    };
  };
}

/** The level is what account and session add up to now: evidence may have been added or have expired since sign-in. */
function rederive(ctx: KoaContextWithOIDC, citizen: Citizen): void {
  const session = ctx.oidc.session;
  if (!session?.amr) return;
  const acr = reached({ ial: citizen.ial, amr: session.amr })?.acr;
  if (acr !== undefined && session.acr !== acr) session.acr = acr;
}

async function release(
  parts: { citizens: Citizens; registry: Registry },
  ctx: KoaContextWithOIDC,
  citizen: Citizen,
  scopes: ReadonlySet<string>,
  requested: readonly string[],
  rejected: ReadonlySet<string>,
): Promise<{ sub: string; [claim: string]: string | boolean }> {
  const wanted = scopes.size > 1 || requested.length > 0;
  const client = wanted && ctx.oidc.client ? await parts.registry.find(ctx.oidc.client.clientId) : undefined;
  if (!client) return { sub: citizen.id };
  const values = claimValues(citizen, await parts.citizens.attributes(citizen.id));
  const allowed = Object.entries(values).filter(
    ([claim]) => mayReceive(client, claim) && !rejected.has(claim),
  );
  return { ...Object.fromEntries(allowed), sub: citizen.id };
}
