// What every authority must do, for the one that is asked nothing over HTTP: its answer is what two officers left.
import { randomUUID } from 'node:crypto';
import { meaning } from '../../../../idp/proofing/authorities/counter/authority.ts';
import type { DocumentNumber } from '../../../../idp/citizens/citizens.ts';
import type { Claimed, ClaimedDocument, Finding } from '../../../../idp/proofing/proofing.ts';
import {
  approvalFor,
  CHILD,
  DOCUMENT,
  FACTS,
  GUARDIAN,
  REJECT,
  approvalOf,
  counterFixture,
  type CounterFixture,
  type Opened,
} from './fixture.ts';

let fixture: CounterFixture;
beforeAll(async () => {
  fixture = await counterFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.tamper("delete from platform.ephemeral where key like 'limit:%'"));

const claim = (changes: Partial<ClaimedDocument> = {}): ClaimedDocument => ({
  kind: 'CN_RIC',
  name: DOCUMENT.name,
  number: DOCUMENT.number as DocumentNumber,
  birthdate: DOCUMENT.birthdate,
  ...changes,
});

const examine = (
  { citizenId, caseId }: Opened,
  document?: Claimed['document'],
  requestId: string = randomUUID(),
): Promise<Finding> =>
  fixture.counter.authority.examine(
    { document, about: { citizenId, caseId }, phone: undefined, more: {}, reference: undefined },
    requestId,
  );

async function decided(
  changes: { readonly document?: typeof DOCUMENT; readonly guardian?: object; readonly facts?: object } = {},
  decision: object = approvalFor(changes.document ?? DOCUMENT),
): Promise<Opened> {
  const opened = await fixture.open();
  const id = await fixture.submitted(opened, changes);
  const signers = [fixture.terminal, fixture.officers[1]];
  const { status } = await fixture.post(approvalOf(id), decision, { signers });
  expect(status).toBe(200);
  return opened;
}

const facts = (changes: object): object => ({ facts: { ...FACTS, ...changes } });

test('says what it can give', () => {
  expect(fixture.counter.authority).toMatchObject({
    id: 'counter',
    reaches: 4,
    method: 'counter.chip_and_officers',
    covers: [],
    beside: [],
    leads: true,
    collect: { by: 'ticket' },
    validitySeconds: 3650 * 86_400,
  });
});

test('is pending until a second officer has decided', async () => {
  const opened = await fixture.open();
  expect(await examine(opened)).toMatchObject({ is: 'pending' });
  await fixture.submitted(opened);
  expect(await examine(opened)).toMatchObject({ is: 'pending' });
});

test('is pending again when nobody decided in time', async () => {
  const opened = await fixture.open();
  await fixture.submitted(opened);
  fixture.clock.forward(86_401);
  expect(await examine(opened)).toMatchObject({ is: 'pending' });
  await fixture.runJobs();
  expect(await examine(opened)).toMatchObject({ is: 'pending' });
});

test.each<[Finding['is'], () => Promise<Opened>]>([
  ['match', () => decided()],
  ['mismatch', () => decided({}, REJECT)],
  ['deceased', () => decided(facts({ deceased: true, face_compared: false }))],
  ['document_lost', () => decided(facts({ reported_lost: true }))],
  ['document_expired', () => decided(facts({ document_expired: true }))],
])('finds %s, with a transaction, a time, and who vouched where', async (is, opened) => {
  const finding = await examine(await opened());
  expect(finding).toMatchObject({
    is,
    transaction: expect.stringMatching(/^[0-9a-f-]{36}$/),
    at: expect.any(Date),
    details: { office: 'hangzhou', terminal: 'hz-1', officer: 'o-101', approver: 'o-102', chip_read: 'yes' },
  });
});

test('tells why it was rejected, in a word of the closed list', async () => {
  expect(await examine(await decided({}, REJECT))).toMatchObject({ details: { reason: 'face_differs' } });
});

test('gives one case one answer, however often it is asked', async () => {
  const opened = await decided();
  const [first, second] = [await examine(opened), await examine(opened)];
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
});

test('answers nobody about a case of somebody else', async () => {
  const [mine, theirs] = [await decided(), await fixture.open()];
  expect(await examine({ ...theirs, caseId: mine.caseId })).toMatchObject({ is: 'pending' });
});

test('is never asked without a case', async () => {
  const claimed = { document: undefined, phone: undefined, more: {}, reference: undefined };
  await expect(fixture.counter.authority.examine(claimed, randomUUID())).rejects.toThrow('a case');
});

describe('a document that the citizen has typed', () => {
  test.each<[string, Partial<ClaimedDocument>]>([
    ['as it is', {}],
    ['with another spelling of the same name', { name: '何 语桐' }],
  ])('%s is matched', async (_, changes) => {
    expect(await examine(await decided(), claim(changes))).toMatchObject({ is: 'match' });
  });

  test.each<[string, Partial<ClaimedDocument>]>([
    ['another number', { number: '330106199506182261' as DocumentNumber }],
    ['another name', { name: '何语彤' }],
    ['another kind', { kind: 'CN_HMT_RP' }],
  ])('%s is a mismatch', async (_, changes) => {
    expect(await examine(await decided(), claim(changes))).toMatchObject({
      is: 'mismatch',
      details: { reason: 'other_document' },
    });
  });

  test('and another one that was lost is still another one', async () => {
    const opened = await decided(facts({ reported_lost: true, deceased: true }));
    expect(await examine(opened, claim({ name: '何语彤' }))).toMatchObject({ is: 'mismatch' });
  });
});

describe('a match', () => {
  test('opens the document that the officers have seen, in its normal form', async () => {
    const finding = await examine(
      await decided({ document: { ...DOCUMENT, number: '3301 0219 9211 053483' } }),
    );
    expect(finding.is === 'match' && finding.vouched?.()).toEqual({ ...DOCUMENT });
    expect(finding).not.toHaveProperty('guardian');
  });

  test('of a child says that a guardian came along, and not who', async () => {
    const finding = await examine(await decided({ document: CHILD, guardian: GUARDIAN }));
    expect(finding).toMatchObject({ is: 'match', guardian: true });
    expect(JSON.stringify(finding)).not.toContain(GUARDIAN.name);
  });

  test('holds nothing personal where it is kept or logged', async () => {
    const finding = await examine(await decided());
    const text = `${JSON.stringify(finding)} ${Object.values(finding).map(String).join(' ')}`;
    for (const datum of [DOCUMENT.name, DOCUMENT.number, DOCUMENT.birthdate])
      expect(text).not.toContain(datum);
  });

  test('is over when the case did not come for it while the ticket lived', async () => {
    const opened = await decided({ document: CHILD, guardian: GUARDIAN });
    fixture.clock.forward(30 * 86_400 + 1);
    await fixture.runJobs();
    expect(await examine(opened)).toMatchObject({ is: 'expired' });
    const { rows } = await fixture.tamper(
      'select document_sealed, guardian_sealed is null as gone from proofing.submission where case_id = $1',
      [opened.caseId],
    );
    // The guardian stays: it is the record of a consent.
    expect(rows).toEqual([{ document_sealed: null, gone: false }]);
  });
});

const BITS = [0, 1, 2, 3, 4].map((bit) => 1 << bit);
test.each(Array.from({ length: 32 }, (_, n) => BITS.map((bit) => (n & bit) > 0)))(
  'chip %s, face %s, expired %s, lost %s, deceased %s: a match is chip and face and nothing against it',
  (chipRead, faceCompared, documentExpired, reportedLost, deceased) => {
    const all = { chipRead, faceCompared, documentExpired, reportedLost, deceased } as Record<
      'chipRead' | 'faceCompared' | 'documentExpired' | 'reportedLost' | 'deceased',
      boolean
    >;
    const found = meaning({ ...all, guardian: false });
    expect(found === 'match').toBe(
      all.chipRead && all.faceCompared && !all.documentExpired && !all.reportedLost && !all.deceased,
    );
    if (all.deceased) expect(found).toBe('deceased');
  },
);

test('is pending while somebody looks anew after a rejection', async () => {
  const opened = await decided({}, REJECT);
  await fixture.submitted(opened);
  expect(await examine(opened)).toMatchObject({ is: 'pending' });
});
