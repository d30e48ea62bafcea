// SQL of the durable locks: limits.lockout.
import { sql, type Queryable } from '../store/postgres.ts';

export interface Lockout {
  readonly space: string;
  /** Index key under which the subject stands. */
  readonly keyId: string;
  readonly subject: Buffer;
  readonly until: Date;
}

/** A later end wins over an earlier one, whoever comes last. */
export async function writeLockout(store: Queryable, lockout: Lockout): Promise<void> {
  const { space, keyId, subject, until } = lockout;
  await store.run(sql`
    insert into limits.lockout (space, subject, until, key_id)
    values (${space}, ${subject}, ${until}, ${keyId})
    on conflict (space, subject) do update set until = greatest(lockout.until, excluded.until)`);
}

/** The end of the latest lock of one subject, which has a digest under each key; past or to come. */
export async function readLockout(
  store: Queryable,
  space: string,
  subjects: readonly Buffer[],
): Promise<Date | undefined> {
  const row = await store.row<{ readonly until: Date | null }>(sql`
    select max(until) as until from limits.lockout
    where space = ${space} and subject = any(${subjects}::bytea[])`);
  return row?.until ?? undefined;
}

/** Locks under this key, or under one that nobody noted, that have not ended at `at`. */
export async function countStanding(store: Queryable, keyId: string, at: Date): Promise<number> {
  const row = await store.row<{ readonly count: number }>(sql`
    select count(*) as count from limits.lockout
    where until > ${at} and (key_id is null or key_id = ${keyId})`);
  return row?.count ?? 0;
}

/** Deletes locks that ended before `at`. Returns how many. */
export function deleteEnded(store: Queryable, at: Date): Promise<number> {
  return store.run(sql`delete from limits.lockout where until < ${at}`);
}
