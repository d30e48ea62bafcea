// Short-lived state in an unlogged table of PostgreSQL: one statement a method. Every statement judges expiry by the
// database's clock, so that nodes need not agree on the time.
import type { Ephemeral, Json, Kept } from './ephemeral.ts';
import { wholeSeconds } from './ephemeral.ts';
import { gcra, retryAfter, tokensLeft } from './gcra.ts';
import { part, whole } from './merged.ts';
import { sql, type Postgres } from './postgres.ts';

export interface PostgresEphemeral extends Ephemeral {
  /** Deletes what has expired; for a job. Returns how many rows. */
  sweep(): Promise<number>;
}

interface EntryRow {
  readonly value: string;
  readonly claimed: boolean;
  readonly field: string | null;
  readonly members: readonly string[] | null;
}

const valueOf = (row: EntryRow): Json =>
  row.field === null ? (JSON.parse(row.value) as Json) : whole(row.value, row.field, row.members ?? []);

const kept = (row: EntryRow | undefined): Kept | undefined =>
  row && { value: valueOf(row), claimed: row.claimed };

/** How many expired rows one statement of `sweep` deletes: few enough to hold no lock for long. */
const SWEEP_ROWS = 5_000;

/** Makes the contract of ephemeral.ts from a pool. Closing it leaves the pool open: others use it too. */
export function createPostgresEphemeral(postgres: Postgres): PostgresEphemeral {
  return {
    ...entries(postgres),
    ...marks(postgres),
    ...removals(postgres),
    spend: spending(postgres),
    merge: merging(postgres),
    // A write: a standby answers reads and refuses everything that matters.
    ping: async () => {
      await postgres.run(sql`
        insert into platform.ephemeral (key, value, expires_at) values ('ping', '0', now() + interval '10 seconds')
        on conflict (key) do update set expires_at = excluded.expires_at`);
    },
    close: () => Promise.resolve(),
  };
}

function entries(postgres: Postgres): Pick<Ephemeral, 'put' | 'get' | 'take' | 'follow'> {
  return {
    async put(key, value, ttlSeconds, group) {
      await postgres.run(sql`
        insert into platform.ephemeral (key, value, expires_at, grp)
        values (${key}, ${JSON.stringify(value)}, now() + make_interval(secs => ${wholeSeconds(ttlSeconds)}), ${group ?? null})
        on conflict (key) do update set value = excluded.value, claimed = false, expires_at = excluded.expires_at,
          grp = excluded.grp, same = null, field = null, members = null`);
    },
    get: async (key) =>
      kept(
        await postgres.row<EntryRow>(sql`
          select value, claimed, field, members from platform.ephemeral
          where key = ${key} and expires_at > now()`),
      ),
    async take(key) {
      const row = await postgres.row<EntryRow & { readonly live: boolean }>(sql`
        delete from platform.ephemeral where key = ${key}
        returning value, claimed, field, members, expires_at > now() as live`);
      return row?.live ? valueOf(row) : undefined;
    },
    follow: async (key) =>
      kept(
        await postgres.row<EntryRow>(sql`
          select target.value, target.claimed, target.field, target.members
          from platform.ephemeral pointer
          join platform.ephemeral target on target.key = pointer.value::json #>> '{}'
          where pointer.key = ${key} and pointer.expires_at > now() and target.expires_at > now()`),
      ),
  };
}

function marks(postgres: Postgres): Pick<Ephemeral, 'claim' | 'once'> {
  return {
    async claim(key) {
      // The losers wait for the winner's row lock and then no longer match `not claimed`.
      const row = await postgres.row<{ readonly outcome: 'claimed' | 'already' | 'gone' }>(sql`
        with won as (
          update platform.ephemeral set claimed = true
          where key = ${key} and not claimed and expires_at > now() returning key)
        select case
          when exists (select from won) then 'claimed'
          when exists (select from platform.ephemeral e where e.key = ${key} and e.expires_at > now()) then 'already'
          else 'gone' end as outcome`);
      return row?.outcome ?? 'gone';
    },
    async once(key, value, ttlSeconds) {
      const written = await postgres.run(sql`
        insert into platform.ephemeral as stored (key, value, expires_at)
        values (${key}, ${JSON.stringify(value)}, now() + make_interval(secs => ${wholeSeconds(ttlSeconds)}))
        on conflict (key) do update set value = excluded.value, claimed = false, expires_at = excluded.expires_at,
          grp = null, same = null, field = null, members = null
        where stored.expires_at <= now()`);
      return written === 1;
    },
  };
}

