// Units at the console: the tree, departments, names, contacts, and host names that are shown to be one's own.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from '../../idp/platform/store/postgres.ts';
import { testApp, type TestApp } from '../support/app.ts';
import type { Page } from '../support/browser.ts';
import { openServers, type Servers } from '../registry/domains/name-server.ts';
import { operator, type Person } from './console.ts';

let system: TestApp;
let servers: Servers;
let hangzhou: Person;
let sichuan: Person;

beforeAll(async () => {
  servers = await openServers();
  system = await testApp({
    host: 'localhost',
    env: { TONGXING_REGISTRY__DNS_SERVERS: JSON.stringify([servers.dns]) },
  });
  await system.app.parties.units.seed('system');
  hangzhou = await operator(system, 'verified', [['330100', 'owner']]);
  sichuan = await operator(system, 'verified-two', [['510000', 'auditor']], 'en');
}, 60_000);
afterAll(async () => {
  servers.close();
  await system.close();
});

const words = (page: Page): string => page.text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const codes = (page: Page): string[] =>
  [...page.text.matchAll(/class="u" href="\/admin\/units\/([^"]*)"/g)].map(([, id]) => id!);

test('the tree begins at the own unit, with what hangs below it', async () => {
  const page = await hangzhou.open('/admin/units');
  expect(page.status).toBe(200);
  expect(codes(page).slice(0, 2)).toEqual(['330100', '330102']);
  expect(words(page)).toContain('您能看到 14 个单位');
  const county = await hangzhou.browser.follow(page, /units\/330106$/);
  expect(words(county)).toContain('西湖区');
  expect(county.text).toContain('aria-current="page"');
});

describe('another province', () => {
  test('is not there: by address, by search, by what is sent', async () => {
    for (const path of ['330100', '330106', '330199', 'cn'])
      expect((await sichuan.open(`/admin/units/${path}`)).status).toBe(404);
    const found = await sichuan.open('/admin/units?unit=3301&after=cn/330000/');
    expect([found.status, codes(found)]).toEqual([200, []]);
    const own = await sichuan.open('/admin/units/510000');
    const csrf = /name="_csrf" value="([^"]*)"/.exec(own.text)![1]!;
    for (const [path, form] of [
      ['departments', { department_zh: '局' }],
      ['name', { name_zh: '局', version: '1' }],
      ['contacts', { version: '1' }],
      ['domains', { host: 'www.hz.gov.cn' }],
      ['domains/0198a000-0000-7000-8000-000000000001/check', {}],
    ] as const) {
      const answer = await sichuan.browser.post(`${system.issuer}/admin/units/330100/${path}`, {
        _csrf: csrf,
        ...form,
      });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  test('and who only audits sees no form and changes nothing in the own one', async () => {
    const own = await sichuan.open('/admin/units/510000');
    expect(own.text).not.toContain('action="/admin/units/');
    const csrf = /name="_csrf" value="([^"]*)"/.exec(own.text)![1]!;
    const url = `${system.issuer}/admin/units/510000/departments`;
    expect((await sichuan.browser.post(url, { _csrf: csrf, department_zh: 'x' })).status).toBe(403);
    expect((await sichuan.browser.post(url, { department_zh: 'x' })).status).toBe(403);
  });
});

test('a search finds by name and code, and says so when there is nothing', async () => {
  expect(codes(await hangzhou.open('/admin/units?unit=%E8%A5%BF%E6%B9%96'))).toEqual(['330106']);
  expect(words(await hangzhou.open('/admin/units?unit=zzz'))).toContain('没有找到');
});

