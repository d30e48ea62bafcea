// Every page a person can meet, in both languages, looked at in all its shapes.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Locale } from '../../idp/platform/i18n/messages.ts';
import {
  agree,
  citizen,
  enter,
  follow,
  heading,
  openChromium,
  password,
  press,
  prove,
  register,
  say,
  type Browser,
  type Citizen,
} from './citizen.ts';
import { createGallery, type Gallery } from './look.ts';
import { PROOFING_TOURS } from './proofing/tour.ts';
import { SECURITY_TOURS } from './security/tour.ts';
import { scanTour } from './scan/tour.ts';
import { openWorld, type World } from './world.ts';

jest.setTimeout(240_000);

let world: World;
let browser: Browser;

type Tour = (who: Citizen, gallery: Gallery) => Promise<void>;

const wayIn: Tour = async (who, gallery) => {
  const { page } = who;
  await page.goto(`${world.portal}/?lang=${who.locale}`);
  await gallery.look(who, 'demo-portal');
  await page.goto(`${world.fund}/?lang=${who.locale}`);
  await gallery.look(who, 'demo-fund');
  await enter(who, world.portal);
  await gallery.look(who, 'signin');
  await press(page, say(who, '登录', 'Sign in'));
  await gallery.look(who, 'signin-empty');
  await password(who, { phone: '13900019999', password: 'not-the-right-one' });
  await gallery.look(who, 'signin-wrong');
  await follow(page, say(who, '短信', 'Text code'));
  await gallery.look(who, 'sms-phone');
  await follow(page, say(who, '返回该服务', 'Leave'));
  await gallery.look(who, 'leave');
  await press(page, say(who, '返回该服务', 'Back to the service'));
  await gallery.look(who, 'demo-refused');
};

const locked: Tour = async (who, gallery) => {
  await enter(who, world.portal);
  const account = {
    phone: who.locale === 'en' ? '13900019997' : '13900019998',
    password: 'wrong-wrong-wrong',
  };
  for (let tries = 0; tries < 6; tries += 1) {
    await password(who, account);
    if ((await who.page.locator('input[name=password]').count()) === 0) break;
  }
  await gallery.look(who, 'locked');
};

const newcomer: Tour = async (who, gallery) => {
  const { page } = who;
  const persona = await world.persona(who.locale === 'en' ? 'middle-dot' : 'rare-character');
  await enter(who, world.portal);
  await follow(page, say(who, '注册账号', 'Create account'));
  await gallery.look(who, 'register-phone');
  await page.locator('input[name=phone]').fill(persona.phone);
  await press(page, say(who, '获取验证码', 'Get a code'));
  await page.locator('input[name=code]').waitFor();
  await gallery.look(who, 'sms-code');
  await page.locator('input[name=code]').fill('000000');
  await press(page, say(who, '继续', 'Continue'));
  await gallery.look(who, 'sms-code-wrong');
  await page.locator('input[name=code]').fill((await world.message(persona.phone)).code);
  await press(page, say(who, '继续', 'Continue'));
  await gallery.look(who, 'set-password');
  await page.locator('input[name=password]').fill('12345678');
  await press(page, say(who, '保存并继续', 'Save and continue'));
  await gallery.look(who, 'set-password-common');
  await page.locator('input[name=password]').fill(persona.password);
  await press(page, say(who, '保存并继续', 'Save and continue'));
  await gallery.look(who, 'consent-portal');
  await agree(who);
  await page.waitForURL(`${world.portal}/`);
  await page.goto(`${world.issuer}/account`);
  await gallery.look(who, 'account-unverified');
  await enter(who, world.fund);
  await gallery.look(who, 'realname-form');
  await press(page, say(who, '开始核对', 'Check my details'));
  await gallery.look(who, 'realname-form-empty');
  await prove(who, persona);
  await gallery.look(who, 'realname-done');
  await press(page, say(who, '继续', 'Continue'));
  await gallery.look(who, 'consent-fund');
  await agree(who);
  await page.waitForURL(`${world.fund}/`);
  await gallery.look(who, 'demo-fund-in');
  await page.goto(`${world.issuer}/account`);
  await gallery.look(who, 'account-home');
  await page.goto(`${world.issuer}/account/services`);
  await gallery.look(who, 'account-services');
  await follow(page, say(who, '停止授权', 'Stop sharing'));
  await gallery.look(who, 'account-stop');
  await page.goto(`${world.issuer}/account/history`);
  await gallery.look(who, 'account-history');
  await page.goto(`${world.fund}/logout`);
  await gallery.look(who, 'demo-logout');
  await page.locator('#sign-out').click();
  await gallery.look(who, 'logout');
  await press(page, say(who, '退出登录', 'Sign out'));
  await page.waitForURL(/logged-out/);
  await gallery.look(who, 'demo-logged-out');
  await page.goto(`${world.issuer}/oidc/logout`);
  await gallery.look(who, 'logout-nobody');
};

