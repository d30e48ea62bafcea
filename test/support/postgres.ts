// A database of one's own for each test file.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openPostgres, type Postgres } from '../../idp/platform/store/postgres.ts';

export interface TestDatabase {
  readonly url: string;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

/** Copies the migrated template. The server comes from global-setup.ts. */
export async function testDatabase(poolSize = 10): Promise<TestDatabase> {
  const server = process.env['TEST_POSTGRES'];
  if (!server) throw new Error('no PostgreSQL: run the tests through "npm test"');
  const name = `t_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client({ connectionString: `${server}/postgres` });
  await admin.connect();
  // Two copies of one template at the same time fail: take turns.
  await admin.query('select pg_advisory_lock(1)');
  await admin.query(`create database ${name} template tongxing_template`);
  await admin.end();
  const url = `${server}/${name}`;
  const postgres = openPostgres({ url, poolSize, statementTimeoutMs: 30_000, onIdleError: () => undefined });
  return { url, postgres, close: () => postgres.close() };
}
