// A county web team from the invitation to a live service, at a real browser: invited, with a passkey, a sandbox client, a
// login that is tried, the request, returned, put right, approved by city and province, live, stopped.
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { MACHINE } from '../../admin/console.ts';
import type { Role } from '../../../idp/registry/registry.ts';
import type { Locale } from '../../../idp/platform/i18n/messages.ts';
import { heading, openChromium, password, press, say, type Browser, type Citizen } from '../citizen.ts';
import { createGallery } from '../look.ts';
import { holder } from '../passkeys/holder.ts';
import { openWorld, type World } from '../world.ts';

jest.setTimeout(150_000);

let world: World;
let browser: Browser;
const gallery = createGallery();

const UNIT = '330100-library';
const DOMAINS = { TONGXING_REGISTRY__OPEN_DOMAINS: '["example.gov.cn"]' };

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(DOMAINS, { host: 'localhost' }), openChromium()]);
  const { units, tree } = world.app.parties;
  await units.seed('test');
  const name = { 'zh-CN': '市图书馆', en: 'City Library' };
  await tree.add(MACHINE, { parentId: '330100', code: 'library', name });
});
/** The next language begins with invitations of its own. */
afterEach(async () => {
  const text = `update registry.post set ended_at = now(), ended_by = 'test' where ended_at is null`;
  await world.database.postgres.run({ name: '', text, values: [] });
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Whatever the sign-in asks of somebody without a key at hand: the password, then a code. */
async function through(who: Citizen, personaId: string): Promise<void> {
  const { page } = who;
  const persona = await world.persona(personaId);
  if ((await page.locator('input[name=password]').count()) > 0) await password(who, persona);
  const other = page.locator('main a[href*="way=sms"]');
  if (page.url().includes('/signin/') && (await other.count()) > 0) await other.first().click();
  const send = page.getByRole('button', { name: say(who, '发送验证码', 'Send the code'), exact: true });
  if ((await send.count()) > 0) {
    await send.click();
    await page.locator('input[name=code]').waitFor();
    await page.locator('input[name=code]').fill((await world.message(persona.phone)).code);
    await press(page, say(who, '继续', 'Continue'));
  }
}

/** The button of the form that is sent to an address with this ending. */
const send = (who: Citizen, action: string): Promise<void> =>
  who.page.locator(`form[action$="${action}"] button[type=submit]`).first().click();

/** Whoever shows two factors is offered a key on the way; who has one elsewhere adds this one by hand. */
async function withPasskey(locale: Locale, personaId: string): Promise<Citizen> {
  const { who } = await holder(browser, locale, true);
  const { page } = who;
  await page.goto(`${world.issuer}/account/security/add/passkey?lang=${locale}`);
  await through(who, personaId);
  await page.getByRole('button', { name: say(who, '现在设置', 'Set up now'), exact: true }).waitFor();
  const offered = page.url().includes('/signin/');
  await press(page, say(who, '现在设置', 'Set up now'));
  await page.waitForURL(offered ? /\/add\/passkey/ : /\/account\/security\?/);
  return who;
}

/** By the link of an invitation into the console, with the passkey on the way. */
async function joined(who: Citizen, unitId: string, role: Role): Promise<void> {
  const { token } = await world.app.parties.operators.invite(MACHINE, { unitId, role });
  await who.page.goto(`${world.issuer}/admin/join/${token.reveal()}`);
  if (role === 'owner') await gallery.look(who, 'console-join');
  await send(who, `/${token.reveal()}`);
  // The key in the account field answers by itself.
  await who.page.waitForURL(`${world.issuer}/admin`);
}

async function sandboxClient(who: Citizen, name: string): Promise<string> {
  const { page } = who;
  await page.goto(`${world.issuer}/developers`);
  await page.locator('input[name=name]').fill(name);
  await page.locator('select[name=unit]').selectOption(UNIT);
  await gallery.look(who, 'portal-home');
  await send(who, '/developers/clients');
  await page.locator('.once code').first().waitFor();
  await gallery.look(who, 'portal-client');
  return new URL(page.url()).pathname.split('/')[3] ?? '';
}

async function tryLogin(who: Citizen, clientId: string): Promise<void> {
  const { page } = who;
  await page.goto(`${world.issuer}/developers/clients/${clientId}`);
  await send(who, '/try');
  const agree = page.getByRole('button', { name: say(who, '同意并继续', 'Agree and continue') });
  await agree.click();
  await page.waitForURL(/\/developers\/try\//);
  expect(await page.locator('main').textContent()).toContain('urn:tongxing:acr:l2');
  await gallery.look(who, 'portal-try');
}

const PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  redirects: { redirect_uris: 'https://lib.example.gov.cn/callback' },
  level: { tongxing_minimum_level: 'l2' },
  about: { policy_uri: 'https://lib.example.gov.cn/privacy', contacts: 'web@lib.example.gov.cn' },
};

async function write(who: Citizen, clientId: string, part: string, fields: Readonly<Record<string, string>>) {
  const { page } = who;
  await page.goto(`${world.issuer}/developers/clients/${clientId}/production/${part}`);
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main [name="${name}"]`).first();
    const [tag, type] = [await field.evaluate((one) => one.tagName), await field.getAttribute('type')];
    if (type === 'radio') await page.locator(`main [name="${name}"][value="${value}"]`).check();
    else if (tag === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await send(who, `/${part}`);
}

async function goLive(who: Citizen, clientId: string, name: string): Promise<string> {
  const { page } = who;
  const place = `${world.issuer}/developers/clients/${clientId}/production`;
  await page.goto(place);
  await send(who, '/production');
  await send(who, '/submit');
  // Too early: what is missing is said, nothing is lost.
  expect(await page.locator('.error-summary li').count()).toBeGreaterThan(0);
  await gallery.look(who, 'portal-go-live-problems');
  for (const [part, fields] of Object.entries(PARTS)) await write(who, clientId, part, fields);
  await write(who, clientId, 'name', {
    client_name: name,
    'client_name#en': 'Library booking',
    tongxing_domain: 'lib.example.gov.cn',
  });
  await page.goto(place);
  const claims = await page
    .locator('a[href*="/production/claims/"]')
    .evaluateAll((links) =>
      links.map((link) => (link as unknown as { href: string }).href.split('/').pop() ?? ''),
    );
  for (const claim of new Set(claims))
    await write(who, clientId, `claims/${claim}`, {
      purpose: '核对借书证持有人',
      'purpose#en': 'To match the holder of the card',
      legal_basis: '《公共图书馆法》第三十四条',
      retention: '30',
    });
  await page.goto(place);
  await gallery.look(who, 'portal-go-live');
  await send(who, '/submit');
  const [number = ''] = /R-\d{8}-\d{4}/.exec((await page.locator('main').textContent()) ?? '') ?? [];
  return number || ((await world.app.parties.changes.openOf(MACHINE, clientId)) ?? '');
}

async function decide(who: Citizen, number: string, decision: 'approve' | 'return', reason: string) {
  const { page } = who;
  await page.goto(`${world.issuer}/admin/requests/${number}`);
  await page.locator(`input[name=decision][value=${decision}]`).check();
  await page.locator('textarea[name=reason]').fill(reason);
  await send(who, '/decision');
}

const stateOf = async (clientId: string): Promise<boolean | undefined> =>
  (await world.app.registry.find(clientId))?.enabled;

test.each<[Locale]>([['zh-CN'], ['en']])(
  '%s: from the invitation to a live service, and its end',
  async (locale) => {
    const dev = await withPasskey(locale, 'verified');
    await joined(dev, UNIT, 'owner');
    expect(await heading(dev.page)).toBe(say(dev, '待办审批', 'Requests'));
    const name = say(dev, '图书预约', 'Books');
    const sandbox = await sandboxClient(dev, name);
    await tryLogin(dev, sandbox);
    const number = await goLive(dev, sandbox, '图书预约');

    const city = await withPasskey(locale, 'verified-two');
    await joined(city, '330100', 'reviewer');
    await gallery.look(city, 'console-queue');
    await city.page.goto(`${world.issuer}/admin/requests/${number}`);
    await gallery.look(city, 'console-review');
    await decide(city, number, 'return', '用途写得太笼统，请写明核对哪一项。');

    const place = `${world.issuer}/developers/clients/${sandbox}/production`;
    await dev.page.goto(place);
    expect(await dev.page.locator('main').textContent()).toContain('用途写得太笼统');
    await write(dev, sandbox, 'about', { contacts: 'desk@lib.example.gov.cn' });
    await dev.page.goto(place);
    await send(dev, '/submit');

    await decide(city, number, 'approve', '用途和依据都写清楚了，同意。');
    const province = await withPasskey(locale, 'provincial-approver');
    await joined(province, '330000', 'approver');
    await decide(province, number, 'approve', '符合规定，同意上线。');
    const { clientId } = await world.app.parties.changes.find(MACHINE, number);
    expect(await stateOf(clientId)).toBe(true);

    await province.page.goto(`${world.issuer}/admin/clients/${clientId}`);
    await gallery.look(province, 'console-client');
    await province.page.goto(`${world.issuer}/admin/clients/${clientId}/suspend`);
    await province.page.locator('textarea[name=reason]').fill('域名被盗用，先停用。');
    const sure = province.page.locator('main input[type=checkbox]');
    if ((await sure.count()) > 0) await sure.first().check();
    await gallery.look(province, 'console-suspend');
    await send(province, '/suspend');
    expect(await stateOf(clientId)).toBe(false);

    for (const who of [dev, city, province]) {
      expect(who.complaints).toEqual([]);
      await who.close();
    }
  },
);

test('every page of it can be read in all its shapes', () => {
  expect(gallery.findings).toEqual([]);
});
