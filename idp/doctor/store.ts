// What the doctor asks the database about itself; no table of anybody.
import { sql, type Queryable } from '../platform/store/postgres.ts';

export interface ServerState {
  /** Major version, as in 18. */
  readonly version: number;
  readonly now: Date;
}

export async function serverState(db: Queryable): Promise<ServerState> {
  const row = await db.row<ServerState>(
    sql`select current_setting('server_version_num')::int / 10000 as version, clock_timestamp() as now`,
  );
  if (!row) throw new Error('the database gave no answer');
  return row;
}
