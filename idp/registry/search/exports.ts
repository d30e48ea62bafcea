// Lists that leave the system: for who may take them out, marked with who took them and when, and told to the trail
// before the first byte goes.
import type { Audit } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { scopesOf, type Actor } from '../operators/roles.ts';
import type { ClientSearch, ClientsWanted, ListedClient } from './clients.ts';

export interface Exported<Row> {
  readonly rows: readonly Row[];
  /** Who, when and by which request: stands at the top, at the end and in every row. */
  readonly mark: string;
}

/** What would happen to clients that were ticked. */
export interface Picked {
  readonly rows: readonly ListedClient[];
  /** Identifiers out of reach, or of nothing. */
  readonly missing: readonly string[];
}

export interface Exports {
  /** All clients that the filters leave, at most 50,000. Faults: `forbidden`, and those of the list. */
  clients(actor: Actor, wanted: ClientsWanted): Promise<Exported<ListedClient>>;
  /** The dry run: changes nothing. What is out of reach is told to the trail (A111). */
  preview(actor: Actor, clientIds: readonly string[]): Promise<Picked>;
  /** Those of the ticked clients that are in reach. Fault `not_found` when none is. */
  picked(actor: Actor, clientIds: readonly string[]): Promise<Exported<ListedClient>>;
  /** Marks and records a list that was read elsewhere (the audit trail's). Fault `forbidden`. */
  mark(actor: Actor, what: string, rows: number, filter: string): Promise<string>;
}

export interface ExportsParts {
  readonly search: ClientSearch;
  readonly audit: Pick<Audit, 'change' | 'note'>;
  readonly access: Access;
  readonly clock: Clock;
}

const MOST_ROWS = 50_000;

export function createExports(parts: ExportsParts): Exports {
  const { search } = parts;
  return {
    async clients(actor, wanted) {
      const path = demand(parts, actor);
      const rows = await allPages(search, actor, wanted);
      const { limit: _, after: __, ...filter } = wanted;
      return {
        rows,
        mark: await record(parts, actor, { what: 'clients', rows: rows.length, filter: told(filter), path }),
      };
    },
    async preview(actor, clientIds) {
      demand(parts, actor);
      return await reachable(parts, actor, clientIds);
    },
    async picked(actor, clientIds) {
      const path = demand(parts, actor);
      const { rows } = await reachable(parts, actor, clientIds);
      if (rows.length === 0) throw new Fault('not_found', { note: 'none of the clients' });
      const filter = told({ picked: rows.length });
      return { rows, mark: await record(parts, actor, { what: 'clients', rows: rows.length, filter, path }) };
    },
    async mark(actor, what, rows, filter) {
      const path = demand(parts, actor);
      return await record(parts, actor, { what, rows, filter, path });
    },
  };
}

/** Where the actor may take lists out; the place under which the trail keeps it. */
function demand({ access }: ExportsParts, actor: Actor): string {
  const path = scopesOf(actor, 'export.make')[0] ?? actor.posts[0]?.path ?? 'cn/';
  access.demand(actor, 'export.make', path, 'export');
  return path;
}

async function allPages(
  search: ClientSearch,
  actor: Actor,
  wanted: ClientsWanted,
): Promise<readonly ListedClient[]> {
  const rows: ListedClient[] = [];
  let after: string | undefined;
  do {
    const page = await search.clients(actor, { ...wanted, after, limit: 1_000 }, 'export.make');
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length < MOST_ROWS);
  return rows;
}

async function reachable(
  { search, audit }: ExportsParts,
  actor: Actor,
  clientIds: readonly string[],
): Promise<Picked> {
  const rows = await search.clientsOf(actor, clientIds, 'export.make');
  const known = new Set<string>(rows.map(({ clientId }) => clientId));
  const missing = [...new Set(clientIds)].filter((id) => !known.has(id));
  if (missing.length > 0) {
    const about = missing.join(' ').slice(0, 128);
    audit.note({ type: 'access.refused', data: { act: 'export.make', path: '', about }, ...by(actor) });
  }
  return { rows, missing };
}

/** The filters as a person reads them a year later; what was typed stays, it is no personal data of anybody. */
const told = (filter: object): string =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
    .slice(0, 300);

async function record(
  { audit, clock }: ExportsParts,
  actor: Actor,
  made: { readonly what: string; readonly rows: number; readonly filter: string; readonly path: string },
): Promise<string> {
  const mark = [actor.name, clock.now().toISOString(), actor.reference].filter(Boolean).join(' ');
  await audit.change((tx) => {
    tx.record({ type: 'export.made', data: { ...made, mark }, ...by(actor) });
    return Promise.resolve();
  });
  return mark;
}
