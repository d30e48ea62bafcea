// Whether an account exists must not be seen in any answer: words, status, headers, size, time (ASVS 5.0 6.3.8).
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkCharacter } from '../../../idp/proofing/proofing.ts';
import { citizenBrowser, metadataOf, serviceOf } from '../../resilience/trial-client.ts';
import { redisIsIncluded } from '../../support/ephemeral.ts';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { askBoth, expectAlike, openAccounts, phones } from './asking.ts';

const WRONG = 'nobody-has-this-password-here';
const ACCOUNTS = 200;
const THERE = phones(ACCOUNTS, '13600');
const NONE = phones(ACCOUNTS, '13700');
const MORE = phones(ACCOUNTS, '13611');
const FEW = phones(40, '13622');
/** A number with a right check character that nobody has. */
const NOBODYS_NUMBER = `33010619900307011${checkCharacter('33010619900307011')}`;

let system: TestApp;
let known: Persona;
const service = serviceOf(() => system.issuer, 'sameness', 'sameness-secret-0123456789');

beforeAll(async () => {
  system = await testApp({
    store: redisIsIncluded() ? 'redis' : 'postgres',
    env: {
      TONGXING_PASSWORD__TRIES: '10',
      TONGXING_PASSWORD__MEMORY_KI_B: '7168',
      TONGXING_SMS__RESEND_AFTER: '60s',
      TONGXING_SMS__BUDGET_PER_MINUTE: '100000',
    },
  });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  known = await system.persona('verified');
  await openAccounts(system, [...THERE, ...MORE, ...FEW, '13600009991'], known.phone);
});
afterAll(() => system.close());

// Time is measured on a machine that does other things too: one undisturbed comparison in three is enough.
jest.retryTimes(2);
jest.setTimeout(120_000);

/** A form of the sign-in, open in one browser and sent again and again: each answer is about another account. */
async function openForm(way?: string): Promise<{ browser: Browser; form: Page }> {
  const browser = citizenBrowser();
  const first = await browser.get(service.begin().url);
  return { browser, form: way === undefined ? first : await browser.follow(first, new RegExp(`way=${way}`)) };
}

describe('a wrong password (A70)', () => {
  test('is answered alike for 200 accounts that exist and 200 that do not', async () => {
    const { browser, form } = await openForm();
    expectAlike(await askBoth((phone) => browser.submit(form, { phone, password: WRONG }), THERE, NONE));
  });

  test('is answered alike for an ID number that has an account and one that has none', async () => {
    const { browser, form } = await openForm();
    const ask = (number: string): Promise<Page> => browser.submit(form, { phone: number, password: WRONG });
    const compared = await askBoth(ask, [known.id_number], [NOBODYS_NUMBER]);
    expect(compared.answers).toHaveLength(1);
    expect(compared.answers[0]).toContain('"status":422');
  });

  test('locks an account that exists and one that does not alike', async () => {
    const { browser, form } = await openForm();
    const lock = async (phone: string): Promise<Page> => {
      for (let n = 0; n < 10; n += 1) await browser.submit(form, { phone, password: `${WRONG}-${n}` });
      return browser.submit(form, { phone, password: WRONG });
    };
    const { answers } = await askBoth(lock, ['13600009991'], ['13600009992']);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain('"status":429');
  });
});

describe('asking for a code (A70)', () => {
  test.each([
    ['sms', '13711'],
    ['register', '13722'],
  ])('on the way "%s" is answered alike with and without an account', async (way, prefix) => {
    const { browser, form } = await openForm(way);
    const compared = await askBoth(
      (phone) => browser.submit(form, { phone }),
      way === 'sms' ? THERE : MORE,
      phones(ACCOUNTS, prefix),
    );
    expectAlike(compared);
    expect(compared.answers[0]).toContain('name=\\"code\\"');
  });

  test('again is answered alike: the message that was just sent still works', async () => {
    const { browser, form } = await openForm('sms');
    const again = async (phone: string): Promise<Page> =>
      browser.submit(await browser.submit(form, { phone }), { resend: '1' });
    expectAlike(await askBoth(again, FEW, phones(FEW.length, '13733')));
  });
});

test('a confirmed phone that has an account goes on as registered, whatever way was chosen', async () => {
  const browser = citizenBrowser();
  const { phone } = await system.persona('verified-two');
  const tab = await browser.follow(await browser.get(service.begin().url), /way=register/);
  const asked = await browser.submit(tab, { phone });
  const { code } = await system.message(phone);
  const page = await browser.submit(asked, { code });
  expect(page.text).toContain('name="decision"');
  expect(page.text).not.toContain('name="password"');
});
