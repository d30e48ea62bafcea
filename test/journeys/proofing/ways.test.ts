// Real-name proofing by every way and document, in a real browser, against the real stand-ins.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createPopulation } from '../../../idp/sandbox/population.ts';
import {
  citizen,
  enter,
  follow,
  heading,
  openChromium,
  press,
  type Browser,
  type Citizen,
} from '../citizen.ts';
import {
  arrives,
  chooseDocument,
  chooseWay,
  goThere,
  identity,
  newcomer,
  newestAccount,
  notMe,
  regradeToNothing,
  scanned,
  send,
  takesTheirTime,
} from './proving.ts';
import { openWorld, type World } from '../world.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
const stage = () => ({ world, browser });

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), openChromium()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

describe('by mobile number', () => {
  test('a resident whose name has a character beyond the basic plane reaches level 2', async () => {
    const persona = await world.persona('rare-character');
    const who = await newcomer(stage(), persona);
    await send(who, identity(persona));
    await arrives(world, who, '张\u{20BB7}');
    expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['CN_RIC'] });
  });

  test('a Hong Kong resident types the permit into the first form, and it is recognised', async () => {
    const persona = await world.persona('hong-kong-resident');
    const who = await newcomer(stage(), persona);
    await send(who, identity(persona));
    expect(await who.page.locator('.error-summary').textContent()).toContain('这是港澳台居民居住证的号码');
    expect(await who.page.locator('input[name=name]').inputValue()).toBe(persona.name);
    expect(await who.page.locator('input:checked').count()).toBe(0);
    await send(who);
    await arrives(world, who, persona.name);
    expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['CN_HMT_RP'] });
  });
});

describe('by bank card', () => {
  test('a passport holder names the state and the day of birth, after being told what was wrong', async () => {
    const persona = await world.persona('passport-holder');
    const who = await newcomer(stage(), persona, { locale: 'en' });
    await chooseDocument(who, 'PASSPORT');
    await send(who, {
      name: 'Müller 1',
      issuer: 'ZZZ',
      id_number: '12',
      birthdate: '19901340',
      bank_card: '1',
    });
    expect(await who.page.locator('.field.bad input[type=text]').evaluateAll(names)).toEqual([
      'name',
      'issuer',
      'id_number',
      'birthdate',
      'bank_card',
    ]);
    await send(who, {
      name: persona.name,
      issuer: 'CAN',
      id_number: 'AB123456',
      birthdate: '19880412',
      bank_card: persona.bank_card,
    });
    await arrives(world, who, persona.name);
    expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['PASSPORT'] });
  });

  test('a resident who typed the details of another gets them right the second time', async () => {
    const persona = await world.persona('minor');
    const who = await newcomer(stage(), await world.persona('middle-dot'));
    await chooseWay(who, 'bank-card');
    await send(who, { ...identity(persona), bank_card: persona.bank_card });
    expect(await heading(who.page)).toBe('没能核对上您的信息');
    const own = await world.persona('middle-dot');
    await press(who.page, '检查后再试');
    await send(who, { ...identity(own), bank_card: own.bank_card });
    await arrives(world, who, own.name);
    expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['CN_RIC'] });
  });
});

const names = (inputs: readonly unknown[]): string[] =>
  (inputs as readonly { name: string }[]).map(({ name }) => name);

describe.each([{ scripts: true }, { scripts: false }])('elsewhere, scripts: $scripts', ({ scripts }) => {
  test('a foreign permanent resident, or an elder, is seen on this device and comes back to the result', async () => {
    const persona = await world.persona(scripts ? 'foreign-resident' : 'elder');
    const who = await newcomer(stage(), persona, { locale: 'en', scripts });
    if (scripts) await chooseDocument(who, 'CN_FPR_2023');
    await chooseWay(who, 'face');
    await send(who, identity(persona));
    await goThere(who);
    await takesTheirTime(who);
    await press(who.page, '看镜头，通过 · Look and pass');
    await follow(who.page, '返回 · Back');
    await arrives(world, who, persona.name, 'l3');
    expect(await newestAccount(world)).toEqual({
      ial: 3,
      documents: [scripts ? 'CN_FPR_2023' : 'CN_RIC'],
    });
  });

  test('network identity: nothing is typed, level 3 without a document, and the service has nobody by name', async () => {
    const persona = await world.persona(scripts ? 'verified' : 'verified-two');
    const who = await newcomer(
      stage(),
      { phone: `1390003000${scripts ? 1 : 2}`, password: persona.password },
      { scripts },
    );
    await chooseWay(who, 'network-identity');
    expect(await who.page.locator('main input[type=text]').count()).toBe(0);
    await send(who);
    await goThere(who);
    await who.page.locator('select').selectOption(persona.id);
    await takesTheirTime(who);
    await press(who.page, '出示网证并刷脸 · Present, with face');
    await follow(who.page, '返回 · Go back');
    await arrives(world, who, undefined, 'l3');
    expect(await newestAccount(world)).toEqual({ ial: 3, documents: [] });
  });
});

test('a face is shown on another phone, and the first window tells the result when asked', async () => {
  const persona = await world.persona('unverified');
  const who = await citizen(browser);
  await enter(who, world.fund);
  await who.page.locator('input[name=phone]').fill(persona.phone);
  await who.page.locator('input[name=password]').fill(persona.password);
  await press(who.page, '登录');
  await chooseWay(who, 'face');
  await send(who, identity(persona));
  const phone = await citizen(browser, { width: 320 });
  await phone.page.goto(await scanned(who));
  await press(who.page, '我已完成，查看结果');
  expect(await heading(who.page)).toBe('刷脸核验');
  await press(phone.page, '看镜头，通过 · Look and pass');
  await takesTheirTime(who);
  await press(who.page, '我已完成，查看结果');
  expect(await heading(who.page)).toBe('实名认证完成');
  await follow(phone.page, '返回 · Back');
  expect(await phone.page.locator('main').textContent()).not.toContain(persona.name);
  await phone.close();
  await arrives(world, who, persona.name);
});

test('a phone that was passed on: its new holder takes it off the old account and makes their own', async () => {
  const before = await world.persona('phone-of-another');
  const one = await newcomer(stage(), before);
  await chooseWay(one, 'bank-card');
  await send(one, { ...identity(before), bank_card: before.bank_card });
  await arrives(world, one, before.name);
  await regradeToNothing(world, 'bank_card.name_number_card_phone');

  const after = createPopulation().holder(before.phone);
  const own = { name: after?.name ?? '', id_number: after?.number ?? '' };
  const who = await citizen(browser);
  await enter(who, world.fund);
  await signsInByText(who, before.phone);
  expect(await who.page.locator('main').textContent()).not.toContain(before.name);
  await press(who.page, notMe(who));
  await send(who, own);
  expect(await heading(who.page)).toBe('这个手机号以前在别人的账号上');
  await press(who.page, '重新登录');
  await signsInByText(who, before.phone);
  await who.page.locator('input[name=password]').fill('new-holder-of-an-old-number');
  await press(who.page, '保存并继续');
  await send(who, own);
  await arrives(world, who, own.name);
  expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['CN_RIC'] });
});

let texts = 1;
async function signsInByText(who: Citizen, phone: string): Promise<void> {
  await follow(who.page, '短信');
  await who.page.locator('input[name=phone]').fill(phone);
  await press(who.page, '获取验证码');
  await who.page.locator('input[name=code]').fill((await world.message(phone, texts++)).code);
  await press(who.page, '继续');
}
