// A computer, a phone and a thief, each a browser of its own: pages that move on by themselves, and without scripts.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { scanned } from '../../platform/ui/camera.ts';
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
} from '../citizen.ts';
import { openWorld, type World } from '../world.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
let phone: Citizen;

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), openChromium()]);
  phone = await citizen(browser, { width: 390 });
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

interface Code {
  readonly address: string;
  readonly number: string;
}

/** To the tab with the code, as far as a camera sees it. */
async function showCode(who: Citizen): Promise<Code> {
  await enter(who, world.portal);
  await follow(who.page, '扫码');
  const html = await who.page.content();
  return { address: scanned(html), number: (await who.page.locator('.pick b').textContent()) ?? '' };
}

const numbers = (): Promise<readonly string[]> => phone.page.locator('.numbers .button').allTextContents();

test('the computer goes on by itself when the phone has picked its number', async () => {
  const computer = await citizen(browser);
  const { address, number } = await showCode(computer);
  await phone.page.goto(address);
  await password(phone, await world.persona('verified'));
  expect(await heading(phone.page)).toBe('有一台电脑要登录，是您本人吗？');
  expect(await phone.page.locator('.summary').textContent()).toContain('同一个网络');
  await computer.page.getByText(`再选数字 ${number}`).waitFor();
  await press(phone.page, number);
  expect(await heading(phone.page)).toBe('已经同意在电脑上登录');
  await computer.page.getByRole('button', { name: '同意并继续' }).waitFor();
  await agree(computer);
  await computer.page.waitForURL(`${world.portal}/`);
  expect([...computer.complaints, ...phone.complaints]).toEqual([]);
  await computer.close();
});

test('a thief whose code was sent to somebody is told no, and so are they', async () => {
  const thief = await citizen(browser);
  const { address, number } = await showCode(thief);
  await phone.page.goto(address);
  const wrong = (await numbers()).find((each) => each !== number) ?? '';
  await press(phone.page, wrong);
  expect(await heading(phone.page)).toBe('没有让电脑登录');
  await thief.page.getByRole('heading', { name: '手机上没有同意登录' }).waitFor();
  await press(thief.page, '换一个二维码');
  expect(scanned(await thief.page.content())).not.toBe(address);
  await thief.page.goto(address);
  expect(await heading(thief.page)).toBe('登录');
  expect(thief.complaints).toEqual([]);
  await thief.close();
});

test('without scripts a button does it', async () => {
  const computer = await citizen(browser, { scripts: false });
  const { address, number } = await showCode(computer);
  await phone.page.goto(address);
  await press(computer.page, '我已在手机上确认');
  expect(await computer.page.locator('.error-summary').textContent()).toContain('手机上还没有确认');
  await press(phone.page, number);
  await press(computer.page, '我已在手机上确认');
  await computer.page.waitForURL(`${world.portal}/`);
  await computer.close();
});

test('a code that is over leaves the page, with words and a way to the next', async () => {
  const computer = await citizen(browser);
  await computer.page.clock.install();
  await showCode(computer);
  await computer.page.clock.fastForward(100_000);
  await computer.page.getByText('二维码已经过期。换一个二维码再扫。').waitFor();
  expect(await computer.page.locator('.qr').isVisible()).toBe(false);
  await press(computer.page, '换一个二维码');
  expect(await computer.page.locator('.qr').isVisible()).toBe(true);
  expect(computer.complaints).toEqual([]);
  await computer.close();
});
