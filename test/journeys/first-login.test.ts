// The first visit of a citizen, from a phone number to two services that know them by name, and out of both again.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  agree,
  citizen,
  enter,
  heading,
  openChromium,
  press,
  prove,
  register,
  say,
  type Browser,
  type Citizen,
} from './citizen.ts';
import { openWorld, type World } from './world.ts';
import { until } from '../support/until.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
let serial = 0;

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), openChromium()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

const WAYS = [
  { locale: 'zh-CN', scripts: true },
  { locale: 'zh-CN', scripts: false },
  { locale: 'en', scripts: true },
  { locale: 'en', scripts: false },
] as const;

/** One persona per run: an ID number has one account. */
const PERSONAS = ['rare-character', 'middle-dot', 'minor', 'elder'] as const;

async function knownTo(who: Citizen, service: string): Promise<Record<string, unknown>> {
  await who.page.goto(`${service}/session.json`);
  return JSON.parse((await who.page.locator('body').textContent()) ?? '{}') as Record<string, unknown>;
}

describe.each(WAYS)('in $locale, scripts: $scripts', (way) => {
  test('register, agree, prove the name, be known by name, and sign out of everything', async () => {
    const who = await citizen(browser, way);
    const persona = await world.persona(PERSONAS[serial++] ?? '');
    const { page } = who;

    await enter(who, world.portal);
    await register(world, who, persona);
    expect(await heading(page)).toBe(
      say(
        who,
        '“云川省政务服务网”想获取您的以下信息',
        'Yunchuan Government Services wants to see this information',
      ),
    );
    expect(await page.locator('input[type=checkbox]:checked').count()).toBe(0);
    await agree(who);
    await page.waitForURL(`${world.portal}/`);
    expect(await heading(page)).toBe(say(who, '您好，办事人', 'Hello, citizen'));

    await enter(who, world.fund);
    expect(await heading(page)).toBe(say(who, '实名认证', 'Real-name verification'));
    await prove(who, persona);
    expect(await heading(page)).toBe(say(who, '实名认证完成', "You're verified"));
    await press(page, say(who, '继续', 'Continue'));
    await agree(who);
    await page.waitForURL(`${world.fund}/`);
    expect(await page.locator('#name').textContent()).toBe(persona.name);

    const [portal, fund] = [await knownTo(who, world.portal), await knownTo(who, world.fund)];
    expect([portal['signed_in'], fund['signed_in'], fund['realname_verified']]).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(portal['sub']).not.toBe(fund['sub']);

    await page.goto(world.fund);
    await page.locator('#sign-out').click();
    expect(await heading(page)).toBe(say(who, '要退出登录吗？', 'Sign out?'));
    await press(page, say(who, '退出登录', 'Sign out'));
    await page.waitForURL(/logged-out/);
    expect(new URL(page.url()).origin).toBe(world.fund);
    // The provider tells the services on its own line (back-channel): it may take a moment.
    await until(async () => (await knownTo(who, world.portal))['signed_in'] === false);
    expect((await knownTo(who, world.fund))['signed_in']).toBe(false);
    expect(who.complaints).toEqual([]);
    await who.close();
  });
});
