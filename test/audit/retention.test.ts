// What was kept long enough goes, exactly that, batch by batch; looking first changes nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { retentionFeature } from '../../idp/audit/retention/retention.ts';
import type { Records, RetentionRule } from '../../idp/audit/audit.ts';
import type { Command } from '../../idp/platform/http/feature.ts';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { postgresDump } from '../resilience/everything-kept.ts';
import { testApp, type TestApp } from '../support/app.ts';

let system: TestApp;

interface Told {
  readonly table: string;
  readonly days: number | null;
  readonly due?: number;
  readonly removed?: number;
}

const run = (text: string, values: readonly unknown[] = []): Promise<number> =>
  system.database.postgres.run({ name: '', text, values });
const rows = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  system.database.postgres.rows<Row>({ name: '', text, values });

beforeAll(async () => {
  system = await testApp();
  // The job runs shortly after the start: what is planted afterwards waits for the test.
  for (;;) {
    const metrics = await (await fetch(system.metricsUrl)).text();
    if (/job_runs_total\{job="retention",outcome="done"\} 1/.test(metrics)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}, 15_000);
afterAll(() => system.close());

async function command(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const found = system.app.commands.find(({ name }) => name === 'retention') as Command;
  const out: string[] = [];
  const err: string[] = [];
  const code = await found.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}
const told = async (...args: string[]): Promise<readonly Told[]> =>
  JSON.parse((await command(...args, '--json')).out.join('')) as readonly Told[];
const counts = (list: readonly Told[], member: 'due' | 'removed'): Record<string, number | undefined> =>
  Object.fromEntries(list.filter(({ days }) => days !== null).map((rule) => [rule.table, rule[member]]));

const citizen = (): string => uuidv7(new Date());
const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000);

async function plantCase(state: string, changed: Date): Promise<void> {
  const sealed = state === 'waiting' ? Buffer.from('sealed') : null;
  await run(
    `insert into proofing.case (citizen_id, id, state, wanted, name_sealed, number_sealed, request_ids, findings,
       attempts, created_at, updated_at, version) values ($1, $2, $3, 2, $4, $4, '{}', '[]', 1, $5, $5, 1)`,
    [citizen(), citizen(), state, sealed, changed],
  );
}

async function plantEvidence(closed: Date | null): Promise<void> {
  await run(
    `insert into proofing.evidence (citizen_id, id, method, authority, transaction, at, ial, document_kind,
       account_closed_at) values ($1, $2, 'm', 'a', 't', $3, 2, 'CN_RIC', $4)`,
    [citizen(), citizen(), ago(3000), closed],
  );
}

const plantConsent = (expired: Date): Promise<number> =>
  run(
    "insert into oidc.consent (citizen_id, client_id, payload, given_at, expires_at) values ($1, 'c', '{}', $2, $2)",
    [citizen(), expired],
  );

async function plantToken(expired: Date): Promise<void> {
  const [id, digest] = [citizen(), Buffer.from(citizen())];
  await run('insert into oidc.refresh_lookup (digest, citizen_id) values ($1, $2)', [digest, id]);
  await run(
    "insert into oidc.refresh_token (citizen_id, digest, client_id, payload, expires_at) values ($1, $2, 'c', '{}', $3)",
    [id, digest, expired],
  );
}

const plantDelivery = (created: Date): Promise<number> =>
  run(
    `insert into oidc.logout_delivery (id, client_id, citizen_id, sid, next_at, created_at)
     values ($1, 'c', $2, '', now() + interval '1 day', $3)`,
    [citizen(), citizen(), created],
  );

const plantProbe = (failed: Date): Promise<number> =>
  run('insert into proofing.probe (digest, citizen_id, at) values ($1, $2, $3)', [
    randomBytes(32),
    citizen(),
    failed,
  ]);

const plantTicket = (expired: Date): Promise<number> =>
  run(
    'insert into proofing.ticket (digest, citizen_id, case_id, created_at, expires_at) values ($1, $2, $2, $3, $3)',
    [randomBytes(32), citizen(), expired],
  );

const plantVisit = (closed: Date | null): Promise<number> =>
  run(
    `insert into proofing.submission (citizen_id, id, case_id, office, terminal, officer, facts, state, approver,
       created_at, expires_at, decided_at, account_closed_at, version)
     values ($1, $1, $1, 'o', 't', 'a', '{}', 'approved', 'b', $2, $2, $2, $3, 1)`,
    [citizen(), ago(3000), closed],
  );

/** Of each kind one that is due, one that is nearly, and what is never due by age alone. */
async function plant(): Promise<void> {
  for (const state of ['proven', 'refused']) for (const days of [179, 181]) await plantCase(state, ago(days));
  await plantCase('waiting', ago(400));
  for (const closed of [ago(1094), ago(1096), null]) await plantEvidence(closed);
  for (const days of [-1, 1094, 1096]) await plantConsent(ago(days));
  for (const days of [-1, 0.9, 1.1]) await plantToken(ago(days));
  for (const days of [6, 8]) await plantDelivery(ago(days));
  for (const days of [0.9, 1.1]) await plantProbe(ago(days));
  for (const days of [-0.1, 0.1]) await plantTicket(ago(days));
  for (const closed of [ago(1094), ago(1096), null]) await plantVisit(closed);
}

const DUE = {
  'citizens.recovery': 0,
  'devices.device': 0,
  'proofing.case': 2,
  'proofing.evidence': 1,
  'proofing.probe': 1,
  'proofing.ticket': 1,
  'proofing.submission': 1,
  'oidc.consent': 1,
  'oidc.refresh_token': 1,
  'oidc.logout_delivery': 1,
};

const kept = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    [...(await postgresDump(system.database.url))].filter(([place]) =>
      /table (proofing|oidc|citizens|factors)\./.test(place),
    ),
  );

