// An owner makes a program and a permit at the console; what is shown once works, and nobody else makes one.
import { generateKeyPairSync } from 'node:crypto';
import { testApp, type TestApp } from '../../support/app.ts';
import { forms } from '../../support/browser.ts';
import { operator, type Person } from '../console.ts';
import { makeUnit, programAt } from './program.ts';

const PATH = '/admin/programs';

let system: TestApp;
let owner: Person;

beforeAll(async () => {
  system = await testApp({ host: 'localhost' });
  await makeUnit(system, 'example-office');
  await makeUnit(system, 'elsewhere');
  owner = await operator(system, 'verified', [['example-office', 'owner']]);
});
afterAll(() => system.close());

const wish = { unit: 'example-office', name: 'Nightly', 'role.developer': 'yes', jwks: '' };
const make = async (changed: Readonly<Record<string, string>>) => {
  const { action, fields } = forms(await owner.open(PATH)).find((form) => form.action.endsWith(PATH))!;
  return await owner.browser.post(action, { _csrf: fields['_csrf'] ?? '', ...wish, ...changed });
};

test.each([
  [{ unit: 'elsewhere' }, '您的范围内没有这个单位'],
  [{ unit: 'nowhere' }, '您的范围内没有这个单位'],
  [{ 'role.auditor': 'yes' }, '您不能在这个单位授予该角色'],
  [{ name: ' ' }, '名称须为 1 至 80 个字'],
  [{ jwks: '{"keys":[]}' }, '公钥无法使用'],
  [{ jwks: 'no json' }, '公钥无法使用'],
])('%j is refused at its field, and what was typed stays', async (changed, words) => {
  const page = await make(changed);
  expect(page.status).toBe(422);
  expect(page.text).toContain(words);
  if (!('role.auditor' in changed)) expect(page.text).toContain('aria-invalid="true"');
  if (!('name' in changed)) expect(page.text).toContain('value="Nightly"');
});

test('a private key is refused, and not shown again', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const page = await make({ jwks: JSON.stringify({ keys: [jwk] }) });
  expect(page.status).toBe(422);
  expect(page.text).not.toContain(String(jwk.d));
});

test('what is made is shown once, works, and is ended on the same page', async () => {
  const page = await make({});
  const [, clientId = ''] = /<code>(program~[0-9a-f]{16})<\/code>/.exec(page.text) ?? [];
  const [, secret = ''] = /client_secret[^<]*<code>([\w-]{43})<\/code>/.exec(page.text) ?? [];
  const program = await programAt(system.issuer, clientId, secret);
  expect((await program.call('GET', '/me')).json['name']).toBe(`client:${clientId}`);
  const list = await owner.open(PATH);
  expect(list.text).toContain(clientId);
  expect(list.text).not.toContain(secret);
  const { action, fields } = forms(list).find((form) => form.action.endsWith(`${clientId}/end`))!;
  await owner.browser.post(action, fields);
  expect((await program.call('GET', '/me')).status).toBe(401);
});
