// The list of clients at the console: what each person sees of it, what leaves it as a file, and what stored text can do
// to it (A104, A111).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testApp, type TestApp } from '../../support/app.ts';
import { forms, type Page } from '../../support/browser.ts';
import { operator, type Person } from '../console.ts';

const EVIL = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>';
const FORMULA = '=HYPERLINK("http://evil.example")';

let system: TestApp;
let admin: pg.Client;
/** Approves in the province p1. */
let approver: Person;
let developer: Person;

const SEED = `
  insert into registry.unit (id, name, level, parent_id, path, created_at) values
    ('p1', '{"zh-CN": "江澜省", "en": "Jianglan"}', 'province', 'cn', 'cn/p1/', now()),
    ('p2', '{"zh-CN": "海东省", "en": "Haidong"}', 'province', 'cn', 'cn/p2/', now()),
    ('bad', jsonb_build_object('zh-CN', $1::text, 'en', $1::text), 'department', 'p1', 'cn/p1/bad/', now());
`;
const CLIENT = `
  insert into registry.client (client_id, unit_id, metadata, enabled, version, created_at, updated_at, environment, state)
  select $1 || n, $2, jsonb_build_object('name', jsonb_build_object('zh-CN', $3 || n, 'en', $3 || n),
      'domain', 'example.gov.cn', 'minimumLevel', 'l2', 'claims', '{}'::jsonb, 'metadata', '{}'::jsonb),
    true, 1, now(), now(), 'production', 'live' from generate_series(1, $4::int) n`;

beforeAll(async () => {
  system = await testApp({ host: 'localhost' });
  admin = new pg.Client({ connectionString: system.database.url });
  await admin.connect();
  for (const statement of SEED.split(';').filter((text) => text.trim() !== ''))
    await admin.query(statement, [EVIL]);
  await admin.query(CLIENT, ['fund-', 'p1', '公积金', 30]);
  await admin.query(CLIENT, ['other-', 'p2', '公积金外省', 3]);
  await admin.query(CLIENT, ['evil-', 'bad', EVIL, 1]);
  await admin.query(CLIENT, ['sum-', 'p1', FORMULA, 1]);
  approver = await operator(system, 'verified', [['p1', 'approver']]);
  developer = await operator(system, 'verified-two', [['p1', 'developer']]);
});
afterAll(async () => {
  await admin.end();
  await system.close();
});

const open = (path: string): Promise<Page> => approver.open(`/admin/clients${path}`);
const idsOf = ({ text }: Page): readonly string[] =>
  [...text.matchAll(/href="\/admin\/clients\/([\w-]+)"/g)].map(([, id]) => id ?? '');
const exportForm = (page: Page) => forms(page).find(({ action }) => action.includes('/clients/export'));
const events = async (type: string): Promise<readonly Record<string, unknown>[]> => {
  await system.app.audit.flush();
  const { rows } = await admin.query('select data from audit.event where type = $1 order by at', [type]);
  return rows.map(({ data }: { data: Record<string, unknown> }) => data);
};

describe('a person of a province', () => {
  test.each([
    ['', 25],
    ['?q=%E5%A4%96%E7%9C%81', 0],
    ['?q=other', 0],
    ['?order=updated', 25],
    ['?after=other-1&order=unit', 0],
    ['?environment=sandbox', 0],
    ['?q=fund-7', 1],
  ])('sees the own clients alone with %s', async (query, count) => {
    const page = await open(query);
    expect([page.status, idsOf(page).length]).toEqual([200, count]);
    expect(idsOf(page).filter((id) => id.startsWith('other'))).toEqual([]);
    expect(page.text).not.toContain('公积金外省');
  });

  test.each(['?unit=p2', '?unit=cn', '?unit=none'])('is told that %s does not exist', async (query) => {
    expect((await open(query)).status).toBe(404);
  });

  test.each([
    '?order=secret_sealed',
    '?state=live&state=draft',
    '?level=l9',
    `?q=${'x'.repeat(101)}`,
    '?sensitive=1',
  ])('is refused %s', async (query) => {
    expect((await open(query)).status).toBe(400);
  });

  test('goes on to the next page with the filters kept', async () => {
    const first = await open('?q=fund&state=live');
    const next = await approver.browser.follow(first, /下一页/);
    expect(next.url).toContain('q=fund&state=live&after=');
    expect([...idsOf(first), ...idsOf(next)]).toHaveLength(30);
    expect(new Set([...idsOf(first), ...idsOf(next)]).size).toBe(30);
  });
});

describe('stored text', () => {
  test('stays text on the list, in filters and in the dry run', async () => {
    const pages = [
      await open('?q=evil'),
      await open('?unit=bad'),
      await open(`?q=${encodeURIComponent(EVIL.slice(0, 90))}`),
      await approver.browser.submit(await open('?q=evil'), { 'pick.evil-1': 'yes' }),
    ];
    for (const page of pages) {
      expect(page.status).toBe(200);
      expect(page.text).toContain('&lt;script>alert(1)');
      expect(page.text).not.toMatch(/<script>alert|<img src=x/);
    }
  });
});

