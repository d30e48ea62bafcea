// How the system runs is shown to those who answer for all of it, and nothing secret with it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { testApp, type TestApp } from '../../support/app.ts';
import { forms } from '../../support/browser.ts';
import { operator } from '../console.ts';

let system: TestApp;

beforeAll(async () => {
  system = await testApp({ host: 'localhost' });
});
afterAll(() => system.close());

test('an auditor of a province finds no such page', async () => {
  const admin = new pg.Client({ connectionString: system.database.url });
  await admin.connect();
  await admin.query(`insert into registry.unit (id, name, level, parent_id, path, created_at)
    values ('p1', '{"zh-CN": "一省", "en": "P1"}', 'province', 'cn', 'cn/p1/', now())`);
  await admin.end();
  const province = await operator(system, 'provincial-approver', [['p1', 'auditor']]);
  expect((await province.open('/admin/system')).status).toBe(404);
});

test('a national auditor reads health, keys and limits, and can change nothing', async () => {
  const nation = await operator(system, 'national-administrator', [['cn', 'auditor']], 'en');
  const page = await nation.open('/admin/system');
  expect(page.status).toBe(200);
  for (const word of ['postgres', 'Well', 'In use', 'pairwise', 'console.support', '1 h'])
    expect(page.text).toContain(word);
  expect(page.text).not.toContain('Not well');
  const { keyring } = system.app;
  for (const key of keyring.all('seal')) {
    expect(page.text).toContain(key.id);
    expect(page.text).not.toContain(key.material.toString('base64'));
  }
  const main = page.text.slice(page.text.indexOf('<main'), page.text.indexOf('</main>'));
  expect(forms({ text: main, url: page.url })).toEqual([]);
});
