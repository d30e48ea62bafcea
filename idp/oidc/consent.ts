// What a citizen let a service have: read for the engine, written and withdrawn in audited transactions.
import type { Grant, Provider, KoaContextWithOIDC } from 'oidc-provider';
import type { Audit } from '../audit/audit.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import { epochSeconds, type Clock } from '../platform/base/clock.ts';
import type { Client, Registry } from '../registry/registry.ts';
import { grantIdOf } from './adapter.ts';
import { claimsAsked, isGuarded, mayReceive, standsAlone, withCompanions } from './claims.ts';
import type { OidcStore, Payload } from './store.ts';

/** An authorization request reduced to what it asks of the citizen. */
export interface Wanted {
  readonly scopes: readonly string[];
  /** Members of the `claims` parameter, both targets together. */
  readonly claims: readonly string[];
}

/** The rows of the consent page. */
export interface ConsentAsk {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Each is agreed to by itself, whether or not the service can do without. */
  readonly separate: readonly string[];
  readonly offlineAccess: boolean;
}

export interface ConsentAnswer {
  readonly citizenId: CitizenId;
  readonly client: Client;
  readonly wanted: Wanted;
  /** Optional claims the citizen did not tick. */
  readonly refused: readonly string[];
  readonly reference: string;
}

interface OpenIdPart {
  readonly scope?: string;
  readonly claims?: readonly string[];
}

const scopesOf = (part: OpenIdPart | undefined): readonly string[] =>
  part?.scope?.split(' ').filter(Boolean) ?? [];
const union = (...lists: (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

/** What the page lists: only what the service is registered for, each claim once. */
export function consentAsk(client: Client, wanted: Wanted): ConsentAsk {
  const received = new Set(receivable(client, wanted));
  const asked = [...received].filter((claim) => standsAlone(claim, received));
  const bundled = asked.filter((claim) => !isGuarded(claim));
  return {
    required: bundled.filter((claim) => client.claims[claim]?.required !== false),
    optional: bundled.filter((claim) => client.claims[claim]?.required === false),
    separate: asked.filter(isGuarded),
    offlineAccess: wanted.scopes.includes('offline_access'),
  };
}

/** What a service may learn of what it asks: the claims that its registration lists. */
export function receivable(client: Client, wanted: Wanted): readonly string[] {
  return [...claimsAsked(wanted.scopes, wanted.claims)].filter((claim) => mayReceive(client, claim));
}

/**
 * True when an earlier consent has already answered everything that is asked now (agreed or refused alike), claim by
 * claim: a registration that has grown since then asks again.
 */
export function answeredBefore(earlier: Payload | undefined, client: Client, wanted: Wanted): boolean {
  if (!earlier) return false;
  const { openid, rejected } = earlier as { openid?: OpenIdPart; rejected?: { openid?: OpenIdPart } };
  const scopes = new Set([...scopesOf(openid), ...scopesOf(rejected?.openid)]);
  const claims = new Set([...(openid?.claims ?? []), ...(rejected?.openid?.claims ?? [])]);
  const asked = [...wanted.claims, ...receivable(client, wanted)];
  return wanted.scopes.every((scope) => scopes.has(scope)) && asked.every((claim) => claims.has(claim));
}

export interface ConsentParts {
  readonly store: OidcStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly consentSeconds: number;
  /** Drops the opaque access tokens that were issued under a consent. */
  readonly dropTokens: (grantId: string) => Promise<void>;
}

export type Consents = ReturnType<typeof createConsents>;

export function createConsents(parts: ConsentParts) {
  return {
    earlier: (citizenId: string, clientId: string) => parts.store.consent(citizenId, clientId),

    /** Writes the consent with its event. What was agreed to before and is not asked now stays agreed. */
    async give(answer: ConsentAnswer): Promise<string> {
      const { citizenId, client, wanted, refused } = answer;
      await parts.audit.change(async (tx) => {
        // Two tabs that agree to different things must not lose one another's answer.
        const earlier = await parts.store.holdConsent(tx, citizenId, client.clientId);
        const payload = consentPayload(
          answer,
          earlier,
          epochSeconds(parts.clock.now()),
          parts.consentSeconds,
        );
        await parts.store.saveConsent(tx, citizenId, client.clientId, payload, parts.consentSeconds);
        tx.record({
          type: 'consent.given',
          data: {
            scopes: wanted.scopes.join(' '),
            claims: [...claimsAsked(wanted.scopes, wanted.claims)].join(' '),
            refused: refused.join(' '),
            notice: `${client.clientId}@${client.version}`,
          },
          citizenId,
          clientId: client.clientId,
          actor: `citizen:${citizenId}`,
          reference: answer.reference,
        });
      });
      return grantIdOf(citizenId, client.clientId);
    },

    /** Ends a consent: refresh tokens and access tokens die with it. False when there was none. */
    async withdraw(citizenId: CitizenId, clientId: string, reference: string): Promise<boolean> {
      const withdrawn = await parts.audit.change(async (tx) => {
        if (!(await parts.store.deleteConsent(tx, citizenId, clientId))) {
          tx.unchanged();
          return false;
        }
        const actor = `citizen:${citizenId}`;
        tx.record({ type: 'consent.withdrawn', data: {}, citizenId, clientId, actor, reference });
        return true;
      });
      if (withdrawn) await parts.dropTokens(grantIdOf(citizenId, clientId));
      return withdrawn;
    },

    list: (citizenId: CitizenId) => parts.store.consentsOf(citizenId),
  };
}

function consentPayload(
  answer: ConsentAnswer,
  earlier: Payload | undefined,
  now: number,
  seconds: number,
): Payload {
  const before = (earlier ?? {}) as { openid?: OpenIdPart; rejected?: { openid?: OpenIdPart } };
  const { citizenId, client, wanted, refused } = answer;
  const asked = claimsAsked(wanted.scopes, wanted.claims);
  // A refusal given earlier ends when the same claim is agreed to now.
  const stillRefused = (before.rejected?.openid?.claims ?? []).filter((claim) => !asked.has(claim));
  const rejected = union(stillRefused, withCompanions(refused, asked));
  return {
    iat: now,
    exp: now + seconds,
    kind: 'Grant',
    jti: grantIdOf(citizenId, client.clientId),
    accountId: citizenId,
    clientId: client.clientId,
    openid: {
      scope: union(scopesOf(before.openid), wanted.scopes).join(' '),
      // What was shown, not what the scopes may come to mean.
      claims: union(before.openid?.claims ?? [], wanted.claims, receivable(client, wanted)),
    },
    ...(rejected.length > 0 ? { rejected: { openid: { claims: rejected } } } : {}),
  };
}

/**
 * The grant of an authorization request: of our own pages made on the spot, of everyone else the stored consent,
 * found by citizen and client. One point read.
 */
export function createLoadExistingGrant(parts: { registry: Registry }) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, provider } = ctx.oidc;
    if (!client || !account) return undefined;
    const registered = await parts.registry.find(client.clientId);
    if (registered?.firstParty) return ownGrant(provider, account.accountId, client.clientId);
    return provider.Grant.find(grantIdOf(account.accountId, client.clientId));
  };
}

function ownGrant(provider: Provider, accountId: string, clientId: string): Grant {
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid');
  grant.jti = grantIdOf(accountId, clientId);
  return grant;
}
