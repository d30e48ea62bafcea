// A client on its way through the pages: written, submitted, returned, put right, approved twice, live, stopped.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testApp, type TestApp } from '../../support/app.ts';
import { forms, type Page } from '../../support/browser.ts';
import { MACHINE, operator, type Person } from '../console.ts';

let system: TestApp;
let dev: Person;
let reviewer: Person;
let approver: Person;
let sandbox: string;

const UNITS = [
  ['330000', '江澜省', 'province', 'cn', 'cn/330000/'],
  ['330100', '澜川市', 'prefecture', '330000', 'cn/330000/330100/'],
  ['fund', '公积金中心', 'department', '330100', 'cn/330000/330100/fund/'],
] as const;
const NAME = '<script>alert(1)</script>公积金';

beforeAll(async () => {
  const env = { TONGXING_REGISTRY__OPEN_DOMAINS: '["example.gov.cn"]' };
  system = await testApp({ host: 'localhost', env });
  for (const [id, name, level, parent, path] of UNITS)
    await system.database.postgres.run({
      name: '',
      text: `insert into registry.unit (id, name, level, parent_id, path, created_at)
             values ($1, $2, $3, $4, $5, now()) on conflict (id) do nothing`,
      values: [id, JSON.stringify({ 'zh-CN': name, en: id }), level, parent, path],
    });
  dev = await operator(system, 'verified', [['fund', 'developer']]);
  reviewer = await operator(system, 'verified-two', [['330100', 'reviewer']]);
  approver = await operator(system, 'provincial-approver', [['330000', 'approver']], 'en');
  const given = {
    client_name: NAME,
    redirect_uris: ['http://localhost:3000/cb'],
    scope: 'openid profile',
    tongxing_claims: { name: { purpose: '用于显示账户', required: true } },
  };
  sandbox = (await system.app.parties.sandboxes.createSandbox(MACHINE, 'fund', given)).clientId;
});
afterAll(() => system.close());

/** Sends a form of the page with these fields, also those that are no `<input>`. */
async function send(person: Person, page: Page, action: RegExp, fields: Readonly<Record<string, string>>) {
  const form = forms(page).find((one) => action.test(one.action));
  if (!form) throw new Error(`no form to ${action.source} on ${page.url} (${page.status})`);
  const hidden = Object.fromEntries(Object.entries(form.fields).filter(([name]) => !name.startsWith('?')));
  return await person.browser.post(form.action, { ...hidden, ...fields }, { origin: system.issuer });
}

const place = (): string => `/developers/clients/${sandbox}/production`;
const write = async (part: string, fields: Readonly<Record<string, string>>): Promise<Page> =>
  await send(dev, await dev.open(`${place()}/${part}`), new RegExp(`/production/${part}$`), fields);
const numberOf = async (): Promise<string> =>
  (await system.app.parties.changes.openOf(MACHINE, sandbox)) ?? '';
const decide = async (person: Person, fields: Readonly<Record<string, string>>): Promise<Page> =>
  await send(person, await person.open(`/admin/requests/${await numberOf()}`), /\/decision$/, fields);

