// Signing in while somebody else is trying thousands of passwords: the browser does its work by itself, under the real
// content policy; who has no scripts gets in too, slowly.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { citizenBrowser, metadataOf, serviceOf } from '../resilience/trial-client.ts';
import { citizen, enter, follow, heading, openChromium, password, press, type Browser } from './citizen.ts';
import { openWorld, type World } from './world.ts';
import { until } from '../support/until.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
const service = serviceOf(() => world.issuer, 'attack', 'attack-secret-0123456789');

beforeAll(async () => {
  [world, browser] = await Promise.all([
    openWorld({
      TONGXING_PASSWORD__FAILURES_PER_MINUTE: '2',
      TONGXING_CHALLENGE__WORK: '40',
      TONGXING_CHALLENGE__UNPROVEN_PER_ADDRESS: '1',
    }),
    openChromium(),
  ]);
  await world.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  for (let n = 0; n < 3; n += 1) {
    const robot = citizenBrowser();
    const form = await robot.get(service.begin().url);
    await robot.submit(form, { phone: `1390001222${n}`, password: `leaked-password-${n}` });
  }
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** How many forms brought their work along. */
const solved = async (act: 'password' | 'sms'): Promise<number> => {
  const text = await (await fetch(world.metricsUrl)).text();
  const line = new RegExp(`tongxing_proofs_total\\{act="${act}",proof="solved"\\} (\\d+)`);
  return Number(line.exec(text)?.[1] ?? 0);
};

test('one press is enough: the form waits for the work, says so, and goes on by itself', async () => {
  const who = await citizen(browser);
  const persona = await world.persona('verified');
  // The worker comes late, so that the press is before the end of the work on any machine.
  let pressed = (): void => undefined;
  const untilPressed = new Promise<void>((resolve) => {
    pressed = resolve;
  });
  await who.page.route(/challenge-worker/, async (route) => {
    await untilPressed;
    await route.continue();
  });
  await enter(who, world.portal);
  const told: string[] = [];
  await who.page.exposeFunction('tell', (text: string) => void told.push(text));
  await who.page.evaluate(() => {
    const status = document.querySelector('.challenge [role=status]');
    const { tell } = globalThis as unknown as { tell: (text: string | null | undefined) => void };
    tell(status?.textContent);
    if (status) new MutationObserver(() => tell(status.textContent)).observe(status, { childList: true });
  });
  await password(who, persona);
  await until(() => Promise.resolve(told.length > 1), 10, 'the status to be told');
  pressed();
  await who.page.getByRole('button', { name: '同意并继续' }).waitFor();
  expect(told.slice(0, 2)).toEqual(['', '正在确认不是自动程序在操作，大约需要几秒钟，不用您做什么。']);
  expect(await solved('password')).toBe(1);
  expect(who.complaints).toEqual([]);
  await who.close();
});

test('in English it is said in English, and a wrong password is still only that', async () => {
  const who = await citizen(browser, { locale: 'en' });
  await enter(who, world.portal);
  await password(who, { phone: '13900012229', password: 'not-the-right-one' });
  await who.page.getByText('Your account or password is not right.').first().waitFor();
  const field = who.page.locator('.challenge');
  expect(await field.getAttribute('data-working')).toContain('not an automatic program');
  expect(await solved('password')).toBe(2);
  expect(who.complaints).toEqual([]);
  await who.close();
});

test('without scripts the first try passes, the next is told to wait, and another way stands open', async () => {
  const who = await citizen(browser, { scripts: false });
  await enter(who, world.portal);
  await password(who, { phone: '13900012228', password: 'not-the-right-one' });
  await who.page.getByText('账号或密码不对').first().waitFor();
  const persona = await world.persona('verified-two');
  await password(who, persona);
  await who.page.getByText('您的设备会自动完成一次确认').first().waitFor();
  await password(who, persona);
  expect(await heading(who.page)).toBe('操作太频繁，请稍等');
  await who.page.getByRole('link', { name: '换一种方式' }).click();
  expect(await who.page.getByRole('link', { name: '短信' }).count()).toBeGreaterThan(0);
  await who.close();
});

test('a text message is sent to who did the work while typing the number', async () => {
  const who = await citizen(browser);
  await enter(who, world.portal);
  await follow(who.page, '注册账号');
  await who.page.locator('input[name=phone]').fill('13900012227');
  await press(who.page, '获取验证码');
  await who.page.locator('input[name=code]').waitFor();
  expect(await solved('sms')).toBe(1);
  expect(who.complaints).toEqual([]);
  await who.close();
});
