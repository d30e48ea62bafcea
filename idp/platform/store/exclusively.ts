// One node at a time: work under an advisory lock that ends with its transaction, also when the node dies.
import { sql, type Postgres } from './postgres.ts';

/**
 * Runs `work` while holding the lock of that name, unless another node holds it. True when it ran. The lock is held
 * by an open transaction of its own; `work` uses the pool as usual.
 */
export function exclusively(postgres: Postgres, name: string, work: () => Promise<void>): Promise<boolean> {
  return postgres.tx(async (tx) => {
    const row = await tx.row<{ held: boolean }>(sql`select pg_try_advisory_xact_lock(hashtext(${name})) as held`);
    if (!row?.held) return false;
    await work();
    return true;
  });
}
