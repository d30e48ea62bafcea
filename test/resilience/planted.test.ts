import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startBrowserRecording, type Recorded } from './recorded.ts';
import { filesOf, findings, postgresDump, redisDump, type Kept } from './everything-kept.ts';
import {
  byCode,
  headingOf,
  metadataOf,
  prove,
  reached,
  serviceOf,
  through,
  type Service,
  type Tokens,
} from './trial-client.ts';
import { testApp, type Persona, type TestApp } from '../support/app.ts';

const SECRET = 'planted-client-secret-4f1c9a77d20e';
const WRONG_PASSWORD = 'planted-wrong-password-lantern';
const WRONG_CODE = '918273';
const HINT = '13900019876';

let system: TestApp;
let service: Service;
let citizen: Persona;
const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-planted-'));
/** Personal data, and what opens something. */
const personal: Record<string, string[]> = {};
const secrets: Record<string, string[]> = {};
const own: Recorded[] = [];
const strangers: Recorded[] = [];
const kept = new Map<string, string>();

const plant = (list: Record<string, string[]>, what: string, ...values: string[]): void => {
  list[what] = [...(list[what] ?? []), ...values.filter((value) => value.length > 3)];
};

/** What is short-lived is looked at while it lives. */
async function lookAround(): Promise<void> {
  for (const [where, text] of [
    ...(await redisDump(system.redisPrefix ?? '')),
    ...(await postgresDump(system.database.url)),
  ])
    kept.set(where, `${kept.get(where) ?? ''}\n${text}`);
}

function newCitizen(): Recorded {
  const recorded = startBrowserRecording();
  own.push(recorded);
  return recorded;
}

function keepTokens(tokens: Tokens): Tokens {
  plant(secrets, 'access token', tokens.access_token);
  plant(secrets, 'id token', tokens.id_token);
  if (tokens.refresh_token) plant(secrets, 'refresh token', tokens.refresh_token);
  return tokens;
}

