// SQL of the keys schema: how far each table has been sealed anew.
import { sql, type Queryable } from '../platform/store/postgres.ts';

/** One walk over one table. */
export interface Walk {
  readonly table: string;
  /** The seal key that was active when it began. */
  readonly keyId: string;
  /** Primary key of the last row that was looked at; empty at the beginning. */
  readonly after: readonly string[];
  readonly resealed: number;
  readonly stuck: number;
  readonly done: boolean;
}

/** The walks that began under this key. */
export async function findWalks(db: Queryable, keyId: string): Promise<readonly Walk[]> {
  return await db.rows<Walk>(sql`
    select table_name as table, key_id as "keyId", after, resealed, stuck, done
    from keys.reseal where key_id = ${keyId}`);
}

export async function saveWalk(db: Queryable, walk: Walk): Promise<void> {
  await db.run(sql`
    insert into keys.reseal (table_name, key_id, after, resealed, stuck, done)
    values (${walk.table}, ${walk.keyId}, ${walk.after}, ${walk.resealed}, ${walk.stuck}, ${walk.done})
    on conflict (table_name) do update set key_id = excluded.key_id, after = excluded.after,
      resealed = excluded.resealed, stuck = excluded.stuck, done = excluded.done`);
}
