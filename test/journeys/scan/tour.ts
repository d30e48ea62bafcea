// The pages of signing in by a phone: those of the computer and those of the phone.
import { expect } from '@jest/globals';
import { scanned } from '../../platform/ui/camera.ts';
import {
  citizen,
  enter,
  follow,
  heading,
  password,
  press,
  say,
  type Browser,
  type Citizen,
} from '../citizen.ts';
import type { Gallery } from '../look.ts';
import type { World } from '../world.ts';

interface Stage {
  readonly world: World;
  readonly browser: Browser;
}

async function showCode(who: Citizen, service: string): Promise<void> {
  await enter(who, service);
  await follow(who.page, say(who, '扫码', 'QR code'));
}

/** Signed in on the phone by a message alone, which is not enough to sign a computer in. */
async function byMessage({ world }: Stage, phone: Citizen, number: string): Promise<void> {
  const { page } = phone;
  await follow(page, say(phone, '短信', 'Text code'));
  await page.locator('input[name=phone]').fill(number);
  await press(page, say(phone, '获取验证码', 'Get a code'));
  await page.locator('input[name=code]').fill((await world.message(number)).code);
  await press(page, say(phone, '继续', 'Continue'));
}

export async function scanTour(stage: Stage, who: Citizen, gallery: Gallery): Promise<void> {
  const { world, browser } = stage;
  const { page, locale } = who;
  const persona = await world.persona('verified-two');
  await page.goto(`${world.issuer}/account/verify?level=l3`);
  await follow(page, say(who, '扫码', 'QR code'));
  await gallery.look(who, 'signin-qr-too-high');
  await showCode(who, world.portal);
  const [address, number] = [scanned(await page.content()), await page.locator('.pick b').textContent()];
  await gallery.look(who, 'signin-qr');

  const phone = await citizen(browser, { locale });
  await phone.page.goto(address);
  await byMessage(stage, phone, persona.phone);
  await gallery.look(phone, 'scan');
  await press(phone.page, number ?? '');
  await gallery.look(phone, 'scan-again');
  await phone.page.locator('.buttons a.button').click();
  await password(phone, persona);
  await gallery.look(phone, 'scan-confirm');
  await press(phone.page, say(phone, '确认登录', 'Confirm'));
  await gallery.look(phone, 'scan-approved');

  const thief = await citizen(browser, { locale });
  await showCode(thief, world.portal);
  await phone.page.goto(scanned(await thief.page.content()));
  await press(phone.page, say(phone, '不是我', 'Not me'));
  const told = say(who, '手机上没有同意登录', 'Your phone did not agree');
  await thief.page.getByRole('heading', { name: told }).waitFor();
  expect(await heading(phone.page)).toBe(say(who, '没有让电脑登录', 'The computer was not signed in'));
  await gallery.look(thief, 'signin-qr-refused');
  expect([...phone.complaints, ...thief.complaints]).toEqual([]);
  await Promise.all([phone.close(), thief.close()]);
}
