// Two people act at once: one of them wins, the others are told, and what is written is one story.
import { type Answer } from '../../../platform/http/serving.ts';
import {
  APPROVE,
  DOCUMENT,
  FACTS,
  REJECT,
  SUBMISSIONS,
  approvalOf,
  bodyOf,
  counterFixture,
  type CounterFixture,
} from './fixture.ts';

let fixture: CounterFixture;
beforeAll(async () => {
  fixture = await counterFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.tamper("delete from platform.ephemeral where key like 'limit:%'"));

const by = (n: number, id: string, decision: object): Promise<Answer> =>
  fixture.post(approvalOf(id), decision, { signers: [fixture.terminal, fixture.officers[1 + (n % 2)]!] });
const statuses = (answers: readonly Answer[]): readonly number[] =>
  answers.map(({ status }) => status).sort((a, b) => a - b);
const kept = async (text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
  (await fixture.tamper(text, values)).rows as Record<string, unknown>[];

test('of a hundred approvals at once one wins, and the others are told', async () => {
  const opened = await fixture.open();
  const id = await fixture.submitted(opened);
  const before = fixture.decided.length;
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => by(n, id, APPROVE)));
  expect(statuses(answers)).toEqual([200, ...Array.from({ length: 99 }, () => 409)]);
  for (const answer of answers)
    if (answer.status === 409)
      expect(bodyOf(answer)).toEqual({ error: 'conflict', reference: answer.headers['x-reference'] });
  const events = await kept(
    `select type from audit.event where data ->> 'submission' = $1 and type <> 'counter.submitted'`,
    [id],
  );
  expect(events).toEqual([{ type: 'counter.approved' }]);
  expect(fixture.decided.length - before).toBe(1);
});

test('approved or rejected, never both', async () => {
  const won: string[] = [];
  for (let round = 0; round < 15; round += 1) {
    await fixture.tamper("delete from platform.ephemeral where key like 'limit:%'");
    const id = await fixture.submitted(await fixture.open());
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => by(n, id, (n + round) % 2 === 0 ? APPROVE : REJECT)),
    );
    expect(statuses(answers)).toEqual([200, 409, 409, 409, 409, 409]);
    const state = bodyOf(answers.find(({ status }) => status === 200)!)['state'];
    const [row] = await kept(
      'select state, approver, document_sealed is null as erased, version from proofing.submission where id = $1',
      [id],
    );
    expect(row).toMatchObject({ state, erased: state === 'rejected', version: 2 });
    const events = await kept(
      `select type from audit.event where data ->> 'submission' = $1 and type <> 'counter.submitted'`,
      [id],
    );
    expect(events).toEqual([{ type: `counter.${String(state)}` }]);
    won.push(String(state));
  }
  expect(new Set(won).size).toBe(2);
});

test('of thirty submissions for one case at once one is taken', async () => {
  const { ticket, caseId } = await fixture.open();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      fixture.post(
        SUBMISSIONS,
        { ticket, document: DOCUMENT, facts: FACTS },
        { signers: [fixture.terminal, fixture.officers[n % 3]!] },
      ),
    ),
  );
  expect(statuses(answers)).toEqual([201, ...Array.from({ length: 29 }, () => 409)]);
  expect(await kept('select id from proofing.submission where case_id = $1', [caseId])).toHaveLength(1);
});

test('what expires while it is approved is either, and is written once', async () => {
  const opened = await fixture.open();
  const id = await fixture.submitted(opened);
  fixture.clock.forward(86_401);
  const [answer] = await Promise.all([by(0, id, APPROVE), fixture.runJobs()]);
  expect(answer.status).toBe(409);
  expect(await kept('select state, version from proofing.submission where id = $1', [id])).toEqual([
    { state: 'expired', version: 2 },
  ]);
});

test('of two nodes that sweep at once each event is written once', async () => {
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(await fixture.submitted(await fixture.open()));
  fixture.clock.forward(86_401);
  await Promise.all([fixture.runJobs(), fixture.runJobs(), fixture.runJobs()]);
  for (const id of ids)
    expect(
      await kept(`select type from audit.event where data ->> 'submission' = $1 order by at`, [id]),
    ).toEqual([{ type: 'counter.submitted' }, { type: 'counter.expired' }]);
});
