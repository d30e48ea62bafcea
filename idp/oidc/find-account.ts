// The account behind a subject, as the engine wants it. Blocked accounts and sessions that were ended do not exist.
import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { reached, type Ial } from '../assurance/assurance.ts';
import type { Attributes, Citizen, CitizenId, Citizens } from '../citizens/citizens.ts';
import { CLAIM_TABLE, type ClaimName, type Client, type Registry } from '../registry/registry.ts';
import { epochSeconds, type Clock } from '../platform/base/clock.ts';
import type { BlindIndex } from '../platform/crypto/blind-index.ts';
import { claimValues, isGuarded, mayReceive } from './claims.ts';
import { isOneOf } from './ida/claims-parameter.ts';
import {
  needsEvidence,
  readVerifiedClaims,
  verifiedClaims,
  type Condition,
  type Fact,
  type Known,
  type VerifiedClaims,
} from './ida/verified-claims.ts';
import type { Reads } from './reads.ts';

/** The engine's Account with our citizen on it, for policy.ts. */
export interface CitizenAccount {
  readonly accountId: string;
  readonly citizen: Citizen;
}

export interface AccountParts {
  readonly citizens: Citizens;
  readonly registry: Registry;
  readonly index: BlindIndex;
  readonly clock: Clock;
  readonly issuer: URL;
  /** What a citizen's level rests on; only read when a service asks for it. */
  readonly evidence: (citizenId: CitizenId) => Promise<readonly Fact[]>;
  /** How the proof of this level stands, or of the level tried for last, in one closed word; only read when asked for. */
  readonly proofingStatus: (citizenId: CitizenId, wanted?: Ial) => Promise<string>;
}

interface Begun {
  readonly iat?: number | undefined;
  readonly authTime?: number | undefined;
}

/** The account of this request, when the engine has loaded one. */
export function accountOf(ctx: KoaContextWithOIDC): CitizenAccount | undefined {
  return ctx.oidc.account as CitizenAccount | undefined;
}

/**
 * True when the account is active and its sessions were not ended after `begunAt` (seconds since the epoch; undefined
 * when nothing has begun yet).
 */
export function stands(citizen: Citizen | undefined, begunAt: number | undefined): citizen is Citizen {
  if (citizen?.status !== 'active') return false;
  // A session opened in the very second of the cut is let through: its clock has no finer hand.
  return begunAt === undefined || begunAt >= epochSeconds(citizen.sessionsNotBefore);
}

/**
 * Finds by citizen id: one point read. Undefined (the engine answers login_required or invalid_grant) when the account
 * is not active or the session or token began before the account's sessions were ended.
 */
export function createFindAccount(parts: AccountParts & { readonly reads: Reads }): FindAccount {
  return async (ctx, subject, token) => {
    // The engine asks for the consent next.
    if (!token) parts.reads.begin({ accountId: subject, clientId: ctx.oidc.client?.clientId });
    const citizen = await parts.reads.citizen(subject as CitizenId);
    const begun: Begun | undefined = token;
    const begunAt = begun ? (begun.authTime ?? begun.iat) : ctx.oidc.session?.loginTs;
    if (!stands(citizen, begunAt)) return undefined;
    if (!token) rederive(ctx, citizen);
    return {
      accountId: subject,
      citizen,
      claims: (
        use: string,
        scope: string,
        requested: Readonly<Record<string, unknown>>,
        rejected: readonly string[],
      ) =>
        release(parts, ctx, citizen, {
          agreed: new Set(ctx.oidc.grant?.openid?.claims),
          use,
          scopes: new Set(scope.split(' ')),
          requested,
          rejected: new Set(rejected),
        }),
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

interface Asked {
  /** The claims that the citizen was shown and agreed to. */
  readonly agreed: ReadonlySet<string>;
  readonly use: string;
  readonly scopes: ReadonlySet<string>;
  /** The `claims` parameter for this answer, as claims-parameter.ts left it. */
  readonly requested: Readonly<Record<string, unknown>>;
  readonly rejected: ReadonlySet<string>;
}

type Released = string | boolean | VerifiedClaims | readonly VerifiedClaims[];

async function release(
  parts: AccountParts,
  ctx: KoaContextWithOIDC,
  citizen: Citizen,
  asked: Asked,
): Promise<{ sub: string; [claim: string]: Released }> {
  const wanted = asked.scopes.size > 1 || Object.keys(asked.requested).length > 0;
  const client = wanted && ctx.oidc.client ? await parts.registry.find(ctx.oidc.client.clientId) : undefined;
  if (!client) return { sub: citizen.id };
  const may = (claim: string): boolean => mayHave(client, asked, claim);
  const attributes = await parts.citizens.attributes(citizen.id);
  const values = valuesFor(parts, citizen, attributes);
  const allowed = Object.keys(CLAIM_TABLE).flatMap((claim) => {
    // No scope brings a guarded claim: it was asked for by name, and agreed to by itself.
    const named = !isGuarded(claim) || Object.hasOwn(asked.requested, claim);
    const value = named && may(claim) ? values(claim, asked.requested[claim] as Condition) : undefined;
    return value === undefined ? [] : [[claim, value] as const];
  });
  const verified = may('verified_claims') ? await verifiedFor(parts, citizen, asked, values, may) : undefined;
  // No scope brings it: a consent of long ago must not cost every answer a read.
  const named = Object.hasOwn(asked.requested, 'proofing_status') && may('proofing_status');
  return {
    ...Object.fromEntries(allowed),
    ...(named ? { proofing_status: await parts.proofingStatus(citizen.id) } : {}),
    ...(verified ? { verified_claims: verified } : {}),
    sub: citizen.id,
  };
}

/** Registered, shown and agreed to, not refused; what is guarded only leaves in encrypted userinfo, whatever was registered before. */
function mayHave(client: Client, { agreed, use, rejected }: Asked, claim: string): boolean {
  if (!mayReceive(client, claim) || !agreed.has(claim) || rejected.has(claim)) return false;
  const encrypted = use === 'userinfo' && client.metadata['userinfo_encrypted_response_alg'] !== undefined;
  return !isGuarded(claim) || encrypted;
}

type Values = Known['values'];

/** A claim's value; of a number that is to be compared, the answer. */
function valuesFor({ index, clock }: AccountParts, citizen: Citizen, attributes: Attributes): Values {
  const values = claimValues(citizen, attributes, clock.now());
  return (claim, condition) => {
    if (claim !== 'id_number_match') return values[claim as ClaimName];
    const comparable = condition?.$one_of !== undefined && values.id_number !== undefined;
    return comparable ? isOneOf(index, claim, String(values.id_number), condition) : undefined;
  };
}

async function verifiedFor(
  { issuer, index, clock, evidence }: AccountParts,
  citizen: Citizen,
  { requested }: Asked,
  values: Values,
  may: (claim: string) => boolean,
): Promise<VerifiedClaims | readonly VerifiedClaims[] | undefined> {
  if (requested['verified_claims'] === undefined || citizen.ial === 0) return undefined;
  const asked = readVerifiedClaims(requested['verified_claims']);
  if (typeof asked === 'string') return undefined;
  return verifiedClaims(asked, {
    issuer,
    ial: citizen.ial,
    facts: needsEvidence(asked) ? await evidence(citizen.id) : [],
    values: (claim, condition) => (may(claim) ? values(claim, condition) : undefined),
    meets: (claim, value, condition) =>
      claim === 'id_number_match' || !condition?.$one_of || isOneOf(index, claim, value, condition),
    now: clock.now(),
  });
}
