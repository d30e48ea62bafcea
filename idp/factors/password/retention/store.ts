// SQL of what is kept about a citizen's password, and of its end.
import type { AuditedTx } from '../../../audit/audit.ts';
import { sql, type Queryable } from '../../../platform/store/postgres.ts';

export interface KeptAbout {
  readonly setAt: Date;
  readonly alone: boolean;
}

export async function passwordOf(db: Queryable, citizenId: string): Promise<KeptAbout | undefined> {
  return await db.row<KeptAbout>(
    sql`select set_at as "setAt", alone from factors.password where citizen_id = ${citizenId}`,
  );
}

export async function remove(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`delete from factors.password where citizen_id = ${citizenId}`);
}
