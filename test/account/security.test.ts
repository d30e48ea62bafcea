// 安全: what the account is signed in with, and how it changes. Refusals first: threats A65 and A82, ASVS 5.0 7.5.1.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { asks, citizenBrowser, register, signedIn, walk } from '../oidc/relying-party.ts';
import { headingOf } from '../resilience/trial-client.ts';
import { codeOf, showAll } from './signed-in.ts';

let system: TestApp;
let clock: TestClock;

beforeAll(async () => {
  clock = testClock();
  system = await testApp({
    clock,
    env: {
      TONGXING_PASSWORD__MAX_QUEUE: '400',
      TONGXING_PASSWORD__MAX_WAIT_MS: '10000',
      TONGXING_SMS__PER_ADDRESS: '500',
      TONGXING_SMS__PER_NUMBER: '100',
    },
  });
});
afterAll(() => system.close());

const at = (path: string): string => `${system.issuer}${path}`;
const ask = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  system.database.postgres.rows<Row>({ name: '', text, values });
const events = async (type: string): Promise<number> =>
  (await ask('select 1 from audit.event where type = $1', [type])).length;
/** Opens a page and shows everything that is asked on the way. */
const open = async (browser: Browser, persona: Persona, path: string): Promise<Page> => {
  clock.forward(61);
  return showAll(system, browser, persona, await browser.get(at(path)));
};
const ADD = (factor: string): string => `/account/security/add/${factor}`;
const pathOf = (page: Page): string => new URL(page.url).pathname;

