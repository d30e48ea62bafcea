// The phone is lost: a new one, a face, a wait in which the old phone can say no. Refusals first (threats A83).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { codeOf } from '../account/signed-in.ts';
import { asks, walk } from '../oidc/relying-party.ts';
import { headingOf } from '../resilience/trial-client.ts';

let system: TestApp;
let clock: TestClock;
let owner: Persona;

beforeAll(async () => {
  clock = testClock();
  system = await testApp({ clock });
  owner = await system.persona('verified');
});
afterAll(() => system.close());

const at = (path: string): string => `${system.issuer}${path}`;
const pathOf = (page: Page): string => new URL(page.url).pathname;
const rows = async <Row extends object>(text: string): Promise<Row[]> =>
  system.database.postgres.rows<Row>({ name: '', text, values: [] });
const waiting = async (): Promise<number> => (await rows('select 1 from citizens.recovery')).length;
const runJob = async (): Promise<void> => {
  const jobs = system.app.features.flatMap((feature) => feature.jobs ?? []);
  await jobs.find(({ name }) => name === 'recovery.moves')?.run();
};
const linkOf = async (): Promise<string> =>
  /http\S+\/recovery\/[\w.-]+/.exec((await system.message(owner.phone)).text)?.[0] ?? '';

/** Registers with this phone and goes as far as the result of a face check with the owner's name and number. */
async function comeBack(phone: string, scene: string): Promise<{ browser: Browser; page: Page }> {
  const browser = createBrowser();
  const first = await browser.get(at('/account/verify?level=l3'));
  const sent = await browser.submit(await browser.follow(first, /way=register/), { phone });
  const choose = await browser.submit(sent, { code: await codeOf(system, phone) });
  const form = await browser.submit(choose, { password: 'nine-swallows-under-the-eaves' });
  expect(asks(form, 'id_number')).toBe(true);
  const { name, id_number } = owner;
  const handed = await browser.submit(form, { name, id_number, consent: 'yes', consent_more: 'yes' });
  const face = /href="(http[^"]*\/face\/check\/[^"]*)"/.exec(handed.text)?.[1] ?? '';
  await createBrowser({ stopAt: /^https:/ }).post(face, { scene });
  clock.forward(3);
  return { browser, page: await browser.get(handed.url) };
}

test('a face that is not the owner’s moves nothing, and the old phone hears nothing', async () => {
  const { page } = await comeBack('13900015550', 'another');
  expect(page.text).not.toContain('原来的手机');
  expect(await waiting()).toBe(0);
});

test('the owner of the old phone cancels: a hundred presses cancel once, and nothing moves when the time comes', async () => {
  const { page } = await comeBack('13900015551', 'passed');
  expect(headingOf(page)).toBe('要由工作人员核对');
  expect(page.text).toContain('后现在的手机号自动并到原来的账号');
  expect(await waiting()).toBe(1);
  const link = await linkOf();
  const old = createBrowser();
  const cancel = await old.get(link);
  expect(await waiting()).toBe(1);
  const presses = await Promise.all(Array.from({ length: 100 }, () => old.submit(cancel, {})));
  expect(presses.filter((answer) => headingOf(answer) === '已经取消')).toHaveLength(1);
  clock.forward(73 * 3600);
  await runJob();
  expect(await rows(`select 1 from audit.event where type = 'citizen.recovered'`)).toEqual([]);
});

test('nobody cancels: the old phone signs in until the time has come, then the new one has the account', async () => {
  const phone = '13900015552';
  await comeBack(phone, 'passed');
  await runJob();
  expect(await waiting()).toBe(1);
  const before = createBrowser();
  expect((await walk(before, owner, await before.get(at('/account')))).text).toContain('林**');
  clock.forward(72 * 3600);
  await Promise.all([runJob(), runJob(), runJob()]);
  expect(await waiting()).toBe(0);
  const recovered = await rows<{ data: object }>(
    `select data from audit.event where type = 'citizen.recovered'`,
  );
  expect(recovered).toEqual([{ data: { by: 'new_phone' } }]);
  expect((await system.message(phone)).text).toContain('账号已换到这个手机号');

  // Every session of before has ended, and the session with the new phone has the phone alone.
  expect(pathOf(await before.get(at('/account')))).toMatch(/^\/signin\//);
  const fresh = createBrowser();
  const form = await fresh.follow(await fresh.get(at('/account')), /way=sms/);
  const sent = await fresh.submit(form, { phone });
  // A phone that was changed a moment ago is not believed alone.
  const asked = await fresh.submit(sent, { code: await codeOf(system, phone) });
  expect(asked.text).not.toContain('林**');
  const home = await fresh.submit(asked, { password: owner.password });
  expect(home.text).toContain('林**');
  expect((await fresh.get(at('/account/security'))).text).toContain('139****5552');
  expect(pathOf(await fresh.get(at('/account/security/add/password')))).toMatch(/^\/signin\//);
  expect(await rows('select 1 from citizens.citizen where phone_changed_at is not null')).toHaveLength(1);
});
