// SQL of the durable locks: limits.lockout.
import { sql, type Queryable } from '../store/postgres.ts';

/** A later end wins over an earlier one, whoever comes last. */
export async function writeLockout(
  store: Queryable,
  space: string,
  subject: Buffer,
  until: Date,
): Promise<void> {
  await store.run(sql`
    insert into limits.lockout (space, subject, until) values (${space}, ${subject}, ${until})
    on conflict (space, subject) do update set until = greatest(lockout.until, excluded.until)`);
}

/** The end of the lock, past or to come. */
export async function readLockout(
  store: Queryable,
  space: string,
  subject: Buffer,
): Promise<Date | undefined> {
  const row = await store.row<{ readonly until: Date }>(sql`
    select until from limits.lockout where space = ${space} and subject = ${subject}`);
  return row?.until;
}

/** Deletes locks that ended before `at`. Returns how many. */
export function deleteEnded(store: Queryable, at: Date): Promise<number> {
  return store.run(sql`delete from limits.lockout where until < ${at}`);
}
