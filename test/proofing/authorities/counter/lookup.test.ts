// Tickets, and what an officer learns by them. Refusals first.
import { createHash, randomUUID } from 'node:crypto';
import type { Answer } from '../../../platform/http/serving.ts';
import {
  DOCUMENT,
  FACTS,
  LOOKUP,
  SUBMISSIONS,
  bodyOf,
  counterFixture,
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
const told = (answer: Answer): readonly unknown[] => [answer.status, bodyOf(answer)['error']];
const eventsOf = async (caseId: string): Promise<readonly Record<string, unknown>[]> =>
  (
    await fixture.tamper(
      `select type, actor, citizen_id, reference, data from audit.event where data ->> 'caseId' = $1 order by at, id`,
      [caseId],
    )
  ).rows as Record<string, unknown>[];

describe('a ticket', () => {
  test('is twelve letters that are read as nothing else, and no two are alike', async () => {
    const tickets: string[] = [];
    for (let n = 0; n < 40; n += 1) tickets.push((await fixture.open()).ticket);
    for (const ticket of tickets)
      expect(ticket).toMatch(/^([0-9A-HJKMNP-TV-Z]{4})(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(new Set(tickets).size).toBe(40);
  });

  test('is found however it is typed', async () => {
    const { ticket, caseId } = await fixture.open();
    const plain = ticket.replaceAll('-', '');
    const misread = plain.toLowerCase().replaceAll('0', 'o').replace('1', 'i').replaceAll('1', 'L');
    for (const typed of [ticket, plain, ` ${plain.slice(0, 5)} ${plain.slice(5)}\u3000`, misread])
      expect(bodyOf(await lookUp(typed))['case']).toBe(caseId);
  });

  test.each([
    '',
    '1A2B',
    '1A2B-3C4D-5E6U',
    '1A2B-3C4D-5E6F',
    '１A2B-3C4D-5E6F',
    'x'.repeat(40),
    '\u0000'.repeat(12),
  ])('that was never issued is not found: %j', async (ticket) => {
    expect(told(await lookUp(ticket))).toEqual([404, 'not_found']);
  });

  test('that has expired is as one that was never issued', async () => {
    const { ticket } = await fixture.open();
    fixture.clock.forward(30 * 86_400);
    const [expired, never] = [await lookUp(ticket), await lookUp('1A2B-3C4D-5E6F')];
    expect(expired.status).toBe(never.status);
    expect(Object.keys(bodyOf(expired))).toEqual(Object.keys(bodyOf(never)));
    expect(told(await fixture.post(SUBMISSIONS, { ticket, document: DOCUMENT, facts: FACTS }))).toEqual([
      404,
      'not_found',
    ]);
  });

  test('that was issued before the index key rotated is taken until it expires', async () => {
    const { ticket } = await fixture.open();
    await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('index', tx));
    expect((await lookUp(ticket)).status).toBe(200);
    expect((await lookUp((await fixture.open()).ticket)).status).toBe(200);
  });

  test('cannot be guessed: a terminal has forty in ten minutes, whoever sits there', async () => {
    const { ticket } = await fixture.open();
    for (let n = 0; n < 40; n += 1)
      await lookUp(randomUUID().slice(0, 12), { signers: [fixture.terminal, fixture.officers[n % 3]!] });
    const over = await lookUp(ticket);
    expect(told(over)).toEqual([429, 'too_many']);
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    expect(told(await fixture.post(SUBMISSIONS, { ticket, document: DOCUMENT, facts: FACTS }))[0]).toBe(429);
    expect((await lookUp(ticket, { signers: [fixture.other, fixture.officers[0]] })).status).toBe(200);
  });

  test('stands nowhere as it was printed, and its digest is keyed', async () => {
    const { ticket, caseId } = await fixture.open();
    const { rows } = await fixture.tamper('select * from proofing.ticket where case_id = $1', [caseId]);
    const [kept] = rows as [{ digest: Buffer }];
    for (const text of [ticket, ticket.replaceAll('-', '')])
      expect(kept.digest.equals(createHash('sha256').update(text).digest())).toBe(false);
    expect(kept.digest).toHaveLength(32);
  });

  test('that nobody issued is noted, with who asked', async () => {
    await lookUp('ZZZZ-ZZZZ-ZZZZ', { signers: [fixture.other, fixture.officers[2]] });
    await fixture.audit.flush();
    const { rows } = await fixture.tamper(
      `select actor, data from audit.event where type = 'counter.ticket_unknown' and data ->> 'terminal' = 'hz-2'`,
    );
    expect(rows).toEqual([{ actor: 'officer:o-103', data: { office: 'hangzhou', terminal: 'hz-2' } }]);
  });
});

describe('a lookup', () => {
  test('tells what the officer needs and nothing more', async () => {
    const { ticket, caseId } = await fixture.open();
    const answer = await lookUp(ticket);
    expect(bodyOf(answer)).toEqual({
      case: caseId,
      wanted: 4,
      opened_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      state: 'open',
      phone: expect.stringMatching(/^139\*{4}\d{4}$/),
      submission: null,
    });
  });

  test('is written down before it is answered: who, where, about whom', async () => {
    const { ticket, caseId, citizenId } = await fixture.open();
    const answer = await lookUp(ticket);
    expect((await eventsOf(caseId)).at(-1)).toEqual({
      type: 'counter.case_looked_up',
      actor: 'officer:o-101',
      citizen_id: citizenId,
      reference: answer.headers['x-reference'],
      data: { office: 'hangzhou', terminal: 'hz-1', caseId },
    });
  });

  test('tells of what waits for the second officer in its own office only', async () => {
    const opened = await fixture.open();
    const id = await fixture.submitted(opened);
    expect(bodyOf(await lookUp(opened.ticket))['submission']).toEqual({ id, state: 'submitted' });
    const { terminal, officer } = fixture.elsewhere;
    expect(bodyOf(await lookUp(opened.ticket, { signers: [terminal, officer] }))['submission']).toBeNull();
  });

  test.each(['handed', 'review', 'refused', 'waiting', 'open'])(
    'finds a case that is %s: what failed online is what a counter is for',
    async (state) => {
      expect(bodyOf(await lookUp((await fixture.open({ state })).ticket))['state']).toBe('open');
    },
  );

  test('of a case that is proven says that it is closed, and nothing can be submitted', async () => {
    const { ticket } = await fixture.open({ state: 'proven' });
    expect(bodyOf(await lookUp(ticket))['state']).toBe('closed');
    const answer = await fixture.post(SUBMISSIONS, { ticket, document: DOCUMENT, facts: FACTS });
    expect(told(answer)).toEqual([409, 'conflict']);
  });
});
