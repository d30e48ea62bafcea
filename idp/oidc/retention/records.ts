// Consents, lasting access and logouts as records of a citizen. Not here: signing out (sign-out.ts).
import type { Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import * as store from './store.ts';

export interface OidcRecordsParts {
  readonly postgres: Postgres;
  readonly keepConsentsDays: number;
}

export function oidcRecords(parts: OidcRecordsParts): Records {
  const { postgres } = parts;
  return {
    name: 'services',
    rules: rules(parts),
    async exportOf(id) {
      const [consents, access, deliveries] = await Promise.all([
        store.consentsOf(postgres, id),
        store.accessOf(postgres, id),
        store.deliveriesOf(postgres, id),
      ]);
      return {
        allowed: consents.map(toldConsent),
        lasting_access: access.map(({ clientId, since, until }) => ({
          service: clientId,
          since: since === null ? undefined : shanghaiTime(new Date(since * 1000)),
          until: shanghaiTime(until),
        })),
        sign_outs_on_their_way: deliveries.map(({ clientId, createdAt }) => ({
          service: clientId,
          since: shanghaiTime(createdAt),
        })),
      };
    },
    erase: (tx, id) => store.removeAll(tx, id),
  };
}

const rules = ({ postgres, keepConsentsDays }: OidcRecordsParts): Records['rules'] => [
  {
    table: 'oidc.consent',
    keeps: 'until it is withdrawn or the account closed; one that ran out, a while after that',
    why: 'shows what a service was allowed and when (PIPL 14, 23), at least 3 years, the limitation of claims (Civil Code 188)',
    removal: {
      days: keepConsentsDays,
      due: (before) => store.countConsents(postgres, before),
      remove: store.removeConsents,
    },
  },
  {
    table: 'oidc.refresh_token',
    keeps: 'until it runs out, is revoked, or the account closed',
    why: 'it opens nothing any more (PIPL 19)',
    removal: {
      days: 1,
      due: (before) => store.countTokens(postgres, before),
      remove: store.removeTokens,
    },
  },
  {
    table: 'oidc.refresh_lookup',
    keeps: 'as long as its refresh token',
    why: 'finds that token, nothing else',
  },
  {
    table: 'oidc.logout_delivery',
    keeps: 'until the service confirmed or was asked often enough',
    why: 'a logout token names a citizen to a service for as long as it takes; what is left over is nobody’s (PIPL 19)',
    removal: {
      days: 7,
      due: (before) => store.countDeliveries(postgres, before),
      remove: store.removeDeliveries,
    },
  },
];

interface Agreed {
  readonly openid?: { readonly scope?: string; readonly claims?: readonly string[] };
  readonly rejected?: { readonly openid?: { readonly claims?: readonly string[] } };
}

function toldConsent({ clientId, payload, givenAt, expiresAt }: store.KeptConsent): Json {
  const { openid, rejected } = payload as Agreed;
  const refused = new Set(rejected?.openid?.claims);
  return {
    service: clientId,
    agreed_at: shanghaiTime(givenAt),
    until: shanghaiTime(expiresAt),
    shared: (openid?.claims ?? []).filter((claim) => !refused.has(claim)),
    not_shared: [...refused],
    while_away: openid?.scope?.split(' ').includes('offline_access') === true,
  };
}
