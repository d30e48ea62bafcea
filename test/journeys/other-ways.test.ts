// A bank card, or a network identity, in the place of the operators: from the first page of a service to its door, and
// everything that was kept on the way searched for what must not stand there.
import { findings, postgresDump, redisDump } from '../resilience/everything-kept.ts';
import {
  byCode,
  citizenBrowser,
  headingOf,
  metadataOf,
  serviceOf,
  through,
} from '../resilience/trial-client.ts';
import { press } from '../sandbox/network-identity-app.ts';
import { testApp, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { until } from '../support/until.ts';

const SECRET = 'client-secret-of-the-other-ways-51c0';
const PASSWORD = 'seven-lanterns-over-quiet-water';

let system: TestApp;
const service = serviceOf(() => system.issuer, 'other-ways', SECRET);
const kept = new Map<string, string>();

beforeAll(async () => {
  system = await testApp({ store: 'redis', env: { TONGXING_LOG_LEVEL: 'debug' } });
  await system.app.registry.import(metadataOf('other-ways', SECRET), 'test');
});
afterAll(() => system.close());

async function lookAround(): Promise<void> {
  for (const [where, text] of [
    ...(await redisDump(system.redisPrefix ?? '')),
    ...(await postgresDump(system.database.url)),
  ])
    kept.set(where, `${kept.get(where) ?? ''}\n${text}`);
}

interface Arrived {
  readonly browser: Browser;
  readonly page: Page;
  readonly verifier: string;
}

/** A new account, on the form of the way that was chosen. */
async function choosing(phone: string, password: string, way: string): Promise<Arrived> {
  const browser = citizenBrowser();
  const { url, verifier } = service.begin({ acr_values: 'urn:tongxing:acr:l2' });
  const registered = await byCode(browser, url, phone, system, { register: true });
  const form = await browser.submit(registered, { password });
  const chosen = await browser.submit(await browser.submit(form, { choose: 'way' }), { way });
  return { browser, page: chosen, verifier };
}

const consents = { consent: 'yes', consent_more: 'yes' };

/** Where the page sends the citizen, and where the app will send them back. */
function goOn(page: Page): { readonly app: string; readonly back: string } {
  const app = /href="(http:[^"]*\/network-identity\/app\/[^"]*)"/.exec(page.text)?.[1] ?? '';
  return { app, back: page.url };
}

/** The page that stands once the case has rested. */
async function afterwards(browser: Browser, url: string): Promise<Page> {
  const seen: Page[] = [];
  await until(async () => {
    seen.unshift(await browser.get(url));
    return seen[0]?.text.includes('/network-identity/app/') === false;
  });
  if (!seen[0]) throw new Error('no page');
  return seen[0];
}

test('a card leads where the operators cannot be asked, and its number is kept nowhere', async () => {
  const { name, id_number, phone, password, bank_card: card } = await system.persona('virtual-operator');
  const typo = `${card.slice(0, -1)}${(Number(card.at(-1)) + 1) % 10}`;
  const form = { ...consents, name, id_number };
  const { browser, page, verifier } = await choosing(phone, password, 'bank-card');
  const wrong = await browser.submit(page, { ...form, bank_card: typo });
  expect([wrong.status, wrong.text.includes('银行卡号有一位不对')]).toEqual([422, true]);
  await lookAround();
  await system.behave('bank-card', 'down');
  const waiting = await browser.submit(wrong, { ...form, bank_card: `${card.slice(0, 6)} ${card.slice(6)}` });
  expect(headingOf(waiting)).toBe('暂时没法核对');
  await lookAround();
  await system.behave('bank-card', 'normal');
  const again = await browser.submit(waiting, { again: '1' });
  const done = await browser.submit(again, { ...form, bank_card: card });
  expect(headingOf(done)).toBe('实名认证完成');
  const tokens = await service.redeem(await through(browser, done), verifier);
  expect((await service.userinfo(tokens.access_token)).body).toMatchObject({ name });
  await lookAround();
  const asked = await (await fetch(`${system.sandbox.hub}/bank-card/requests.json`)).text();
  const metrics = await (await fetch(system.metricsUrl)).text();
  const told = [...kept, ['log', system.logged.join('\n')], ['asked', asked], ['metrics', metrics]] as const;
  expect([...kept.keys()].filter((place) => place.startsWith('table proofing')).length).toBeGreaterThan(1);
  expect(asked).toContain('/bank-card');
  expect(findings(new Map(told), { card: [card, typo, card.slice(0, 12), card.slice(-8)] })).toEqual([]);
});

test('a network identity proves a person of whom no name and no number is kept', async () => {
  const { browser, page, verifier } = await choosing('13911110001', PASSWORD, 'network-identity');
  expect(page.text).not.toMatch(/name="(name|id_number)"/);
  const handed = await browser.submit(page, consents);
  const { app, back } = goOn(handed);
  const ended = await press(app, 'present_with_face', 'middle-dot');
  expect(ended.text).toContain(`href="${back}"`);
  const done = await afterwards(browser, back);
  expect(headingOf(done)).toBe('实名认证完成');
  const tokens = await service.redeem(await through(browser, done), verifier);
  const { body } = await service.userinfo(tokens.access_token);
  expect(body).not.toHaveProperty('name');
  const { name, id_number } = await system.persona('middle-dot');
  await lookAround();
  expect(findings(kept, { name: [name], number: [id_number] })).toEqual([]);
});

test.each([
  ['present', '13911110002'],
  ['cancel', '13911110003'],
  ['face_failed', '13911110004'],
] as const)('a network identity with %s proves nothing, and other ways stay open', async (act, phone) => {
  const { browser, page } = await choosing(phone, PASSWORD, 'network-identity');
  const { app, back } = goOn(await browser.submit(page, consents));
  await press(app, act, 'rare-character');
  const after = await afterwards(browser, back);
  expect(headingOf(after)).not.toBe('实名认证完成');
  expect(after.text).toMatch(/name="(choose" value="way|way" value="mobile-operator)"/);
});

test('one human being proves one account with a network identity', async () => {
  const { browser, page } = await choosing('13911110005', PASSWORD, 'network-identity');
  const { app, back } = goOn(await browser.submit(page, consents));
  await press(app, 'present_with_face', 'middle-dot');
  expect(headingOf(await afterwards(browser, back))).not.toBe('实名认证完成');
});
