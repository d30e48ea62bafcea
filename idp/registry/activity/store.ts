// SQL of figures and requests. They change no state that anybody decides on, so they are no audited changes.
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual, Environment } from '../registry.ts';
import type { Counted, Seen, FunnelStage } from './activity.ts';

/** Undefined: no such client. */
export async function pathOf(db: Queryable, clientId: string): Promise<string | undefined> {
  const row = await db.row<{ path: string }>(sql`
    select unit.path from registry.client join registry.unit on unit.id = client.unit_id
    where client.client_id = ${clientId}`);
  return row?.path;
}

/** Ordered by key, so that two nodes that write at once do not wait for each other in a circle. */
export async function addFigures(db: Queryable, figures: readonly Counted[]): Promise<void> {
  const rows = figures.map(({ clientId, hour, stage, outcome, count }) => ({
    client_id: clientId,
    hour: hour.toISOString(),
    stage,
    outcome,
    count,
  }));
  await db.run(sql`
    insert into registry.activity (client_id, hour, stage, outcome, count)
    select client_id, hour, stage, outcome, count
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as figure (client_id text, hour timestamptz, stage text, outcome text, count bigint)
    order by client_id, hour, stage, outcome
    on conflict (client_id, hour, stage, outcome) do update set count = activity.count + excluded.count`);
}

/** Of production clients only what failed: what went well is in the figures. The newest `most` of each kind stay. */
export async function addRequests(
  db: Queryable,
  requests: readonly (Seen & { readonly clientId: string; readonly id: string })[],
  most: number,
): Promise<void> {
  const rows = requests.map(({ id, clientId, at, endpoint, error, reason, params }) => ({
    id,
    client_id: clientId,
    at: at.toISOString(),
    endpoint,
    error: error ?? null,
    reason: reason ?? null,
    params,
  }));
  await db.run(sql`
    insert into registry.seen_request (id, client_id, at, endpoint, error, reason, params)
    select seen.id, seen.client_id, seen.at, seen.endpoint, seen.error, seen.reason, seen.params
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as seen
      (id uuid, client_id text, at timestamptz, endpoint text, error text, reason text, params jsonb)
    join registry.client on client.client_id = seen.client_id
    where client.environment = 'sandbox' or seen.error is not null
    on conflict (id) do nothing`);
  const clients = [...new Set(requests.map(({ clientId }) => clientId))];
  await db.run(sql`
    delete from registry.seen_request where id in (
      select id from (
        select id, row_number() over (partition by client_id, (error is null) order by at desc, id desc) as place
        from registry.seen_request where client_id = any(${clients}::text[])) as ranked
      where place > ${most})`);
}

export interface Figure {
  readonly stage: FunnelStage;
  readonly outcome: string;
  readonly count: number;
}

export async function figures(db: Queryable, clientId: string, since: Date): Promise<readonly Figure[]> {
  return await db.rows<Figure>(sql`
    select stage, outcome, sum(count)::bigint as count from registry.activity
    where client_id = ${clientId} and hour > ${since}::timestamptz - interval '1 hour'
    group by stage, outcome order by count desc, outcome`);
}

export async function lastRequests(db: Queryable, clientId: string, most: number): Promise<readonly Seen[]> {
  const rows = await db.rows<
    Omit<Seen, 'error' | 'reason'> & { readonly error: string | null; readonly reason: string | null }
  >(sql`
    select at, endpoint, error, reason, params from registry.seen_request
    where client_id = ${clientId} order by at desc, id desc limit ${most}`);
  return rows.map((row) => ({ ...row, error: row.error ?? undefined, reason: row.reason ?? undefined }));
}

export async function forget(db: Queryable, figuresBefore: Date, requestsBefore: Date): Promise<void> {
  await db.run(sql`delete from registry.activity where hour < ${figuresBefore}`);
  await db.run(sql`delete from registry.seen_request where at < ${requestsBefore}`);
}

export interface TeamRow {
  readonly clientId: string;
  readonly name: Bilingual;
  readonly environment: Environment;
  readonly enabled: boolean;
  readonly unitId: string;
  readonly unitName: Bilingual;
  /** Codes given since then. */
  readonly logins: number;
  readonly lastAt: Date | null;
}

/** The clients of these units and below, sandbox ones first; `path` is read as a range of its index. */
export async function clientsBelow(
  db: Queryable,
  scopes: readonly string[],
  since: Date,
  most: number,
): Promise<readonly TeamRow[]> {
  return await db.rows<TeamRow>(sql`
    select client.client_id as "clientId", client.metadata -> 'name' as name, client.environment, client.enabled,
      client.unit_id as "unitId", unit.name as "unitName",
      (select coalesce(sum(activity.count), 0)::bigint from registry.activity
        where activity.client_id = client.client_id and activity.stage = 'code' and activity.outcome = 'ok'
          and activity.hour > ${since}) as logins,
      (select max(at) from registry.seen_request where seen_request.client_id = client.client_id) as "lastAt"
    from unnest(${scopes}::text[]) as scope (path)
      join registry.unit on unit.path >= scope.path and unit.path < scope.path || '~'
      join registry.client on client.unit_id = unit.id
    where client.state <> 'retired'
    order by client.environment desc, client.created_at desc, client.client_id limit ${most}`);
}
