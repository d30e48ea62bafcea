// SQL of the audit. Events and batches are only ever inserted.
import { sql, type Queryable, type Tx } from '../platform/store/postgres.ts';
import type { AuditRecord } from './audit.ts';
import type { EventRow, Stamped } from './stamp.ts';

export interface Batch {
  readonly number: number;
  readonly eventIds: readonly string[];
  readonly eventAts: readonly string[];
  readonly root: Buffer;
  readonly previous: Buffer;
  readonly sealedAt: string;
  readonly digest: Buffer;
  readonly keyId: string;
  readonly mac: Buffer;
}

/** Inserts all in one statement, each with its entry for the sealer. Events that stand already are skipped. */
export async function insertEvents(db: Queryable, events: readonly Stamped[]): Promise<void> {
  const column = <K extends keyof Stamped>(name: K): Stamped[K][] => events.map((event) => event[name]);
  await db.run(sql`
    with written as (
      insert into audit.event (id, at, type, citizen_id, client_id, actor, reference, data, key_id, mac)
      select * from unnest(
        ${column('id')}::uuid[], ${column('at')}::timestamptz[], ${column('type')}::text[],
        ${column('citizenId')}::uuid[], ${column('clientId')}::text[], ${column('actor')}::text[],
        ${column('reference')}::text[], ${events.map((event) => JSON.stringify(event.data))}::jsonb[],
        ${column('keyId')}::text[], ${column('mac')}::bytea[])
      on conflict (at, id) do nothing
      returning at, id)
    insert into audit.unsealed (at, event_id) select at, id from written`);
}

/** True once the transaction has written or locked a row. */
export async function hasWritten(tx: Queryable): Promise<boolean> {
  const row = await tx.row<{ wrote: boolean }>(
    sql`select pg_current_xact_id_if_assigned() is not null as wrote`,
  );
  return row?.wrote === true;
}

