// When the engine must stop and ask: no account, too low a level, consent missing. Pure checks on assurance/.
import {
  errors,
  interactionPolicy,
  type interactionPolicy as Policy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { higher, levelOfAcr, rungOf, satisfies, type Demand, type Level } from '../assurance/assurance.ts';
import type { Registry } from '../registry/registry.ts';
import { receivable } from './consent.ts';
import { accountOf } from './find-account.ts';
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
}

/** The demand of an authorization request in progress. `minimum`: that of the service. */
export function demandOfRequest(
  minimum: Level,
  params: Readonly<Record<string, unknown>>,
  attainable: (level: Level) => boolean,
): Asked {
  const acrValues = typeof params['acr_values'] === 'string' ? params['acr_values'] : undefined;
  return demandOf(minimum, acrValues, acrClaimOf(params), attainable);
}

async function levelFallsShort(
  { registry, attainable }: PolicyParts,
  ctx: KoaContextWithOIDC,
): Promise<boolean> {
  const { oidc } = ctx;
  if (!oidc.client) return false;
  const registered = await registry.find(oidc.client.clientId);
  const demand = demandOfRequest(registered?.minimumLevel ?? 'l1', oidc.params ?? {}, attainable);
  if (demand.impossible)
    throw new errors.UnmetAuthenticationRequirements('no one can reach the requested level here');
  const account = accountOf(ctx);
  if (!account || !oidc.session) return false;
  const answered = oidc.result?.login !== undefined;
  if (!demand.essential && (answered || mayNotAsk(ctx))) return false;
  if (!satisfies(demand.level, { ial: account.citizen.ial, amr: oidc.session.amr ?? [] })) return true;
  const { freshSeconds } = rungOf(demand.level);
  return freshSeconds !== undefined && !answered && oidc.session.past(freshSeconds);
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

/** The engine's two prompts with our checks: the account must still be there, the level must be met. */
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
    new interactionPolicy.Check(
      'level',
      'the requested authentication level was not reached',
      'unmet_authentication_requirements',
      (ctx) => levelFallsShort(parts, ctx),
    ),
  );
  policy
    .get('consent')
    ?.checks.add(
      new interactionPolicy.Check('claims_not_shown', 'requested claims not granted', (ctx) =>
        asksForMore(parts, ctx),
      ),
    );
  return policy;
}