describe('a list that leaves', () => {
  test('is marked in the first line, in each row and at the end, and told to the trail', async () => {
    const page = await open('?q=sum-1');
    const { action, fields } = exportForm(page)!;
    const file = await approver.browser.post(action, fields);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.headers.get('content-disposition')).toContain('tongxing-clients.csv');
    const lines = file.text.replace('\uFEFF', '').trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    const [made] = await events('export.made');
    expect(made).toMatchObject({ what: 'clients', rows: 1, filter: 'q=sum-1', path: 'cn/p1/' });
    for (const line of [lines[0], lines[2], lines[3]]) expect(line).toContain(made?.['mark']);
    expect(lines[2]).toContain(`"'=HYPERLINK(""http://evil.example"")1"`);
  });

  test('holds all that the filters leave, of the own units', async () => {
    const { action, fields } = exportForm(await open('?q=公积金'))!;
    const file = await approver.browser.post(action, fields);
    expect(file.text.match(/fund-/g)).toHaveLength(30);
    expect(file.text).not.toContain('other-');
  });

  test('is refused to who may not take it out, and without the anti-forgery value', async () => {
    const theirs = await developer.open('/admin/clients');
    expect(exportForm(theirs)).toBeUndefined();
    expect(theirs.text).not.toContain('name="pick.');
    const form = forms(theirs).find(({ action }) => action.includes('sign-out'));
    const url = `${system.issuer}/admin/clients/export`;
    expect((await developer.browser.post(url, form!.fields)).status).toBe(403);
    expect((await approver.browser.post(url, {})).status).toBe(403);
    expect(await events('access.refused')).toContainEqual(expect.objectContaining({ act: 'export.make' }));
  });

  test('of ticked clients is shown first; ticks of another province are left out and told', async () => {
    const list = await open('?q=fund-1');
    const { fields } = forms(list).find(({ action }) => action.includes('/picked'))!;
    const ticks = { ...fields, 'pick.fund-1': 'yes', 'pick.other-1': 'yes' };
    const dry = await approver.browser.post(`${system.issuer}/admin/clients/picked`, ticks);
    expect(dry.text).toContain('有 1 个不在您的范围内，已略过');
    expect(dry.text).not.toContain('other-1');
    expect(await events('access.refused')).toContainEqual(expect.objectContaining({ about: 'other-1' }));
    const before = (await events('export.made')).length;
    const file = await approver.browser.submit(dry, { confirm: 'yes' });
    expect(file.text).toContain('fund-1,');
    expect(await events('export.made')).toHaveLength(before + 1);
    const forced = await approver.browser.post(`${system.issuer}/admin/clients/picked`, {
      ...ticks,
      confirm: 'yes',
    });
    expect(forced.text).not.toContain('other-1');
    const none = await approver.browser.post(`${system.issuer}/admin/clients/picked`, fields);
    expect([none.status, none.text.includes('没有选中应用')]).toEqual([422, true]);
  });
});

describe('the page of one client', () => {
  test('of another province, or of none, is not found, and the try is told', async () => {
    for (const id of ['other-1', 'nothing', encodeURIComponent(EVIL)])
      expect((await open(`/${id}`)).status).toBe(404);
    expect(await events('access.refused')).toContainEqual(
      expect.objectContaining({ act: 'registry.read', about: 'other-1' }),
    );
  });

  test('shows how its logins went, why some did not, and text that was sent to us as text', async () => {
    const { activity } = system.app.parties;
    for (const stage of ['authorize', 'authorize', 'login', 'code'] as const)
      activity.counted('evil-1', stage);
    activity.counted('evil-1', 'token', 'invalid_grant');
    activity.told('evil-1', { endpoint: 'token', error: 'invalid_grant', reason: EVIL, params: {} });
    await activity.flush();
    const page = await open('/evil-1');
    expect(page.status).toBe(200);
    for (const text of ['1 发起登录', '50.0%', 'invalid_grant', '登记内容，第 1 版'])
      expect(page.text).toContain(text);
    expect(page.text.match(/&lt;script>alert\(1\)/g)!.length).toBeGreaterThan(3);
    expect(page.text).not.toMatch(/<script>alert|<img src=x/);
    expect((await open('/evil-1?days=365')).status).toBe(400);
  });

  test('offers the acts of one’s own post', async () => {
    const page = await open('/fund-1');
    expect(page.text).toContain('/admin/clients/fund-1/suspend');
    expect(page.text).not.toContain('/admin/clients/fund-1/resume');
    const theirs = await developer.open('/admin/clients/fund-1');
    expect(theirs.text).toContain('example.gov.cn');
    expect(theirs.text).not.toContain('/admin/clients/fund-1/suspend');
  });
});
