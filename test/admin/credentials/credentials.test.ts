// The credentials of a client in the portal, by HTTP: refusals, a change, the last one, the keys in words.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decode, forms, type Page } from '../../support/browser.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { person, type Person } from '../console.ts';

let system: TestApp;
let developer: Person;
let path: string;

beforeAll(async () => {
  system = await testApp();
  developer = person(system, await system.persona('verified'), 'en');
  const home = await developer.open('/developers');
  const page = await developer.browser.submit(home, {
    name: 'Housing Fund',
    redirect_uri: 'http://localhost:3000/cb',
    method: 'client_secret_basic',
  });
  path = `${new URL(page.url).pathname}/credentials`;
});
afterAll(() => system.close());

const plain = (page: Page): string => decode(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
const send = async (page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page> => {
  const form = forms(page).find((one) => new URL(one.action).pathname === action);
  if (!form) throw new Error(`no form to ${action} on ${page.url}`);
  const standing = Object.entries(form.fields).filter(([name]) => !name.startsWith('?'));
  const all = { ...Object.fromEntries(standing), ...fields };
  return await developer.browser.post(form.action, all, { origin: system.issuer });
};
const secretOn = (page: Page): string => /<code>([\w-]{43})<\/code>/.exec(page.text)?.[1] ?? '';
const ids = (page: Page): readonly string[] =>
  [...page.text.matchAll(/name="credential" value="([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '');

test('a stranger finds no such page, and none of its acts', async () => {
  const stranger = person(system, await system.persona('verified-two'), 'en');
  expect((await stranger.open(path)).status).toBe(404);
  expect((await stranger.browser.get(`${system.issuer}${path}/keys`)).status).toBe(404);
});

test('a second secret is shown once; a third is refused with the reason', async () => {
  const page = await developer.open(path);
  expect(ids(page)).toHaveLength(1);
  const added = await send(page, path, { name: '<b>2027</b>' });
  expect(secretOn(added)).toHaveLength(43);
  expect(added.text).not.toContain('<b>2027</b></b>');
  expect(plain(added)).toContain('<b>2027</b>');
  expect(added.hops.join(' ')).not.toContain(secretOn(added));
  const again = await developer.open(path);
  expect([secretOn(again), ids(again).length]).toEqual(['', 2]);
  const third = await send(again, path, { name: 'third' });
  expect([third.status, plain(third).includes('has two that count already; revoke one first')]).toEqual([
    422,
    true,
  ]);
});

test('one is revoked at a press, the last one only after a question', async () => {
  const page = await developer.open(path);
  const [newer = '', older = ''] = ids(page);
  const left = await send(page, `${path}/revoke`, { credential: older });
  expect([left.status, ids(left)]).toEqual([200, [newer]]);
  expect(plain(left)).toContain('Revoked');
  const asked = await send(left, `${path}/revoke`, { credential: newer });
  expect(plain(asked)).toContain('nobody can sign in through this client');
  expect(ids(await developer.open(path))).toEqual([newer]);
  const done = await send(asked, `${path}/revoke`, { last: 'yes' });
  expect([done.status, ids(done)]).toEqual([200, []]);
});

test('a client without keys says so', async () => {
  expect(plain(await developer.open(`${path}/keys`))).toContain('This client has no public key registered.');
});
