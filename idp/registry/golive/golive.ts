// The go-live checklist: it looks for itself, so that a team finds out before its reviewers do. Not here: whether the
// client may go live (that is decided by people), what a registration must look like (checks/).
import type { Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Outbound } from '../../platform/http/outbound.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Activity } from '../activity/activity.ts';
import type { Access } from '../operators/access.ts';
import type { Actor } from '../operators/roles.ts';
import type { Bilingual, Client, ClientSource } from '../registry.ts';
import { ITEMS, type Item } from './items.ts';
import { LOOKS, type Found } from './looks.ts';
import { sentence } from './messages.ts';
import * as store from './store.ts';

export { ITEMS, type Item };

export interface CheckRow {
  readonly item: Item;
  /** Undefined: never looked at. */
  readonly found: Found['found'] | undefined;
  readonly title: Bilingual;
  /** Why, with the fix. */
  readonly text: Bilingual;
  readonly at: Date | undefined;
  readonly passedAt: Date | undefined;
}

export interface GoLive {
  /** Every item, looked at or not. Fault `not_found` for a client that this actor cannot see. */
  rows(actor: Actor, clientId: string): Promise<readonly CheckRow[]>;
  /** Looks now; all items when none is named. Faults: `not_found`, `forbidden`, `too_many`. */
  look(actor: Actor, clientId: string, item?: Item): Promise<readonly CheckRow[]>;
}

export interface GoLiveParts {
  readonly postgres: Postgres;
  readonly access: Access;
  readonly activity: Pick<Activity, 'requests' | 'flush'>;
  readonly registry: ClientSource;
  /** Under the rules for addresses that others wrote: the checklist must not look into our own network. */
  readonly outbound: Outbound;
  readonly limits: Limits;
  readonly clock: Clock;
}

export function createGoLive(parts: GoLiveParts): GoLive {
  const { postgres, access, limits, registry, clock } = parts;
  const limit = limits.declare({
    name: 'golive.look',
    per: 'client',
    burst: 20,
    periodSeconds: 600,
    why: 'each look sends requests to addresses of the service',
  });
  const rows = async (clientId: string): Promise<readonly CheckRow[]> =>
    rowsOf(await store.checksOf(postgres, clientId));
  return {
    async rows(actor, clientId) {
      await demand(postgres, access, actor, 'registry.read', clientId);
      return await rows(clientId);
    },
    async look(actor, clientId, item) {
      await demand(postgres, access, actor, 'sandbox.write', clientId);
      await limits.spend(limit, clientId);
      const client = await registry.find(clientId);
      if (!client) throw new Fault('not_found', { note: `client ${clientId}` });
      await parts.activity.flush();
      const requests = await parts.activity.requests(actor, clientId);
      const wanted = item === undefined ? ITEMS : [item];
      const found = await Promise.all(
        wanted.map(async (name) => ({ item: name, ...(await lookAt(parts, name, client, requests)) })),
      );
      await store.keepChecks(postgres, clientId, found, clock.now());
      return await rows(clientId);
    },
  };
}

async function lookAt(
  { outbound, clock }: GoLiveParts,
  item: Item,
  client: Client,
  requests: Awaited<ReturnType<Activity['requests']>>,
): Promise<Found> {
  return await LOOKS[item]({ client, requests, outbound, now: clock.now() });
}

async function demand(
  postgres: Postgres,
  access: Access,
  actor: Actor,
  act: 'registry.read' | 'sandbox.write',
  clientId: string,
): Promise<void> {
  const path = await store.pathOf(postgres, clientId);
  if (path === undefined) throw new Fault('not_found', { note: `client ${clientId}` });
  access.demand(actor, act, path, clientId);
}

function rowsOf(kept: readonly store.CheckRow[]): readonly CheckRow[] {
  return ITEMS.map((item) => {
    const row = kept.find((one) => one.item === item);
    return {
      item,
      found: row?.found,
      title: sentence(`item.${item}`),
      text: sentence(row?.reason ?? 'never', row?.params),
      at: row?.at,
      passedAt: row?.passedAt ?? undefined,
    };
  });
}
