// The made-up terminal in the whole system: from a printed ticket to two officers' word, in a browser without scripts.
import { createBlindIndex } from '../../idp/platform/crypto/blind-index.ts';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { createCitizens, parsePhone } from '../../idp/citizens/citizens.ts';
import { createSealer } from '../../idp/platform/crypto/seal.ts';
import { createTickets } from '../../idp/proofing/authorities/counter/tickets.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import type { CaseId } from '../../idp/proofing/proofing.ts';
import { testApp, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';

let system: TestApp;
let page: string;
beforeAll(async () => {
  system = await testApp();
  page = `${system.sandbox.hub}/counter-terminal`;
});
afterAll(() => system.close());

/** An open case of a persona with an account, and the ticket for it. */
async function newTicket(): Promise<string> {
  const { app, database } = system;
  const parts = {
    postgres: database.postgres,
    clock: systemClock,
    index: createBlindIndex(app.keyring),
    lifeSeconds: 600,
  };
  const citizens = createCitizens({ ...parts, sealer: createSealer(app.keyring) });
  const phone = parsePhone((await system.persona('unverified')).phone);
  const citizenId = phone && (await citizens.findByPhone(phone));
  if (!citizenId) throw new Error('the persona has no account');
  const [at, caseId] = [systemClock.now(), uuidv7(systemClock.now()) as CaseId];
  return app.audit.change(async (tx) => {
    await tx.run(sql`delete from proofing.case where citizen_id = ${citizenId}`);
    await tx.run(sql`
      insert into proofing.case (citizen_id, id, state, wanted, name_sealed, number_sealed, request_ids, findings,
        attempts, created_at, updated_at, version)
      values (${citizenId}, ${caseId}, 'waiting', 4, '\\x00', '\\x00', '{}', '[]', 0, ${at}, ${at}, 1)`);
    return createTickets(parts).issue(tx, citizenId, caseId);
  });
}

/** The form under the case, as it stands when a document is put on the reader. */
const scan = (browser: Browser, { text }: Page, fields: Record<string, string>): Promise<Page> => {
  const { ticket = '' } = /name="ticket" value="(?<ticket>[\w-]+)"/.exec(text)?.groups ?? {};
  expect(text).toContain('<select id="persona" name="persona"');
  const ticked = [...text.matchAll(/name="(\w+)" value="yes" checked/g)].map(([, name = '']) => [
    name,
    'yes',
  ]);
  expect(ticked).toHaveLength(2);
  return browser.post(`${page}/submission`, { ticket, ...Object.fromEntries(ticked), ...fields });
};

const last = async (): Promise<Record<string, unknown>> =>
  (await system.database.postgres.row<Record<string, unknown>>(
    sql`select state, officer, approver, facts, reason from proofing.submission order by created_at desc limit 1`,
  )) ?? {};

test('an officer finds the case, scans, submits, and a second one approves', async () => {
  const browser = createBrowser();
  const found = await browser.submit(await browser.get(page), { ticket: await newTicket() });
  expect(found.status).toBe(200);
  expect(found.text).toContain('139****0003');
  expect(found.text).not.toContain('13900010003');
  const submitted = await scan(browser, found, { persona: 'unverified' });
  expect(submitted.text).toContain('submitted');
  expect(await last()).toMatchObject({ state: 'submitted', facts: { chipRead: true, faceCompared: true } });
  const { submission = '' } =
    /name="submission" value="(?<submission>[\w-]+)"/.exec(submitted.text)?.groups ?? {};
  const approve = { submission, decision: 'approve' };
  const other = await browser.post(`${page}/approval`, { ...approve, persona: 'verified' });
  expect(other.text).toContain('conflict');
  const approved = await browser.post(`${page}/approval`, { ...approve, persona: 'unverified' });
  expect(approved.text).toContain('approved');
  const { state, officer, approver } = await last();
  expect(state).toBe('approved');
  expect([String(officer), String(approver)]).toEqual([
    expect.stringMatching(/^sandbox-first-/),
    expect.stringMatching(/^sandbox-second-/),
  ]);
  for (const { url } of [found, submitted, approved]) expect(new URL(url).search).toBe('');
});

test('a submission is found again by its ticket, and rejected with a reason', async () => {
  const ticket = await newTicket();
  const browser = createBrowser();
  const found = await browser.submit(await browser.get(page), { ticket });
  await scan(browser, found, { persona: 'child', guardian: 'yes' });
  const again = await browser.submit(await browser.get(page), { ticket });
  expect(again.text).toContain('name="reason"');
  const { submission } = /name="submission" value="(?<submission>[\w-]+)"/.exec(again.text)?.groups ?? {};
  const rejected = await browser.post(`${page}/approval`, {
    submission: submission ?? '',
    decision: 'reject',
    reason: 'guardian_doubtful',
  });
  expect(rejected.text).toContain('rejected');
  expect(await last()).toMatchObject({
    state: 'rejected',
    reason: 'guardian_doubtful',
    facts: { guardian: true },
  });
});

test('what the system refuses is shown as it came', async () => {
  const browser = createBrowser();
  const unknown = await browser.submit(await browser.get(page), { ticket: '1A2B-3C4D-5E6F' });
  expect(unknown.text).toContain('not_found');
  const found = await browser.submit(await browser.get(page), { ticket: await newTicket() });
  const alone = await scan(browser, found, { persona: 'child' });
  expect(alone.text).toContain('[&quot;guardian&quot;]');
  const nobody = await browser.post(`${page}/submission`, { ticket: 'x', persona: 'nobody' });
  expect(nobody.status).toBe(400);
});

test('another site cannot act as an officer', async () => {
  for (const path of ['lookup', 'submission', 'approval']) {
    const answer = await fetch(`${page}/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ticket: 'x' }),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
  }
});

test('the page has no script, and is linked from the hub', async () => {
  const answer = await fetch(page);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await answer.text()).not.toContain('<script');
  expect(await (await fetch(system.sandbox.hub)).text()).toContain('/counter-terminal"');
});

test('a second node of the same system has a desk of its own', async () => {
  const second = await testApp({ beside: system });
  try {
    const browser = createBrowser();
    const start = await browser.get(`${second.sandbox.hub}/counter-terminal`);
    expect((await browser.submit(start, { ticket: await newTicket() })).text).toContain('139****0003');
  } finally {
    await second.close();
  }
});