describe('nothing is changed', () => {
  let persona: Persona;
  let browser: Browser;

  beforeAll(async () => {
    persona = await system.persona('verified-two');
    browser = citizenBrowser();
  });

  test('by who is not signed in', async () => {
    for (const path of ['/account/security', ADD('password'), '/account/security/freeze'])
      expect(pathOf(await citizenBrowser().get(at(path)))).toMatch(/^\/signin\//);
  });

  test('by who has shown one factor where the account has two; nor by a session that adds the second to an old first', async () => {
    const listed = await walk(browser, persona, await browser.get(at('/account/security')));
    expect(headingOf(listed)).toBe('安全');
    const asked = await browser.get(at(ADD('password')));
    expect(pathOf(asked)).toMatch(/^\/signin\//);
    // The password again, although it was shown a moment ago, and then the phone.
    expect(asks(asked, 'password')).toBe(true);
    // Nor by a phone that approves: who approves cannot see whose hands change the account here.
    const scanned = await browser.get(`${asked.url}?way=qr`);
    expect(asks(scanned, 'password')).toBe(true);
    const second = await browser.submit(asked, { phone: persona.phone, password: persona.password });
    expect(second.text).toContain('要修改账号的安全设置');
    const hidden = /name="_csrf" value="([^"]+)"/.exec(second.text)?.[1] ?? '';
    const early = await browser.post(
      at(ADD('password')),
      { _csrf: hidden, password: 'a new and rather long secret' },
      { origin: system.issuer },
    );
    expect(pathOf(early)).toMatch(/^\/signin\//);
    expect(await events('factor.password_set')).toBe(await events('citizen.seeded'));
  });

  test('by the phone alone of an account that has a password', async () => {
    clock.forward(61);
    const thief = citizenBrowser();
    const page = await thief.follow(await thief.get(at(ADD('sms'))), /way=sms/);
    const sent = await thief.submit(page, { phone: persona.phone });
    const asked = await thief.submit(sent, { code: await codeOf(system, persona.phone) });
    expect(pathOf(asked)).toMatch(/^\/signin\//);
    expect(asks(asked, 'password')).toBe(true);
    const wrong = await thief.submit(asked, { password: 'not the right one at all' });
    expect(wrong.status).toBe(422);
    const right = await thief.submit(wrong, { password: persona.password });
    expect(pathOf(right)).toBe(ADD('sms'));
  });

  test('without a token of this browser, from another origin, or five minutes after signing in', async () => {
    const page = await open(browser, persona, ADD('password'));
    expect(pathOf(page)).toBe(ADD('password'));
    const password = 'a new and rather long secret';
    expect((await browser.post(page.url, { password })).status).toBe(403);
    const hidden = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const foreign = await browser.post(
      page.url,
      { _csrf: hidden, password },
      { origin: 'https://evil.example' },
    );
    expect(foreign.status).toBe(403);
    clock.forward(301);
    const late = await browser.submit(page, { password });
    expect(pathOf(late)).toMatch(/^\/signin\//);
    const back = await showAll(system, browser, persona, late);
    expect(pathOf(back)).toBe(ADD('password'));
    expect(back.text).toContain('还没有修改');
    expect(await events('factor.password_set')).toBe(await events('citizen.seeded'));
  });

  test('at an address that names nothing of this citizen, or a way back that leads elsewhere', async () => {
    const opened = await open(browser, persona, ADD('password'));
    expect(opened.status).toBe(200);
    for (const path of [
      ADD('telepathy'),
      '/account/security/password/password/remove',
      '/account/security/sms/phone/rename',
      '/account/security/recovery-code/set/remove',
    ])
      expect((await browser.get(at(path))).status).toBe(404);
    for (const state of [
      '//evil.example',
      'security/../../oidc',
      'security/add/x?next=1',
      'security/a/b/c/d',
    ])
      expect(pathOf(await browser.get(at(`/account/signed-in?state=${encodeURIComponent(state)}`)))).toBe(
        '/account',
      );
  });

  test('to a number that another account has; it says so only after the code was right', async () => {
    const other = await system.persona('unverified');
    const page = await open(browser, persona, ADD('sms'));
    const sent = await browser.submit(page, { phone: other.phone });
    expect(sent.text).toContain('name="code"');
    const refused = await browser.submit(sent, { code: await codeOf(system, other.phone) });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('已经是另一个账号的');
    expect(await events('factor.phone_changed')).toBe(0);
  });
});

test('the page lists what there is, masked, with a way to change it', async () => {
  const persona = await system.persona('verified');
  const browser = citizenBrowser();
  const page = await walk(browser, persona, await browser.get(at('/account/security?lang=en')));
  for (const text of ['Ways to sign in', 'Password', '139****0001', 'Change your password', 'Recovery codes'])
    expect(page.text).toContain(text);
  expect(page.text).not.toContain(persona.phone);
});

test('a new password: the old phone is told, every session and refresh token ends, the new one opens', async () => {
  const persona = await system.persona('verified');
  const service = await register(system);
  const elsewhere = citizenBrowser();
  const tokens = await signedIn(service, elsewhere, persona, {
    scope: 'openid offline_access',
    prompt: 'consent',
  });
  expect(tokens.refresh_token).toBeDefined();
  const browser = citizenBrowser();
  const page = await open(browser, persona, ADD('password'));
  clock.forward(2);
  const password = 'quiet-rain-on-a-tin-roof';
  const done = await browser.submit(page, { password });
  expect(pathOf(done)).toBe('/account/changed');
  expect((await system.message(persona.phone)).text).toContain('修改密码');
  for (const one of [browser, elsewhere])
    expect(pathOf(await one.get(at('/account')))).toMatch(/^\/signin\//);
  expect((await service.refresh(tokens.refresh_token ?? '')).json['error']).toBe('invalid_grant');

  const stale = citizenBrowser();
  const refused = await stale.submit(await stale.get(at('/account')), {
    phone: persona.phone,
    password: persona.password,
  });
  expect(refused.status).toBe(422);
  const fresh = citizenBrowser();
  expect(pathOf(await walk(fresh, { ...persona, password }, await fresh.get(at('/account'))))).toBe(
    '/account',
  );
});

test('another phone: the old number is told, the new one signs in, the change is dated', async () => {
  const persona = await system.persona('verified-two');
  const browser = citizenBrowser();
  const page = await open(browser, persona, ADD('sms'));
  const phone = '13900017771';
  const sent = await browser.submit(page, { phone });
  const done = await browser.submit(sent, { code: await codeOf(system, phone) });
  expect(pathOf(done)).toBe('/account/changed');
  expect((await system.message(persona.phone)).text).toContain('更换手机号');
  expect(await events('factor.phone_changed')).toBe(1);
  const [row] = await ask<{ n: number }>(
    'select count(*)::int as n from citizens.citizen where phone_changed_at is not null',
  );
  expect(row?.n).toBe(1);
  const fresh = citizenBrowser();
  const signed = await walk(fresh, { ...persona, phone }, await fresh.get(at('/account/security')));
  expect(signed.text).toContain('139****7771');
});

describe('recovery codes', () => {
  let persona: Persona;
  let codes: readonly string[];
  const codesOn = (page: Page): readonly string[] =>
    [...page.text.matchAll(/<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})<\/li>/g)].map(([, code]) => code ?? '');

  beforeAll(async () => {
    persona = await system.persona('unverified');
    const browser = citizenBrowser();
    const page = await open(browser, persona, ADD('recovery-code'));
    const shown = await browser.submit(page, {});
    codes = codesOn(shown);
    expect(codes).toHaveLength(10);
    expect(await events('factor.recovery_codes_set')).toBe(0);
    const done = await browser.submit(shown, { kept: 'yes' });
    expect(done.text).toContain('还剩 10 个');
    expect((await system.message(persona.phone)).text).toContain('生成恢复码');
    // Shown once: the same address begins another set.
    expect(codesOn(await browser.get(at(ADD('recovery-code'))))).toEqual([]);
  });

  /** The password shown, and asked for more. */
  const half = async (): Promise<{ browser: Browser; page: Page }> => {
    const browser = citizenBrowser();
    const first = await browser.get(at(ADD('password')));
    const asked = await browser.submit(first, { phone: persona.phone, password: persona.password });
    return { browser, page: await browser.follow(asked, /way=recovery-code/) };
  };

  test('nothing of them stands in clear', async () => {
    const rows = await ask<{ row: string }>(
      'select row_to_json(one)::text as row from factors.recovery_code one',
    );
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''));
    expect(system.logged.join('\n')).not.toContain(codes[0]);
  });

  test('a wrong one and a half one are refused; one that is right opens once', async () => {
    const { browser, page } = await half();
    expect((await browser.submit(page, { code: '7K3M-9P4R' })).text).toContain('应为 12 位');
    expect((await browser.submit(page, { code: 'AAAA-BBBB-CCCC' })).text).toContain('恢复码不对');
    const typed = ` ${codes[0]?.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o') ?? ''} `;
    const opened = await browser.submit(page, { code: typed });
    expect(pathOf(opened)).toBe(ADD('password'));
    expect((await system.message(persona.phone)).text).toContain('恢复码刚被使用');
    expect((await browser.get(at('/account/security'))).text).toContain('还剩 9 个');
    const again = await half();
    expect((await again.browser.submit(again.page, { code: codes[0] ?? '' })).text).toContain('恢复码不对');
  });
});