/** Each way a check can end that is not good. */
const unlucky: Tour = async (who, gallery) => {
  for (const [id, name, zh, en] of [
    ['mismatch', 'realname-no-match', '没能核对上您的信息', 'We could not match your details'],
    ['virtual-operator', 'realname-virtual-operator', '请换一种方式认证', 'Choose another way'],
    ['child', 'realname-child', '要由监护人陪同办理', 'A guardian has to come with you'],
    ['register-down', 'realname-waiting', '暂时没法核对', 'We cannot check at the moment'],
  ] as const) {
    const persona = await world.persona(id);
    const one = await citizen(browser, { locale: who.locale });
    await enter(one, world.fund);
    await register(world, one, persona);
    await prove(one, persona);
    expect(await heading(one.page)).toBe(say(who, zh, en));
    await gallery.look(one, name);
    await one.close();
  }
};

/** Who takes everything along and goes. */
const leaver: Tour = async (who, gallery) => {
  const { page } = who;
  await page.goto(`${world.issuer}/account/data?lang=${who.locale}`);
  await password(who, await world.persona('verified'));
  await gallery.look(who, 'account-data');
  const coming = page.waitForEvent('download');
  await press(page, say(who, '下载我的数据', 'Download my data'));
  expect((await coming).suggestedFilename()).toBe('tongxing-my-data.json');
  await page.goto(`${world.issuer}/account/data?again=yes`);
  await gallery.look(who, 'account-data-again');
  await follow(page, say(who, '去注销账号', 'Delete account'));
  await gallery.look(who, 'account-close');
  await press(page, say(who, '注销账号', 'Delete account'));
  await gallery.look(who, 'account-close-unticked');
  await page.goto(`${world.issuer}/account/data/close?again=yes`);
  await gallery.look(who, 'account-close-again');
  await page.locator('input[name=confirm]').check();
  await press(page, say(who, '注销账号', 'Delete account'));
  await gallery.look(who, 'account-closed');
};

const failures: Tour = async (who, gallery) => {
  const { page, locale } = who;
  const pages = {
    help: '/help',
    counters: '/help/counters',
    privacy: '/privacy',
    accessibility: '/accessibility',
    terms: '/terms',
    'not-me-done': '/account/not-me',
    'not-me-gone': '/account/not-me/AAAAAAAAAAAAAAAAAAAAAA',
    'not-found': '/nowhere',
    'flow-expired': '/signin/long-gone',
    'service-unknown': '/oidc/authorize?client_id=nobody&response_type=code',
  };
  for (const [name, address] of Object.entries(pages)) {
    const url = new URL(address, world.issuer);
    url.searchParams.set('lang', locale);
    await page.goto(url.href);
    await gallery.look(who, name);
  }
  await enter(who, world.portal);
  await follow(page, say(who, '短信', 'Text code'));
  await world.behave('sms-carrier', 'error');
  await page.locator('input[name=phone]').fill(locale === 'en' ? '13900018881' : '13900018882');
  await press(page, say(who, '获取验证码', 'Get a code'));
  await gallery.look(who, 'error-503');
  await world.behave('sms-carrier', 'normal');
};

const stage: Tour = async (who, gallery) => {
  for (const [name, address] of [
    ['sandbox-personas', world.sandbox.hub],
    ['sandbox-control', `${world.sandbox.hub}/control`],
    ['sandbox-outbox', `${world.sandbox.sms}/outbox?still=1`],
  ] as const) {
    await who.page.goto(address);
    await gallery.look(who, name);
  }
};

const proofing = Object.fromEntries(
  Object.entries(PROOFING_TOURS).map(([name, tour]): [string, Tour] => [
    name,
    (who, gallery) => tour({ world, browser }, who, gallery),
  ]),
);

const TOURS: Readonly<Record<string, Tour>> = {
  wayIn,
  locked,
  newcomer,
  unlucky,
  forgotten: (who, gallery) => SECURITY_TOURS.forgotten({ world, browser }, who, gallery),
  leaver,
  ...proofing,
  scan: (who, gallery) => scanTour({ world, browser }, who, gallery),
  security: (who, gallery) => SECURITY_TOURS.changes({ world, browser }, who, gallery),
  failures,
  stage,
};

/** Declares the tours as tests. Each language is a file of its own, so that two run side by side. */
export function inspect(locale: Locale): void {
  beforeAll(async () => {
    [world, browser] = await Promise.all([openWorld(), openChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  test.each(Object.entries(TOURS))(`every page of ${locale} is sound: %s`, async (_, tour) => {
    const who = await citizen(browser, { locale });
    const gallery = createGallery();
    await tour(who, gallery);
    expect(gallery.findings).toEqual([]);
    expect(who.complaints).toEqual([]);
    await who.close();
  });
}
