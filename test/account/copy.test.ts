// The copy of everything kept about a citizen: all of it, unmasked, in words, and nothing of anybody else.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { byCode, prove } from '../resilience/trial-client.ts';
import { citizenBrowser, register, signedIn, walk, type Service } from '../oidc/relying-party.ts';

const OWN = '/account/data';

let system: TestApp;
let clock: TestClock;
let citizen: Persona;
let other: Persona;
let service: Service;
const browser = citizenBrowser();

interface Event {
  readonly at: string;
  readonly event: string;
  readonly service?: string;
  readonly by: string;
}

interface File {
  readonly about: string;
  readonly made_at: string;
  readonly guide: Readonly<Record<string, string>>;
  readonly account: Readonly<Record<string, unknown>> & { readonly documents: readonly object[] };
  readonly proofs: { readonly checks: readonly object[]; readonly evidence: readonly object[] };
  readonly password: object;
  readonly services: { readonly allowed: readonly object[]; readonly lasting_access: readonly object[] };
  readonly history: readonly Event[];
}

const ownPage = async (who: Browser, persona: Persona, query = ''): Promise<Page> =>
  walk(who, persona, await who.get(`${system.issuer}${OWN}${query}`));
const download = async (who: Browser, persona: Persona, query = ''): Promise<Page> =>
  who.submit(await ownPage(who, persona, query), {});
const copies = async (): Promise<number> => {
  await system.app.audit.flush();
  return system.database.postgres.run({
    name: '',
    text: "select 1 from audit.event where type = 'citizen.copied'",
    values: [],
  });
};

beforeAll(async () => {
  clock = testClock();
  system = await testApp({ clock });
  citizen = await system.persona('verified');
  other = await system.persona('verified-two');
  service = await register(system, { client_name: '省政务', 'client_name#en': 'Province' });
  const first = await browser.get(service.request().url);
  await browser.submit(first, { phone: citizen.phone, password: 'not-the-right-password' });
  await signedIn(service, browser, citizen, {
    scope: 'openid profile phone offline_access',
    prompt: 'consent',
  });
  await signedIn(service, citizenBrowser(), other, { scope: 'openid profile phone' });
});
afterAll(() => system.close());

