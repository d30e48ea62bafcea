// SQL of what must outlast an emptied Redis: locks (limits.lockout) and failures in a row (limits.streak).
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

export interface StreakRow {
  readonly space: string;
  /** Digests of the subject, under the key in use first. */
  readonly subjects: readonly [Buffer, ...Buffer[]];
  /** Digests of the guesser in the same order; empty for anybody. */
  readonly guessers: readonly [Buffer, ...Buffer[]];
}

export interface StreakState {
  readonly length: number;
  readonly stopped: boolean;
}

/** One statement, so that parallel failures are all counted. Returns the length with what stands under older keys. */
export async function lengthenStreak(store: Queryable, streak: StreakRow, at: Date): Promise<number> {
  const { space, subjects, guessers } = streak;
  const row = await store.row<{ readonly length: number }>(sql`
    with older as (
      select coalesce(sum(length), 0)::int as length from limits.streak
      where space = ${space} and subject = any(${subjects.slice(1)}::bytea[])
        and guesser = any(${guessers}::bytea[])
    )
    insert into limits.streak as kept (space, subject, guesser, length, last_at)
    values (${space}, ${subjects[0]}, ${guessers[0]}, 1, ${at})
    on conflict (space, subject, guesser) do update set length = kept.length + 1, last_at = excluded.last_at
    returning (length + (select length from older))::int as length`);
  return row?.length ?? 0;
}

export async function readStreak(store: Queryable, streak: StreakRow): Promise<StreakState> {
  const { space, subjects, guessers } = streak;
  const row = await store.row<StreakState>(sql`
    select coalesce(sum(length), 0)::int as length, count(stopped_at) > 0 as stopped from limits.streak
    where space = ${space} and subject = any(${subjects}::bytea[]) and guesser = any(${guessers}::bytea[])`);
  return row ?? { length: 0, stopped: false };
}

/** Marks it as at its end; what is marked is not swept. */
export async function stopStreak(store: Queryable, streak: StreakRow, at: Date): Promise<void> {
  const { space, subjects, guessers } = streak;
  await store.run(sql`
    update limits.streak set stopped_at = ${at}
    where space = ${space} and subject = any(${subjects}::bytea[]) and guesser = any(${guessers}::bytea[])
      and stopped_at is null`);
}

/** `guessers` undefined: those of everybody. */
export async function deleteStreak(
  store: Queryable,
  streak: Pick<StreakRow, 'space' | 'subjects'> & { readonly guessers: readonly Buffer[] | undefined },
): Promise<void> {
  const { space, subjects, guessers } = streak;
  await store.run(sql`
    delete from limits.streak
    where space = ${space} and subject = any(${subjects}::bytea[])
      and (${guessers ?? null}::bytea[] is null or guesser = any(${guessers ?? null}::bytea[]))`);
}

/** Deletes streaks that nothing was added to since `before` and that are not at their end. Returns how many. */
export function deleteQuiet(store: Queryable, before: Date): Promise<number> {
  return store.run(sql`delete from limits.streak where stopped_at is null and last_at < ${before}`);
}
