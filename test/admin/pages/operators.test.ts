// People in posts at the console: who sees whom, one link for one person, the confirmation of every quarter (A111, A112).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testApp, type TestApp } from '../../support/app.ts';
import { testClock, type TestClock } from '../../support/clock.ts';
import type { Page } from '../../support/browser.ts';
import { operator, type Person } from '../console.ts';

let system: TestApp;
let clock: TestClock;
let admin: pg.Client;
/** Approves in p1. */
let approver: Person;
let developer: Person;

const EVIL = '<script>alert(1)</script>';

beforeAll(async () => {
  clock = testClock();
  system = await testApp({ host: 'localhost', clock });
  admin = new pg.Client({ connectionString: system.database.url });
  await admin.connect();
  for (const [id, path, name] of [
    ['p1', 'cn/p1/', 'P1'],
    ['p2', 'cn/p2/', 'P2'],
    ['fund', 'cn/p1/fund/', EVIL],
  ])
    await admin.query(
      `insert into registry.unit (id, name, level, parent_id, path, created_at)
       values ($1, jsonb_build_object('zh-CN', $3::text, 'en', $3::text), 'province', 'cn', $2, now())`,
      [id, path, name],
    );
  approver = await operator(system, 'provincial-approver', [['p1', 'approver']]);
  developer = await operator(system, 'verified-two', [['fund', 'developer']]);
  await operator(system, 'verified', [['p2', 'owner']]);
});
afterAll(async () => {
  await admin.end();
  await system.close();
});

const PATH = '/admin/operators';
const postOf = async (unit: string): Promise<string> => {
  const { rows } = await admin.query('select id from registry.post where unit_id = $1 and ended_at is null', [
    unit,
  ]);
  return String(rows[0].id);
};
const csrfPage = (who: Person): Promise<Page> => who.open('/admin');
const csrfOf = ({ text }: Page): string => /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
const act = async (who: Person, path: string, fields: Record<string, string> = {}): Promise<Page> =>
  who.browser.post(`${system.issuer}${path}`, { _csrf: csrfOf(await csrfPage(who)), ...fields });

describe('who works where', () => {
  test('is shown of the own units alone, stored text as text', async () => {
    const page = await approver.open(PATH);
    expect(page.status).toBe(200);
    expect(page.text).toContain('宋知远');
    expect(page.text).toContain('&lt;script>alert(1)');
    expect(page.text).not.toContain(EVIL);
    expect(page.text).not.toContain('林晓夏');
  });

  test.each(['?unit=p2', '?unit=cn'])('is not shown of %s', async (query) => {
    expect((await approver.open(`${PATH}${query}`)).status).toBe(404);
  });

  test('is no matter of a developer, nor is a post of another province anybody else’s', async () => {
    expect((await developer.open(PATH)).status).toBe(403);
    expect((await approver.open(`${PATH}/${await postOf('p2')}`)).status).toBe(404);
    for (const what of ['end', 'leaves']) {
      const refused = await act(approver, `${PATH}/${await postOf('p2')}/${what}`, { leaves: '2099-01-01' });
      expect(refused.status).toBe(404);
    }
  });

  test.each(['?role=king', '?view=all', '?view=due&view=due'])('a filter %s is refused', async (query) => {
    expect((await approver.open(`${PATH}${query}`)).status).toBe(400);
  });
});

