// Two people's worth of browsers: a computer that shows a code, and phones that open it.
import type { Persona, TestApp } from '../../support/app.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { createBrowser, forms, type Browser, type Page } from '../../support/browser.ts';
import { scanned } from '../../platform/ui/camera.ts';
import { form, type Params, type Service } from '../../oidc/relying-party.ts';

export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
/** Of one provider's region; and of another. */
export const HERE = '10.20.0.1';
export const ELSEWHERE = '10.99.0.1';

/** A browser at an address: the test's proxy vouches for it. Stops where it would leave for a service. */
export const browserAt = (address: string): Browser =>
  createBrowser({ stopAt: /^https:/, headers: { 'x-forwarded-for': address, 'user-agent': CHROME } });

export const heading = ({ text }: Page): string =>
  (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? '').replaceAll(/<[^>]*>/g, '').trim();

export interface Showing {
  readonly browser: Browser;
  readonly page: Page;
  readonly address: string;
  readonly id: string;
  readonly number: string;
  readonly verifier: string;
  /** Where the page's script asks. */
  readonly watch: string;
}

export function readCode(page: Page): Omit<Showing, 'browser' | 'verifier'> {
  const address = scanned(page.text);
  const number = /<b>(\d{2})<\/b>/.exec(page.text)?.[1] ?? '';
  const watch = new URL(/data-watch="([^"]+)"/.exec(page.text)?.[1] ?? '', page.url).href;
  return { page, address, number, watch, id: address.slice(-22) };
}

/** A computer at the tab with the code. */
export async function showCode(service: Service, at = HERE, changed: Params = {}): Promise<Showing> {
  const browser = browserAt(at);
  const { url, verifier } = service.request(changed);
  const first = await browser.get(url);
  const page = await browser.get(`${first.url}?way=qr`);
  return { browser, verifier, ...readCode(page) };
}

/** 我已在手机上确认. */
export const pressDone = ({ browser, page }: Pick<Showing, 'browser' | 'page'>): Promise<Page> =>
  browser.submit(page, {});

/** A phone whose owner has just signed in there with the password. */
export async function phoneOf(system: TestApp, persona: Persona, at = '10.20.7.7'): Promise<Browser> {
  const browser = browserAt(at);
  const page = await browser.get(`${system.issuer}/account`);
  await browser.submit(page, { phone: persona.phone, password: persona.password });
  return browser;
}

/** The numbers to choose from, in their order. */
export const choices = (page: Page): readonly string[] =>
  forms(page).flatMap(({ fields }) => fields['pick'] ?? []);

export const pick = async (phone: Browser, asked: Page, number: string): Promise<Page> =>
  phone.submit(asked, { pick: number });
/** A number that the phone offers and the computer does not show. */
export const wrongOf = (asked: Page, { number }: Showing): string =>
  choices(asked).find((choice) => choice !== number) ?? '';

export const stageOf = async (watch: string): Promise<unknown> =>
  ((await (await fetch(watch)).json()) as { stage: unknown }).stage;

/** Posts what no page has a form for, with the anti-forgery value that any page gives this browser. */
export async function forge(browser: Browser, address: string, fields: Params): Promise<Page> {
  const any = await browser.get(new URL('/account/data', address).href);
  const [, csrf] = /name="_csrf" value="([^"]+)"/.exec(any.text) ?? [];
  if (csrf === undefined) throw new Error(`no form on ${any.url}`);
  return browser.post(address, form({ _csrf: csrf, ...fields }));
}

/** The reasons in the recorded events of a kind, oldest first. */
export async function reasons({ app, database }: TestApp, type: string): Promise<readonly unknown[]> {
  await app.audit.flush();
  const rows = await database.postgres.rows<{ data: { reason?: string } }>(
    sql`select data from audit.event where type = ${type} order by at`,
  );
  return rows.map(({ data }) => data.reason);
}

/** Nothing that is kept or told holds the code's id, or the value by which its page asks. */
export async function expectNoTrace(system: TestApp, { id, watch }: Showing): Promise<void> {
  const { postgres } = system.database;
  await system.app.audit.flush();
  const told = await Promise.all([
    fetch(system.metricsUrl).then((answer) => answer.text()),
    postgres.rows(sql`select * from platform.ephemeral`).then((rows) => JSON.stringify(rows)),
    postgres.rows(sql`select * from audit.event`).then((rows) => JSON.stringify(rows)),
  ]);
  for (const secret of [id, watch.slice(-22)])
    expect([...told, ...system.logged].filter((text) => text.includes(secret))).toEqual([]);
}
