// Text messages through the pages: carriers in trouble (fault F9), calls, receipts, the kill switch.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { citizenBrowser, metadataOf, serviceOf } from '../../resilience/trial-client.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { until } from '../../support/until.ts';

let system: TestApp;
const service = serviceOf(() => system.issuer, 'messages', 'messages-secret-0123456789');
const KEY = 'part-of-the-address-that-nobody-guesses';
const template = { 'zh-CN': { id: 'SMS_71390007', blanks: ['code', 'minutes'] } };
const vendor = (id: string, preset: string, url: string): object => ({
  id,
  preset,
  url,
  keyId: 'tongxing',
  secret: 'x'.repeat(40),
  timeoutMs: 1000,
  signName: '国家政务登录',
  templates: { signin: template },
  receiptKey: KEY,
});

beforeAll(async () => {
  system = await testApp({
    // Not the whole 1500 ms: this machine may be busy with other tests.
    env: {
      TONGXING_SANDBOX__SLOWNESS: '30s',
      TONGXING_SMS__WAIT_MS: '1200',
      TONGXING_POSTGRES__POOL_SIZE: '4',
    },
    carrier: { timeoutMs: 4000, breakerFailures: 100 },
    carriers: (address) => [
      vendor('second', 'aliyun', `${address}/aliyun`),
      {
        ...vendor('third', 'tencent', 'http://127.0.0.1:2/'),
        sdkAppId: '1400006666',
        region: 'ap-guangzhou',
      },
    ],
  });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
}, 60_000);
afterAll(() => system.close());
beforeEach(() => system.behave('sms-carrier', 'normal'));

let numbers = 0;
const newNumber = (): string => `1390001${String(7000 + (numbers += 1))}`;

interface Asked {
  readonly browser: Browser;
  readonly page: Page;
  readonly ms: number;
}

/** A browser on the page that asks for the number. */
async function begin(): Promise<readonly [Browser, Page]> {
  const browser = citizenBrowser();
  return [browser, await browser.follow(await browser.get(service.begin().url), /way=sms/)];
}

async function ask(phone: string): Promise<Asked> {
  const [browser, tab] = await begin();
  const begun = performance.now();
  const page = await browser.submit(tab, { phone });
  return { browser, page, ms: performance.now() - begun };
}

interface Row {
  readonly id: string;
  readonly carrier: string;
  readonly outcome: string;
  readonly receipt: string | null;
  readonly voice: boolean;
}
const rows = (): Promise<Row[]> =>
  system.database.postgres.rows<Row>(sql`
    select id, carrier, outcome, receipt, voice from notify.message order by sent_at`);
/** What was given to carriers while `work` ran. */
async function rowsOf<T>(work: () => Promise<T>): Promise<readonly [T, readonly Row[]]> {
  const before = new Set((await rows()).map(({ id }) => id));
  const result = await work();
  return [result, (await rows()).filter(({ id }) => !before.has(id))];
}

interface Shown {
  readonly code: string;
  readonly channel: string;
  readonly text: string;
}
const outbox = async (phone: string): Promise<readonly Shown[]> =>
  (await (await fetch(`${system.sandbox.sms}/outbox.json?phone=${phone}`)).json()) as readonly Shown[];

const settled = (): Promise<void> =>
  until(
    async () => (await rows()).every(({ outcome }) => outcome !== 'pending'),
    10,
    'the outcome of each message',
  );

