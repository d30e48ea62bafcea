// Lists of relying parties, as the console, the API and exports show them. Every answer stays inside the actor's own
// units: a filter narrows it, nothing widens it.
import type { Level } from '../../assurance/assurance.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { CLAIM_TABLE } from '../claim-table.ts';
import type { ClientState } from '../clients/versions.ts';
import { scopesOf, type Act, type Actor } from '../operators/roles.ts';
import type { Bilingual, ClientId, Environment, UnitId } from '../registry.ts';
import { limitOf, MOST_ROWS, paged, reachOf, textOf, type Listed } from './reach.ts';
import * as store from './store.ts';

export const CLIENT_STATES = [
  'draft',
  'live',
  'suspended',
  'retired',
] as const satisfies readonly ClientState[];

/** The orders that a list can have: names and places upwards, times with the newest first. */
export const CLIENT_ORDERS = ['name', 'unit', 'created', 'updated'] as const;
export type ClientOrder = (typeof CLIENT_ORDERS)[number];

export interface ClientsWanted {
  /** A part of the name in either language, of the identifier, the domain or the name of the unit; any case. */
  readonly q?: string | undefined;
  readonly environment?: Environment | undefined;
  readonly state?: ClientState | undefined;
  /** A unit and everything below it. */
  readonly unit?: string | undefined;
  /** Clients that ask for this level or a higher one. */
  readonly level?: Level | undefined;
  /** True: only those that are told a claim of the highest sensitivity. */
  readonly sensitive?: boolean | undefined;
  /** By name when left out. */
  readonly order?: ClientOrder | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Rows of a page, 1 to 1000; 50 when left out. */
  readonly limit?: number | undefined;
}

export interface ListedClient {
  readonly clientId: ClientId;
  readonly name: Bilingual;
  readonly domain: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly environment: Environment;
  readonly state: ClientState;
  readonly minimumLevel: Level;
  readonly sensitive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type ClientCounts = Readonly<Record<ClientState, number>>;

/** Everything of a subtree that an event of the audit trail can name. */
export interface Subtree {
  readonly paths: readonly string[];
  readonly clientIds: readonly string[];
  readonly unitIds: readonly string[];
  readonly operatorIds: readonly string[];
}

export interface ClientSearch {
  /**
   * One page. `act`: what the rows are read for, `registry.read` when left out. Faults: `bad_request` for a limit or a
   * text out of bounds, `not_found` for a unit that the actor does not see.
   */
  clients(actor: Actor, wanted: ClientsWanted, act?: Act): Promise<Listed<ListedClient>>;
  /** Those of the identifiers (at most 1000) that lie within the actor's reach. */
  clientsOf(actor: Actor, clientIds: readonly string[], act: Act): Promise<readonly ListedClient[]>;
  /** How many clients the actor sees, by state. */
  counts(actor: Actor): Promise<ClientCounts>;
  /**
   * What lies below the posts that allow the act, or below one unit of them; undefined: everything there is. Throws Fault
   * `not_found` for a unit that the actor does not see.
   */
  subtree(actor: Actor, act: Act, unit?: string): Promise<Subtree | undefined>;
}

/** What the filter calls sensitive is what the table of claims does. */
const SENSITIVE: readonly string[] = Object.entries(CLAIM_TABLE)
  .filter(([, { sensitivity }]) => sensitivity === 'number')
  .map(([claim]) => claim);

export function createClientSearch({ postgres }: { readonly postgres: Postgres }): ClientSearch {
  return {
    async clients(actor, wanted, act = 'registry.read') {
      const limit = limitOf(wanted.limit);
      const q = textOf(wanted.q);
      const scopes = await reachOf(postgres, scopesOf(actor, act), wanted.unit);
      if (scopes.length === 0) return { rows: [], next: undefined };
      const filter = { ...wanted, q, scopes, claims: SENSITIVE, limit: limit + 1 };
      return paged(await store.listClients(postgres, filter), limit, ({ clientId }) => clientId);
    },
    async clientsOf(actor, clientIds, act) {
      if (clientIds.length > MOST_ROWS)
        throw new Fault('bad_request', { note: `more than ${MOST_ROWS} clients` });
      const scopes = scopesOf(actor, act);
      if (scopes.length === 0 || clientIds.length === 0) return [];
      return await store.clientsByIds(postgres, { clientIds, scopes, claims: SENSITIVE });
    },
    async counts(actor) {
      const scopes = scopesOf(actor, 'registry.read');
      const counted = scopes.length === 0 ? [] : await store.countClients(postgres, scopes);
      const of = (state: ClientState): number => counted.find((row) => row.state === state)?.count ?? 0;
      return { draft: of('draft'), live: of('live'), suspended: of('suspended'), retired: of('retired') };
    },
    async subtree(actor, act, unit) {
      const paths = await reachOf(postgres, scopesOf(actor, act), unit);
      // Whoever stands at the root answers for what hangs beside the tree too.
      if (paths.some((path) => path === '' || path === 'cn/')) return undefined;
      return paths.length === 0
        ? { paths, clientIds: [], unitIds: [], operatorIds: [] }
        : { paths, ...(await store.subtreeOf(postgres, paths)) };
    },
  };
}
