// SQL of the checklist. What it finds decides nothing, so it is no audited change.
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Found } from './looks.ts';

/** Undefined: no such client. */
export async function pathOf(db: Queryable, clientId: string): Promise<string | undefined> {
  const row = await db.row<{ path: string }>(sql`
    select unit.path from registry.client join registry.unit on unit.id = client.unit_id
    where client.client_id = ${clientId}`);
  return row?.path;
}

export interface CheckRow extends Found {
  readonly item: string;
  readonly at: Date;
  readonly passedAt: Date | null;
}

export async function checksOf(db: Queryable, clientId: string): Promise<readonly CheckRow[]> {
  return await db.rows<CheckRow>(sql`
    select item, found, reason, params, at, passed_at as "passedAt" from registry.golive_check
    where client_id = ${clientId}`);
}

/** What was seen of requests stays seen: they scroll out of the last twenty. */
export async function keepChecks(
  db: Queryable,
  clientId: string,
  found: readonly (Found & { readonly item: string })[],
  at: Date,
): Promise<void> {
  await db.run(sql`
    insert into registry.golive_check (client_id, item, found, reason, params, at, passed_at)
    select ${clientId}, item, found, reason, params, ${at}::timestamptz,
      case when found = 'passed' then ${at}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as one
      (item text, found text, reason text, params jsonb)
    on conflict (client_id, item) do update set at = excluded.at,
      found = case when excluded.found = 'open' then golive_check.found else excluded.found end,
      reason = case when excluded.found = 'open' then golive_check.reason else excluded.reason end,
      params = case when excluded.found = 'open' then golive_check.params else excluded.params end,
      passed_at = coalesce(excluded.passed_at, golive_check.passed_at)`);
}
