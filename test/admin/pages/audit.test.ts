// The trail at the console: an auditor reads the own units (A111), and is told first when the chain is broken (A116).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testApp, type TestApp } from '../../support/app.ts';
import { forms, type Page } from '../../support/browser.ts';
import { operator, type Person } from '../console.ts';

const EVIL = '<script>alert(1)</script>';

let system: TestApp;
let admin: pg.Client;
let province: Person;
let nation: Person;
let support: Person;

beforeAll(async () => {
  system = await testApp({ host: 'localhost' });
  admin = new pg.Client({ connectionString: system.database.url });
  await admin.connect();
  await admin.query(`insert into registry.unit (id, name, level, parent_id, path, created_at) values
    ('p1', '{"zh-CN": "一省", "en": "P1"}', 'province', 'cn', 'cn/p1/', now()),
    ('p2', '{"zh-CN": "二省", "en": "P2"}', 'province', 'cn', 'cn/p2/', now())`);
  province = await operator(system, 'provincial-approver', [['p1', 'auditor']]);
  nation = await operator(system, 'national-administrator', [['cn', 'auditor']]);
  support = await operator(system, 'verified-two', [['p2', 'support']]);
  const { audit } = system.app;
  const said = (path: string, about: string): void =>
    audit.note({
      type: 'access.refused',
      data: { act: 'registry.read', path, about },
      actor: 'operator:command-line',
    });
  said('cn/p1/', EVIL);
  said('cn/p2/', 'theirs');
  await audit.flush();
});
afterAll(async () => {
  await admin.end();
  await system.close();
});

const mainOf = ({ text }: Page): string => text.slice(text.indexOf('<main'), text.indexOf('</main>'));

describe('an auditor of a province', () => {
  test('reads what names the own units, and stored text as text', async () => {
    const page = await province.open('/admin/audit');
    expect(page.status).toBe(200);
    expect(mainOf(page)).toContain('&lt;script>alert(1)');
    expect(page.text).not.toContain(EVIL);
    expect(mainOf(page)).toContain('宋知远');
    for (const theirs of ['theirs', 'cn/p2/', '贺云舟']) expect(mainOf(page)).not.toContain(theirs);
  });

  test.each(['?unit=p2', '?unit=cn'])('is told that %s does not exist', async (query) => {
    expect((await province.open(`/admin/audit${query}`)).status).toBe(404);
  });

  test.each(['?type=signin.', '?from=2026-13-01', '?from=2020-01-01', '?after=1_1', '?actor=a&actor=b'])(
    'is refused %s',
    async (query) => {
      expect((await province.open(`/admin/audit${query}`)).status).toBe(400);
    },
  );

  test('finds nothing of others by a filter, nor in a file', async () => {
    const page = await province.open('/admin/audit?type=access.&actor=operator:command-line');
    expect(mainOf(page)).not.toContain('theirs');
    const { action, fields } = forms(page).find((form) => form.action.includes('/audit/export'))!;
    const file = await province.browser.post(action, fields);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.text).toContain('access.refused');
    expect(file.text).not.toContain('theirs');
    expect(file.text).not.toContain('cn/p2/');
    expect((await nation.open('/admin/audit?type=export.')).text).toContain('export.made');
  });

  test('asks for no check of the whole chain', async () => {
    const page = await province.open('/admin/audit');
    expect(page.text).not.toContain('/audit/check');
    const { fields } = forms(page).find((form) => form.action.includes('/audit/export'))!;
    expect((await province.browser.post(`${system.issuer}/admin/audit/check`, fields)).status).toBe(404);
  });
});

test('who is no auditor reads nothing', async () => {
  expect((await support.open('/admin/audit')).status).toBe(403);
});

describe('the nation', () => {
  test('reads everything, asks for a check and sees that the chain holds', async () => {
    const page = await nation.open('/admin/audit');
    expect(mainOf(page)).toContain('theirs');
    await system.app.audit.seal();
    const { action, fields } = forms(page).find((form) => form.action.includes('/audit/check'))!;
    const asked = await nation.browser.post(action, fields);
    expect(asked.text).toContain('正在等待校验');
    await system.app.trail.check();
    expect((await nation.open('/admin/audit')).text).toContain('校验通过');
  });

  test('sees first what is broken, which record, and what to do', async () => {
    await system.app.audit.seal();
    await admin.query('set session_replication_role = replica');
    await admin.query(`update audit.event set actor = 'operator:nobody' where type = 'access.refused'`);
    await system.app.trail.ask('operator:command-line', undefined);
    await system.app.trail.check();
    const page = await nation.open('/admin/audit');
    expect(page.text).toContain('校验没有通过');
    expect(mainOf(page)).toMatch(/<pre>batch \d+, event [0-9a-f-]{36}: edited/);
    expect(mainOf(page)).toContain('先保留数据库现状');
    expect((await province.open('/admin/audit')).text).toContain('校验没有通过');
  });
});
