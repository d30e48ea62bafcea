// Coming back, getting it wrong, changing one's mind: what people do on the second visit and every day after.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  agree,
  citizen,
  enter,
  follow,
  heading,
  openChromium,
  password,
  press,
  type Browser,
  type Citizen,
} from './citizen.ts';
import { openWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
let who: Citizen;

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), openChromium()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});
beforeEach(async () => {
  who = await citizen(browser);
});
afterEach(async () => {
  expect(who.complaints).toEqual([]);
  await who.close();
});

describe('someone who is signed in', () => {
  test('sees no page of ours at a service they were at before', async () => {
    const persona = await world.persona('verified');
    await enter(who, world.portal);
    await password(who, persona);
    await agree(who);
    await who.page.waitForURL(`${world.portal}/`);
    who.seen.length = 0;
    await who.page.goto(`${world.portal}/login`);
    await who.page.waitForURL(`${world.portal}/`);
    expect(who.seen.filter((url) => url.startsWith(world.issuer))).toEqual([]);
    expect(await who.page.locator('#name').textContent()).toBe(persona.name);
  });

  test('presses twice and is signed in once; goes back and lands where things stand', async () => {
    const { page } = who;
    await enter(who, world.fund);
    await password(who, await world.persona('verified-two'));
    const consent = page.url();
    await page.getByRole('button', { name: '同意并继续', exact: true }).dblclick();
    await page.waitForURL(`${world.fund}/`);
    expect(await heading(page)).toContain('周启明');
    await page.goto(consent);
    expect(await heading(page)).toBe('这次登录已经结束');
    expect(await page.locator('.help .num').textContent()).toMatch(/^错误编号 /);
  });
});

describe('someone who gets the password wrong', () => {
  test('is told at the top, in the title and at the field, and may use another way when it locks', async () => {
    const { page } = who;
    const guess = { phone: '13900010001', password: 'not-my-password-at-all' };
    await enter(who, world.portal);
    await password(who, guess);
    expect(await page.title()).toMatch(/^出错了：登录 - /);
    expect(await page.evaluate('document.activeElement.className')).toBe('error-summary');
    expect(await page.locator('input[name=password]').inputValue()).toBe('');
    expect(await page.locator('.error-summary').textContent()).not.toMatch(/密码不对，|没有这个账号/);
    for (let tries = 1; tries < 6; tries += 1) await password(who, guess);
    expect(await heading(page)).toBe('账号已暂时锁定');
    await follow(page, '用短信登录');
    await page.locator('input[name=phone]').fill(guess.phone);
    await press(page, '获取验证码');
    await page.locator('input[name=code]').fill((await world.message(guess.phone)).code);
    await press(page, '继续');
    await page.waitForURL(`${world.portal}/`);
  });

  test('reads the same page in English, at an address that can be opened', async () => {
    const { page } = who;
    await enter(who, world.portal);
    await press(page, '登录');
    expect(await page.title()).toMatch(/^出错了：/);
    await follow(page, 'English');
    expect(await heading(page)).toBe('Sign in');
  });
});

test('a code that was wrong leads back to another number', async () => {
  const { page } = who;
  await enter(who, world.portal);
  await follow(page, '短信');
  await page.locator('input[name=phone]').fill('13900017771');
  await press(page, '获取验证码');
  await page.locator('input[name=code]').fill('000000');
  await press(page, '继续');
  expect(await page.locator('.field .error').count()).toBe(1);
  await page.locator('a.back').click();
  expect(await page.locator('input[name=phone]').count()).toBe(1);
});

test('who goes back to the service is not signed in, and the service says so kindly', async () => {
  const { page } = who;
  await enter(who, world.portal);
  await follow(page, '返回该服务');
  await press(page, '返回该服务');
  expect(new URL(page.url()).origin).toBe(world.portal);
  expect(await heading(page)).toBe('您没有同意提供信息，登录已取消');
});

test('the register is down: the page waits with what was entered, and goes on when it is back', async () => {
  const { page } = who;
  const persona = await world.persona('unverified');
  await world.behave('population-register', 'down');
  await enter(who, world.fund);
  await password(who, persona);
  await page.locator('input[name=name]').fill(persona.name);
  await page.locator('input[name=id_number]').fill(persona.id_number);
  await page.locator('input[name=consent]').check();
  await press(page, '开始核对');
  expect(await heading(page)).toBe('暂时没法核对');
  await world.behave('population-register', 'normal');
  await page.waitForTimeout(5_500);
  await press(page, '重新核对');
  expect(await heading(page)).toBe('实名认证完成');
});

test('the account centre: what is known, what was allowed, stopping it, and out', async () => {
  const { page } = who;
  const persona = await world.persona('elder');
  await page.goto(`${world.issuer}/account`);
  await follow(page, '注册账号');
  await page.locator('input[name=phone]').fill(persona.phone);
  await press(page, '获取验证码');
  await page.locator('input[name=code]').fill((await world.message(persona.phone)).code);
  await press(page, '继续');
  await page.locator('input[name=password]').fill(persona.password);
  await press(page, '保存并继续');
  expect(await heading(page)).toBe('我的账号');

  await follow(page, '去实名认证');
  await page.locator('input[name=name]').fill(persona.name);
  await page.locator('input[name=id_number]').fill(persona.id_number);
  await page.locator('input[name=consent]').check();
  await press(page, '开始核对');
  await press(page, '继续');
  expect(await heading(page)).toBe('孙**，您好');
  expect(await page.locator('main').textContent()).not.toContain(persona.id_number);

  await enter(who, world.fund);
  await agree(who);
  await page.waitForURL(`${world.fund}/`);
  await page.goto(`${world.issuer}/account/services`);
  await follow(page, '停止授权');
  await press(page, '停止授权');
  expect(await page.locator('main').textContent()).toContain('还没有授权任何服务');
  await follow(page, '登录记录');
  expect(await page.locator('.events').textContent()).toContain('停止授权');

  await follow(page, '退出登录');
  await press(page, '退出登录');
  await page.goto(`${world.issuer}/account`);
  expect(await heading(page)).toBe('登录');
});
