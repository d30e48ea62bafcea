// What cannot be done online is done at a counter: from the page that says no to the account that is proven.
import {
  metadataOf,
  citizenBrowser,
  byCode,
  headingOf,
  prove,
  serviceOf,
} from '../resilience/trial-client.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, type Page } from '../support/browser.ts';

let system: TestApp;
const service = serviceOf(() => system.issuer, 'visit', 'visit-secret-0123456789abcdef');
beforeAll(async () => {
  system = await testApp();
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
});
afterAll(() => system.close());

const TICKET = /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}/;

/** Registers a persona and tries to prove their name online. Returns the page that says how it went. */
async function tryOnline(persona: Persona): Promise<{ readonly page: Page; readonly ticket: string }> {
  const browser = citizenBrowser();
  const url = service.begin({ acr_values: 'urn:tongxing:acr:l2' }).url;
  const password = await byCode(browser, url, persona.phone, system, { register: true });
  const proving = await browser.submit(password, { password: persona.password });
  const page = await prove(browser, proving, persona);
  const [ticket = ''] = TICKET.exec(page.text) ?? [];
  return { page, ticket };
}

/** What two officers do at the made-up terminal. */
async function visit(ticket: string, scan: Record<string, string>, decision: object): Promise<string> {
  const browser = createBrowser();
  const terminal = `${system.sandbox.hub}/counter-terminal`;
  const submitted = await browser.post(`${terminal}/submission`, {
    ticket,
    chip_read: 'yes',
    face_compared: 'yes',
    ...scan,
  });
  const { id } = /name="submission" value="(?<id>[\w-]+)"/.exec(submitted.text)?.groups ?? {};
  if (id === undefined) throw new Error(`not submitted: ${submitted.text}`);
  const persona = scan['persona'] ?? '';
  return (await browser.post(`${terminal}/approval`, { submission: id, persona, ...decision })).text;
}

const level = (id: string): Promise<object | undefined> =>
  system.database.postgres.row(sql`
    select citizen.ial, proofing.case.state, proofing.case.way from citizens.citizen
    join proofing.case on proofing.case.citizen_id = citizen.id where proofing.case.id::text = ${id}`);

const caseOf = async (ticket: string): Promise<string> => {
  const browser = createBrowser();
  const terminal = `${system.sandbox.hub}/counter-terminal`;
  const found = await browser.post(`${terminal}/lookup`, { ticket });
  return /<dt>case<\/dt><dd[^>]*>([\w-]+)</.exec(found.text)?.[1] ?? '';
};

const evidence = (id: string): Promise<object[]> =>
  system.database.postgres.rows(sql`
    select evidence.method, evidence.ial, evidence.document_kind, evidence.details from proofing.evidence
    join proofing.case on proofing.case.citizen_id = evidence.citizen_id
    where proofing.case.id::text = ${id} and evidence.authority = 'counter'`);

test('a child and a guardian: refused online, proven at the counter at the highest level, and told', async () => {
  const child = await system.persona('child');
  const { page, ticket } = await tryOnline(child);
  expect(ticket).toMatch(TICKET);
  expect(headingOf(page)).not.toBe('');
  const id = await caseOf(ticket);
  expect(await level(id)).toMatchObject({ ial: 0, state: 'refused' });
  expect(await visit(ticket, { persona: 'child', guardian: 'yes' }, { decision: 'approve' })).toContain(
    'approved',
  );
  expect(await level(id)).toEqual({ ial: 4, state: 'proven', way: 'counter' });
  expect((await system.message(child.phone, 1)).text).toContain('实名认证已完成');
  expect(await evidence(id)).toEqual([
    {
      method: 'counter.chip_and_officers',
      ial: 4,
      document_kind: 'CN_RIC',
      details: {
        office: 'sandbox',
        terminal: expect.stringMatching(/^sandbox-terminal-/),
        officer: expect.stringMatching(/^sandbox-first-/),
        approver: expect.stringMatching(/^sandbox-second-/),
        chip_read: 'yes',
        face_compared: 'yes',
      },
    },
  ]);
});

test('somebody whom no register knows is proven at the counter after a first rejection', async () => {
  const { ticket } = await tryOnline(await system.persona('not-found'));
  const id = await caseOf(ticket);
  const reject = { decision: 'reject', reason: 'entries_wrong' };
  expect(await visit(ticket, { persona: 'not-found' }, reject)).toContain('rejected');
  expect(await level(id)).toMatchObject({ ial: 0, state: 'refused' });
  expect(await visit(ticket, { persona: 'not-found' }, { decision: 'approve' })).toContain('approved');
  expect(await level(id)).toEqual({ ial: 4, state: 'proven', way: 'counter' });
});

test('whoever chooses the counter is given a number, and goes on where they were when it is done', async () => {
  const persona = await system.persona('passport-holder');
  const browser = citizenBrowser();
  const url = service.begin({ acr_values: 'urn:tongxing:acr:l2' }).url;
  const password = await byCode(browser, url, persona.phone, system, { register: true });
  const proving = await browser.submit(password, { password: persona.password });
  const documents = await browser.submit(proving, { choose: 'document' });
  const typing = await browser.submit(documents, { document: 'PASSPORT' });
  const ways = await browser.submit(typing, { choose: 'way' });
  expect(ways.text).toContain('到柜台办理');
  const chosen = await browser.submit(ways, { way: 'counter' });
  const given = await browser.submit(chosen, { begin: '1' });
  const [ticket = ''] = TICKET.exec(given.text) ?? [];
  const looked = await browser.submit(given, {});
  expect(looked.text).toContain(ticket);
  expect(await visit(ticket, { persona: 'passport-holder' }, { decision: 'approve' })).toContain('approved');
  // Nothing is left to prove: the next page is the service's consent.
  expect(headingOf(await browser.submit(looked, {}))).toContain('想获取您的以下信息');
});
