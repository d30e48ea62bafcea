import { auditFeature, auditSettings, createTrail, type Trail } from '../../idp/audit/audit.ts';
import { auditFixture, entered, type AuditFixture } from './fixture.ts';

let fixture: AuditFixture;
beforeEach(async () => {
  fixture = await auditFixture();
});
afterEach(() => fixture.close());

const trail = (): Trail => createTrail({ ...fixture, postgres: fixture.database.postgres });

async function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const command = auditFeature(fixture.audit, trail()).commands?.[0];
  const code = await command?.run(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code: code ?? -1, out: out.join('\n'), err: err.join('\n') };
}

describe('audit verify', () => {
  test('refuses an option that it does not know and a head that is none', async () => {
    expect(await verify('--haed')).toMatchObject({ code: 1, err: expect.stringContaining('"--haed"') });
    expect(await verify('--head', 'abc')).toMatchObject({ code: 1, err: expect.stringContaining('64 hex') });
    expect(await verify('--head')).toMatchObject({ code: 1 });
  });

  test('exits with 1 and names the fault', async () => {
    fixture.audit.note(entered('portal'));
    await fixture.audit.flush();
    await fixture.audit.seal();
    await fixture.tamper(`update audit.event set actor = 'system'`);
    const printed = await verify();
    expect(printed).toMatchObject({ code: 1, err: expect.stringMatching(/^batch 1, event .*: edited$/) });
    expect(printed.out).toContain('NOT SOUND: 1 events, 1 batches, 0 not sealed yet, 1 faults');
  });

  test('exits with 0 and prints the head, which a later run accepts', async () => {
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('head (none yet)') });
    fixture.audit.note(entered('portal'));
    await fixture.audit.flush();
    await fixture.audit.seal();
    const { code, out } = await verify('--json');
    const { head } = JSON.parse(out) as { head: string };
    expect([code, head]).toEqual([0, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(await verify('--head', head)).toMatchObject({ code: 0, err: '' });
  });
});

test('the jobs seal, prepare days and check, on one node at a time', async () => {
  const jobs = auditFeature(fixture.audit, trail()).jobs ?? [];
  expect(jobs.map((job) => [job.name, job.everySeconds, job.exclusive])).toEqual([
    ['audit.seal', 5, true],
    ['audit.prepare_days', 3_600, true],
    ['audit.check', 60, true],
  ]);
  fixture.audit.note(entered('portal'));
  await fixture.audit.flush();
  for (const job of jobs) await job.run();
  expect(await fixture.audit.verify()).toMatchObject({ batches: 1, unsealed: 1 });
});

test('a setting without a unit is refused', () => {
  expect(auditSettings.safeParse({ flushInterval: '1s', sealInterval: '5s' }).success).toBe(true);
  expect(auditSettings.safeParse({ flushInterval: '1', sealInterval: '5s' }).success).toBe(false);
});
