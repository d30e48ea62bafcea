// The account centre tells how the proof of a name stands, and leads to where it goes on.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { byCode } from '../resilience/trial-client.ts';
import { signIn, testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';
import { byNetworkIdentity } from '../proofing/proven.ts';

let app: TestApp;
let phones = 13_744_440_000;

beforeAll(async () => {
  app = await testApp({ env: { TONGXING_SMS__RESEND_AFTER: '1s' } });
});
afterAll(() => app.close());

const textOf = (page: Page): string => page.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

/** A new account on its home page. */
async function newcomer(): Promise<{ browser: Browser; home: Page }> {
  const browser = createBrowser();
  const phone = String((phones += 1));
  const page = await byCode(browser, `${app.issuer}/account`, phone, app, { register: true });
  return { browser, home: await browser.submit(page, { password: 'a-long-enough-password-of-mine' }) };
}

const goOn = (browser: Browser, home: Page): Promise<Page> => browser.follow(home, /^\/account\/verify/);

type Prove = (browser: Browser, form: Page) => Promise<unknown>;
const types =
  (id: string, changes: Partial<Persona> = {}): Prove =>
  async (browser, form) => {
    const { name, id_number } = { ...(await app.persona(id)), ...changes };
    await browser.submit(form, { name, id_number, consent: 'yes' });
  };
const whileDown =
  (prove: Prove): Prove =>
  async (browser, form) => {
    await app.behave('population-register', 'down');
    await prove(browser, form);
    await app.behave('population-register', 'normal');
  };
const toTheApp: Prove = async (browser, form) => {
  const ways = await browser.submit(form, { choose: 'way' });
  const begin = await browser.submit(ways, { way: 'network-identity' });
  await browser.submit(begin, { begin: '1', consent: 'yes', consent_more: 'yes' });
};

const STANDS: readonly (readonly [string, Prove, string, string, RegExp])[] = [
  [
    'waits for a source',
    whileDown(types('elder')),
    '实名认证还在核对',
    'Your details are still being checked',
    /暂时没法核对/,
  ],
  [
    'waits for the citizen',
    toTheApp,
    '实名认证还没有办完',
    'Your verification is not finished yet',
    /用手机扫一扫/,
  ],
  [
    'waits for an officer',
    types('elder', { name: '孙\u{E863}英' }),
    '要由工作人员核对',
    'An officer has to check your details',
    /办理编号/,
  ],
  [
    'failed',
    types('mismatch'),
    '上次没能核对上您的信息',
    'We could not match your details last time',
    /name="id_number"/,
  ],
];

test('who never tried is told what it takes', async () => {
  const { browser, home } = await newcomer();
  expect(textOf(home)).toContain('还没有实名认证');
  expect((await goOn(browser, home)).text).toContain('name="id_number"');
});

test.each(STANDS)(
  'a proof that %s says so in both languages and goes on',
  async (_what, prove, zh, en, next) => {
    const { browser, home } = await newcomer();
    await prove(browser, await goOn(browser, home));
    const chinese = await browser.get(`${app.issuer}/account`);
    expect(textOf(chinese)).toContain(`未实名 ${zh}`);
    expect(textOf(chinese)).not.toContain('还没有实名认证');
    expect((await goOn(browser, chinese)).text).toMatch(next);
    expect(textOf(await browser.get(`${app.issuer}/account?lang=en`))).toContain(`Not verified ${en}`);
  },
);

test('a child is told to come with a guardian, and where', async () => {
  const { browser, home } = await newcomer();
  await types('child')(browser, await goOn(browser, home));
  const again = await browser.get(`${app.issuer}/account`);
  expect(textOf(again)).toContain('实名认证要由监护人陪同办理');
  expect((await browser.follow(again, /查看附近窗口/)).url).toBe(`${app.issuer}/help/counters`);
});

test('nothing is said to somebody who is verified', async () => {
  const { browser, home } = await newcomer();
  const done = await byNetworkIdentity(browser, await goOn(browser, home), 'elder');
  expect(done.text).toContain('实名认证完成');
  const verified = textOf(await browser.submit(done, {}));
  expect(verified).toContain('已实名 个人信息');
});

test('a proof of a higher level is told of too, and goes on at that level', async () => {
  const browser = createBrowser();
  const verified = await app.persona('verified');
  await signIn(browser, await browser.get(`${app.issuer}/account`), verified);
  const form = await browser.get(`${app.issuer}/account/verify?level=l3`);
  await browser.submit(form, { consent: 'yes', consent_more: 'yes' });
  const home = await browser.get(`${app.issuer}/account`);
  expect(textOf(home)).toContain('已实名 实名认证还没有办完');
  const handed = await browser.follow(home, /^\/account\/verify\?level=l3$/);
  expect(handed.text).toContain('用手机扫一扫');
});

test('a level that is no proof leads to the lowest that is one', async () => {
  const { browser } = await newcomer();
  for (const level of ['l1', 'l9', ''])
    expect((await browser.get(`${app.issuer}/account/verify?level=${level}`)).text).toContain(
      'name="id_number"',
    );
});