describe('the command', () => {
  beforeEach(async () => {
    for (const table of ['proofing.case', 'proofing.evidence', 'oidc.consent', 'oidc.refresh_token'])
      await run(`delete from ${table}`);
    for (const table of ['oidc.refresh_lookup', 'oidc.logout_delivery', 'proofing.probe', 'proofing.ticket'])
      await run(`delete from ${table}`);
    await run('delete from proofing.submission');
    await plant();
  });

  test('refuses what it does not know, and does nothing', async () => {
    const before = await kept();
    expect(await command('--dry')).toMatchObject({ code: 1, out: [] });
    expect(await kept()).toEqual(before);
  });

  test('says with --dry-run what is due, and changes nothing', async () => {
    const before = await kept();
    expect(counts(await told('--dry-run'), 'due')).toEqual(DUE);
    expect(await kept()).toEqual(before);
  });

  test('removes exactly what is due, once', async () => {
    expect(counts(await told(), 'removed')).toEqual(DUE);
    const left = async (table: string): Promise<number> => (await rows(`select 1 from ${table}`)).length;
    expect(await left('proofing.case')).toBe(3);
    expect(await left('proofing.evidence')).toBe(2);
    expect(await left('proofing.probe')).toBe(1);
    expect(await left('proofing.ticket')).toBe(1);
    expect(await left('proofing.submission')).toBe(2);
    expect(await left('oidc.consent')).toBe(2);
    expect(await left('oidc.refresh_token')).toBe(2);
    expect(await left('oidc.refresh_lookup')).toBe(2);
    expect(await left('oidc.logout_delivery')).toBe(1);
    const [oldest] = await rows<{ at: Date }>(
      "select min(updated_at) as at from proofing.case where state <> 'waiting'",
    );
    expect(oldest?.at.getTime()).toBeGreaterThan(ago(180).getTime());
    expect(Object.values(counts(await told(), 'removed')).every((count) => count === 0)).toBe(true);
  });

  test('lists every rule with its reason, those too under which nothing is removed', async () => {
    const { out } = await command('--dry-run');
    const text = out.join('\n');
    expect(text).toMatch(/^audit\.event: every event, for good.*Cybersecurity Law/m);
    expect(text).toMatch(/^ {2}after 180 days: 2 due$/m);
    expect(await told('--dry-run')).toContainEqual(
      expect.objectContaining({ table: 'audit.event', days: null, due: 0 }),
    );
    for (const { rules } of system.app.records)
      for (const { table } of rules) expect(text).toContain(`${table}: `);
  });
});

test('the job goes batch by batch, each with its event, and the chain holds', async () => {
  await run(
    `insert into oidc.consent (citizen_id, client_id, payload, given_at, expires_at)
     select gen_random_uuid(), 'many', '{}', $1, $1 from generate_series(1, 1201)`,
    [ago(1200)],
  );
  await run("delete from oidc.consent where client_id = 'c'");
  const since = new Date();
  const job = system.app.features.flatMap(({ jobs }) => jobs ?? []).find(({ name }) => name === 'retention');
  expect(job).toMatchObject({ everySeconds: 86_400, exclusive: true });
  await Promise.all([job?.run(), job?.run()]);
  expect(await rows("select 1 from oidc.consent where client_id = 'many'")).toEqual([]);
  const events = await rows<{ data: { table: string; rows: number } }>(
    "select data from audit.event where type = 'retention.removed' and at >= $1",
    [since],
  );
  const gone = events.filter(({ data }) => data.table === 'oidc.consent').map(({ data }) => data.rows);
  expect(gone.reduce((sum, count) => sum + count, 0)).toBe(1201);
  expect(Math.max(...gone)).toBe(500);
  await system.app.audit.seal();
  expect(await system.app.audit.verify()).toMatchObject({ sound: true });
});

test('a table that cannot be cleared does not hold up the next, and is told of', async () => {
  const removed: string[] = [];
  const rule = (table: string, remove: () => Promise<number>): RetentionRule => ({
    table,
    keeps: 'a day',
    why: 'a test',
    removal: { days: 1, due: () => Promise.resolve(0), remove },
  });
  const broken = rule('some.broken', () => Promise.reject(new Error('no such table')));
  const sound = rule('some.sound', () => {
    removed.push('some.sound');
    return Promise.resolve(0);
  });
  const part: Records = {
    name: 'part',
    rules: [broken, sound],
    exportOf: () => Promise.resolve(null),
    erase: () => Promise.resolve(),
  };
  const { jobs } = retentionFeature({ records: [part], audit: system.app.audit, clock: systemClock });
  await expect(jobs?.[0]?.run()).rejects.toThrow('retention failed for some tables');
  expect(removed).toEqual(['some.sound']);
});
