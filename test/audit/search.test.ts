// The trail at the console: an auditor sees the own subtree, whatever is asked (A111), and hears when the chain is broken
// (A116).
import { createTrail, type EventScope, type EventsWanted, type Trail } from '../../idp/audit/audit.ts';
import type { AuditEvent } from '../../idp/audit/events.ts';
import { eventsStatement } from '../../idp/audit/search/store.ts';
import { auditFixture, CITIZEN, entered, type AuditFixture } from './fixture.ts';

let fixture: AuditFixture;
let trail: Trail;

const OURS = '0198a000-0000-7000-8000-00000000000a';
const THEIRS = '0198a000-0000-7000-8000-00000000000b';
/** An operator with a post on both sides. */
const BOTH = '0198a000-0000-7000-8000-00000000000c';
const scope: EventScope = {
  paths: ['cn/p1/'],
  clientIds: ['ours'],
  unitIds: ['p1'],
  operatorIds: [OURS, BOTH],
};

const refused = (path: string, actor: string): AuditEvent => ({
  type: 'access.refused',
  data: { act: 'registry.read', path, about: '' },
  actor,
});

const events: readonly AuditEvent[] = [
  entered('ours'),
  {
    type: 'client.disabled',
    data: { version: 2 },
    clientId: 'ours',
    actor: `operator:${OURS}`,
    reference: 'AAAA-0001',
  },
  { type: 'client.disabled', data: { version: 3 }, clientId: 'theirs', actor: `operator:${BOTH}` },
  { type: 'unit.saved', data: { unitId: 'p2' }, actor: `operator:${BOTH}` },
  refused('cn/p2/', `operator:${OURS}`),
  refused('cn/p1/', `operator:${THEIRS}`),
  { type: 'operator.left', data: { operator: THEIRS, post: 'x' }, actor: `operator:${BOTH}` },
  { type: 'operator.left', data: { operator: OURS, post: 'y' }, actor: 'operator:command-line' },
  { type: 'operator.invitation_withdrawn', data: { invitation: 'z' }, actor: `operator:${OURS}` },
];

beforeAll(async () => {
  fixture = await auditFixture();
  trail = createTrail({ ...fixture, postgres: fixture.database.postgres });
  for (const event of events) {
    fixture.clock.forward(1);
    fixture.audit.note(event);
  }
  await fixture.audit.flush();
});
afterAll(() => fixture.close());

const range = (): Pick<EventsWanted, 'from' | 'to'> => {
  const now = fixture.clock.now().getTime();
  return { from: new Date(now - 86_400_000), to: new Date(now + 60_000) };
};
const found = async (wanted: Partial<EventsWanted>): Promise<readonly string[]> => {
  const { rows } = await trail.search({ ...range(), scopes: [scope], ...wanted });
  return rows.map(({ type, data, clientId }) =>
    [type, clientId ?? data['unitId'] ?? data['path'] ?? data['operator'] ?? data['invitation']].join(' '),
  );
};

test('a subtree is what names its clients, units and people, newest first; what names others is theirs', async () => {
  expect(await found({})).toEqual([
    'operator.invitation_withdrawn z',
    `operator.left ${OURS}`,
    'access.refused cn/p1/',
    'client.disabled ours',
  ]);
});

test.each<[string, Partial<EventsWanted>]>([
  ['a client of another province', { clientId: 'theirs' }],
  ['a person of another province', { actor: `operator:${THEIRS}`, type: 'operator.' }],
  ['a kind', { type: 'unit.' }],
  ['a pattern', { type: '%' }],
  ['an unknown reference', { reference: 'ZZZZ-0001' }],
])('asking for %s finds nothing there', async (_, wanted) => {
  expect(await found(wanted)).toEqual([]);
});

test('two scopes narrow each other', async () => {
  expect(
    await found({ scopes: [scope, { ...scope, clientIds: [], paths: ['cn/p2/'], operatorIds: [] }] }),
  ).toEqual([]);
});

test('without a scope everything of offices is found, and no sign-in', async () => {
  const all = await found({ scopes: [] });
  expect(all).toHaveLength(8);
  expect(all.join()).not.toContain('service.entered');
  expect(await found({ scopes: [], reference: 'AAAA-0001' })).toEqual(['client.disabled ours']);
});

test('pages hold everything once', async () => {
  const ids: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await trail.search({ ...range(), scopes: [], limit: 3, before });
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === undefined) break;
    before = page.next;
  }
  expect([ids.length, new Set(ids).size]).toEqual([8, 8]);
});

test.each<[string, Partial<EventsWanted>]>([
  ['a range of a year', { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }],
  ['a range backwards', { from: new Date('2026-01-02T00:00:00Z'), to: new Date('2026-01-01T00:00:00Z') }],
  ['no time at all', { from: new Date(Number.NaN) }],
  ['a made-up cursor', { before: "2026-99-99T00:00:00.000000Z_' or 1=1" }],
  ['an impossible day', { before: `2026-99-99T00:00:00.000000Z_${CITIZEN}` }],
  ['too many rows', { limit: 1001 }],
])('%s is refused', async (_, wanted) => {
  await expect(trail.search({ ...range(), scopes: [], ...wanted })).rejects.toMatchObject({
    code: 'bad_request',
  });
});

test('days outside the range are not opened', async () => {
  const statement = eventsStatement({ ...range(), before: undefined, scopes: [scope], limit: 10 });
  const plan = await fixture.tamper(`explain (format text) ${statement.text}`, statement.values);
  const days = new Set(plan.rows.flatMap((row: object) => JSON.stringify(row).match(/event_\d{8}/g) ?? []));
  expect(days.size).toBeLessThanOrEqual(3);
});

test('a reference number leads to the account of a request, for three days', async () => {
  expect(await trail.citizenOf('9D4K-70BZ')).toBe(CITIZEN);
  expect(await trail.citizenOf('AAAA-0001')).toBeUndefined();
});

describe('the check of the chain', () => {
  test('runs when asked and once a day, and says what it found', async () => {
    expect(await trail.state()).toEqual({ last: undefined, waiting: false });
    await fixture.audit.seal();
    expect(await trail.check()).toBe(true);
    expect(await trail.check()).toBe(false);
    await trail.ask('operator:x', undefined);
    expect((await trail.state()).waiting).toBe(true);
    fixture.clock.forward(1);
    expect(await trail.check()).toBe(true);
    expect(await trail.state()).toMatchObject({
      waiting: false,
      last: { sound: true, faults: 0, events: 11 },
    });
    fixture.clock.forward(86_401);
    await fixture.audit.prepareDays(2);
    expect(await trail.check()).toBe(true);
  });

  test('a cut-off tail and an edited verdict show', async () => {
    await fixture.audit.seal();
    fixture.clock.forward(86_401);
    await trail.check();
    await fixture.tamper('delete from audit.batch where number = (select max(number) from audit.batch)');
    for (const again of [false, true]) {
      fixture.clock.forward(86_401);
      await trail.check();
      const { last } = await trail.state();
      expect([again, last?.sound]).toEqual([again, false]);
      expect(last?.first).toContain('removed');
    }
    await fixture.tamper(
      `update audit.event set data = data || '{"sound": true}' where type = 'audit.checked'`,
    );
    expect((await trail.state()).last?.sound).toBe(false);
  });
});