async function registerAndProve(): Promise<void> {
  const { browser } = newCitizen();
  const { url, verifier } = service.begin({
    scope: 'openid profile phone id_number offline_access',
    prompt: 'consent',
    login_hint: HINT,
    acr_values: 'urn:tongxing:acr:l2',
  });
  const start = await browser.get(url);
  await lookAround();
  const tab = await browser.follow(start, /way=register/);
  const asked = await browser.submit(tab, { phone: citizen.phone });
  const { code } = await system.message(citizen.phone);
  plant(secrets, 'code', code);
  await lookAround();
  const again = await browser.submit(asked, { code: WRONG_CODE });
  const password = await browser.submit(again, { code });
  const proving = await browser.submit(password, { password: citizen.password });
  await lookAround();
  await system.behave('population-register', 'down');
  const waiting = await prove(browser, proving, citizen);
  await lookAround();
  await system.behave('population-register', 'normal');
  const edit = await browser.submit(waiting, { again: 'yes' });
  const refused = await prove(browser, edit, { ...citizen, name: '张三' });
  const retry = await browser.submit(refused, { again: 'yes' });
  const back = await through(browser, await prove(browser, retry, citizen));
  plant(secrets, 'authorization code', service.code(back));
  const tokens = keepTokens(await service.redeem(back, verifier));
  await service.userinfo(tokens.access_token);
  await service.token({ grant_type: 'authorization_code', code: service.code(back) });
  const { body } = await service.token({
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  keepTokens(body as unknown as Tokens);
  await lookAround();
  await account(browser);
}

async function account(browser: Recorded['browser']): Promise<void> {
  for (const page of ['', '/services', '/history', `/services/${service.clientId}`])
    await browser.get(`${system.issuer}/account${page}`);
  const copy = await browser.submit(await browser.get(`${system.issuer}/account/data`), {});
  expect(copy.text).toContain(citizen.id_number);
  const again = await browser.get(service.begin().url);
  expect(reached(again)).toBe(true);
  plant(secrets, 'authorization code', service.code(again));
  const leaving = await browser.get(`${system.issuer}/oidc/logout?client_id=tongxing-account`);
  await browser.submit(leaving, { logout: 'yes' });
}

async function signInAgain(): Promise<void> {
  const byPassword = newCitizen().browser;
  const first = await byPassword.get(service.begin().url);
  const wrong = await byPassword.submit(first, { phone: citizen.phone, password: WRONG_PASSWORD });
  expect(wrong.status).toBe(422);
  await byPassword.submit(wrong, { phone: citizen.phone, password: citizen.password });
  const before = (await outboxOf(citizen.phone)).length;
  const { browser } = newCitizen();
  const page = await byCode(browser, service.begin().url, citizen.phone, system, { after: before });
  expect(reached(page)).toBe(true);
  plant(secrets, 'code', (await system.message(citizen.phone)).code);
  const byNumber = newCitizen().browser;
  const numbered = await byNumber.get(service.begin().url);
  await byNumber.submit(numbered, { phone: citizen.id_number, password: WRONG_PASSWORD });
  await lookAround();
}

const outboxOf = async (phone: string): Promise<readonly unknown[]> =>
  (await (await fetch(`${system.sandbox.sms}/outbox.json?phone=${phone}`)).json()) as unknown[];

async function errors(): Promise<void> {
  const recorded = startBrowserRecording();
  strangers.push(recorded);
  const { browser } = recorded;
  const signin = own[0]?.pages.find((page) => page.url.includes('/signin/'))?.url ?? '';
  await browser.get(signin);
  await browser.get(`${system.issuer}/nowhere`);
  await browser.get(`${system.issuer}/oidc/authorize?client_id=${service.clientId}`);
  await browser.post(`${system.issuer}/oidc/token`, { code: secrets['authorization code']?.[0] ?? 'none' });
  await browser.post(`${signin}/prove`, { name: citizen.name, id_number: citizen.id_number });
  const bearer = { authorization: `Bearer ${secrets['access token']?.[0] ?? ''}x` };
  await browser.get(`${system.issuer}/oidc/userinfo`, bearer);
}

beforeAll(async () => {
  system = await testApp({
    store: 'redis',
    env: { TONGXING_LOG_LEVEL: 'debug', TONGXING_DATA_FOLDER: folder, TONGXING_SMS__RESEND_AFTER: '1s' },
  });
  citizen = await system.persona('rare-character');
  service = serviceOf(() => system.issuer, 'planted', SECRET);
  await system.app.registry.import(metadataOf('planted', SECRET), 'test');
  plant(personal, 'phone', citizen.phone);
  plant(personal, 'hinted phone', HINT);
  plant(personal, 'name', citizen.name);
  plant(personal, 'ID number', citizen.id_number);
  plant(secrets, 'password', citizen.password, WRONG_PASSWORD);
  plant(secrets, 'code', WRONG_CODE);
  plant(secrets, 'client secret', SECRET);
  await registerAndProve();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await signInAgain();
  await errors();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await lookAround();
  for (const { cookies } of own) for (const value of cookies) plant(secrets, 'cookie', value);
}, 60_000);

afterAll(() => system.close());

const search = (places: Kept, values = { ...personal, ...secrets }): readonly string[] =>
  findings(places, values);

test('the walk met every kind of value and place', () => {
  expect(Object.keys(secrets).sort()).toEqual([
    'access token',
    'authorization code',
    'client secret',
    'code',
    'cookie',
    'id token',
    'password',
    'refresh token',
  ]);
  const titles = own.flatMap(({ pages }) => pages.map(headingOf));
  expect(new Set(titles).size).toBeGreaterThan(8);
  expect([...kept.keys()].filter((place) => place.startsWith('redis')).length).toBeGreaterThan(20);
  expect(
    [...kept.keys()].filter((place) => /table (citizens|factors|oidc|audit|proofing)/.test(place)).length,
  ).toBeGreaterThan(8);
  expect(system.logged.length).toBeGreaterThan(40);
});

test('a search finds a value in each of its spellings', () => {
  const value = '张\u{20BB7}和6101';
  const spelt = [
    value,
    encodeURIComponent(value),
    Buffer.from(`{"name":"${value}"}`).toString('base64'),
    Buffer.from(`x${value}yz`).toString('base64url'),
    Buffer.from(value).toString('hex'),
  ];
  for (const text of spelt)
    expect(findings(new Map([['here', `before ${text} after`]]), { name: [value] })).toEqual([
      'name in here',
    ]);
});

test('no log line holds any of it', () => {
  expect(
    search(new Map(system.logged.map((line, n) => [`log line ${n}: ${line.slice(0, 80)}`, line]))),
  ).toEqual([]);
});

test('the metrics hold none of it', async () => {
  expect(search(new Map([['metrics', await (await fetch(system.metricsUrl)).text()]]))).toEqual([]);
});

test('pages that a stranger sees hold none of it', () => {
  const pages = strangers.flatMap(({ pages: seen }) => seen);
  expect(pages.every(({ status }) => status >= 400)).toBe(true);
  const told = new Map(
    pages.map(({ url, text }, n) => [`page ${n} of ${new URL(url).pathname.slice(0, 20)}`, text]),
  );
  expect(search(told)).toEqual([]);
});

test('no page of the citizen repeats a password, a code, a cookie or a token', () => {
  const pages = own.flatMap(({ pages: seen }) => seen);
  expect(
    search(new Map(pages.map((page, n) => [`page ${n} ${headingOf(page)}`, page.text])), secrets),
  ).toEqual([]);
});

test('no address that the citizen passes holds a password, a code, a token or who they are', () => {
  const { 'authorization code': _code, ...others } = secrets;
  const hops = own.flatMap(({ pages: seen }) => seen.flatMap((page) => page.hops));
  const ours = hops.filter((hop) => hop.startsWith(system.issuer) && !hop.includes('login_hint'));
  expect(search(new Map([['addresses', ours.join('\n')]]), { ...personal, ...others })).toEqual([]);
});

test('nothing in Redis holds any of it, neither keys nor values', () => {
  expect(search(new Map([...kept].filter(([place]) => place.startsWith('redis'))))).toEqual([]);
});

test('no table holds any of it', () => {
  expect(search(new Map([...kept].filter(([place]) => place.startsWith('table'))))).toEqual([]);
});

test('the addresses asked of the authorities and the carrier hold none of it', async () => {
  const asked = await Promise.all(
    [system.sandbox.populationRegister, system.sandbox.mobileOperator, system.sandbox.sms].map(async (at) =>
      (await fetch(`${at}/requests.json`)).text(),
    ),
  );
  expect(asked.every((text) => text.includes('"url"'))).toBe(true);
  expect(search(new Map(asked.map((text, n) => [`requests of stand-in ${n}`, text])))).toEqual([]);
});

test('no file in the data folder holds any of it', () => {
  expect(search(filesOf(folder, /\/(postgres\/|secrets\.json$)/))).toEqual([]);
});