function removals(postgres: Postgres): Pick<PostgresEphemeral, 'delete' | 'dropGroup' | 'sweep'> {
  return {
    // Rows are locked in the order of their keys: two deletions of the same rows would otherwise deadlock.
    delete: async (...keys) => {
      await postgres.run(sql`
        delete from platform.ephemeral where key in (
          select key from platform.ephemeral where key = any(${keys}) order by key for update)`);
    },
    dropGroup: async (group) => {
      await postgres.run(sql`
        delete from platform.ephemeral where key in (
          select key from platform.ephemeral where grp = ${group} order by key for update)`);
    },
    async sweep() {
      let swept = 0;
      for (;;) {
        const rows = await postgres.run(sql`
          delete from platform.ephemeral where key in (
            select key from platform.ephemeral where expires_at <= now()
            limit ${SWEEP_ROWS} for update skip locked)`);
        swept += rows;
        if (rows < SWEEP_ROWS) return swept;
      }
    },
  };
}

/**
 * `value` holds the arrival time and `claimed` says that this spend was refused: RETURNING sees only the new row. The
 * expressions of DO UPDATE run under the row's lock, on its newest version.
 */
function spending(postgres: Postgres): Ephemeral['spend'] {
  return async (key, rate, cost = 1) => {
    const bucket = gcra(rate, cost);
    const row = await postgres.row<{ readonly ahead: number; readonly refused: boolean }>(sql`
      insert into platform.ephemeral as stored (key, value, expires_at)
      select ${key}, (clock.us + ${bucket.increment}::bigint)::text,
        to_timestamp((clock.us + ${bucket.increment}::bigint) / 1000000.0)
      from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) clock
      on conflict (key) do update set (value, claimed, expires_at) = (
        select
          (case when refused then bucket.tat else bucket.new end)::text, refused,
          to_timestamp((case when refused then bucket.tat else bucket.new end) / 1000000.0)
        from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) clock,
          lateral (select greatest(stored.value::bigint, clock.us) as tat,
            greatest(stored.value::bigint, clock.us) + ${bucket.increment}::bigint as new) bucket,
          lateral (select bucket.new - clock.us > ${bucket.tolerance}::bigint as refused) verdict)
      returning claimed as refused,
        value::bigint - (extract(epoch from clock_timestamp()) * 1000000)::bigint as ahead`);
    if (!row) throw new Error('a spend touched no row');
    return {
      allowed: !row.refused,
      remaining: tokensLeft(bucket, row.ahead),
      retryAfterSeconds: row.refused ? retryAfter(bucket, row.ahead) : 0,
    };
  };
}

function merging(postgres: Postgres): Ephemeral['merge'] {
  return async (key, value, ttlSeconds, field, same) => {
    const parted = part(value, field, same);
    const members = [...parted.members];
    await postgres.run(sql`
      insert into platform.ephemeral as stored (key, value, expires_at, same, field, members)
      values (${key}, ${parted.rest}, now() + make_interval(secs => ${wholeSeconds(ttlSeconds)}), ${parted.same},
        ${parted.field}, ${members}::text[])
      on conflict (key) do update set value = excluded.value, claimed = false, expires_at = excluded.expires_at,
        grp = null, same = excluded.same, field = excluded.field,
        members = case
          when stored.expires_at > now() and stored.same = excluded.same and stored.field = excluded.field then
            excluded.members || coalesce((
              select array_agg(piece order by place)
              from generate_series(1, cardinality(stored.members), 2) as at,
                lateral (values (at, stored.members[at]), (at + 1, stored.members[at + 1])) as pieces (place, piece)
              where not exists (
                select from generate_series(1, cardinality(excluded.members), 2) as mine
                where excluded.members[mine] = stored.members[at])), '{}')
          else excluded.members end`);
  };
}
