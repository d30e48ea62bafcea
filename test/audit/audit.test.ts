import { createAudit } from '../../idp/audit/audit.ts';
import { Fault } from '../../idp/platform/base/errors.ts';
import { sql, type Postgres } from '../../idp/platform/store/postgres.ts';
import { auditFixture, CITIZEN, entered, type AuditFixture } from './fixture.ts';

let fixture: AuditFixture;
beforeEach(async () => {
  fixture = await auditFixture();
  await fixture.tamper('create table public.thing (id integer primary key)');
});
afterEach(() => fixture.close());

const things = async (): Promise<number> => (await fixture.tamper('select from public.thing')).rowCount ?? 0;
const events = async (): Promise<number> => (await fixture.tamper('select from audit.event')).rowCount ?? 0;

describe('a change', () => {
  test('that says nothing of itself is rolled back with an error', async () => {
    const change = fixture.audit.change((tx) => tx.run(sql`insert into public.thing values (1)`));
    await expect(change).rejects.toThrow('without an audit event');
    await expect(change).rejects.not.toBeInstanceOf(Fault);
    expect(await things()).toBe(0);
  });

  test('that fails leaves neither the change nor its event', async () => {
    const change = fixture.audit.change(async (tx) => {
      tx.record(entered('portal'));
      await tx.run(sql`insert into public.thing values (2)`);
      throw new Fault('conflict');
    });
    await expect(change).rejects.toMatchObject({ code: 'conflict' });
    expect([await things(), await events()]).toEqual([0, 0]);
  });

  test('commits with all its events', async () => {
    const result = await fixture.audit.change(async (tx) => {
      await tx.run(sql`insert into public.thing values (3)`);
      tx.record(entered('first'));
      tx.record(entered('second'));
      return 'kept';
    });
    expect([result, await things()]).toEqual(['kept', 1]);
    const rows = await fixture.tamper('select client_id from audit.event order by at, id');
    expect(rows.rows).toHaveLength(2);
  });

  test('that only read needs no event', async () => {
    await expect(
      fixture.audit.change((tx) => tx.row(sql`select count(*) as n from public.thing`)),
    ).resolves.toEqual({ n: 0 });
  });

  test('that finds nothing to do returns its result, and what it may have written is undone', async () => {
    const result = await fixture.audit.change(async (tx) => {
      await tx.run(sql`insert into public.thing values (4)`);
      tx.unchanged();
      return 'taken';
    });
    expect([result, await things()]).toEqual(['taken', 0]);
  });

  test('that has an event commits even if one of its parts found nothing to do', async () => {
    await fixture.audit.change(async (tx) => {
      tx.unchanged();
      await tx.run(sql`insert into public.thing values (5)`);
      tx.record(entered('portal'));
    });
    expect([await things(), await events()]).toEqual([1, 1]);
  });
});

describe('a note', () => {
  test('is written after the flush interval, many in one statement', async () => {
    for (let place = 0; place < 99; place += 1) fixture.audit.note(entered(`service-${place}`));
    expect(await events()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await events()).toBe(99);
  });

  test('is written at once when a hundred wait', async () => {
    const slow = createAudit({
      ...fixture,
      postgres: fixture.database.postgres,
      flushMs: 60_000,
      onError: (error) => fixture.errors.push(error),
    });
    for (let place = 0; place < 100; place += 1) slow.note(entered('portal'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await events()).toBe(100);
    await slow.close();
  });

  test('is written at closing', async () => {
    fixture.audit.note(entered('portal'));
    await fixture.audit.close();
    expect(await events()).toBe(1);
  });

  test('that the store refuses is dropped and told of, and holds up no other', async () => {
    fixture.audit.note(entered('good'));
    fixture.audit.note({ ...entered('bad'), reference: 'nul \u0000' });
    fixture.audit.note(entered('good too'));
    await fixture.audit.flush();
    expect(await events()).toBe(2);
    expect(fixture.errors.map((error) => error.message)).toEqual([
      'an audit note of type service.entered was dropped',
    ]);
  });
});

test('notes outlive an outage of the store, and are written once', async () => {
  const errors: Error[] = [];
  let down = true;
  const real = fixture.database.postgres;
  // The connection breaks after the commit, the worst moment: the writer cannot know that it succeeded.
  const flaky: Postgres = {
    ...real,
    async run(statement) {
      const count = await real.run(statement);
      if (down) throw new Fault('unavailable', { retryAfterSeconds: 5 });
      return count;
    },
  };
  const audit = createAudit({
    ...fixture,
    postgres: flaky,
    flushMs: 10,
    onError: (error) => errors.push(error),
  });
  for (let place = 0; place < 150; place += 1) audit.note(entered(`service-${place}`));
  await expect(audit.flush()).rejects.toMatchObject({ code: 'unavailable' });
  down = false;
  await audit.close();
  expect(await events()).toBe(150);
  expect(await fixture.audit.seal()).toBe(150);
  expect((await fixture.audit.verify()).faults).toEqual([]);
});

test('an outage that lasts does not fill the memory: events beyond the bound are dropped and told of', async () => {
  const errors: Error[] = [];
  const down: Postgres = {
    ...fixture.database.postgres,
    run: () => Promise.reject(new Fault('unavailable', { retryAfterSeconds: 5 })),
  };
  const audit = createAudit({
    ...fixture,
    postgres: down,
    flushMs: 60_000,
    onError: (error) => errors.push(error),
  });
  for (let place = 0; place < 10_001; place += 1) audit.note(entered('portal'));
  await audit.close();
  expect(errors.map((error) => error.message)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('the store is down for too long'),
      '10000 audit notes were lost at closing',
    ]),
  );
});