describe('a department', () => {
  test('is added with a code, once; what is wrong stands at its field with what was typed', async () => {
    const page = await hangzhou.open('/admin/units/330100');
    const bad = await hangzhou.browser.submit(page, {
      department_zh: '公积金中心',
      department_en: '',
      code: 'G J',
    });
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('href="#code"');
    expect(bad.text).toContain('value="公积金中心"');
    const made = await hangzhou.browser.submit(bad, {
      department_zh: '公积金中心',
      department_en: 'Fund',
      code: 'gjj',
    });
    expect([made.status, made.url]).toEqual([200, `${system.issuer}/admin/units/330100-gjj`]);
    const again = await hangzhou.browser.submit(page, { department_zh: 'x', department_en: '', code: 'gjj' });
    expect([again.status, words(again).includes('这个代码已经有了')]).toEqual([422, true]);
  });

  test('has a name from above and contacts; a change on an old page is told', async () => {
    const page = await hangzhou.open('/admin/units/330100-gjj');
    const named = await hangzhou.browser.submit(page, { name_zh: '<b>公积金</b>', name_en: '' });
    expect(named.text).toContain('&lt;b>公积金&lt;/b>');
    const late = await hangzhou.browser.submit(page, { name_zh: '别的', name_en: '' });
    expect([late.status, words(late).includes('别人刚刚改过')]).toEqual([422, true]);
    const contact = { office_1: '值班', telephone_1: '0571-12345678', mail_1: '' };
    expect(words(await hangzhou.browser.submit(named, contact))).toContain('值班 · 0571-12345678');
    const below = await hangzhou.browser.submit(named, {
      department_zh: '信息处',
      department_en: '',
      code: '',
    });
    const gone = await hangzhou.browser.submit(below, { removal: below.url.split('/').at(-1)! });
    expect(gone.url).toBe(`${system.issuer}/admin/units/330100-gjj`);
    const division = await hangzhou.open('/admin/units/330106');
    expect(division.text).not.toContain('name="name_zh"');
  });
});

describe('a host name', () => {
  test.each([
    ['127.1', 'IP 地址'],
    ['169.254.169.254', 'IP 地址'],
    ['gov.cn', '公共后缀'],
    ['https://www.hz.gov.cn/', '不是单独的域名'],
    ['metadata.google.internal', '内部网络'],
    ['<script>', '不能用的字符'],
  ])('%s is refused in words', async (host, why) => {
    const page = await hangzhou.open('/admin/units/330100');
    const refused = await hangzhou.browser.submit(page, { host });
    expect([refused.status, words(refused).includes(why)]).toEqual([422, true]);
    expect(refused.text).not.toContain('<script>');
  });

  test('is claimed, looked for, shown in the DNS, and given up', async () => {
    const claimed = await hangzhou.browser.submit(await hangzhou.open('/admin/units/330100'), {
      host: 'www.hz.gov.cn',
    });
    expect(claimed.text).toContain('_tongxing-challenge.www.hz.gov.cn');
    expect(claimed.text).toContain('https://www.hz.gov.cn/.well-known/tongxing-challenge.txt');
    const line = /tongxing-verify=[\w-]{32}/.exec(claimed.text)![0];
    const none = await hangzhou.browser.submit(claimed, { check: 'www.hz.gov.cn' });
    expect(words(none)).toContain('DNS：没有这条 TXT 记录');
    servers.texts.set('_tongxing-challenge.www.hz.gov.cn', ['<i>no</i>']);
    const other = await hangzhou.browser.submit(none, { check: 'www.hz.gov.cn' });
    expect(other.text).toContain('查到的是 &lt;i>no&lt;/i>');
    servers.texts.set('_tongxing-challenge.www.hz.gov.cn', [line]);
    const shown = await hangzhou.browser.submit(other, { check: 'www.hz.gov.cn' });
    expect(words(shown)).toContain('已核验');
    expect(await system.app.parties.domains.domainsOf('330100-gjj')).toEqual(['www.hz.gov.cn']);
    expect(words(await hangzhou.open('/admin/units/330100-gjj'))).toContain('来自 杭州市');
    // As the third day without it leaves it (test/registry/domains).
    await system.database.postgres.run(sql`update registry.domain set state = 'lost'`);
    const queue = await hangzhou.open('/admin');
    expect(words(queue)).toContain('有 1 个域名连续三天没查到');
    expect((await hangzhou.browser.follow(queue, /www\.hz\.gov\.cn/)).url).toContain('/admin/units/330100');
    expect(words(await sichuan.open('/admin'))).not.toContain('www.hz.gov.cn');
    const gone = await hangzhou.browser.submit(shown, { remove: 'www.hz.gov.cn' });
    expect(words(gone)).toContain('还没有域名');
  });
});