describe('a carrier that is half a minute slow', () => {
  test('holds no page longer than two seconds; the page says it may take a minute and names other ways', async () => {
    await system.behave('sms-carrier', 'slow');
    const phone = newNumber();
    const [{ browser, page, ms }, given] = await rowsOf(() => ask(phone));
    expect(ms).toBeLessThan(2_000);
    expect(page.status).toBe(200);
    expect(page.text).toContain('可能要等一两分钟才能收到');
    expect(page.text).toContain('换一种方式登录');
    expect(given).toMatchObject([{ carrier: 'sandbox', outcome: 'pending' }]);
    const other = await browser.follow(page, /^换一种方式登录$/);
    expect(other.text).toContain('name="password"');
    await settled();
    expect((await rows()).at(-1)).toMatchObject({ carrier: 'sandbox', outcome: 'unknown' });
  });

  test('costs one message a request: only who asks again gets one through the next carrier', async () => {
    await system.behave('sms-carrier', 'slow');
    const phone = newNumber();
    const [{ browser, page }, first] = await rowsOf(async () => {
      const asked = await ask(phone);
      await settled();
      return asked;
    });
    expect(first).toMatchObject([{ carrier: 'sandbox', outcome: 'unknown' }]);
    await system.behave('sms-carrier', 'normal');
    const [again, second] = await rowsOf(() => browser.submit(page, { resend: '1' }));
    expect(again.status).toBe(200);
    expect(second).toMatchObject([{ carrier: 'second', outcome: 'accepted' }]);
    const [shown] = await outbox(phone);
    expect((await browser.submit(again, { code: shown!.code })).text).not.toContain('name="code"');
  });

  test('holds nothing that signing in with a password needs: neither connection nor turn', async () => {
    const browser = citizenBrowser();
    const form = await browser.get(service.begin().url);
    const others = await Promise.all(Array.from({ length: 6 }, begin));
    await system.behave('sms-carrier', 'slow');
    const pending = async (): Promise<number> =>
      (await rows()).filter(({ outcome }) => outcome === 'pending').length;
    // More than there are connections to the database.
    const asked = others.map(([each, tab]) => each.submit(tab, { phone: newNumber() }));
    await until(async () => (await pending()) >= 5, 10, 'messages that wait');
    const page = await browser.submit(form, { phone: newNumber(), password: 'nobody-has-this-password' });
    expect(page.status).toBe(422);
    expect(await pending()).toBeGreaterThan(0);
    expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
    await settled();
  });
});

describe('a carrier that', () => {
  test('answers 500 is passed over at once; when nobody takes the message the page says so, and leads to other ways', async () => {
    await system.behave('sms-carrier', 'error');
    const [{ page, ms }, given] = await rowsOf(() => ask(newNumber()));
    // The stand-in speaks both languages and fails in both; the third is not there: nobody took it.
    expect(given.map(({ carrier, outcome }) => `${carrier} ${outcome}`)).toEqual([
      'sandbox refused',
      'second refused',
      'third refused',
    ]);
    expect(ms).toBeLessThan(2_000);
    expect(page.status).toBe(503);
    expect(page.text).toContain('/signin/');
  });

  test('takes messages and loses them is asked again when the person asks, and both are counted', async () => {
    await system.behave('sms-carrier', 'lost');
    const phone = newNumber();
    const [{ browser, page }, lost] = await rowsOf(() => ask(phone));
    expect(lost).toMatchObject([{ carrier: 'sandbox', outcome: 'accepted' }]);
    expect(await outbox(phone)).toHaveLength(0);
    await system.behave('sms-carrier', 'normal');
    await until(
      async () => (await browser.submit(page, { resend: '1' })).status === 200,
      5,
      'the pause to be over',
    );
    expect(await outbox(phone)).toHaveLength(1);
  });

  test('delivers twice was asked once', async () => {
    await system.behave('sms-carrier', 'twice');
    const phone = newNumber();
    const [, given] = await rowsOf(() => ask(phone));
    expect(given).toHaveLength(1);
    const shown = await outbox(phone);
    expect(shown).toHaveLength(2);
    expect(new Set(shown.map(({ code }) => code)).size).toBe(1);
  });
});

test('a code is read out twice in a call, within the same limits, and works like one that was sent', async () => {
  const phone = newNumber();
  const { browser, page } = await ask(phone);
  expect(page.text).toContain('电话播报验证码');
  const tooSoon = await browser.submit(page, { voice: '1' });
  if (tooSoon.status === 422) expect(tooSoon.text).toMatch(/请在 \d+ 秒后再获取/);
  let called = tooSoon;
  await until(async () => {
    if (called.status === 200) return true;
    called = await browser.submit(page, { voice: '1' });
    return false;
  });
  expect(called.text).toContain('打电话');
  const [call, text] = await outbox(phone);
  expect([call?.channel, text?.channel]).toEqual(['call', 'text']);
  expect(call?.text.match(/\d，\d，\d，\d，\d，\d/g)).toHaveLength(2);
  expect(call?.text).toContain('请勿告诉任何人');
  expect((await rows()).at(-1)).toMatchObject({ carrier: 'sandbox', voice: true });
  expect((await browser.submit(called, { code: call!.code })).text).not.toContain('name="code"');
});

