// When the engine must stop and ask: no account, too low a level, consent missing. Pure checks on assurance/.
import {
  errors,
  interactionPolicy,
  type interactionPolicy as Policy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import {
  higher,
  levelOfAcr,
  missing,
  rungOf,
  satisfies,
  type Assured,
  type Demand,
  type Level,
} from '../assurance/assurance.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import type { Client, Registry } from '../registry/registry.ts';
import { receivable } from './consent.ts';
import { mayReceive } from './claims.ts';
import { accountOf, type AccountParts, type CitizenAccount } from './find-account.ts';
import { namesWithin } from './ida/claims-parameter.ts';

/** The part of a `claims` request that speaks of acr (OIDC Core 5.5.1.1). */
interface AcrRequest {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: unknown;
}

/** The lowest known level in a list: any listed value satisfies the request, so the lowest decides. */
function lowest(acrs: readonly unknown[]): Level | undefined {
  const levels = acrs.flatMap((acr) => (typeof acr === 'string' ? (levelOfAcr(acr) ?? []) : []));
  return levels.sort()[0];
}

/** A demand, after what no one here can reach was taken out. */
export interface Asked extends Demand {
  /** True when the request binds itself to a level that this system cannot give to anyone. */
  readonly impossible: boolean;
}

/**
 * What a request asks for: the service's registered minimum always binds; an essential acr claim binds; `acr_values`
 * are a wish (OIDC Core 3.1.2.1), and a wish that no one can reach is let go.
 */
export function demandOf(
  minimum: Level,
  acrValues: string | undefined,
  acrClaim: AcrRequest | undefined,
  attainable: (level: Level) => boolean,
): Asked {
  const named = acrClaim ? [acrClaim.value, ...(Array.isArray(acrClaim.values) ? acrClaim.values : [])] : [];
  const claimed = lowest(named);
  if (acrClaim?.essential === true && named.some((value) => value !== undefined)) {
    const level = higher(minimum, claimed ?? minimum);
    return { level, essential: true, impossible: claimed === undefined || !attainable(level) };
  }
  const wished = claimed ?? lowest((acrValues ?? '').split(' '));
  if (wished === undefined || higher(minimum, wished) === minimum || !attainable(wished))
    return { level: minimum, essential: true, impossible: !attainable(minimum) };
  return { level: wished, essential: false, impossible: false };
}

/** The engine has checked that `claims` is JSON of the right shape before anyone gets here. */
function acrClaimOf(params: Readonly<Record<string, unknown>>): AcrRequest | undefined {
  if (typeof params['claims'] !== 'string') return undefined;
  const claims = JSON.parse(params['claims']) as { id_token?: { acr?: AcrRequest | null } };
  return claims.id_token?.acr ?? undefined;
}

/** `prompt=none` forbids asking; a wish must then not become an error. */
const mayNotAsk = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.prompts.has('none');

export interface PolicyParts {
  readonly registry: Registry;
  /** Whether the authorities and factors that are on can bring anyone to this level. */
  readonly attainable: (level: Level) => boolean;
  readonly proofingStatus: AccountParts['proofingStatus'];
  /** False: the client was approved by nobody, and this citizen is not of its team. */
  readonly admits: (client: Client, citizenId: CitizenId) => Promise<boolean>;
}

/** `error_description` of a sign-in that ends without the proof that is asked: for programs, a word of a closed list. */
export const withoutProof = (status: string): string => `proofing: ${status}`;

/** The demand of an authorization request in progress. `minimum`: that of the service. */
export function demandOfRequest(
  minimum: Level,
  params: Readonly<Record<string, unknown>>,
  attainable: (level: Level) => boolean,
): Asked {
  const acrValues = typeof params['acr_values'] === 'string' ? params['acr_values'] : undefined;
  return demandOf(minimum, acrValues, acrClaimOf(params), attainable);
}

interface Measured {
  readonly demand: Asked;
  readonly has: Assured;
  readonly account: CitizenAccount;
  readonly registered: Client | undefined;
}

/** What binds a request, beside what its citizen has; undefined when nobody is signed in or nothing binds. */
async function measure(
  { registry, attainable }: PolicyParts,
  ctx: KoaContextWithOIDC,
): Promise<Measured | undefined> {
  const { oidc } = ctx;
  if (!oidc.client) return undefined;
  const registered = await registry.find(oidc.client.clientId);
  const demand = demandOfRequest(registered?.minimumLevel ?? 'l1', oidc.params ?? {}, attainable);
  if (demand.impossible)
    throw new errors.UnmetAuthenticationRequirements('no one can reach the requested level here');
  const account = accountOf(ctx);
  if (!account || !oidc.session) return undefined;
  if (!demand.essential && (isAnswered(ctx) || mayNotAsk(ctx))) return undefined;
  const has = { ial: account.citizen.ial, amr: oidc.session.amr ?? [] };
  return { demand, has, account, registered };
}

const isAnswered = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.result?.login !== undefined || oidc.result?.['declined'] === true;

async function levelFallsShort(parts: PolicyParts, ctx: KoaContextWithOIDC): Promise<boolean> {
  const measured = await measure(parts, ctx);
  if (!measured) return false;
  const { demand, has } = measured;
  if (!satisfies(demand.level, has)) return !isToldWhy(ctx, measured);
  const { freshSeconds } = rungOf(demand.level);
  return freshSeconds !== undefined && !isAnswered(ctx) && ctx.oidc.session?.past(freshSeconds) === true;
}

/**
 * Under `prompt=none` the citizen sees no page and presses no button: why a proof is missing is told to nobody but a
 * service that is registered for it.
 */
const isToldWhy = (ctx: KoaContextWithOIDC, { demand, has, registered }: Measured): boolean =>
  mayNotAsk(ctx) &&
  missing(demand.level, has) === 'identity' &&
  registered !== undefined &&
  mayReceive(registered, 'proofing_status');

/** Runs when the session is the right one in everything else. Throws unmet_authentication_requirements with the reason. */
async function proofIsMissing(parts: PolicyParts, ctx: KoaContextWithOIDC): Promise<false> {
  const measured = mayNotAsk(ctx) ? await measure(parts, ctx) : undefined;
  if (!measured || !isToldWhy(ctx, measured)) return false;
  const { account, demand } = measured;
  const status = await parts.proofingStatus(account.citizen.id, rungOf(demand.level).ial);
  throw new errors.UnmetAuthenticationRequirements(withoutProof(status));
}

/** Nobody has looked at a sandbox client: were it open to all, it would be the perfect trap for real citizens. */
async function comesFromOutside(
  { registry, admits }: PolicyParts,
  ctx: KoaContextWithOIDC,
): Promise<boolean> {
  const account = accountOf(ctx);
  const registered = ctx.oidc.client && (await registry.find(ctx.oidc.client.clientId));
  return account !== undefined && registered !== undefined && !(await admits(registered, account.citizen.id));
}

/** A claim that the citizen was never shown: within verified_claims, or of a registration that has grown since. */
async function asksForMore({ registry }: PolicyParts, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { client, grant, params } = ctx.oidc;
  const registered = client && (await registry.find(client.clientId));
  if (!registered || registered.firstParty) return false;
  const answered = new Set(grant?.getOIDCClaimsEncountered());
  const scopes = typeof params?.['scope'] === 'string' ? params['scope'].split(' ') : [];
  const within = namesWithin(params?.['claims']);
  const asked = [...within, ...receivable(registered, { scopes, claims: [] })];
  return asked.some((claim) => !answered.has(claim));
}

/**
 * The engine's two prompts with our checks: the account must still be there, the level must be met. Between them
 * stands what a service is told of a missing proof: of several complaints the engine tells the first.
 */
export function createPolicy(parts: PolicyParts): Policy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const login = policy.get('login');
  if (!login) throw new Error('the engine has no login prompt');
  // Exact comparison would send a citizen who exceeds the asked level round in circles.
  login.checks.remove('essential_acr');
  login.checks.remove('essential_acrs');
  login.checks.add(
    new interactionPolicy.Check('account_gone', 'the account cannot be used', 'login_required', (ctx) => {
      return ctx.oidc.session?.accountId !== undefined && accountOf(ctx) === undefined;
    }),
  );
  login.checks.add(
    new interactionPolicy.Check('outsider', 'a test service is for its own team', 'access_denied', (ctx) =>
      comesFromOutside(parts, ctx),
    ),
  );
  login.checks.add(
    new interactionPolicy.Check(
      'level',
      'the requested authentication level was not reached',
      'unmet_authentication_requirements',
      (ctx) => levelFallsShort(parts, ctx),
    ),
  );
  const proof = new interactionPolicy.Check('proof', 'the name is not proven', (ctx) =>
    proofIsMissing(parts, ctx),
  );
  policy.add(new interactionPolicy.Prompt({ name: 'proof', requestable: false }, proof), 1);
  policy
    .get('consent')
    ?.checks.add(
      new interactionPolicy.Check('claims_not_shown', 'requested claims not granted', (ctx) =>
        asksForMore(parts, ctx),
      ),
    );
  return policy;
}
