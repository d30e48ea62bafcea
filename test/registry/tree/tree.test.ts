// Nobody sees or touches a unit outside the own subtree, and what is changed says who did it.
import { holder, machine, treeFixture, type TreeFixture } from './fixture.ts';

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await treeFixture();
});
afterAll(() => fixture.close());

const HANGZHOU = 'cn/330000/330100/';
const zhejiang = holder('approver', 'cn/330000/');
const sichuan = holder('approver', 'cn/510000/');
const named = (zh: string) => ({ 'zh-CN': zh, en: zh });

test('the divisions are written once, and fast', async () => {
  const begun = performance.now();
  expect(await fixture.units.seed('system')).toEqual({ added: 0, renamed: 0 });
  expect(performance.now() - begun).toBeLessThan(500);
  expect((await fixture.events('unit.seeded'))[0]).toEqual({ added: 3212, renamed: 0 });
  expect(await fixture.units.find('330106')).toMatchObject({ path: `${HANGZHOU}330106/`, level: 'county' });
});

test('a division that was renamed by hand has its own name again, whoever starts first', async () => {
  await fixture.tamper(`update registry.unit set name = '{"zh-CN": "x", "en": "x"}' where id = '330106'`);
  await fixture.tamper(`delete from registry.unit where id = '330105'`);
  const seeded = await Promise.all([1, 2, 3].map(() => fixture.units.seed('system')));
  expect(seeded.reduce((sum, { added, renamed }) => sum + added * 10 + renamed, 0)).toBe(11);
  expect((await fixture.units.find('330106'))?.name['zh-CN']).toBe('西湖区');
});

describe('access by another province', () => {
  test('by identifier is as if there were none, and is written down', async () => {
    for (const [id, ask] of [
      ['330100', () => fixture.tree.show(sichuan, '330100')],
      ['330101', () => fixture.tree.show(sichuan, '330101')],
      ['330100', () => fixture.tree.below(sichuan, '330100')],
      ['330100', () => fixture.tree.list(sichuan, { under: '330100' })],
      ['330100', () => fixture.tree.add(sichuan, { parentId: '330100', name: named('局') })],
      ['330100', () => fixture.tree.rename(sichuan, '330100', 1, named('成都'))],
      ['330100', () => fixture.tree.setContacts(sichuan, '330100', 1, [])],
    ] as const) {
      const error = await ask().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect([id, error]).toEqual([id, expect.objectContaining({ code: 'not_found' })]);
    }
    const refused = await fixture.events('access.refused');
    // 330101 is nowhere: nothing was refused, and the answer is the same.
    expect(refused.filter(({ about }) => about === '330100')).toHaveLength(6);
  });

  test('search and list stay inside, whatever is asked for', async () => {
    expect((await fixture.tree.list(sichuan, { search: '杭州' })).rows).toEqual([]);
    expect((await fixture.tree.list(sichuan, { search: '3301' })).rows).toEqual([]);
    expect((await fixture.tree.list(sichuan, { after: 'cn/330000/', limit: 1 })).rows[0]?.path).toBe(
      'cn/510000/',
    );
    expect((await fixture.tree.list(sichuan, { after: 'cn/990000/' })).rows).toEqual([]);
    expect((await fixture.tree.list(sichuan, { search: "%' or true --" })).rows).toEqual([]);
    expect((await fixture.tree.list(sichuan, { search: '%' })).rows).toEqual([]);
    expect((await fixture.tree.roots(sichuan)).map(({ id }) => id)).toEqual(['510000']);
    expect((await fixture.tree.list({ ...sichuan, posts: [] }, {})).rows).toEqual([]);
  });
});