describe('sealing', () => {
  test('loses nothing while a hundred changes commit and two sealers run', async () => {
    const writers = { busy: true };
    const sealer = async (): Promise<number> => {
      let sealed = 0;
      while (writers.busy) sealed += await fixture.audit.seal();
      return sealed;
    };
    const sealers = [sealer(), sealer()];
    await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        fixture.audit.change(async (tx) => {
          tx.record(entered(`service-${place}`));
          await tx.run(sql`insert into public.thing values (${place})`);
          tx.record(entered(`service-${place}-too`));
        }),
      ),
    );
    writers.busy = false;
    const sealed = (await Promise.all(sealers)).reduce((sum, count) => sum + count, 0);
    const rest = await fixture.audit.seal();
    expect(sealed + rest).toBe(200);
    expect(await fixture.audit.verify()).toMatchObject({ sound: true, events: 200, unsealed: 0, faults: [] });
  });

  test('seals an event whose transaction committed after younger ones were sealed', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = fixture.audit.change(async (tx) => {
      tx.record(entered('late'));
      await held;
    });
    fixture.audit.note(entered('early'));
    await fixture.audit.flush();
    expect(await fixture.audit.seal()).toBe(1);
    release();
    await late;
    expect(await fixture.audit.seal()).toBe(1);
    expect((await fixture.audit.verify()).sound).toBe(true);
  });

  test('goes on batch after batch until nothing waits', async () => {
    for (let place = 0; place < 2_300; place += 1) fixture.audit.note(entered(`service-${place}`));
    await fixture.audit.flush();
    expect(await fixture.audit.seal()).toBe(2_300);
    expect(await fixture.audit.verify()).toMatchObject({ sound: true, batches: 3, events: 2_300 });
  });

  test('steps back while another node seals', async () => {
    await fixture.tamper(`select pg_advisory_lock(hashtextextended('audit.seal', 0))`);
    fixture.audit.note(entered('portal'));
    await fixture.audit.flush();
    expect(await fixture.audit.seal()).toBe(0);
    expect(await fixture.audit.verify()).toMatchObject({ sound: true, unsealed: 1, head: '' });
  });
});

describe('the history of a citizen', () => {
  test('is newest first, of that citizen only, as many as asked', async () => {
    for (const clientId of ['a', 'b', 'c']) {
      fixture.clock.forward(1);
      fixture.audit.note(entered(clientId));
    }
    fixture.audit.note({ ...entered('other'), citizenId: '0198a000-0000-7000-8000-000000000002' });
    await fixture.audit.flush();
    const records = await fixture.audit.history(CITIZEN, 2);
    expect(records.map((record) => record.clientId)).toEqual(['c', 'b']);
    expect(records[0]).toEqual({ ...entered('c'), id: expect.any(String), at: expect.any(Date) });
  });
});

describe('the days', () => {
  const parts = async (): Promise<readonly string[]> => {
    const found = await fixture.tamper(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit.event'::regclass order by 1`,
    );
    return found.rows.map((row: { name: string }) => row.name);
  };

  test('of the coming week are prepared by the migration', async () => {
    const today = `audit.event_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await parts()).toEqual(expect.arrayContaining([today, 'audit.event_rest']));
    expect((await parts()).length).toBeGreaterThanOrEqual(9);
  });

  test('are prepared once, also by many at the same time', async () => {
    fixture.clock.forward(100 * 86_400);
    const made = await Promise.all(Array.from({ length: 10 }, () => fixture.audit.prepareDays(3)));
    expect(made.reduce((sum, count) => sum + count)).toBe(3);
  });

  test('take over what the net had caught, and the seals hold', async () => {
    fixture.clock.forward(200 * 86_400);
    fixture.audit.note(entered('unprepared'));
    await fixture.audit.flush();
    await fixture.audit.seal();
    expect((await fixture.tamper('select from audit.event_rest')).rowCount).toBe(1);
    await fixture.audit.prepareDays(1);
    expect((await fixture.tamper('select from audit.event_rest')).rowCount).toBe(0);
    expect(await fixture.audit.verify()).toMatchObject({ sound: true, events: 1 });
  });
});
