// The scale that lists must bear: 50,000 clients in 3,000 units of four provinces, 10,000 posts; one statement each.
import pg from 'pg';
import {
  createClientSearch,
  createPostSearch,
  type Actor,
  type ClientSearch,
  type PostSearch,
  type Role,
  type UnitId,
} from '../../../idp/registry/registry.ts';
import { testClock, type TestClock } from '../../support/clock.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

export interface ListFixture {
  readonly database: TestDatabase;
  readonly search: ClientSearch & PostSearch;
  readonly clock: TestClock;
  /** Runs any SQL. */
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

export const actorOf = (role: Role, path: string): Actor => ({
  name: 'operator:test',
  operatorId: undefined,
  kind: 'person',
  posts: [{ role, path, unitId: (path.split('/').at(-2) ?? '') as UnitId }],
  fresh: true,
});

export const machine: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

/** Unit n hangs below province n mod 4; client n belongs to unit n mod 3000. */
const SEED = `
  insert into registry.unit (id, name, level, parent_id, path, created_at)
    select 'p' || n, jsonb_build_object('zh-CN', n || '省', 'en', 'Province ' || n), 'province', 'cn', 'cn/p' || n || '/', now()
    from generate_series(0, 3) n;
  insert into registry.unit (id, name, level, parent_id, path, created_at)
    select 'u' || n, jsonb_build_object('zh-CN', n || '局', 'en', 'Bureau ' || n), 'department', 'p' || n % 4,
      'cn/p' || n % 4 || '/u' || n || '/', now()
    from generate_series(0, 2999) n;
  insert into registry.client (client_id, unit_id, metadata, enabled, version, created_at, updated_at, environment, state)
    select 'c' || n, 'u' || n % 3000, jsonb_build_object(
        'name', jsonb_build_object('zh-CN', '住房公积金第' || n || '号', 'en', 'Housing Fund ' || n),
        'domain', 'fund' || n || '.example.gov.cn', 'minimumLevel', 'l' || 1 + n % 4,
        'metadata', jsonb_build_object('redirect_uris', jsonb_build_array('https://fund' || n || '.example.gov.cn/' || repeat('cb', 300))),
        'claims', case when n % 100 = 0 then '{"id_number": {}}' else '{"name": {}}' end::jsonb),
      n % 10 <> 0, 1, timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' - n * interval '1 second',
      case when n % 5 = 0 then 'sandbox' else 'production' end, case when n % 10 = 0 then 'suspended' else 'live' end
    from generate_series(0, 49999) n;
  insert into registry.operator (id, citizen_id, created_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, now()
    from generate_series(0, 9999) n;
  insert into registry.post (id, operator_id, unit_id, role, granted_by, granted_at, certified_at, certified_by, leaves_at)
    select ('00000000-0000-7000-a000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
      'u' || n % 3000, 'developer', 'system', $now$, $now$::timestamptz - n % 130 * interval '1 day', 'system',
      case when n % 50 = 0 then $now$::timestamptz + interval '10 days' end
    from generate_series(0, 9999) n;
  `;

export async function listFixture(): Promise<ListFixture> {
  const database = await testDatabase(4);
  const clock = testClock();
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(SEED.replaceAll('$now$', `'${clock.now().toISOString()}'`));
  await admin.query('vacuum analyze registry.client');
  await admin.query('analyze registry.unit, registry.post, registry.operator');
  const parts = { postgres: database.postgres, clock };
  return {
    database,
    clock,
    search: { ...createClientSearch(parts), ...createPostSearch(parts) },
    query: (text, values = []) => admin.query(text, [...values]),
    async close() {
      await admin.end();
      await database.close();
    },
  };
}
