// A citizen on the way into the account centre, showing whatever the pages ask: password, code, recovery code.
import type { Persona, TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { asks } from '../oidc/relying-party.ts';

export const codeOf = async (system: TestApp, phone: string): Promise<string> => {
  const { code } = await system.message(phone);
  if (code === '') throw new Error('the newest message holds no code');
  return code;
};

/** Confirms the account's phone where the page offers to send a code. */
export async function byPhone(system: TestApp, browser: Browser, phone: string, page: Page): Promise<Page> {
  const sent = await browser.submit(page, {});
  return browser.submit(sent, { code: await codeOf(system, phone) });
}

/** From any page of the sign-in to where it leads: the password, then a code on the phone where one is asked. */
export async function showAll(
  system: TestApp,
  browser: Browser,
  persona: Pick<Persona, 'phone' | 'password'>,
  from: Page,
): Promise<Page> {
  let page = from;
  if (asks(page, 'password') && asks(page, 'phone'))
    page = await browser.submit(page, { phone: persona.phone, password: persona.password });
  if (page.url.includes('/signin/') && page.status === 200)
    page = await byPhone(system, browser, persona.phone, page);
  return page;
}