describe('the team', () => {
  test('begins with what the sandbox client has, and is told at each part what is still wrong', async () => {
    const start = await dev.open(place());
    expect(start.text).toContain('正式应用有自己的 client_id');
    const draft = await send(dev, start, /\/production$/, {});
    expect(draft.status).toBe(200);
    expect(draft.text).not.toContain(NAME);
    expect(draft.text).toContain('&lt;script>');
    const refused = await send(dev, draft, /\/submit$/, {});
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/redirect_uris|localhost/);
  });

  test('cannot write a key that is no JSON or no public one; what was typed stays', async () => {
    const broken = await write('authentication', { token_endpoint_auth_method: 'none', jwks: '{"keys"' });
    expect([broken.status, broken.text.includes('不是 JSON')]).toEqual([422, true]);
    expect(broken.text).toContain('{&quot;keys&quot;');
    const secret = await write('authentication', { jwks: '{"keys":[{"kty":"RSA","d":"x"}]}' });
    expect([secret.status, secret.text.includes('含有私密内容')]).toEqual([422, true]);
    expect(secret.text).not.toContain('&quot;d&quot;');
  });

  test('writes part by part and submits; the secret is on one page, once', async () => {
    await write('redirects', { redirect_uris: 'https://gjj.example.gov.cn/cb\n' });
    await write('name', {
      client_name: NAME,
      'client_name#en': 'Fund',
      tongxing_domain: 'gjj.example.gov.cn',
    });
    await write('level', { tongxing_minimum_level: 'l2' });
    await write('authentication', { token_endpoint_auth_method: 'client_secret_basic', jwks: '' });
    await write('about', { policy_uri: 'https://gjj.example.gov.cn/privacy', contacts: 'it@example.gov.cn' });
    const fields = { purpose: '用于显示账户', 'purpose#en': 'To show the account', required: 'yes' };
    await write('claims/name', { ...fields, legal_basis: '《住房公积金管理条例》第五条', retention: '30' });
    const ready = await dev.open(place());
    expect(ready.text).toContain('没有发现问题');
    const told = await send(dev, ready, /\/submit$/, {});
    const [, secret = ''] = /<code>([\w-]{43})<\/code>/.exec(told.text) ?? [];
    expect(secret).toHaveLength(43);
    const after = await dev.open(place());
    expect(after.text).not.toContain(secret);
    expect(after.text).toContain('市级初审');
  });

  test('decides nothing about its own request, by no address', async () => {
    const id = await numberOf();
    const page = await dev.open(`/admin/requests/${id}`);
    expect([page.status, forms(page).some(({ action }) => action.endsWith('/decision'))]).toEqual([
      200,
      false,
    ]);
    const form = forms(page).find(({ fields }) => '_csrf' in fields);
    const { version } = await system.app.parties.changes.find(MACHINE, id);
    const fields = {
      _csrf: form?.fields['_csrf'] ?? '',
      decision: 'approve',
      version: String(version),
      reason: '自己批准自己',
    };
    const refused = await dev.browser.post(`${system.issuer}/admin/requests/${id}/decision`, fields, {
      origin: system.issuer,
    });
    expect(refused.status).toBe(403);
    expect(await system.app.parties.changes.find(MACHINE, id)).toMatchObject({ stage: 'prefecture' });
  });
});

describe('the city', () => {
  test('finds it in the queue by word, unit and stage, and nothing beside it', async () => {
    for (const query of [
      '',
      '?q=gjj.example',
      '?unit=330100&stage=prefecture',
      '?view=open&member=redirect_uris',
    ])
      expect((await reviewer.open(`/admin${query}`)).text).toContain(await numberOf());
    for (const query of ['?q=nowhere', '?unit=440000', '?stage=nation', '?view=done'])
      expect((await reviewer.open(`/admin${query}`)).text).not.toContain(await numberOf());
    const queue = await reviewer.open('/admin');
    expect(queue.text).not.toContain(NAME);
    expect(queue.text).toContain('还剩 4 天');
  });

  test('sees every difference, what a citizen would see, and the checks', async () => {
    const page = await reviewer.open(`/admin/requests/${await numberOf()}`);
    expect(page.text).not.toContain(NAME);
    for (const words of [
      '回调地址',
      'https://gjj.example.gov.cn/cb',
      '第五条',
      '群众看到的样子',
      '没有发现问题',
    ])
      expect(page.text).toContain(words);
  });

  test('returns it with words to a member; without a reason nothing happens', async () => {
    const refused = await decide(reviewer, { decision: 'return', reason: '' });
    expect([refused.status, refused.text.includes('理由须为')]).toEqual([422, true]);
    expect((await decide(reviewer, { reason: '没有选决定' })).text).toContain('选一个决定');
    const member = 'comment.tongxing_claims.name';
    const done = await decide(reviewer, {
      decision: 'return',
      reason: '用途写得不够具体',
      [member]: '显示在哪里？',
    });
    expect([done.status, done.text.includes('显示在哪里？')]).toEqual([200, true]);
    expect((await dev.open(place())).text).toContain('被退回修改');
  });
});

