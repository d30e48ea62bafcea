// What one officer submits and another decides. Refusals first.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../../platform/http/serving.ts';
import {
  APPROVE,
  approvalFor,
  CHILD,
  DOCUMENT,
  FACTS,
  GUARDIAN,
  LOOKUP,
  REJECT,
  SUBMISSIONS,
  approvalOf,
  bodyOf,
  counterFixture,
  newSigner,
  type CounterFixture,
  type Signing,
} from './fixture.ts';

let fixture: CounterFixture;
beforeAll(async () => {
  fixture = await counterFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.tamper("delete from platform.ephemeral where key like 'limit:%'"));

const lookUp = (ticket: string, signing?: Signing): Promise<Answer> =>
  fixture.post(LOOKUP, { ticket }, signing);
const second = (): Signing => ({ signers: [fixture.terminal, fixture.officers[1]] });
const decide = (id: string, decision: object, signing = second()): Promise<Answer> =>
  fixture.post(approvalOf(id), decision, signing);
const told = (answer: Answer): readonly unknown[] => [answer.status, bodyOf(answer)['error']];
const row = async (id: string): Promise<Record<string, unknown>> =>
  (await fixture.tamper('select * from proofing.submission where id = $1', [id])).rows[0] as Record<
    string,
    unknown
  >;
const eventsOf = async (caseId: string): Promise<readonly Record<string, unknown>[]> =>
  (
    await fixture.tamper(
      `select type, actor, citizen_id, reference, data from audit.event where data ->> 'caseId' = $1 order by at, id`,
      [caseId],
    )
  ).rows as Record<string, unknown>[];

const submission = async (changes: object): Promise<Answer> => {
  const { ticket } = await fixture.open();
  return fixture.post(SUBMISSIONS, { ticket, document: DOCUMENT, facts: FACTS, ...changes });
};

describe('a submission', () => {
  test.each<[string, object, readonly string[]]>([
    ['no document', { document: undefined }, ['document']],
    ['no facts', { facts: {} }, Object.keys(FACTS).map((name) => `facts.${name}`)],
    ['facts that are words', { facts: { ...FACTS, chip_read: 'yes' } }, ['facts.chip_read']],
    ['more than is asked for', { photo: 'x' }, ['payload']],
    ['more about the document', { document: { ...DOCUMENT, photo: 'x' } }, ['document']],
    ['an unknown kind of document', { document: { ...DOCUMENT, kind: 'LIBRARY_CARD' } }, ['document.kind']],
    [
      'a number that is none',
      { document: { ...DOCUMENT, number: '330102199211053484' } },
      ['document.number'],
    ],
    ['a name that is none', { document: { ...DOCUMENT, name: '<b>' } }, ['document.name']],
    [
      'another birthday than the number’s',
      { document: { ...DOCUMENT, birthdate: '1992-11-06' } },
      ['document.birthdate'],
    ],
    ['another gender than the number’s', { document: { ...DOCUMENT, gender: 'male' } }, ['document.gender']],
    ['no chip', { facts: { ...FACTS, chip_read: false } }, ['facts.chip_read']],
    ['no face', { facts: { ...FACTS, face_compared: false } }, ['facts.face_compared']],
    ['a child alone', { document: CHILD }, ['guardian']],
    ['a guardian of a grown-up', { guardian: GUARDIAN }, ['guardian']],
    [
      'a child that is its own guardian',
      { document: CHILD, guardian: { kind: 'CN_RIC', name: CHILD.name, number: CHILD.number } },
      ['guardian.number'],
    ],
    [
      'a guardian who is a minor',
      { document: CHILD, guardian: { kind: 'CN_RIC', name: '白小川', number: '330106201109015232' } },
      ['guardian.number'],
    ],
    [
      'a guardian without a name',
      { document: CHILD, guardian: { ...GUARDIAN, name: '1' } },
      ['guardian.name'],
    ],
    [
      'a passport of no state',
      { document: { ...DOCUMENT, kind: 'PASSPORT', number: 'E12345678' } },
      ['document.issuer'],
    ],
  ])('with %s is refused by the name of what is wrong', async (_, changes, members) => {
    const answer = await submission(changes);
    expect([answer.status, bodyOf(answer)]).toEqual([
      422,
      { error: 'bad_request', members, reference: answer.headers['x-reference'] },
    ]);
  });

  test.each<[string, object]>([
    ['a child with a guardian', { document: CHILD, guardian: GUARDIAN }],
    [
      'a document that has expired, without chip and face',
      { facts: { ...FACTS, chip_read: false, face_compared: false, document_expired: true } },
    ],
    [
      'a child’s document that was lost, without a guardian',
      { document: CHILD, facts: { ...FACTS, reported_lost: true } },
    ],
    [
      'a passport with its state',
      { document: { ...DOCUMENT, kind: 'PASSPORT', number: 'E12345678', issuer: 'CHN', name: 'HE, YUTONG' } },
    ],
    [
      'a residence permit',
      {
        document: {
          kind: 'HM_PERMIT',
          number: 'H1234567801',
          name: '陈大文',
          birthdate: '1984-03-05',
          gender: 'male',
        },
      },
    ],
  ])('of %s is taken', async (_, changes) => {
    const answer = await submission(changes);
    expect([answer.status, bodyOf(answer)]).toEqual([
      201,
      { submission: expect.any(String), state: 'submitted', expires_at: expect.any(String) },
    ]);
  });

  test('is the only one about its case, until it has expired', async () => {
    const opened = await fixture.open();
    const id = await fixture.submitted(opened);
    const again = { ticket: opened.ticket, document: DOCUMENT, facts: FACTS };
    expect(told(await fixture.post(SUBMISSIONS, again, second()))).toEqual([409, 'conflict']);
    fixture.clock.forward(86_401);
    expect(bodyOf(await lookUp(opened.ticket))['submission']).toEqual({ id, state: 'expired' });
    expect(told(await decide(id, APPROVE))).toEqual([409, 'conflict']);
    expect((await fixture.post(SUBMISSIONS, again)).status).toBe(201);
    expect(await row(id)).toMatchObject({ state: 'expired', document_sealed: null });
    expect((await eventsOf(opened.caseId)).map(({ type }) => type)).toContain('counter.expired');
  });

  test('may be made anew after a rejection, not after an approval', async () => {
    const opened = await fixture.open();
    const again = { ticket: opened.ticket, document: DOCUMENT, facts: FACTS };
    await decide(await fixture.submitted(opened), REJECT);
    const id = await fixture.submitted(opened);
    await decide(id, APPROVE);
    expect(told(await fixture.post(SUBMISSIONS, again))).toEqual([409, 'conflict']);
  });

  test('is audited in the same transaction, without anybody’s name', async () => {
    const { caseId, citizenId, ...rest } = await fixture.open();
    const id = await fixture.submitted({ caseId, citizenId, ...rest });
    expect((await eventsOf(caseId)).at(-1)).toMatchObject({
      type: 'counter.submitted',
      actor: 'officer:o-101',
      citizen_id: citizenId,
      data: { office: 'hangzhou', terminal: 'hz-1', caseId, submission: id },
    });
  });
});

describe('a decision', () => {
  test.each<[string, object, readonly string[]]>([
    ['of nothing', {}, ['decision']],
    ['of another kind', { decision: 'perhaps' }, ['decision']],
    ['against without a reason', { decision: 'reject' }, ['reason']],
    ['against for a reason in free words', { decision: 'reject', reason: '何语桐 不像' }, ['reason']],
    ['for it, with a reason', { ...APPROVE, reason: 'face_differs' }, ['payload']],
    ['for it, without reading the document', { decision: 'approve' }, ['document']],
    [
      'for it, with a number that cannot be',
      approvalFor({ ...DOCUMENT, number: '330102199211053484' }),
      ['document.number'],
    ],
  ])('%s is refused', async (_, decision, members) => {
    const answer = await decide(await fixture.submitted(await fixture.open()), decision);
    expect([answer.status, bodyOf(answer)['members']]).toEqual([422, members]);
  });

  test.each([
    ['another person', GUARDIAN],
    ['another name on the same number', { ...DOCUMENT, name: '何雨桐' }],
  ])('for a document of %s than the first officer read is no approval', async (_, document) => {
    const id = await fixture.submitted(await fixture.open());
    expect(told(await decide(id, approvalFor(document)))).toEqual([409, 'conflict']);
    expect(await row(id)).toMatchObject({ state: 'submitted', approver: null });
    expect((await decide(id, APPROVE)).status).toBe(200);
  });

  test.each([APPROVE, REJECT])('is never the submitter’s own: %j', async (decision) => {
    const id = await fixture.submitted(await fixture.open());
    for (const terminal of [fixture.terminal, fixture.other]) {
      const own = await decide(id, decision, { signers: [terminal, fixture.officers[0]] });
      expect(told(own)).toEqual([403, 'forbidden']);
    }
    expect(await row(id)).toMatchObject({ state: 'submitted', approver: null });
  });

  test('cannot be the submitter’s own past the program either', async () => {
    const id = await fixture.submitted(await fixture.open());
    await expect(
      fixture.tamper(
        `update proofing.submission set state = 'approved', approver = officer, decided_at = now() where id = $1`,
        [id],
      ),
    ).rejects.toThrow('check constraint');
  });

  test.each(['hangzhou', randomUUID(), 'x%20y', '1'])(
    'about %s, which is nothing, is not found',
    async (id) => {
      expect(told(await decide(id, APPROVE))).toEqual([404, 'not_found']);
    },
  );

  test('about another office’s submission is as about none', async () => {
    const id = await fixture.submitted(await fixture.open());
    const { terminal, officer } = fixture.elsewhere;
    expect(told(await decide(id, APPROVE, { signers: [terminal, officer] }))).toEqual([404, 'not_found']);
  });

  test('comes too late when the case is closed', async () => {
    const opened = await fixture.open();
    const id = await fixture.submitted(opened);
    await fixture.tamper("update proofing.case set state = 'proven' where id = $1", [opened.caseId]);
    for (const decision of [APPROVE, REJECT])
      expect(told(await decide(id, decision))).toEqual([409, 'conflict']);
  });

  test('for it tells the case at once, and says who', async () => {
    const opened = await fixture.open();
    const id = await fixture.submitted(opened);
    const answer = await decide(id, APPROVE);
    expect([answer.status, bodyOf(answer)]).toEqual([200, { submission: id, state: 'approved' }]);
    expect(fixture.decided.at(-1)).toEqual([opened.citizenId, opened.caseId]);
    expect(await row(id)).toMatchObject({ state: 'approved', approver: 'o-102', reason: null, version: 2 });
    expect((await eventsOf(opened.caseId)).at(-1)).toMatchObject({
      type: 'counter.approved',
      actor: 'officer:o-102',
      data: { office: 'hangzhou', terminal: 'hz-1', caseId: opened.caseId, submission: id },
    });
  });

  test('against it tells the case too, and forgets whom it was about', async () => {
    const opened = await fixture.open();
    const id = await fixture.submitted(opened, { document: CHILD, guardian: GUARDIAN });
    expect(bodyOf(await decide(id, REJECT))).toEqual({ submission: id, state: 'rejected' });
    expect(fixture.decided.at(-1)).toEqual([opened.citizenId, opened.caseId]);
    expect(await row(id)).toMatchObject({
      document_sealed: null,
      guardian_sealed: null,
      reason: 'face_differs',
    });
    expect((await eventsOf(opened.caseId)).at(-1)).toMatchObject({
      type: 'counter.rejected',
      data: { reason: 'face_differs' },
    });
  });

  test('does not count what a key submitted that was disabled since', async () => {
    const { directory } = fixture.counter;
    const stolen = await newSigner('o-104');
    await directory.addOfficer({ id: 'o-104', office: 'hangzhou', key: stolen.jwk }, 'test');
    const id = await fixture.submitted(await fixture.open(), {}, { signers: [fixture.terminal, stolen] });
    await directory.disableOfficer('o-104', 'test');
    expect(told(await decide(id, APPROVE))).toEqual([409, 'conflict']);
    expect((await decide(id, REJECT)).status).toBe(200);
  });

  test('stands although the case cannot take it just now, and is told again until it can', async () => {
    let trouble = true;
    const broken = await counterFixture(() =>
      trouble ? Promise.reject(new Error('planted trouble')) : Promise.resolve(),
    );
    try {
      const opened = await broken.open();
      const id = await broken.submitted(opened);
      const answer = await broken.post(approvalOf(id), APPROVE, {
        signers: [broken.terminal, broken.officers[1]],
      });
      expect(bodyOf(answer)).toEqual({ submission: id, state: 'approved' });
      expect(broken.lines).toEqual([expect.objectContaining({ level: 'error', part: 'counter' })]);
      await broken.runJobs();
      expect(broken.decided).toHaveLength(1);
      broken.clock.forward(61);
      await broken.runJobs();
      expect(broken.decided).toHaveLength(2);
      trouble = false;
      for (let n = 0; n < 3; n += 1) await broken.runJobs();
      expect(broken.decided).toHaveLength(3);
      expect(new Set(broken.decided.map(([citizenId]) => citizenId))).toEqual(new Set([opened.citizenId]));
    } finally {
      await broken.close();
    }
  });
});
