// SQL of the tree of units.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual } from '../registry.ts';
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
