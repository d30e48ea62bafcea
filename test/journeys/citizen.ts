// A citizen at a real browser: Chromium, one window, everything the browser complained about kept.
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Locale } from '../../idp/platform/i18n/messages.ts';
import type { World } from './world.ts';

export type { Browser, Page } from 'playwright-core';

export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}

export interface CitizenOptions {
  readonly locale?: Locale;
  readonly scripts?: boolean;
  readonly width?: number;
}

export interface Citizen {
  readonly page: Page;
  readonly locale: Locale;
  /** What the browser refused or complained about: policy violations, script errors. */
  readonly complaints: readonly string[];
  /** Addresses of every document that was shown. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** Answers with an error status are pages of ours, and the console says so each time. */
const isAnswer = (text: string): boolean => text.startsWith('Failed to load resource: the server responded');

export async function citizen(browser: Browser, options: CitizenOptions = {}): Promise<Citizen> {
  const { locale = 'zh-CN', scripts = true, width = 1280 } = options;
  const context = await browser.newContext({
    locale: locale === 'en' ? 'en-GB' : 'zh-CN',
    javaScriptEnabled: scripts,
    viewport: { width, height: 800 },
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const seen: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAnswer(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('framenavigated', (frame) => void seen.push(frame.url()));
  return { page, locale, complaints, seen, close: () => context.close() };
}

/** What stands on the page in one of the two languages. */
export const say = ({ locale }: Pick<Citizen, 'locale'>, zh: string, en: string): string =>
  locale === 'en' ? en : zh;

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
export const follow = (page: Page, name: string): Promise<void> =>
  page.getByRole('link', { name }).first().click();
export const heading = async (page: Page): Promise<string> =>
  ((await page.locator('h1').textContent()) ?? '').trim();

/** To a service's home in the citizen's language, and on to signing in. */
export async function enter(who: Citizen, service: string): Promise<void> {
  await who.page.goto(`${service}/?lang=${who.locale}`);
  await who.page.locator('#sign-in').click();
}

export async function password(
  { page, ...who }: Citizen,
  account: { readonly phone: string; readonly password: string },
): Promise<void> {
  await page.locator('input[name=phone]').fill(account.phone);
  await page.locator('input[name=password]').fill(account.password);
  await press(page, say(who, '登录', 'Sign in'));
}

/** From the sign-in page to an account with a password: number, code out of the message, password. */
export async function register(
  world: World,
  who: Citizen,
  account: { readonly phone: string; readonly password: string },
): Promise<void> {
  const { page } = who;
  await follow(page, say(who, '注册账号', 'Create account'));
  await page.locator('input[name=phone]').fill(account.phone);
  await press(page, say(who, '获取验证码', 'Get a code'));
  await page.locator('input[name=code]').waitFor();
  const { code } = await world.message(account.phone);
  await page.locator('input[name=code]').fill(code);
  await press(page, say(who, '继续', 'Continue'));
  await page.locator('input[name=password]').fill(account.password);
  await press(page, say(who, '保存并继续', 'Save and continue'));
}

export const agree = (who: Citizen): Promise<void> =>
  press(who.page, say(who, '同意并继续', 'Agree and continue'));

/** The real-name form, filled and sent. What the account holds already is not asked again; a case may be waiting. */
export async function prove(
  who: Citizen,
  details: { readonly name: string; readonly id_number: string },
): Promise<void> {
  const { page } = who;
  if ((await page.locator('input[name=consent]').count()) === 0) return;
  if ((await page.locator('input[name=name]').count()) > 0) {
    await page.locator('input[name=name]').fill(details.name);
    await page.locator('input[name=id_number]').fill(details.id_number);
  }
  await page.locator('input[name=consent]').check();
  await press(page, say(who, '开始核对', 'Check my details'));
}