describe('is refused', () => {
  test('without a token of this browser, and nothing is handed out', async () => {
    await ownPage(browser, citizen);
    const answer = await browser.post(`${system.issuer}${OWN}`, {});
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain(citizen.id_number);
    expect(await copies()).toBe(0);
  });

  test('when the sign-in is older than five minutes: one signs in again and is told to press once more', async () => {
    const page = await ownPage(browser, citizen);
    clock.forward(301);
    const asked = await browser.submit(page, {});
    expect(new URL(asked.url).pathname).toMatch(/^\/signin\//);
    const back = await walk(browser, citizen, asked);
    expect(back.text).toContain('还没有下载');
    expect(await copies()).toBe(0);
    expect((await browser.submit(back, {})).headers.get('content-type')).toContain('application/json');
  });

  test('to whoever is not signed in', async () => {
    const stranger = citizenBrowser();
    const asked = await stranger.get(`${system.issuer}${OWN}`);
    expect(new URL(asked.url).pathname).toMatch(/^\/signin\//);
  });
});

describe('the file', () => {
  let answer: Page;
  let file: File;

  beforeAll(async () => {
    answer = await download(browser, citizen);
    file = JSON.parse(answer.text) as File;
  });

  test('comes as an attachment that no cache keeps', () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="tongxing-my-data.json"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Math.abs(new Date(file.made_at).getTime() - clock.now().getTime())).toBeLessThan(60_000);
  });

  test('has the account and its documents, masked nowhere', () => {
    expect(file.account).toMatchObject({ status: '正常', phone: '+8613900010001', level: 2 });
    expect(file.account['level_until']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
    expect(file.account.documents).toEqual([
      {
        kind: '居民身份证',
        number: '330106199506182261',
        name: '林晓夏',
        birthdate: '1995-06-18',
        gender: '女',
        verified_at: expect.stringMatching(/\+08:00$/),
        replaced: false,
      },
    ]);
    expect(file.password).toMatchObject({ signs_in_alone: true });
  });

  test('has what the level rests on: method, authority and time', () => {
    expect(file.proofs.evidence).toHaveLength(2);
    expect(file.proofs.evidence).toContainEqual(
      expect.objectContaining({
        method: '人口登记库核对',
        authority: '人口登记库',
        at: expect.stringMatching(/\+08:00$/),
      }),
    );
  });

  test('has what was allowed to whom and when, and who may come back alone', () => {
    expect(file.services.allowed).toEqual([
      expect.objectContaining({
        service: '省政务',
        shared: expect.arrayContaining(['姓名', '手机号', '出生日期']),
        not_shared: [],
        while_away: true,
      }),
    ]);
    expect(file.services.lasting_access).toEqual([expect.objectContaining({ service: '省政务' })]);
  });

  test('has every sign-in and change in words, this copy too', () => {
    const events = file.history.map(({ event }) => event);
    for (const event of [
      '下载我的数据',
      '登录成功',
      '登录没有成功',
      '同意提供信息',
      '进入服务',
      '建立测试账号',
    ])
      expect(events).toContain(event);
    expect(events.filter((event) => /^[a-z]+\.[a-z_]+$/.test(event))).toEqual([]);
    expect(file.history.find(({ event }) => event === '同意提供信息')).toMatchObject({
      service: '省政务',
      by: '您本人',
      details: { claims: '姓名、出生日期、性别、实名认证结果、手机号、手机号是否验证过' },
    });
  });

  test('explains each of its members', () => {
    const members = new Set<string>();
    JSON.parse(answer.text, (name, value: unknown) => {
      if (name !== '' && !/^\d+$/.test(name)) members.add(name);
      return value;
    });
    for (const name of ['about', 'made_at', 'guide']) members.delete(name);
    expect([...members].filter((name) => file.guide[name] === undefined)).toEqual([]);
  });

  test('has no internal key, digest or hash, and nothing of anybody else', async () => {
    const [row] = await system.database.postgres.rows<{ id: string; hash: string }>({
      name: '',
      text: 'select citizen_id as id, hash from factors.password',
      values: [],
    });
    expect(row?.hash).toMatch(/^\$argon2id/);
    for (const pattern of [/argon2/, /[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/, /[\da-f]{40}/, /\*\*/])
      expect(answer.text).not.toMatch(pattern);
    for (const value of [other.name, other.phone, other.id_number]) expect(answer.text).not.toContain(value);
    const theirs = await download(citizenBrowser(), other);
    expect(theirs.text).toContain(other.id_number);
    for (const value of [citizen.name, citizen.phone, citizen.id_number])
      expect(theirs.text).not.toContain(value);
  });

  test('speaks the language of the page', async () => {
    const english = JSON.parse((await download(browser, citizen, '?lang=en')).text) as File;
    expect(english.account).toMatchObject({
      status: 'in use',
      documents: [{ kind: 'resident ID card' }],
    });
    expect(english.services.allowed).toEqual([expect.objectContaining({ service: 'Province' })]);
    expect(Object.keys(english.guide).sort()).toEqual(Object.keys(file.guide).sort());
  });
});

test('a claim that nobody has answered yet is in it, in full', async () => {
  const persona = await system.persona('register-down');
  const who = citizenBrowser();
  const { url } = service.request({ scope: 'openid profile', acr_values: 'urn:tongxing:acr:l2' });
  const password = await byCode(who, url, persona.phone, system, { register: true });
  await prove(who, await who.submit(password, { password: persona.password }), persona);
  const answer = await download(citizenBrowser(), persona);
  const { proofs, guide } = JSON.parse(answer.text) as File;
  expect(proofs.checks).toEqual([
    expect.objectContaining({
      outcome: '等待机构答复',
      way: '电信运营商',
      claimed: expect.objectContaining({ name: persona.name, number: persona.id_number }),
    }),
  ]);
  expect(guide).toHaveProperty('claimed');
});

test('does not tell what a register says of whoever’s name and number were claimed', async () => {
  // A verified person's own details from a stranger's phone, and a name that does not go with its number.
  const checks: string[] = [];
  for (const [phone, claimed] of [
    ['13800138111', citizen],
    ['13800138222', { ...citizen, name: '李四' }],
    ['13800138333', await system.persona('not-found')],
  ] as const) {
    const who = citizenBrowser();
    const { url } = service.request({ scope: 'openid profile', acr_values: 'urn:tongxing:acr:l2' });
    const password = await byCode(who, url, phone, system, { register: true });
    const account = { ...citizen, phone, password: 'lantern-over-quiet-water' };
    await prove(who, await who.submit(password, { password: account.password }), claimed);
    const { proofs, history } = JSON.parse((await download(citizenBrowser(), account)).text) as File;
    // That the device was a new one is written after the answer: it may come a moment later.
    const there = history.filter(({ event }) => event !== '在新设备上登录');
    const told = { proofs, history: there.map(({ event, by }) => [event, by]) };
    checks.push(
      JSON.stringify(told)
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:+]+/g, 'then')
        .replaceAll(/[\dA-Z]{4}(?:-[\dA-Z]{4}){2}/g, 'NUMBER'),
    );
    expect(proofs).toMatchObject({ checks: [{ outcome: '没有核对上' }], evidence: [] });
  }
  expect(new Set(checks).size).toBe(1);
});

test('is told in the history of the account, and has a limit', async () => {
  const who = citizenBrowser();
  const page = await ownPage(who, citizen);
  const statuses: number[] = [];
  for (let n = 0; n < 11; n += 1) statuses.push((await who.submit(page, {})).status);
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBe(429);
  expect((await who.get(`${system.issuer}/account/history`)).text).toContain('下载我的数据');
});
