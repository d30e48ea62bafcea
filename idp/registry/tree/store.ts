// SQL of what operators see and change of the tree.
import type { AuditedTx } from '../../audit/audit.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual } from '../registry.ts';
import type { UnitRow } from '../units/store.ts';
import type { Contact } from './contacts.ts';

const UNITS = part(sql`
  select unit.id, unit.name, unit.level, unit.parent_id as "parentId", unit.path, unit.version from registry.unit`);

export async function contactsOf(db: Queryable, id: string): Promise<readonly Contact[]> {
  const row = await db.row<{ contacts: readonly Contact[] }>(
    sql`select contacts from registry.unit where id = ${id}`,
  );
  return row?.contacts ?? [];
}

/** From the root downwards. */
export async function unitsByIds(db: Queryable, ids: readonly string[]): Promise<readonly UnitRow[]> {
  return await db.rows<UnitRow>(sql`${UNITS} where unit.id = any(${ids}) order by unit.path`);
}

export async function unitsByPaths(db: Queryable, paths: readonly string[]): Promise<readonly UnitRow[]> {
  return await db.rows<UnitRow>(sql`${UNITS} where unit.path = any(${paths}) order by unit.path`);
}

export interface BranchRow extends UnitRow {
  readonly clients: number;
  readonly hasBelow: boolean;
  readonly waiting: boolean;
}

/** What hangs directly below, divisions before departments, with the clients of each subtree. */
export async function branchesBelow(
  db: Queryable,
  parentId: string,
  limit: number,
): Promise<readonly BranchRow[]> {
  return await db.rows<BranchRow>(sql`
    select unit.id, unit.name, unit.level, unit.parent_id as "parentId", unit.path, unit.version, counted.clients,
      exists (select from registry.unit as under where under.parent_id = unit.id) as "hasBelow",
      exists (select from registry.domain where domain.unit_id = unit.id and domain.state <> 'verified') as waiting
    from registry.unit, lateral (
      select count(client.client_id)::int as clients
      from registry.unit as under join registry.client on client.unit_id = under.id and client.state <> 'retired'
      where under.path >= unit.path and under.path < unit.path || '~') as counted
    where unit.parent_id = ${parentId}
    order by unit.level = 'department', unit.path limit ${limit}`);
}

export interface Filter {
  readonly scopes: readonly string[];
  /** A part of a name, `%` and `_` taken literally; empty: all. */
  readonly name: string;
  /** The beginning of an identifier; empty: all. */
  readonly code: string;
  readonly after: string;
  readonly limit: number;
}

export async function listUnits(db: Queryable, filter: Filter): Promise<readonly UnitRow[]> {
  const { scopes, name, code, after, limit } = filter;
  const like = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return await db.rows<UnitRow>(sql`
    ${UNITS} where unit.path > ${after} and exists (
      select from unnest(${scopes}::text[]) as given (scope)
      where unit.path >= scope and unit.path < scope || '~')
    and (unit.name ->> 'zh-CN' ilike ${`%${like(name)}%`} or unit.name ->> 'en' ilike ${`%${like(name)}%`}
      or (${code} <> '' and unit.id like ${`${like(code)}%`}))
    order by unit.path limit ${limit}`);
}

export async function countBelow(db: Queryable, scopes: readonly string[]): Promise<number> {
  const row = await db.row<{ count: number }>(sql`
    select count(*)::int as count from registry.unit where exists (
      select from unnest(${scopes}::text[]) as given (scope)
      where unit.path >= scope and unit.path < scope || '~')`);
  return row?.count ?? 0;
}

export interface Tally {
  readonly clients: number;
  readonly people: number;
}

/** What hangs at the unit itself, not below it. */
export async function tallyOf(db: Queryable, id: string): Promise<Tally> {
  const row = await db.row<Tally>(sql`
    select
      (select count(*)::int from registry.client where unit_id = ${id} and state <> 'retired') as clients,
      (select count(distinct operator_id)::int from registry.post where unit_id = ${id} and ended_at is null)
        as people`);
  if (!row) throw new Error('a count brought no row');
  return row;
}

/** True when citizens meet the name of this unit at a client that was approved, or it is just being looked at. */
export async function isShownToCitizens(db: Queryable, id: string): Promise<boolean> {
  const row = await db.row<{ shown: boolean }>(sql`
    select exists (
      select from registry.client where unit_id = ${id} and environment = 'production' and state <> 'draft')
      or exists (
        select from registry.request join registry.client on client.client_id = request.client_id
        where client.unit_id = ${id} and request.state = 'reviewing') as shown`);
  return row?.shown === true;
}

/** 0 when it is not at this version any more. */
export async function renameUnit(
  tx: AuditedTx,
  id: string,
  version: number,
  name: Bilingual,
): Promise<number> {
  return await tx.run(sql`
    update registry.unit set name = ${JSON.stringify(name)}::jsonb, version = version + 1
    where id = ${id} and version = ${version}`);
}

/** 0 when it is not at this version any more; throws SQLSTATE 23503 when something names it. */
export async function deleteUnit(tx: AuditedTx, id: string, version: number): Promise<number> {
  return await tx.run(sql`delete from registry.unit where id = ${id} and version = ${version}`);
}

/** 0 when it is not at this version any more. */
export async function saveContacts(
  tx: AuditedTx,
  id: string,
  version: number,
  contacts: readonly Contact[],
): Promise<number> {
  return await tx.run(sql`
    update registry.unit set contacts = ${JSON.stringify(contacts)}::jsonb, version = version + 1
    where id = ${id} and version = ${version}`);
}