test('put right, it goes through city and province, and is live', async () => {
  const id = await numberOf();
  await write('claims/name', {
    purpose: '用于在首页显示您的账户',
    'purpose#en': 'To show it',
    legal_basis: '第五条',
    retention: '30',
  });
  const again = await send(dev, await dev.open(place()), /\/submit$/, {});
  expect(again.text).not.toMatch(/<code>[\w-]{43}<\/code>/);
  const stale = await reviewer.open(`/admin/requests/${id}`);
  await decide(reviewer, { decision: 'approve', reason: '已经写清楚，同意' });
  const late = await send(reviewer, stale, /\/decision$/, { decision: 'refuse', reason: '晚到的决定' });
  expect([late.status, await numberOf()]).toEqual([409, id]);
  const page = await approver.open(`/admin/requests/${id}`);
  expect(page.text).toContain('Live at once, on every node');
  const done = await decide(approver, { decision: 'approve', reason: 'Complete and exact' });
  expect(done.text).toContain('Approved and live');
  const { clientId } = await system.app.parties.changes.find(MACHINE, id);
  expect(await system.app.registry.find(clientId)).toMatchObject({
    enabled: true,
    environment: 'production',
  });
});

describe('the province', () => {
  const live = async (): Promise<string> => {
    const [line] = (await system.app.parties.changes.list(MACHINE, { view: 'all', sort: '-updated' })).rows;
    return line?.clientId ?? '';
  };

  test('stops it with a reason, and does not bring it back alone', async () => {
    const clientId = await live();
    const address = `/admin/clients/${clientId}`;
    const page = await approver.open(`${address}/suspend`);
    expect(page.text).toContain('Who is affected');
    expect((await send(approver, page, /\/suspend$/, { reason: 'no' })).status).toBe(422);
    const done = await send(approver, page, /\/suspend$/, { reason: 'Key may have leaked' });
    expect(done.text).toContain('Key may have leaked');
    expect(await system.app.registry.find(clientId)).toMatchObject({ enabled: false });
    const asked = await send(approver, await approver.open(`${address}/resume`), /\/resume$/, {
      reason: 'Key was replaced',
    });
    expect(asked.text).toContain('Another person confirms');
    expect(forms(asked).some(({ action }) => action.endsWith('/resume'))).toBe(false);
    expect((await approver.open(`${address}/suspend`)).text).toContain('cannot be done');
  });

  test('reads a year later what every version was, who brought it, and why', async () => {
    const page = await approver.open(`/admin/clients/${await live()}/history`);
    for (const words of ['Version 2', 'Suspended', 'Version 1', 'Complete and exact', 'Redirect addresses'])
      expect(page.text).toContain(words);
    expect(page.text).not.toContain(NAME);
  });

  test('retires it only with the box ticked', async () => {
    const page = await approver.open(`/admin/clients/${await live()}/retire`);
    expect((await send(approver, page, /\/retire$/, { reason: 'Merged elsewhere' })).status).toBe(422);
    const done = await send(approver, page, /\/retire$/, { reason: 'Merged elsewhere', sure: 'yes' });
    expect(done.text).toContain('Retired');
  });
});

test('what is not there, or beyond reach, is not found', async () => {
  for (const path of [
    '/admin/requests/R-19990101-0001',
    '/admin/requests/x',
    '/admin/clients/nobody/suspend',
  ])
    expect((await reviewer.open(path)).status).toBe(404);
  expect((await dev.open('/developers/clients/nobody/production')).status).toBe(404);
});