describe('an invitation', () => {
  const invite = async (who: Person, fields: Record<string, string>): Promise<Page> =>
    who.browser.submit(await who.open(`${PATH}/invite`), { unit: 'fund', role: '', leaves: '', ...fields });

  test.each<[string, Record<string, string>, string]>([
    ['without a role', {}, '选择一个角色'],
    ['to a unit of another province', { unit: 'p2', role: 'developer' }, '您的范围内没有这个单位'],
    ['to no unit', { unit: EVIL, role: 'developer' }, '您的范围内没有这个单位'],
    ['above the own post', { role: 'national_administrator' }, '您不能在这个单位授予该角色'],
    ['beside the own post', { unit: 'p1', role: 'approver' }, '您不能在这个单位授予该角色'],
    ['for yesterday', { role: 'developer', leaves: '2020-01-01' }, '离岗日期要晚于今天'],
    ['for no day', { role: 'developer', leaves: '2099-13-45' }, '离岗日期要晚于今天'],
  ])('%s says so at its field and keeps what was typed', async (_, fields, text) => {
    const page = await invite(approver, fields);
    expect([page.status, page.text.includes(text)]).toEqual([422, true]);
    expect(page.text).not.toContain(EVIL);
  });

  test('is shown once, opens one post and can be withdrawn', async () => {
    const made = await invite(approver, { role: 'reviewer', leaves: '2099-01-01' });
    const link = /<code>([^<]*)<\/code>/.exec(made.text)?.[1] ?? '';
    expect([made.status, link.startsWith(`${system.issuer}/admin/join/`)]).toEqual([200, true]);
    const open = await approver.open(`${PATH}?view=invited`);
    expect(open.text).not.toContain(link);
    expect(open.text).toContain('初审员');
    const id = /invitations\/([\w-]+)\/withdraw/.exec(open.text)?.[1] ?? '';
    const gone = await act(approver, `${PATH}/invitations/${id}/withdraw`);
    expect([gone.status, gone.text.includes('没有等待接受的邀请')]).toEqual([200, true]);
    const late = await developer.open(new URL(link).pathname);
    expect(late.status).toBe(410);
  });

  test('waits for a passkey of the last minutes, and nothing that was typed is lost', async () => {
    const form = await approver.open(`${PATH}/invite`);
    clock.forward(301);
    const asked = await approver.browser.submit(form, { unit: 'fund', role: 'owner', leaves: '' });
    expect(asked.url).toContain('/signin/');
    const back = await approver.through(asked);
    expect(back.text).toContain('您刚才填写的内容都还在');
    const made = await approver.browser.submit(back, { role: 'owner' });
    expect(made.text).toContain('邀请链接已生成');
  });
});

describe('the confirmation of every quarter', () => {
  const late = (days: number): Promise<unknown> =>
    admin.query(`update registry.post set certified_at = $1`, [
      new Date(clock.now().getTime() - days * 86_400_000),
    ]);

  test('confirms the ticked posts, not the own one and none of another province', async () => {
    await late(100);
    const page = await approver.open(`${PATH}?view=due`);
    expect(page.text).toContain(`name="pick.${await postOf('fund')}"`);
    expect(page.text).not.toContain(`name="pick.${await postOf('p1')}"`);
    const done = await act(approver, `${PATH}/certify`, {
      [`pick.${await postOf('fund')}`]: 'yes',
      [`pick.${await postOf('p1')}`]: 'yes',
      [`pick.${await postOf('p2')}`]: 'yes',
      'pick.nothing': 'yes',
    });
    expect(done.text).toContain('已确认 1 个岗位');
    expect(done.text).toContain('有 3 个没有确认');
    const { rows } = await admin.query('select unit_id from registry.post where certified_at > $1', [
      new Date(clock.now().getTime() - 86_400_000),
    ]);
    expect(rows).toEqual([{ unit_id: 'fund' }]);
  });

  test('a post that nobody confirmed for four months opens nothing', async () => {
    await late(123);
    expect((await developer.browser.get(`${system.issuer}/admin`)).text).toContain('您还没有管理台的岗位');
    await late(0);
  });
});

test('a leaving date and the end of a post are set by others, and felt at once', async () => {
  const id = await postOf('fund');
  const page = await approver.open(`${PATH}/${id}`);
  expect((await act(approver, `${PATH}/${id}/leaves`, { leaves: '2020-01-01' })).status).toBe(422);
  const set = await approver.browser.submit(page, { leaves: '2099-01-31' });
  expect(set.text).toContain('value="2099-01-31"');
  expect((await approver.open(`${PATH}/${await postOf('p1')}`)).text).not.toContain('结束岗位');
  expect((await developer.open('/admin')).status).toBe(200);
  await act(approver, `${PATH}/${id}/end`);
  expect((await developer.browser.get(`${system.issuer}/admin`)).text).toContain('您还没有管理台的岗位');
});

test('the nation makes its own administrators', async () => {
  const nation = await operator(system, 'national-administrator', [['cn', 'national_administrator']]);
  const form = await nation.open(`${PATH}/invite`);
  const made = await nation.browser.submit(form, { unit: 'cn', role: 'national_administrator', leaves: '' });
  expect(made.text).toContain('国家级管理员');
});
