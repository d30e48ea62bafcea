// Support sees states and no data, says why first, and can do nothing to an account (A115).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import { forms, type Page } from '../../support/browser.ts';
import { operator, person, type Person } from '../console.ts';

let system: TestApp;
let admin: pg.Client;
let support: Person;
let approver: Person;
let citizen: Persona;

beforeAll(async () => {
  system = await testApp({ host: 'localhost' });
  admin = new pg.Client({ connectionString: system.database.url });
  await admin.connect();
  support = await operator(system, 'verified-two', [['cn', 'support']]);
  approver = await operator(system, 'provincial-approver', [['cn', 'approver']]);
  citizen = await system.persona('verified');
});
afterAll(async () => {
  await admin.end();
  await system.close();
});

const looks = async (): Promise<readonly { data: Record<string, unknown>; citizen_id: string | null }[]> =>
  (await admin.query(`select data, citizen_id from audit.event where type = 'citizen.looked_up' order by at`))
    .rows;
const ask = async (fields: Record<string, string>): Promise<Page> =>
  support.browser.submit(await support.open('/admin/support'), {
    reason: 'no_code',
    case: 'G-88210',
    ...fields,
  });
const mainOf = ({ text }: Page): string => text.slice(text.indexOf('<main'), text.indexOf('</main>'));

test('is for support alone', async () => {
  expect((await approver.open('/admin/support')).status).toBe(403);
  expect((await approver.open('/admin')).text).not.toContain('/admin/support');
});

describe('before anything is shown', () => {
  test.each<[string, Record<string, string>, string]>([
    ['no phone', { who: 'zhang' }, '填写 11 位手机号'],
    ['no reason', { who: '13900010002', reason: 'curious' }, '选择一个原因'],
    ['no case', { who: '13900010002', case: '' }, '填写工单号'],
    ['a phone number as the case', { who: '13900010002', case: '13900010002' }, '填写工单号'],
    ['markup as the case', { who: '13900010002', case: '<script>alert(1)' }, '填写工单号'],
  ])('%s is put right first', async (_, fields, text) => {
    const page = await ask(fields);
    expect([page.status, page.text.includes(text)]).toEqual([422, true]);
    expect(page.text).not.toContain('<script>alert');
    expect(mainOf(page)).not.toContain('没有锁定');
    expect(await looks()).toEqual([]);
  });
});

describe('a look', () => {
  let page: Page;
  beforeAll(async () => {
    page = await ask({ who: citizen.phone, reason: 'cannot_sign_in' });
  });

  test('shows states in words', () => {
    expect(page.status).toBe(200);
    for (const word of ['正常', '已实名', '没有锁定', '没有申请', '密码'])
      expect(mainOf(page)).toContain(word);
  });

  test('shows no name, number or phone, in page or address', () => {
    const { name, phone, id_number: number } = citizen;
    for (const datum of [name, phone, phone.slice(-4), number, number.slice(-4)])
      expect(mainOf(page)).not.toContain(datum);
    expect(page.url).toBe(`${system.issuer}/admin/support`);
  });

  test('is recorded with reason, case and whose account it was', async () => {
    const [look] = await looks();
    expect(look?.data).toEqual({
      by: 'phone',
      reason: 'cannot_sign_in',
      case: 'G-88210',
      found: true,
      path: 'cn/',
    });
    expect(look?.citizen_id).not.toBeNull();
  });

  test('leads to no act on the account', () => {
    const actions = forms(page).map(({ action }) => new URL(action).pathname);
    expect(actions.filter((action) => !['/admin/clients', '/admin/sign-out'].includes(action))).toEqual([]);
    expect(mainOf(page)).not.toContain('<form');
  });

  test('is seen by the citizen', async () => {
    const owner = person(system, citizen);
    const history = await owner.open('/account/history');
    expect(history.text).toContain('群众支持查看了账号状态');
  });
});

test('an unknown phone is recorded too, and said to be unknown', async () => {
  const page = await ask({ who: '13912345678' });
  expect(page.text).toContain('没有找到账号');
  expect((await looks()).at(-1)).toMatchObject({ data: { found: false }, citizen_id: null });
});

test('a reference number leads to the account of that request', async () => {
  const { rows } = await admin.query(
    `select reference from audit.event where type = 'citizen.looked_up' limit 1`,
  );
  // A look is no request of the citizen: its own reference leads nowhere.
  expect((await ask({ who: String(rows[0].reference) })).text).toContain('没有找到账号');
  const theirs = await admin.query(
    `select reference from audit.event where actor like 'citizen:%' and citizen_id is not null and reference is not null limit 1`,
  );
  expect((await ask({ who: String(theirs.rows[0].reference) })).text).toContain('已实名');
});

test('the state of a locked, frozen account with a recovery is told', async () => {
  const { rows } = await admin.query(
    `select citizen_id from audit.event where type = 'citizen.looked_up' limit 1`,
  );
  const id = String(rows[0].citizen_id);
  system.app.audit.note({
    type: 'limit.locked',
    data: { space: 'x', until: new Date(Date.now() + 600_000).toISOString() },
    actor: 'system',
    citizenId: id,
  });
  system.app.audit.note({
    type: 'limit.stopped',
    data: { space: 'x', failures: 100 },
    actor: 'system',
    citizenId: id,
  });
  await system.app.audit.flush();
  await admin.query(`update citizens.citizen set status = 'frozen' where id = $1`, [id]);
  const page = await ask({ who: citizen.phone });
  for (const word of ['已冻结', '解除', '已停用，要重新设置']) expect(mainOf(page)).toContain(word);
});

test('thirty looks an hour are enough for help', async () => {
  const csrf = forms(await support.open('/admin/support')).find(({ action }) =>
    action.endsWith('/admin/support'),
  )!;
  const statuses: number[] = [];
  for (let turn = 0; turn < 31; turn += 1)
    statuses.push(
      (
        await support.browser.post(`${system.issuer}/admin/support`, {
          _csrf: csrf.fields['_csrf'] ?? '',
          who: '13912345678',
          reason: 'other',
          case: 'G-1000',
        })
      ).status,
    );
  expect(statuses.at(0)).toBe(200);
  expect(statuses.at(-1)).toBe(429);
});
