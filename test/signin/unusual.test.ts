// Sign-ins that are not like the usual ones: new devices, new places, impossible ways, changed SIMs; what is asked, what
// is told, and what one press on the link in the message does.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { byCode, headingOf, metadataOf, reached, serviceOf } from '../resilience/trial-client.ts';
import { signIn, testApp, type Persona, type TestApp } from '../support/app.ts';
import { forms, type Browser, type Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { until } from '../support/until.ts';
import { device, inHaijin, inJianglin, nowhere, visiting } from './visiting.ts';

const SHORT = 'k7Vq-2xT9m';

let system: TestApp;
let clock: TestClock;
const service = serviceOf(() => system.issuer, 'unusual', 'unusual-secret-0123456789');

beforeAll(async () => {
  clock = testClock();
  system = await testApp({
    clock,
    env: {
      TONGXING_HTTP__TRUSTED_PROXY_HOPS: '1',
      TONGXING_DEVICES__NOTICES: 'true',
      TONGXING_DEVICES__BURST: '2',
      TONGXING_SMS__RESEND_AFTER: '1s',
      // What is asked is looked at here, not how long a busy machine takes to hash.
      TONGXING_PASSWORD__MAX_WAIT_MS: '10000',
    },
  });
  const metadata = metadataOf(service.clientId, service.secret, { scope: 'openid', tongxing_claims: {} });
  await system.app.registry.import(metadata, 'test');
});
afterAll(() => system.close());

const { ask, idOf, devicesOf, judged, messages, notices, remembered, password, agreed, confirm, happen } =
  visiting(() => system, service);

describe('a citizen', () => {
  let citizen: Persona;
  let id: CitizenId;
  const home = device(inJianglin());

  beforeAll(async () => {
    citizen = await system.persona('verified');
    id = await idOf('verified');
  });

  test('signs in for the first time: nothing is asked, nothing is told, the device is remembered', async () => {
    const page = await password(home.browser, citizen);
    expect(reached(page)).toBe(true);
    const cookie = home.browser.cookies.find(({ name }) => name === 'device');
    expect(cookie?.value).toMatch(/^[\w-]{32}$/);
    await remembered(id, 1);
    expect(await judged(id)).toEqual([]);
    expect(await notices(citizen.phone)).toEqual([]);
  });

  test('comes back on that device: the cookie stays, nothing is asked', async () => {
    const before = home.browser.cookies.find(({ name }) => name === 'device')?.value;
    const [seen] = await devicesOf(id);
    expect(reached(await password(home.browser, citizen, 'login'))).toBe(true);
    expect(home.browser.cookies.find(({ name }) => name === 'device')?.value).toBe(before);
    await until(async () => (await devicesOf(id))[0]!.last_seen_at > seen!.last_seen_at);
    expect(await judged(id)).toEqual([]);
  });

  test('gets a message for a new device at home, with city, device and a link to our own host', async () => {
    expect(reached(await password(device(inJianglin()).browser, citizen))).toBe(true);
    await until(async () => (await notices(citizen.phone)).length === 1);
    const [text = ''] = await notices(citizen.phone);
    expect(text).toMatch(
      /^【国家政务登录】今天 \d\d:\d\d，您的账号在江临市登录，用的是电脑（Chrome 浏览器）。/,
    );
    expect(text).toMatch(new RegExp(`${system.issuer}/account/not-me/[\\w-]{22} `));
    expect(text).toContain('12345');
    expect(await judged(id)).toEqual([{ reasons: 'new_device', floor: 1, discounted: '' }]);
  });

  test('confirms with a second factor on a new device in a new place', async () => {
    clock.forward(7_200);
    const { browser } = device(inHaijin());
    const page = await password(browser, citizen);
    expect(reached(page)).toBe(false);
    expect(page.text).toContain('和平时不一样');
    expect(page.text).not.toContain('trust_device');
    expect(reached(await confirm(browser, page, citizen.phone))).toBe(true);
    expect((await judged(id)).at(-1)).toEqual({
      reasons: 'new_device new_place new_device_and_place',
      floor: 2,
      discounted: '',
    });
    await remembered(id, 3);
  });

  test('confirms where nobody can have come so fast, also on a known device; hours later nobody asks', async () => {
    const page = await password(home.browser, citizen, 'login');
    expect(page.text).toContain('和平时不一样');
    expect((await judged(id)).at(-1)).toMatchObject({ reasons: 'impossible_travel', floor: 2 });
    clock.forward(7_200);
    expect(reached(await password(home.browser, citizen, 'login'))).toBe(true);
  });

  test('is no stranger where no table knows the address', async () => {
    home.move(nowhere());
    const before = (await judged(id)).length;
    expect(reached(await password(home.browser, citizen, 'login'))).toBe(true);
    expect(await judged(id)).toHaveLength(before);
  });

  test('enters another service by single sign-on without being judged', async () => {
    home.move(inHaijin());
    const before = (await judged(id)).length;
    expect(reached(await home.browser.get(service.begin({ scope: 'openid' }).url))).toBe(true);
    expect(await judged(id)).toHaveLength(before);
  });

  test('is told three times a day at most', async () => {
    for (let n = 0; n < 3; n += 1) await password(device(nowhere()).browser, citizen);
    await remembered(id, 6);
    await until(async () => (await notices(citizen.phone)).length === 3);
  });
});

describe('the link in the message', () => {
  let citizen: Persona;
  let id: CitizenId;
  let link = '';
  const home = device(inJianglin());
  const stranger = device(nowhere()).browser;
  const status = async (): Promise<string | undefined> =>
    (await ask<{ status: string }>('select status from citizens.citizen where id = $1', [id]))[0]?.status;

  beforeAll(async () => {
    citizen = await system.persona('verified-two');
    id = await idOf('verified-two');
    await password(home.browser, citizen);
    await remembered(id, 1);
    await password(device(nowhere()).browser, citizen);
    await until(async () => (await notices(citizen.phone)).length === 1);
    link = /http\S+/.exec((await notices(citizen.phone))[0] ?? '')?.[0] ?? '';
  });

  test('shows without a session or a script what happened, in both languages, and changes nothing', async () => {
    const zh = await stranger.get(link);
    expect([zh.status, headingOf(zh)]).toEqual([200, '这次登录是您本人吗？']);
    expect(zh.text).toContain('不清楚');
    expect(zh.text).toContain('电脑（Chrome 浏览器）');
    expect(zh.headers.get('cache-control')).toContain('no-store');
    const en = await stranger.get(`${link}?lang=en`);
    expect([en.status, headingOf(en)]).toEqual([200, 'Was this you?']);
    expect(en.text).toContain('Windows computer (Chrome browser)');
    expect(en.text).not.toContain(citizen.name);
    expect(await status()).toBe('active');
  });

  test('is kept nowhere as it is', async () => {
    const token = link.split('/').at(-1) ?? 'none';
    const rows = await ask<{ n: number }>(
      'select count(*) as n from platform.ephemeral where key like $1 or value::text like $1',
      [`%${token}%`],
    );
    expect(Number(rows[0]?.n)).toBe(0);
    expect(system.logged.join('\n')).not.toContain(token);
  });

  test.each([
    ['another one', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['half a one', 'AAAA'],
    ['something else', '%2e%2e%2f'],
  ])('%s leads nowhere, and says what to do', async (_what, token) => {
    const page = await stranger.get(`${system.issuer}/account/not-me/${token}?lang=zh-CN`);
    expect([page.status, headingOf(page)]).toEqual([404, '这个链接已经不能用了']);
    expect(page.text).toContain('12345');
  });

  test('freezes nothing without a token of this browser, or from another origin', async () => {
    expect((await stranger.post(link, {})).status).toBe(403);
    const hidden = /name="_csrf" value="([^"]+)"/.exec((await stranger.get(link)).text)?.[1] ?? '';
    const foreign = await stranger.post(link, { _csrf: hidden }, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(await status()).toBe('active');
  });

  test('freezes the account at one press: out of every session, nobody signs in, once', async () => {
    const page = await stranger.submit(await stranger.get(`${link}?lang=zh-CN`), {});
    expect([page.status, headingOf(page)]).toEqual([200, '账号已冻结']);
    expect(page.text).toContain('带上身份证');
    expect(await status()).toBe('frozen');
    const events = await ask<{ data: { reason: string } }>(
      `select data from audit.event where type = 'citizen.frozen' and citizen_id = $1`,
      [id],
    );
    expect(events.map(({ data }) => data.reason)).toEqual(['not_me']);
    const silent = await home.browser.get(service.begin({ scope: 'openid', prompt: 'none' }).url);
    expect(new URL(silent.url).searchParams.get('error')).toBe('login_required');
    expect(headingOf(await password(home.browser, citizen))).toBe('这个账号暂时不能使用');
    expect((await stranger.get(link)).status).toBe(404);
  });
});

describe('a device that the citizen trusts', () => {
  let citizen: Persona;
  let id: CitizenId;
  const home = device(inJianglin());

  beforeAll(async () => {
    // Registers with a password that is too short to stand alone.
    citizen = { ...(await system.persona('rare-character')), password: SHORT };
    const { url } = service.begin({ scope: 'openid' });
    const page = await byCode(home.browser, url, citizen.phone, system, { register: true });
    expect(reached(await agreed(home.browser, await home.browser.submit(page, { password: SHORT })))).toBe(
      true,
    );
    const [row] = await ask<{ id: CitizenId }>(
      `select citizen_id as id from audit.event where type = 'citizen.registered' order by at desc limit 1`,
    );
    if (!row) throw new Error('nobody registered');
    ({ id } = row);
    await remembered(id, 1);
  });
  const secondAsked = (page: Page): boolean => page.text.includes('少于 15 位');

  test('is not one because the box was there: it is not ticked, and stands beside the code only', async () => {
    const page = await password(home.browser, citizen, 'login');
    expect(secondAsked(page)).toBe(true);
    expect(page.text).not.toContain('trust_device');
    const before = (await messages(citizen.phone)).length;
    const sent = await home.browser.submit(page, {});
    expect(sent.text).toContain('这台设备以后不再需要第二步（30 天）');
    expect(sent.text).toContain('公共电脑');
    expect(sent.text).not.toMatch(/name="trust_device"[^>]*checked/);
    const { code } = await system.message(citizen.phone, before);
    expect(reached(await agreed(home.browser, await home.browser.submit(sent, { code })))).toBe(true);
    expect(secondAsked(await password(home.browser, citizen, 'login'))).toBe(true);
  });

  test('cannot be made one by a box on the form of the first step', async () => {
    const { url } = service.begin({ scope: 'openid', prompt: 'login' });
    const form = await home.browser.get(url);
    const hidden = /name="_csrf" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
    const uid = new URL(form.url).pathname;
    const fields = { phone: citizen.phone, password: SHORT, trust_device: 'yes', _csrf: hidden };
    expect(secondAsked(await home.browser.post(`${system.issuer}${uid}/password`, fields))).toBe(true);
    expect((await devicesOf(id)).every(({ trusted_until }) => trusted_until === null)).toBe(true);
  });

  test('is one for thirty days when the box is ticked, and another device is none', async () => {
    const page = await password(home.browser, citizen, 'login');
    const done = await confirm(home.browser, page, citizen.phone, { trust_device: 'yes' });
    expect(reached(done)).toBe(true);
    await until(async () => (await devicesOf(id)).some(({ trusted_until }) => trusted_until !== null));
    expect(reached(await password(home.browser, citizen, 'login'))).toBe(true);
    expect(secondAsked(await password(device(inJianglin()).browser, citizen))).toBe(true);
    const events = await ask(`select 1 from audit.event where type = 'device.trusted' and citizen_id = $1`, [
      id,
    ]);
    expect(events).toHaveLength(1);
  });

  test('is none any more once all sessions were ended', async () => {
    await ask(`update citizens.citizen set sessions_not_before = $2 where id = $1`, [id, clock.now()]);
    clock.forward(2);
    const asked = await password(home.browser, citizen, 'login');
    expect(secondAsked(asked)).toBe(true);
    expect(reached(await confirm(home.browser, asked, citizen.phone, { trust_device: 'yes' }))).toBe(true);
    await until(async () => reached(await password(home.browser, citizen, 'login')));
  });

  test('spares nothing that a service asks', async () => {
    await ask(`update citizens.citizen set ial = 3 where id = $1`, [id]);
    const request = service.begin({
      scope: 'openid',
      prompt: 'login',
      claims: JSON.stringify({
        id_token: { acr: { essential: true, values: ['urn:tongxing:acr:l3'] } },
      }),
    });
    const page = await signIn(home.browser, await home.browser.get(request.url), citizen);
    expect(page.text).toContain('需要更严格的安全验证');
    expect(page.text).not.toContain('trust_device');
  });

  test('is none after thirty days', async () => {
    clock.forward(30 * 86_400);
    expect(secondAsked(await password(home.browser, citizen, 'login'))).toBe(true);
  });
});

describe('a text message alone on a device that nobody knows', () => {
  let citizen: Persona;
  let id: CitizenId;
  const known = device(nowhere());
  let sent = 0;

  beforeAll(async () => {
    citizen = await system.persona('verified');
    id = await idOf('verified');
    clock.forward(86_400);
    await password(known.browser, citizen);
    await until(async () => (await devicesOf(id)).length === 7);
  });

  const code = async (browser: Browser, params: Readonly<Record<string, string>> = {}): Promise<Page> => {
    sent = (await messages(citizen.phone)).length;
    const { url } = service.begin({ scope: 'openid', ...params });
    return agreed(browser, await byCode(browser, url, citizen.phone, system, { after: sent }));
  };

  test('signs in while the operator has nothing to tell', async () => {
    expect(reached(await code(device(nowhere()).browser))).toBe(true);
  });

  test.each([
    ['the SIM was changed this week (A80)', 'swapped', 'new_device sim_swapped'],
    ['the number has another holder by now (A81)', 'recycled', 'new_device sim_swapped phone_recycled'],
  ])('does not when %s; a password does', async (_what, happened, reasons) => {
    await happen(citizen.phone, happened);
    const { browser } = device(nowhere());
    const page = await code(browser);
    expect([page.status, headingOf(page)]).toEqual([200, '输入密码']);
    expect((await judged(id)).at(-1)).toEqual({ reasons, floor: 1, discounted: 'sms' });
    const done = await agreed(browser, await browser.submit(page, { password: citizen.password }));
    expect(reached(done)).toBe(true);
  });

  test('signs in on a known device whatever happened to the SIM: the operator is not asked', async () => {
    await happen(citizen.phone, 'swapped');
    expect(reached(await code(known.browser, { prompt: 'login' }))).toBe(true);
  });

  test('ends in words where the account has nothing else, and goes back to the service with an error', async () => {
    await happen(citizen.phone, 'swapped');
    const elsewhere = uuidv7(clock.now());
    const move = 'update factors.password set citizen_id = $2 where citizen_id = $1';
    await ask(move, [id, elsewhere]);
    const { browser } = device(nowhere());
    const page = await code(browser);
    expect([page.status, headingOf(page)]).toEqual([403, '这次还不能登录']);
    const { action, fields } = forms(page).at(-1) ?? { action: '', fields: {} };
    const back = await browser.post(action, fields, { origin: system.issuer });
    await ask(move, [elsewhere, id]);
    expect(new URL(back.url).searchParams.get('error')).toBe('access_denied');
  });

  test.each(['down', 'slow', 'error', 'half', 'bad_signature'])(
    'signs in while the operator is %s: silence is written down and shuts nobody out',
    async (behaviour) => {
      await system.behave('mobile-operator', behaviour);
      expect(reached(await code(device(nowhere()).browser))).toBe(true);
      await system.behave('mobile-operator', 'normal');
      expect((await judged(id)).at(-1)).toMatchObject({ reasons: 'new_device operator_silent', floor: 1 });
    },
  );
});

describe('one browser and several accounts', () => {
  test('have nothing in common in the database', async () => {
    const shared = device(inJianglin());
    const both = [await system.persona('verified'), await system.persona('unverified')];
    await password(shared.browser, both[0]!);
    const page = await password(shared.browser, both[1]!, 'login');
    // The engine asks before it changes the citizen of a session.
    if (page.text.includes('name="xsrf"')) await shared.browser.submit(page, { logout: 'yes' });
    const ids = [await idOf('verified'), await idOf('unverified')];
    await until(async () => (await devicesOf(ids[1]!)).length === 1);
    const digests = (await Promise.all(ids.map(devicesOf)))
      .flat()
      .map(({ digest }) => digest.toString('hex'));
    expect(new Set(digests).size).toBe(digests.length);
    const value = shared.browser.cookies.find(({ name }) => name === 'device')?.value ?? 'none';
    expect(digests.join()).not.toContain(Buffer.from(value).toString('hex'));
  });

  test('are a crowd when too many of them come from one network: more is asked', async () => {
    const network = '2001:db9:ffff';
    const people = await Promise.all(['verified', 'unverified'].map((name) => system.persona(name)));
    for (const [n, citizen] of people.entries())
      await password(device(`${network}:${n}::1`).browser, citizen);
    const third = { ...(await system.persona('rare-character')), password: SHORT };
    const page = await password(device(`${network}:7::1`).browser, third);
    expect(page.text).toContain('和平时不一样');
    // Who signs in once more is no one more.
    expect(reached(await password(device(`${network}:8::1`).browser, people[0]!))).toBe(true);
  });

  test('and the first of them was told three times, however often it was used since', async () => {
    expect(await notices((await system.persona('verified')).phone)).toHaveLength(3);
  });
});
