// People at the console: with a passkey in software, invited to a post, signed in over HTTP.
import { showAll } from '../account/signed-in.ts';
import { authenticator, optionsOf, type Authenticator } from '../factors/webauthn/authenticator.ts';
import type { Actor, Role } from '../../idp/registry/registry.ts';
import type { Persona, TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';

/** Whoever can run commands on the machine: may do everything. */
export const MACHINE: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

export interface Person {
  readonly browser: Browser;
  readonly persona: Persona;
  readonly key: Authenticator;
  /** A page of ours, signing in on the way where that is asked: the passkey, then whatever the account can show. */
  open(path: string): Promise<Page>;
  /** From a page of the sign-in to where it leads. */
  through(page: Page): Promise<Page>;
}

/** The same browser, in this language. */
export function person(system: TestApp, persona: Persona, locale: 'zh-CN' | 'en' = 'zh-CN'): Person {
  const browser = createBrowser({ headers: { 'accept-language': locale } });
  const key = authenticator({ origin: system.issuer, synced: true });
  let enrolled = false;
  const through = async (from: Page): Promise<Page> => {
    let page = from;
    for (let turn = 0; turn < 6 && page.url.includes('/signin/'); turn += 1) {
      if (enrolled && page.text.includes('name="credential"'))
        page = await browser.submit(page, { credential: key.get(optionsOf(page.text)) });
      else page = await showAll(system, browser, persona, page);
    }
    return page;
  };
  const made: Person = {
    browser,
    persona,
    key,
    through,
    async open(path) {
      return through(await browser.get(`${system.issuer}${path}`));
    },
  };
  return Object.assign(made, {
    async setUp() {
      const page = await made.open('/account/security/add/passkey');
      const done = await browser.submit(page, { credential: key.create(optionsOf(page.text)) });
      enrolled = done.status === 200;
      if (!enrolled) throw new Error(`the passkey was not set up: ${done.status} ${done.url}`);
    },
  });
}

/** A persona with a passkey. */
export async function withPasskey(system: TestApp, id: string, locale?: 'zh-CN' | 'en'): Promise<Person> {
  const made = person(system, await system.persona(id), locale) as Person & { setUp(): Promise<void> };
  await made.setUp();
  return made;
}

/** The address of an invitation to that post. */
export async function invitation(system: TestApp, unitId: string, role: Role): Promise<string> {
  const { token } = await system.app.parties.operators.invite(MACHINE, { unitId, role });
  return `/admin/join/${token.reveal()}`;
}

/** A persona with a passkey who has taken up these posts and stands at the console. */
export async function operator(
  system: TestApp,
  id: string,
  posts: readonly (readonly [unitId: string, role: Role])[],
  locale?: 'zh-CN' | 'en',
): Promise<Person> {
  const made = await withPasskey(system, id, locale);
  for (const [unitId, role] of posts) {
    const page = await made.open(await invitation(system, unitId, role));
    await made.browser.submit(page, { accept: 'yes' });
  }
  await made.open('/admin');
  return made;
}