test('a list is found by name and code, under a unit, page by page', async () => {
  expect((await fixture.tree.list(zhejiang, { search: '西湖' })).rows.map(({ id }) => id)).toEqual([
    '330106',
  ]);
  expect((await fixture.tree.list(zhejiang, { search: '3301', limit: 2 })).rows.map(({ id }) => id)).toEqual([
    '330100',
    '330102',
  ]);
  const all: string[] = [];
  let after: string | undefined;
  do {
    const page = await fixture.tree.list(zhejiang, { under: '330100', after, limit: 5 });
    all.push(...page.rows.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  expect(all[0]).toBe('330100');
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBe(14);
  await expect(fixture.tree.list(zhejiang, { limit: 0 })).rejects.toMatchObject({ code: 'bad_request' });
});

test('a department is added below, with a code of its division, once', async () => {
  const fund = await fixture.tree.add(zhejiang, {
    parentId: '330100',
    name: named('公积金中心'),
    code: 'gjj',
  });
  expect(fund).toMatchObject({ id: '330100-gjj', path: `${HANGZHOU}330100-gjj/`, level: 'department' });
  const owner = holder('owner', fund.path);
  const below = await fixture.tree.add(owner, { parentId: fund.id, name: named('信息处') });
  expect(below.path).toMatch(/^cn\/330000\/330100\/330100-gjj\/330100-[a-z2-9]{8}\/$/);
  expect(await fixture.events('unit.added')).toContainEqual({ unitId: '330100-gjj', parentId: '330100' });
  const shown = await fixture.tree.show(owner, below.id);
  expect(shown.way.map(({ id }) => id)).toEqual(['330100-gjj']);

  const twice = { parentId: '330100', name: named('x'), code: 'gjj' };
  await expect(fixture.tree.add(zhejiang, twice)).rejects.toMatchObject({ code: 'conflict' });
  for (const code of ['', 'A', 'a--b', '../x', 'a/b', 'x'.repeat(33)])
    await expect(fixture.tree.add(zhejiang, { ...twice, code })).rejects.toMatchObject({
      code: 'bad_request',
    });
  for (const zh of ['', ' ', 'a\nb', '\u202Egnp', 'x'.repeat(61)])
    await expect(fixture.tree.add(zhejiang, { parentId: '330100', name: named(zh) })).rejects.toMatchObject({
      code: 'bad_request',
    });
  const developer = holder('developer', HANGZHOU);
  await expect(fixture.tree.add(developer, twice)).rejects.toMatchObject({ code: 'forbidden' });
});

describe('the name of a unit', () => {
  const own = holder('owner', `${HANGZHOU}330100-zjj/`);
  beforeAll(() => fixture.tree.add(zhejiang, { parentId: '330100', name: named('住建局'), code: 'zjj' }));

  test('is not chosen by the team itself, and that is written down', async () => {
    await expect(fixture.tree.rename(own, '330100-zjj', 1, named('公安部'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await fixture.events('access.refused')).toContainEqual({
      act: 'unit.write',
      path: HANGZHOU,
      about: '330100-zjj',
    });
  });

  test('of a division stands in the list', async () => {
    await expect(fixture.tree.rename(machine, '330100', 1, named('x'))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('is changed from above, and of two who change it at once one wins', async () => {
    const tries = await Promise.allSettled(
      ['建设局', '住房局'].map((zh) =>
        fixture.tree.rename(holder('owner', HANGZHOU), '330100-zjj', 1, named(zh)),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    expect(await fixture.events('unit.changed')).toContainEqual({
      unitId: '330100-zjj',
      changed: 'name',
      version: 2,
    });
  });

  test('that citizens meet at an approved client takes who approves, with a passkey', async () => {
    await fixture.tamper(`insert into registry.client (client_id, unit_id, metadata, enabled, version, created_at,
      updated_at) values ('zjj', '330100-zjj', '{}', true, 1, now(), now())`);
    const rename = (actor = holder('owner', HANGZHOU)) =>
      fixture.tree.rename(actor, '330100-zjj', 2, named('新名'));
    await expect(rename()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(rename(holder('approver', 'cn/330000/', false))).rejects.toMatchObject({
      code: 'passkey_needed',
    });
    await rename(zhejiang);
    const row = (await fixture.tree.below(zhejiang, '330100')).find(({ id }) => id === '330100-zjj');
    expect(row).toMatchObject({ name: named('新名'), clients: 1, hasBelow: false, waiting: false });
  });
});

test('a department added by mistake is taken away from above, one that was used stays', async () => {
  const { id } = await fixture.tree.add(zhejiang, { parentId: '330100', name: named('错') });
  const remove = (actor = zhejiang, unit: string = id, version = 1) =>
    fixture.tree.remove(actor, unit, version);
  await expect(remove(sichuan)).rejects.toMatchObject({ code: 'not_found' });
  await expect(remove(holder('owner', `${HANGZHOU}${id}/`))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(remove(machine, '330106')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(remove(zhejiang, id, 2)).rejects.toMatchObject({ code: 'conflict' });
  await remove();
  expect(await fixture.events('unit.removed')).toEqual([{ unitId: id }]);
  await expect(remove()).rejects.toMatchObject({ code: 'not_found' });
  const used = await fixture.tree.add(zhejiang, { parentId: '330100', name: named('用') });
  await fixture.tree.add(zhejiang, { parentId: used.id, name: named('下') });
  await expect(remove(zhejiang, used.id)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('has a history'),
  });
});

test('contacts are offices, checked one by one', async () => {
  const owner = holder('owner', HANGZHOU);
  const good = { office: '值班', telephone: '0571-12345678', mail: '' };
  for (const [bad, at] of [
    [{ ...good, telephone: 'call me' }, 'contacts[0].telephone'],
    [{ ...good, telephone: '' }, 'contacts[0]'],
    [{ ...good, office: '' }, 'contacts[0].office'],
    [{ ...good, mail: 'x' }, 'contacts[0].mail'],
  ] as const)
    await expect(fixture.tree.setContacts(owner, '330100', 1, [bad])).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining(`${at}:`),
    });
  const six = Array.from({ length: 6 }, () => good);
  await expect(fixture.tree.setContacts(owner, '330100', 1, six)).rejects.toMatchObject({
    code: 'bad_request',
  });
  await fixture.tree.setContacts(owner, '330100', 1, [good]);
  await expect(fixture.tree.setContacts(owner, '330100', 1, [])).rejects.toMatchObject({ code: 'conflict' });
  expect((await fixture.tree.show(owner, '330100')).contacts).toEqual([good]);
});
