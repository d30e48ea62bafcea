// SQL of the tree of units.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual } from '../registry.ts';
import { CHANNEL } from '../store.ts';
import type { Division } from './divisions.ts';
import type { UnitLevel } from './units.ts';

export interface UnitRow {
  readonly id: string;
  readonly name: Bilingual;
  readonly level: UnitLevel;
  readonly parentId: string | null;
  readonly path: string;
  readonly version: number;
}

export async function findUnit(db: Queryable, id: string): Promise<UnitRow | undefined> {
  return await db.row<UnitRow>(sql`
    select id, name, level, parent_id as "parentId", path, version from registry.unit where id = ${id}`);
}

/** 0 when there is one of that identifier. */
export async function insertUnit(
  tx: AuditedTx,
  unit: Omit<UnitRow, 'version'> & { readonly at: Date },
): Promise<number> {
  const { id, name, level, parentId, path, at } = unit;
  return await tx.run(sql`
    insert into registry.unit (id, name, level, parent_id, path, created_at)
    values (${id}, ${JSON.stringify(name)}::jsonb, ${level}, ${parentId}, ${path}, ${at})
    on conflict (id) do nothing`);
}

export async function divisionNames(db: Queryable): Promise<readonly Pick<UnitRow, 'id' | 'name'>[]> {
  return await db.rows<Pick<UnitRow, 'id' | 'name'>>(
    sql`select id, name from registry.unit where level in ('province', 'prefecture', 'county')`,
  );
}

/** How many were new. */
export async function insertDivisions(
  tx: AuditedTx,
  divisions: readonly Division[],
  at: Date,
): Promise<number> {
  const column = (of: (one: Division) => string): readonly string[] => divisions.map(of);
  return await tx.run(sql`
    insert into registry.unit (id, name, level, parent_id, path, created_at)
    select id, name::jsonb, level, parent_id, path, ${at}
    from unnest(${column(({ id }) => id)}::text[], ${column(({ name }) => JSON.stringify(name))}::text[],
      ${column(({ level }) => level)}::text[], ${column(({ parentId }) => parentId)}::text[],
      ${column(({ path }) => path)}::text[]) as given (id, name, level, parent_id, path)
    on conflict (id) do nothing`);
}

/** How many had another name; their clients are announced, since pages of sign-in show it. */
export async function renameDivisions(tx: AuditedTx, divisions: readonly Division[]): Promise<number> {
  const ids = divisions.map(({ id }) => id);
  const names = divisions.map(({ name }) => JSON.stringify(name));
  const renamed = await tx.run(sql`
    update registry.unit set name = given.name::jsonb, version = unit.version + 1
    from unnest(${ids}::text[], ${names}::text[]) as given (id, name)
    where unit.id = given.id and unit.name <> given.name::jsonb`);
  if (renamed > 0) await announceUnits(tx, ids);
  return renamed;
}

/** Tells every node that the clients of these units are to be read again. */
export async function announceUnits(tx: AuditedTx, unitIds: readonly string[]): Promise<void> {
  await tx.rows(
    sql`select pg_notify(${CHANNEL}, client_id) from registry.client where unit_id = any(${unitIds})`,
  );
}
