// A list shows what lies in the actor's own units and nothing else, whatever is asked of it (A111), and reads little of
// what there is.
import { clientsStatement, postsStatement, type ClientFilter } from '../../../idp/registry/search/store.ts';
import type { Statement } from '../../../idp/platform/store/postgres.ts';
import type { ClientsWanted, ListedClient } from '../../../idp/registry/registry.ts';
import { actorOf, listFixture, machine, type ListFixture } from './fixture.ts';

let f: ListFixture;
beforeAll(async () => {
  f = await listFixture();
});
afterAll(() => f.close());

const province = actorOf('approver', 'cn/p1/');
const nation = actorOf('auditor', 'cn/');
const everyPage = async (wanted: ClientsWanted): Promise<ListedClient[]> => {
  const rows: ListedClient[] = [];
  for (let after: string | undefined; ;) {
    const page = await f.search.clients(province, { ...wanted, after, limit: 1000 });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = page.next;
  }
};

describe('nothing widens a list', () => {
  test.each<[string, ClientsWanted]>([
    ['no filter', {}],
    ['a search for another province', { q: 'u2' }],
    ['a name of everything', { q: '住房公积金' }],
    ['a pattern', { q: '%' }],
    ['an order by place', { order: 'unit' }],
    ['a cursor of another province', { after: 'c2', order: 'updated' }],
    ['SQL', { q: "') or true --" }],
  ])('%s shows the own province alone', async (_, wanted) => {
    const { rows } = await f.search.clients(province, wanted);
    expect(rows.filter(({ path }) => !path.startsWith('cn/p1/'))).toEqual([]);
  });

  test('a unit of another province is not found, as one that does not exist', async () => {
    for (const unit of ['u2', 'p2', 'cn', 'nowhere'])
      await expect(f.search.clients(province, { unit })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('identifiers of another province are left out of what is done with many', async () => {
    const rows = await f.search.clientsOf(province, ['c1', 'c2', 'c5', 'none'], 'export.make');
    expect(rows.map(({ clientId }) => clientId)).toEqual(['c1', 'c5']);
  });

  test('who may not do the act there sees no row for it', async () => {
    const developer = actorOf('developer', 'cn/p1/');
    expect(await f.search.clients(developer, {}, 'export.make')).toEqual({ rows: [], next: undefined });
    expect(await f.search.posts(developer, {})).toEqual({ rows: [], next: undefined });
    expect(await f.search.postCounts(developer)).toEqual({ standing: 0, due: 0, leaving: 0, lapsed: 0 });
  });

  test('who holds no post sees nothing', async () => {
    const nobody = { ...province, posts: [] };
    expect((await f.search.clients(nobody, {})).rows).toEqual([]);
    expect(await f.search.counts(nobody)).toEqual({ draft: 0, live: 0, suspended: 0, retired: 0 });
    expect(await f.search.subtree(nobody, 'audit.read')).toMatchObject({ clientIds: [] });
  });

  test.each<[string, object]>([
    ['a thousand rows and one', { limit: 1001 }],
    ['no rows', { limit: 0 }],
    ['a text without end', { q: 'x'.repeat(101) }],
    ['a text with an end of its own', { q: 'a\0b' }],
  ])('%s is refused', async (_, wanted) => {
    await expect(f.search.clients(province, wanted)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('finding clients', () => {
  test.each<[string, string]>([
    ['第777号', 'c777'],
    ['Housing fund 777', 'c777'],
    ['fund777.example', 'c777'],
    ['C777', 'c777'],
  ])('by %s', async (q, clientId) => {
    const { rows } = await f.search.clients(nation, { q });
    expect(rows.map((row) => row.clientId)).toContain(clientId);
    expect(rows.length).toBeLessThan(50);
  });

  test('by the name of the unit', async () => {
    const { rows } = await f.search.clients(nation, { q: 'bureau 2999', order: 'unit' });
    expect(new Set(rows.map(({ unitId }) => unitId))).toEqual(new Set(['u2999']));
  });

  test('filters narrow together', async () => {
    const wanted = {
      unit: 'p0',
      environment: 'sandbox',
      state: 'suspended',
      level: 'l1',
      sensitive: true,
    } as const;
    const { rows } = await f.search.clients(nation, { ...wanted, limit: 1000 });
    expect(rows).toHaveLength(500);
    expect(rows[0]).toMatchObject({ environment: 'sandbox', state: 'suspended', sensitive: true });
    expect((await f.search.clients(nation, { ...wanted, level: 'l2' })).rows).toEqual([]);
  });

  test.each(['name', 'unit', 'created', 'updated'] as const)(
    'pages in the order of %s hold every client once',
    async (order) => {
      const rows = await everyPage({ order });
      expect(rows).toHaveLength(12_500);
      expect(new Set(rows.map(({ clientId }) => clientId)).size).toBe(12_500);
    },
  );

  test('the newest stand first', async () => {
    const { rows } = await f.search.clients(machine, { order: 'created', limit: 2 });
    expect(rows.map(({ clientId }) => clientId)).toEqual(['c49999', 'c49998']);
  });

  test('counts and the subtree are of the own units', async () => {
    expect(await f.search.counts(province)).toEqual({ draft: 0, live: 12_500, suspended: 0, retired: 0 });
    expect(await f.search.counts(nation)).toMatchObject({ live: 45_000, suspended: 5_000 });
    const below = await f.search.subtree(province, 'audit.read');
    expect(below?.clientIds).toHaveLength(12_500);
    expect(below?.unitIds).toHaveLength(751);
    expect(await f.search.subtree(nation, 'audit.read')).toBeUndefined();
  });
});

describe('posts', () => {
  test('views, counts and pages agree, in the own units', async () => {
    const counts = await f.search.postCounts(province);
    expect(counts.standing).toBe(2_500);
    for (const view of ['due', 'leaving', 'lapsed'] as const) {
      const { rows, next } = await f.search.posts(province, { view, limit: 1000 });
      expect(next).toBeUndefined();
      expect(rows).toHaveLength(counts[view]);
      expect(rows.every(({ path }) => path.startsWith('cn/p1/'))).toBe(true);
    }
  });

  test('a page goes on where the one before ended', async () => {
    const first = await f.search.posts(province, { limit: 1000 });
    const second = await f.search.posts(province, { limit: 1000, after: first.next });
    const third = await f.search.posts(province, { limit: 1000, after: second.next });
    const ids = [first, second, third].flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(new Set(ids).size).toBe(2_500);
    expect(third.next).toBeUndefined();
    expect((await f.search.posts(province, { role: 'owner' })).rows).toEqual([]);
    expect((await f.search.posts(province, { q: '第9局' })).rows).toEqual([]);
    expect((await f.search.posts(province, { q: 'bureau 2997' })).rows).toHaveLength(3);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

/** Pages of 8 kB that the server touched, and the indexes it used. */
async function planOf(
  statement: Statement,
): Promise<{ blocks: number; indexes: readonly string[]; ms: number }> {
  const { rows } = await f.query(
    `explain (analyze, buffers, format json) ${statement.text}`,
    statement.values,
  );
  const [{ Plan: plan, 'Execution Time': ms }] = rows[0]['QUERY PLAN'] as [
    { Plan: Plan; 'Execution Time': number },
  ];
  const names = (node: Plan): string[] => [node['Index Name'] ?? '', ...(node.Plans ?? []).flatMap(names)];
  return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], indexes: names(plan), ms };
}

describe('50,000 clients cost no more than a few pages of an index', () => {
  const filter = { scopes: ['cn/'], claims: ['id_number'], limit: 51 };
  test.each<[string, Partial<ClientFilter>, string]>([
    ['the first page', {}, 'client_by_name'],
    ['a page in the middle', { after: 'c25000' }, 'client_by_name'],
    ['the newest', { order: 'created' }, 'client_by_created'],
    ['the last changed', { order: 'updated' }, 'client_by_updated'],
  ])('%s', async (_, wanted, index) => {
    const { blocks, indexes } = await planOf(clientsStatement({ ...filter, ...wanted }));
    expect(indexes).toContain(index);
    expect(blocks).toBeLessThan(1_500);
  });

  test.each<[string, Partial<ClientFilter>]>([
    ['a search that finds one', { q: 'fund777.example' }],
    ['a search that finds nothing', { q: 'nothing like it' }],
    ['a search that finds everything', { q: '住房公积金', order: 'unit' }],
    ['a rare claim', { sensitive: true, level: 'l2' }],
  ])('%s goes over the rows once', async (_, wanted) => {
    const { blocks, ms } = await planOf(clientsStatement({ ...filter, ...wanted }));
    expect(blocks).toBeLessThan(150_000);
    // Ten times what it may take: a plan that goes over them again and again takes minutes.
    expect(ms).toBeLessThan(3_000);
  });

  test('a province is read through its units', async () => {
    const { blocks } = await planOf(clientsStatement({ ...filter, scopes: ['cn/p1/u1/'], order: 'updated' }));
    expect(blocks).toBeLessThan(1_500);
  });

  test('10,000 posts are one short walk', async () => {
    const now = f.clock.now();
    const at = { now, due: now, lapsed: now, leaving: now };
    const { blocks } = await planOf(postsStatement({ scopes: ['cn/'], at, limit: 51 }));
    expect(blocks).toBeLessThan(4_000);
  });
});
