// SQL of the search. The slice is that of an index: sign-ins of citizens are not searched at the console.
import { part, sql, type Queryable, type Statement } from '../../platform/store/postgres.ts';
import type { EventRow, Stamped } from '../stamp.ts';
import type { EventFilter, EventScope } from './search.ts';

// Word by word the predicate of the index event_of_office.
const OFFICE = part(sql`((actor not like 'citizen:%' and actor <> 'system')
  or type in ('access.refused', 'console.entered', 'audit.checked'))`);

const COLUMNS = part(sql`
  id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, type, citizen_id as "citizenId",
  client_id as "clientId", actor, reference, data`);

/** What names a client, a unit or a place counts by that; only what names none counts by who did it to whom. */
const inScope = ({ paths, clientIds, unitIds, operatorIds }: EventScope): Statement =>
  part(sql`case
    when client_id is not null then client_id = any(${clientIds}::text[])
    when data ? 'unitId' then data ->> 'unitId' = any(${unitIds}::text[])
    when data ? 'path' then exists (select from unnest(${paths}::text[]) scope where starts_with(data ->> 'path', scope))
    else data ->> 'operator' = any(${operatorIds}::text[])
      or (not data ? 'operator' and actor = any(select 'operator:' || held from unnest(${operatorIds}::text[]) held))
  end`);

const and = (conditions: readonly (Statement | undefined)[]): Statement =>
  conditions
    .filter((condition) => condition !== undefined)
    .reduce((one, other) => part(sql`${one} and ${other}`));

const when = <T>(value: T | undefined, condition: (value: T) => Statement): Statement | undefined =>
  value === undefined ? undefined : part(condition(value));

export function eventsStatement(filter: EventFilter & { readonly limit: number }): Statement {
  const { from, to, scopes } = filter;
  const conditions = and([
    OFFICE,
    // Bounds of the partition key: days outside them are not opened.
    part(sql`at >= ${from} and at < ${to}`),
    when(filter.before, ({ at, id }) => sql`(at, id) < (${at}::timestamptz, ${id}::uuid)`),
    when(filter.type, (type) => sql`starts_with(type, ${type})`),
    when(filter.actor, (actor) => sql`actor = ${actor}`),
    when(filter.clientId, (clientId) => sql`client_id = ${clientId}`),
    when(filter.reference, (reference) => sql`reference = ${reference}`),
    ...scopes.map(inScope),
  ]);
  return sql`select ${COLUMNS} from audit.event where ${conditions} order by at desc, id desc limit ${filter.limit}`;
}

export async function searchEvents(
  db: Queryable,
  filter: EventFilter & { readonly limit: number },
): Promise<readonly EventRow[]> {
  return await db.rows<EventRow>(eventsStatement(filter));
}

/** The newest event of that kind since `from` that says this, with its seal. */
export async function latest(
  db: Queryable,
  type: string,
  from: Date,
  having: object = {},
): Promise<Stamped | undefined> {
  return await db.row<Stamped>(sql`
    select ${COLUMNS}, key_id as "keyId", mac from audit.event
    where ${OFFICE} and at >= ${from} and type = ${type} and data @> ${JSON.stringify(having)}::jsonb order by at desc, id desc limit 1`);
}

/** Whose account a request was about: from its reference number, in the events since `from`. */
export async function citizenOf(db: Queryable, reference: string, from: Date): Promise<string | undefined> {
  const row = await db.row<{ citizenId: string }>(sql`
    select citizen_id as "citizenId" from audit.event
    where at >= ${from} and reference = ${reference} and citizen_id is not null
      and (actor like 'citizen:%' or actor = 'system') order by at desc limit 1`);
  return row?.citizenId;
}
