// A day at the counter with planted people: nothing of them stands in a log, an address, a plain column or an answer
// that is not theirs to give.
import { findings, postgresDump } from '../../../resilience/everything-kept.ts';
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
  counterFixture,
  type CounterFixture,
} from './fixture.ts';

let fixture: CounterFixture;
const answers: Answer[] = [];
const planted: Record<string, string[]> = {
  name: [DOCUMENT.name, CHILD.name, GUARDIAN.name],
  number: [DOCUMENT.number, CHILD.number, GUARDIAN.number],
  birthdate: [DOCUMENT.birthdate, CHILD.birthdate],
  phone: [],
  ticket: [],
};

beforeAll(async () => {
  fixture = await counterFixture(() =>
    Promise.reject(new Error(`planted ${DOCUMENT.name} ${DOCUMENT.number}`)),
  );
  const second = { signers: [fixture.terminal, fixture.officers[1]] };
  for (const [what, decision] of [
    [{ document: DOCUMENT, facts: FACTS }, APPROVE],
    [{ document: CHILD, facts: FACTS, guardian: GUARDIAN }, approvalFor(CHILD)],
    [{ document: CHILD, facts: FACTS, guardian: GUARDIAN }, REJECT],
  ] as const) {
    const opened = await fixture.open();
    planted['ticket']?.push(opened.ticket, opened.ticket.replaceAll('-', ''));
    answers.push(await fixture.post(LOOKUP, { ticket: opened.ticket }));
    // What is wrong is named, not repeated.
    answers.push(await fixture.post(SUBMISSIONS, { ticket: opened.ticket, ...what, [DOCUMENT.name]: 1 }));
    answers.push(
      await fixture.post(SUBMISSIONS, {
        ticket: opened.ticket,
        ...what,
        document: { ...what.document, name: '1' },
      }),
    );
    const id = await fixture.submitted(opened, what);
    answers.push(await fixture.post(SUBMISSIONS, { ticket: opened.ticket, ...what }));
    answers.push(await fixture.post(approvalOf(id), { decision: DOCUMENT.name }, second));
    answers.push(await fixture.post(approvalOf(id), decision, second));
    answers.push(await fixture.post(LOOKUP, { ticket: opened.ticket }));
  }
  planted['phone'] = ['13900010001', '13900010002', '13900010003'];
  await fixture.audit.flush();
});
afterAll(() => fixture.close());

test('the day met approvals, rejections, refusals and trouble', () => {
  expect([...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b)).toEqual([200, 409, 422]);
  expect(fixture.lines.length).toBe(3);
});

test('no answer holds any of it', () => {
  expect(findings(new Map(answers.map(({ text }, n) => [`answer ${n}`, text])), planted)).toEqual([]);
});

test('no log line holds any of it', () => {
  const lines = [...fixture.lines, ...fixture.serving.lines].map((line) => JSON.stringify(line));
  expect(lines.length).toBeGreaterThan(10);
  expect(findings(new Map([['log', lines.join('\n')]]), planted)).toEqual([]);
});

test('no table holds any of it', async () => {
  const kept = await postgresDump(fixture.database.url);
  for (const table of ['submission', 'ticket', 'officer', 'terminal', 'office'])
    expect([...kept.keys()].some((place) => place.includes(`proofing.${table}`))).toBe(true);
  expect(findings(kept, planted)).toEqual([]);
});

test('every column says what kind of thing it holds, and what is personal is sealed', async () => {
  const { rows } = await fixture.tamper(
    `select attribute.attname as name, format_type(attribute.atttypid, null) as type,
       col_description(attribute.attrelid, attribute.attnum) as comment
     from pg_attribute attribute
     where attribute.attnum > 0 and attribute.attrelid = any(array['proofing.office', 'proofing.terminal',
       'proofing.officer', 'proofing.ticket', 'proofing.submission']::regclass[])`,
  );
  const columns = rows as { name: string; type: string; comment: string | null }[];
  expect(columns.length).toBe(39);
  for (const { name, type, comment } of columns) {
    expect([name, comment]).toEqual([
      name,
      expect.stringMatching(/^(public|internal|pseudonym|personal \(sealed\)|secret \(hashed\)): .+/),
    ]);
    if (comment?.startsWith('personal')) expect([name.endsWith('_sealed'), type]).toEqual([true, 'bytea']);
  }
});
