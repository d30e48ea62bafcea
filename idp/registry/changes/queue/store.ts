// SQL of lists of requests.
import { part, sql, type Queryable, type Statement } from '../../../platform/store/postgres.ts';
import { JOINED, LINE, type RequestLine } from '../store.ts';
import type { QueueFilter, QueueSort, QueueView } from './queue.ts';

export interface QueueReach {
  /** Who asks. */
  readonly name: string;
  /** Paths below which requests are seen, reviewed and approved. */
  readonly read: readonly string[];
  readonly review: readonly string[];
  readonly approve: readonly string[];
}

const below = (path: Statement, scopes: readonly string[]): Statement =>
  part(sql`${path} ^@ any(${scopes}::text[])`);

const UNIT_PATH = part(sql`unit.path`);
const HOLDER_PATH = part(sql`request.holder_path`);

/** Waits for this person: a post decides there, the request is not the own one, no other look was the own one. */
const mine = ({ name, review, approve }: QueueReach): Statement =>
  part(sql`(request.state = 'reviewing'
    and not ${name}::text = any(request.authors)
    and (${below(HOLDER_PATH, review)} and request.stage = 'prefecture'
      or ${below(HOLDER_PATH, approve)} and request.stage <> 'prefecture')
    and not exists (select 1 from registry.request_step step where step.request_id = request.id
      and step.by = ${name} and step.act in ('approved', 'returned', 'refused') and step.stage <> request.stage))`);

const decidedBy = ({ name }: QueueReach): Statement =>
  part(sql`exists (select 1 from registry.request_step step where step.request_id = request.id
    and step.by = ${name} and step.act in ('approved', 'returned', 'refused'))`);

/** The first instant of tomorrow in China. */
function tomorrow(now: Date): Date {
  const [offset, day] = [8 * 3_600_000, 86_400_000];
  return new Date(Math.ceil((now.getTime() + offset) / day) * day - offset);
}

const VIEWS: Readonly<Record<QueueView, (reach: QueueReach, now: Date) => Statement>> = {
  mine: (reach) => mine(reach),
  today: (reach, now) => part(sql`(${mine(reach)} and request.due_at < ${tomorrow(now)})`),
  sensitive: (reach) => part(sql`(${mine(reach)} and request.sensitive <> '{}')`),
  open: () => part(sql`request.state in ('draft', 'reviewing', 'returned')`),
  done: (reach) => decidedBy(reach),
  all: () => part(sql`true`),
};

/** What is left out of a filter narrows nothing. */
function filtered(filter: QueueFilter, reach: QueueReach, now: Date): Statement {
  const { view, q, unitPath, stage, state, member, clientId } = filter;
  const word = q === undefined ? null : q.toLowerCase();
  return part(sql`${JOINED} where ${below(UNIT_PATH, reach.read)} and ${VIEWS[view](reach, now)}
    and (${word}::text is null or strpos(client.finding, ${word}) > 0 or strpos(lower(request.id), ${word}) > 0)
    and (${unitPath ?? null}::text is null or starts_with(unit.path, ${unitPath ?? null}))
    and (${stage ?? null}::text is null or request.stage = ${stage ?? null})
    and (${state ?? null}::text is null or request.state = ${state ?? null})
    and (${member ?? null}::text is null or ${member ?? null} = any(request.changed)
      or exists (select 1 from unnest(request.changed) as item where starts_with(item, ${member ?? null} || '.')))
    and (${clientId ?? null}::text is null or request.client_id = ${clientId ?? null}
      or request.origin_id = ${clientId ?? null})`);
}

/** The closed list of orders. Every one ends with the number, so that pages neither repeat nor leave out a line. */
const ORDERS: Readonly<Record<QueueSort, Statement>> = {
  due: part(sql`order by request.due_at asc nulls last, request.id asc`),
  '-due': part(sql`order by request.due_at desc nulls last, request.id desc`),
  submitted: part(sql`order by request.submitted_at asc nulls last, request.id asc`),
  '-submitted': part(sql`order by request.submitted_at desc nulls last, request.id desc`),
  '-updated': part(sql`order by request.updated_at desc, request.id desc`),
  unit: part(sql`order by unit.path asc, request.id asc`),
};

export async function listRequests(
  db: Queryable,
  filter: QueueFilter,
  reach: QueueReach,
  now: Date,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly RequestLine[]> {
  return await db.rows<RequestLine>(sql`
    select ${LINE} ${filtered(filter, reach, now)} ${ORDERS[filter.sort]} limit ${limit} offset ${offset}`);
}

export async function countRequests(
  db: Queryable,
  filter: QueueFilter,
  reach: QueueReach,
  now: Date,
  most: number,
): Promise<number> {
  const row = await db.row<{ count: number }>(sql`
    select count(*) as count from (select 1 ${filtered(filter, reach, now)} limit ${most}) as found`);
  return row?.count ?? 0;
}

export interface Waiting {
  readonly mine: number;
  readonly today: number;
  readonly overdue: number;
  readonly sensitive: number;
}

/** What waits for this person, for the tabs and the mark in the navigation. */
export async function countWaiting(db: Queryable, reach: QueueReach, now: Date): Promise<Waiting> {
  const row = await db.row<Waiting>(sql`
    select count(*) as mine, count(*) filter (where request.due_at < ${tomorrow(now)}) as today,
      count(*) filter (where request.due_at < ${now}) as overdue,
      count(*) filter (where request.sensitive <> '{}') as sensitive
    ${JOINED} where ${below(UNIT_PATH, reach.read)} and ${mine(reach)}`);
  return row ?? { mine: 0, today: 0, overdue: 0, sensitive: 0 };
}