/** Held until the transaction ends; false when another node is sealing. */
export async function lockSealing(tx: Tx): Promise<boolean> {
  const row = await tx.row<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended('audit.seal', 0)) as mine`,
  );
  return row?.mine === true;
}

/**
 * Takes up to 1,000 events that wait to be sealed, oldest first. Entries whose event is gone stay, for `verify` to
 * point at, and do not hold up the others.
 */
export async function takeUnsealed(tx: Tx): Promise<readonly Stamped[]> {
  return await tx.rows<Stamped>(sql`
    with due as (
      select waiting.at, waiting.event_id from audit.unsealed waiting
      join audit.event on event.at = waiting.at and event.id = waiting.event_id
      order by waiting.at, waiting.event_id limit 1000 for update of waiting skip locked),
    taken as (
      delete from audit.unsealed using due
      where unsealed.at = due.at and unsealed.event_id = due.event_id
      returning unsealed.at, unsealed.event_id)
    select event.id, to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, event.type,
      event.citizen_id as "citizenId", event.client_id as "clientId", event.actor, event.reference, event.data,
      event.key_id as "keyId", event.mac
    from audit.event join taken on event.at = taken.at and event.id = taken.event_id
    order by event.at, event.id`);
}

export async function lastBatch(tx: Tx): Promise<{ number: number; digest: Buffer } | undefined> {
  return await tx.row(sql`select number, digest from audit.batch order by number desc limit 1`);
}

export async function insertBatch(tx: Tx, batch: Batch): Promise<void> {
  await tx.run(sql`
    insert into audit.batch (number, event_ids, event_ats, root, previous, sealed_at, digest, key_id, mac)
    values (${batch.number}, ${batch.eventIds}::uuid[], ${batch.eventAts}::timestamptz[], ${batch.root},
      ${batch.previous}, ${batch.sealedAt}, ${batch.digest}, ${batch.keyId}, ${batch.mac})`);
}

export async function history(
  db: Queryable,
  citizenId: string,
  limit: number,
): Promise<readonly AuditRecord[]> {
  type Row = Omit<EventRow, 'at'> & { at: Date };
  const rows = await db.rows<Row>(sql`
    select id, at, type, citizen_id as "citizenId", client_id as "clientId", actor, reference, data
    from audit.event where citizen_id = ${citizenId} order by at desc, id desc limit ${limit}`);
  return rows.map(({ clientId, reference, ...row }) => ({
    ...row,
    ...(clientId === null ? {} : { clientId }),
    ...(reference === null ? {} : { reference }),
  })) as unknown as readonly AuditRecord[];
}

export async function prepareDays(db: Queryable, first: Date, days: number): Promise<number> {
  const row = await db.row<{ made: number }>(
    sql`select audit.prepare_days(${first.toISOString().slice(0, 10)}::date, ${days}::integer) as made`,
  );
  return row?.made ?? 0;
}

/** One picture for the whole reading, however long it takes. Must be the first statement of the transaction. */
export async function beginReading(tx: Tx): Promise<void> {
  await tx.run(sql`set transaction isolation level repeatable read, read only`);
  await tx.run(sql`set local statement_timeout = 0`);
}

/** The batch that follows this number, which need not be the next one. */
export async function batchAfter(tx: Tx, number: number): Promise<Batch | undefined> {
  return await tx.row<Batch>(sql`
    select number, event_ids as "eventIds",
      array(select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            from unnest(event_ats) with ordinality as listed (at, place) order by place) as "eventAts",
      root, previous, to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt",
      digest, key_id as "keyId", mac
    from audit.batch where number > ${number} order by number limit 1`);
}

/** Those of the events that stand between the two instants; the bounds keep the reading to few partitions. */
export async function eventsBetween(
  tx: Tx,
  ids: readonly string[],
  first: string,
  last: string,
): Promise<readonly Stamped[]> {
  return await tx.rows<Stamped>(sql`
    select id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, type,
      citizen_id as "citizenId", client_id as "clientId", actor, reference, data, key_id as "keyId", mac
    from audit.event
    where at between ${first}::timestamptz and ${last}::timestamptz and id = any(${ids}::uuid[])`);
}

/** Searches every day: only for events that are not where they should be. */
export async function eventsAnywhere(tx: Tx, ids: readonly string[]): Promise<readonly Stamped[]> {
  return await eventsBetween(tx, ids, '-infinity', 'infinity');
}

/** A page of what waits to be sealed, `mac` null where the event is gone. */
export async function unsealedAfter(
  tx: Tx,
  after: { readonly at: string; readonly eventId: string } | undefined,
): Promise<readonly (Omit<Stamped, 'mac'> & { readonly mac: Buffer | null; readonly eventId: string })[]> {
  return await tx.rows(sql`
    select waiting.event_id as "eventId",
      to_char(waiting.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, event.id, event.type,
      event.citizen_id as "citizenId", event.client_id as "clientId", event.actor, event.reference, event.data,
      event.key_id as "keyId", event.mac
    from audit.unsealed waiting
    left join audit.event on event.at = waiting.at and event.id = waiting.event_id
    where (waiting.at, waiting.event_id) > (${after?.at ?? '-infinity'}::timestamptz,
      ${after?.eventId ?? '00000000-0000-0000-0000-000000000000'}::uuid)
    order by waiting.at, waiting.event_id limit 1000`);
}

/** Events that neither stand in a batch nor wait for one, at most 100. */
export async function strayEvents(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select event.id from audit.event
    left join (select unnest(event_ids) as id, unnest(event_ats) as at from audit.batch
               union all select event_id, at from audit.unsealed) known
      on known.id = event.id and known.at = event.at
    where known.id is null order by event.at, event.id limit 100`);
  return rows.map((row) => row.id);
}

/** Events that were sealed more than once, or wait although they are sealed, at most 100. */
export async function repeatedEvents(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from (select unnest(event_ids) as id from audit.batch
                    union all select event_id from audit.unsealed) known
    group by id having count(*) > 1 limit 100`);
  return rows.map((row) => row.id);
}
