// What is kept about a citizen at the counters: told in the copy, erased with the account, ended in time.
import { counterRecords } from '../../../../idp/proofing/authorities/counter/counter.ts';
import {
  APPROVE,
  approvalFor,
  CHILD,
  DOCUMENT,
  GUARDIAN,
  REJECT,
  approvalOf,
  counterFixture,
  type CounterFixture,
  type Opened,
} from './fixture.ts';

const DAY = 86_400;

let fixture: CounterFixture;
beforeAll(async () => {
  fixture = await counterFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.tamper("delete from platform.ephemeral where key like 'limit:%'"));

const records = () => counterRecords({ postgres: fixture.database.postgres, keepEvidenceDays: 1095 });
const rows = async (table: string, { citizenId }: Opened): Promise<number> =>
  (await fixture.tamper(`select 1 from ${table} where citizen_id = $1`, [citizenId])).rows.length;

async function decided(decision: object, changes: object = {}): Promise<Opened> {
  const opened = await fixture.open();
  const id = await fixture.submitted(opened, changes);
  await fixture.post(approvalOf(id), decision, { signers: [fixture.terminal, fixture.officers[1]] });
  return opened;
}

/** What the daily job does. */
async function retain(table: string): Promise<number> {
  const removal = records().rules.find((rule) => rule.table === table)?.removal;
  if (!removal) throw new Error(`nothing is removed from ${table}`);
  const before = new Date(fixture.clock.now().getTime() - removal.days * DAY * 1000);
  const due = await removal.due(before);
  const removed = await fixture.audit.change(async (tx) => {
    tx.record({ type: 'retention.removed', data: { table, rows: 0 }, actor: 'system' });
    return removal.remove(tx, before, 500);
  });
  expect(removed).toBe(due);
  return removed;
}

test('the copy tells of each visit, and of no document and no guardian', async () => {
  const opened = await decided(REJECT);
  await fixture.submitted(opened, { document: CHILD, guardian: GUARDIAN });
  const told = await records().exportOf(opened.citizenId);
  expect(told).toEqual([
    expect.objectContaining({
      office: '杭州市政务服务大厅',
      outcome: 'pending',
      facts: expect.arrayContaining(['guardian: yes', 'chipRead: yes', 'deceased: no']),
    }),
    expect.objectContaining({ outcome: 'failed', reason: 'face_differs', changed_at: expect.any(String) }),
  ]);
  const text = JSON.stringify(told);
  for (const value of [DOCUMENT.name, DOCUMENT.number, CHILD.name, GUARDIAN.name, GUARDIAN.number, 'o-101'])
    expect(text).not.toContain(value);
});

const close = ({ citizenId }: Opened): Promise<void> =>
  fixture.audit.change(async (tx) => {
    await records().erase(tx, citizenId, fixture.clock.now());
    tx.record({ type: 'citizen.closed', data: { reason: 'own_wish' }, citizenId, actor: 'system' });
  });

test('closing the account removes its tickets and what officers read, and nobody else’s', async () => {
  const [mine, theirs] = [
    await decided(approvalFor(CHILD), { document: CHILD, guardian: GUARDIAN }),
    await decided(APPROVE),
  ];
  const waiting = await fixture.open();
  await fixture.submitted(waiting);
  for (const each of [mine, waiting]) await close(each);
  expect([await rows('proofing.ticket', mine), await rows('proofing.ticket', theirs)]).toEqual([0, 1]);
  const kept = await fixture.tamper(
    `select citizen_id, state, document_sealed is null and guardian_sealed is null as empty from proofing.submission`,
  );
  const of = ({ citizenId }: Opened): unknown =>
    kept.rows.find((row: { citizen_id: string }) => row.citizen_id === citizenId);
  expect(of(mine)).toMatchObject({ state: 'approved', empty: true });
  expect(of(waiting)).toMatchObject({ state: 'expired', empty: true });
  expect(of(theirs)).toMatchObject({ state: 'approved', empty: false });
});

test('a ticket goes when it has expired, a visit three years after the account was closed', async () => {
  const [open, closed] = [await decided(APPROVE), await decided(REJECT)];
  await close(closed);
  await retain('proofing.ticket');
  expect(await rows('proofing.ticket', open)).toBe(1);
  fixture.clock.forward(30 * DAY + 1);
  await retain('proofing.ticket');
  expect(await rows('proofing.ticket', open)).toBe(0);
  fixture.clock.forward(1064 * DAY);
  await retain('proofing.submission');
  expect(await rows('proofing.submission', closed)).toBe(1);
  fixture.clock.forward(2 * DAY);
  await retain('proofing.submission');
  expect([await rows('proofing.submission', open), await rows('proofing.submission', closed)]).toEqual([
    1, 0,
  ]);
});