describe('a receipt', () => {
  const push = (path: string, body: unknown): Promise<Response> =>
    fetch(`${system.issuer}/receipts/sms/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const given = async (id: string, carrier: string, reference: string): Promise<void> => {
    await system.database.postgres.run(sql`
      insert into notify.message (id, carrier, voice, purpose, sent_at, outcome, reference)
      values (${id}, ${carrier}, false, 'signin', now(), 'accepted', ${reference})`);
  };
  const receiptOf = async (id: string): Promise<string | null | undefined> =>
    (await rows()).find((row) => row.id === id)?.receipt;
  const report = (out_id: string, success: boolean) => ({
    phone_number: '13800135678',
    success,
    err_code: success ? 'DELIVERED' : 'MK:0001',
    biz_id: 'b',
    out_id,
  });

  test.each([
    ['an unknown carrier', `fourth/${KEY}`],
    ['a wrong key', 'second/part-of-the-address-that-somebody-guessed'],
    ['no key', 'second'],
    ['a key where a signature belongs', `sandbox/${KEY}`],
    ['no signature', 'sandbox'],
  ])('with %s changes nothing, and is answered like all others', async (_case, path) => {
    await given(`kept-${path.length}`, 'second', 'b');
    const answer = await push(path, [report(`kept-${path.length}`, true)]);
    expect(answer.status).toBe(401);
    expect(await receiptOf(`kept-${path.length}`)).toBeNull();
  });

  test('of the sandbox comes by itself, signed, for each message that it delivers', async () => {
    const [, messages] = await rowsOf(() => ask(newNumber()));
    expect(messages).toHaveLength(1);
    await until(async () => (await receiptOf(messages[0]!.id)) === 'delivered', 5, 'the receipt');
  });

  test('of a vendor is written once: what comes later or twice changes nothing', async () => {
    await given('m-1', 'second', 'biz-1');
    await given('m-2', 'third', 'serial-2');
    const many = [report('m-1', true), ...Array.from({ length: 99 }, (_, n) => report(`nobody-${n}`, true))];
    const first = await push(`second/${KEY}`, many);
    expect([first.status, await first.json()]).toEqual([200, { code: 0, msg: 'OK' }]);
    await push(`second/${KEY}`, [report('m-1', false)]);
    expect(await receiptOf('m-1')).toBe('delivered');
    const failed = { mobile: '13800135678', report_status: 'FAIL', errmsg: 'MK:0001', sid: 'serial-2' };
    const second = await push(`third/${KEY}`, [failed]);
    expect(await second.json()).toEqual({ result: 0, errmsg: 'OK' });
    expect(await receiptOf('m-2')).toBe('failed');
    const text = await (await fetch(system.metricsUrl)).text();
    expect(text).toContain('sms_receipts_total{carrier="third",outcome="failed"} 1');
    expect(text).toMatch(/sms_receipts_total\{carrier="second",outcome="not_ours"\} 100/);
  });

  test('of one carrier says nothing about the message of another', async () => {
    await given('m-3', 'third', 'serial-3');
    await push(`second/${KEY}`, [{ ...report('m-3', true), biz_id: 'serial-3' }]);
    expect(await receiptOf('m-3')).toBeNull();
  });

  test('leaves no number in the log, the metrics or the record', async () => {
    await given('m-4', 'second', 'biz-4');
    await push(`second/${KEY}`, [report('m-4', true)]);
    const record = await system.database.postgres.rows(sql`select * from notify.message`);
    const metrics = await (await fetch(system.metricsUrl)).text();
    expect(`${JSON.stringify(record)}${system.logged.join('\n')}${metrics}`).not.toMatch(
      /13800135678|1390001\d{4}/,
    );
  });
});

describe('the kill switch', () => {
  const run = async (name: string): Promise<readonly string[]> => {
    const command = system.app.commands.find((each) => each.name === name);
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    expect(await command?.run([], { out: write, err: write })).toBe(0);
    return lines;
  };

  test('stops every message, tells people to use another way, and is recorded', async () => {
    expect(await run('sms status')).toEqual(['on']);
    expect(await run('sms off')).toEqual([expect.stringMatching(/^off since \d{4}-/)]);
    await until(async () => {
      const browser = citizenBrowser();
      const tab = await browser.follow(await browser.get(service.begin().url), /way=sms/);
      return tab.text.includes('短信验证码暂停发送');
    });
    const phone = newNumber();
    const [{ page }, given] = await rowsOf(() => ask(phone));
    expect(page.status).toBe(422);
    expect(page.text).toContain('请换一种方式登录');
    expect(given).toEqual([]);
    expect(await run('sms on')).toEqual([expect.stringMatching(/^on since \d{4}-/)]);
    await until(async () => (await ask(phone)).page.text.includes('name="code"'));
    const events = await system.database.postgres.rows(sql`
      select data from audit.event where type = 'sms.switched' order by at`);
    expect(events).toMatchObject([{ data: { on: false } }, { data: { on: true } }]);
  });
});
