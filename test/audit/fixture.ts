// An audit over a database of its own, and a superuser who is not bound by anything.
import pg from 'pg';
import { createAudit, type Audit } from '../../idp/audit/audit.ts';
import type { AuditEvent } from '../../idp/audit/events.ts';
import { fixedKeyring } from '../support/keyring.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import type { Keyring } from '../../idp/platform/crypto/keyring.ts';

export interface AuditFixture {
  readonly database: TestDatabase;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly clock: TestClock;
  readonly errors: Error[];
  /** Runs SQL as the superuser, past the triggers. */
  tamper(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

export async function auditFixture(poolSize = 20): Promise<AuditFixture> {
  const database = await testDatabase(poolSize);
  const clock = testClock();
  const keyring = fixedKeyring(clock);
  const errors: Error[] = [];
  const audit = createAudit({
    postgres: database.postgres,
    keyring,
    clock,
    flushMs: 50,
    onError: (error) => errors.push(error),
  });
  const superuser = new pg.Client({ connectionString: database.url });
  await superuser.connect();
  await superuser.query('set session_replication_role = replica');
  return {
    database,
    audit,
    keyring,
    clock,
    errors,
    tamper: (text, values = []) => superuser.query(text, [...values]),
    async close() {
      await audit.close();
      await superuser.end();
      await database.close();
    },
  };
}

export const CITIZEN = '0198a000-0000-7000-8000-000000000001';

export const entered = (clientId: string): AuditEvent => ({
  type: 'service.entered',
  data: { acr: 'urn:tongxing:acr:l1', interactive: false },
  citizenId: CITIZEN,
  clientId,
  actor: `citizen:${CITIZEN}`,
  reference: '9D4K-70BZ',
});
