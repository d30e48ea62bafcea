// Whether an account exists must not be seen in any answer: words, status, headers, size, time (ASVS 6.3.8).
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkCharacter } from '../../idp/proofing/proofing.ts';
import { citizenBrowser, metadataOf, serviceOf } from '../resilience/trial-client.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Page } from '../support/browser.ts';

const WRONG = 'nobody-has-this-password-here';
const NOBODY = '13900018888';
/** A number with a right check character that nobody has. */
const NOBODYS_NUMBER = `33010619900307011${checkCharacter('33010619900307011')}`;

let system: TestApp;
let known: Persona;
const service = serviceOf(() => system.issuer, 'sameness', 'sameness-secret-0123456789');

beforeAll(async () => {
  system = await testApp({
    env: { TONGXING_PASSWORD__TRIES: '10', TONGXING_SMS__RESEND_AFTER: '1s' },
  });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  known = await system.persona('verified');
});
afterAll(() => system.close());

/** Without what differs between any two requests. */
const words = (page: Page): string =>
  page.text
    .replace(/name="_csrf" value="[^"]*"/g, '_csrf')
    .replace(/challenge&quot;:&quot;[\w-]+/g, 'challenge')
    .replace(/\/signin\/[\w-]+/g, '/signin/UID')
    .replaceAll(encodeURIComponent(page.url), 'HERE')
    .replace(/\d{3}\*{4}\d{4}/g, 'MASKED')
    .replaceAll(known.phone, 'PHONE')
    .replaceAll(NOBODY, 'PHONE')
    .replaceAll(page.headers.get('x-reference') ?? 'none', 'REFERENCE');

function seen(page: Page): object {
  const headers = Object.fromEntries(
    [...page.headers].filter(([name]) => !['date', 'x-reference', 'set-cookie'].includes(name)),
  );
  const cookies = page.headers.getSetCookie().map((line) => line.split('=')[0]);
  return { status: page.status, headers, cookies, words: words(page) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function passwordTry(account: string): Promise<{ page: Page; ms: number }> {
  const browser = citizenBrowser();
  const form = await browser.get(service.begin().url);
  const begun = performance.now();
  const page = await browser.submit(form, { phone: account, password: WRONG });
  return { page, ms: performance.now() - begun };
}

async function askForCode(way: string, phone: string): Promise<{ page: Page; ms: number }> {
  const browser = citizenBrowser();
  const tab = await browser.follow(await browser.get(service.begin().url), new RegExp(`way=${way}`));
  const begun = performance.now();
  const page = await browser.submit(tab, { phone });
  return { page, ms: performance.now() - begun };
}

// Time is measured on a machine that does other things too: one undisturbed comparison in three is enough.
jest.retryTimes(2);

describe('a wrong password', () => {
  test('is answered alike for a phone that has an account and one that has none', async () => {
    const [there, none] = [await passwordTry(known.phone), await passwordTry(NOBODY)];
    expect(there.page.status).toBe(422);
    expect(seen(none.page)).toEqual(seen(there.page));
  });

  test('is answered alike for an ID number that has an account and one that has none', async () => {
    const [there, none] = [await passwordTry(known.id_number), await passwordTry(NOBODYS_NUMBER)];
    expect(there.page.status).toBe(422);
    expect(seen(none.page)).toEqual(seen(there.page));
  });

  test('takes as long for an account that is not there: medians of 24 in turn', async () => {
    const times: { there: number[]; none: number[] } = { there: [], none: [] };
    for (const [n, id] of ['verified', 'verified-two', 'unverified'].entries()) {
      const { phone } = await system.persona(id);
      for (let tries = 0; tries < 8; tries += 1) {
        times.there.push((await passwordTry(phone)).ms);
        times.none.push((await passwordTry(`1390001777${n}`)).ms);
      }
    }
    const [there, none] = [median(times.there), median(times.none)];
    expect(Math.abs(there - none)).toBeLessThan(Math.max(20, there * 0.2));
  });
});

describe('asking for a code', () => {
  test.each(['sms', 'register'])(
    'on the way "%s" is answered alike with and without an account',
    async (way) => {
      const [there, none] = [
        await askForCode(way, way === 'sms' ? known.phone : (await system.persona('verified-two')).phone),
        await askForCode(way, way === 'sms' ? NOBODY : '13900018889'),
      ];
      expect(there.page.text).toContain('name="code"');
      expect(seen(none.page)).toEqual(seen(there.page));
    },
  );

  test('takes as long for a phone without an account: medians of 15 in turn', async () => {
    const holder = (await system.persona('unverified')).phone;
    const times: { there: number[]; none: number[] } = { there: [], none: [] };
    for (let n = 0; n < 15; n += 1) {
      times.there.push((await askForCode('sms', holder)).ms);
      times.none.push((await askForCode('sms', '13900018890')).ms);
    }
    const [there, none] = [median(times.there), median(times.none)];
    expect(Math.abs(there - none)).toBeLessThan(Math.max(20, there * 0.2));
  });
});

test('a confirmed phone that has an account goes on as registered, whatever way was chosen', async () => {
  const browser = citizenBrowser();
  const { phone } = await system.persona('verified-two');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const tab = await browser.follow(await browser.get(service.begin().url), /way=register/);
  const asked = await browser.submit(tab, { phone });
  const { code } = await system.message(phone, 1);
  const page = await browser.submit(asked, { code });
  expect(page.text).toContain('name="decision"');
  expect(page.text).not.toContain('name="password"');
});
