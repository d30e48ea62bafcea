// One node at a time: work under an advisory lock that ends with its transaction, also when the node dies.
import { sql, type Postgres } from './postgres.ts';

/**
 * Runs `work` while holding the lock of that name, unless another node holds it. True when it ran. The lock is held
 * by an open transaction of its own; `work` uses the pool as usual.
 */
export function exclusively(postgres: Postgres, name: string, work: () => Promise<void>): Promise<boolean> {
  return postgres.tx(async (tx) => {
    const row = await tx.row<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtext(${name})) as held`,
    );
    if (!row?.held) return false;
    // The transaction has nothing to do while the work runs: the pool's limit on idle ones would end the lock with it.
    await tx.run(sql`set local idle_in_transaction_session_timeout = 0`);
    await work();
    return true;
  });
}
