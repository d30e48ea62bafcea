// Citizens who come from somewhere with some device, and what the system then remembers, judges and tells.
import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { citizenBrowser, type Service } from '../resilience/trial-client.ts';
import { signIn, type Persona, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { until } from '../support/until.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36';

let networks = 0;
/** A household of its own in one of the made-up cities, so that nobody is in a crowd by accident. */
export const inJianglin = (): string => `2001:db8:${(networks += 1).toString(16)}::1`;
export const inHaijin = (): string => `2001:db8:${(0x8000 + (networks += 1)).toString(16)}::1`;
export const nowhere = (): string => `2001:db9:${(networks += 1).toString(16)}::1`;

export interface Here {
  readonly browser: Browser;
  /** The citizen travels. */
  move(address: string): void;
}

export function device(address: string): Here {
  const headers: Record<string, string> = { 'x-forwarded-for': address, 'user-agent': CHROME };
  const browser = citizenBrowser(headers);
  return { browser, move: (to) => void (headers['x-forwarded-for'] = to) };
}

interface DeviceRow {
  readonly digest: Buffer;
  readonly trusted_until: Date | null;
  readonly last_seen_at: Date;
}

/** The same for every test of one application; `service`: whose sign-ins they are. */
export function visiting(system: () => TestApp, service: Service) {
  const ask = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    system().database.postgres.rows<Row>({ name: '', text, values });

  async function idOf(persona: string): Promise<CitizenId> {
    const [row] = await ask<{ id: CitizenId }>(
      `select citizen_id as id from audit.event where type = 'citizen.seeded' and data ->> 'persona' = $1`,
      [persona],
    );
    if (!row) throw new Error(`no account of ${persona}`);
    return row.id;
  }

  const devicesOf = (id: string): Promise<DeviceRow[]> =>
    ask('select digest, trusted_until, last_seen_at from devices.device where citizen_id = $1', [id]);

  /** What was judged of this account so far, the oldest first. */
  async function judged(id: string): Promise<{ reasons: string; floor: number; discounted: string }[]> {
    await system().app.audit.flush();
    const rows = await ask<{ data: { reasons: string; floor: number; discounted: string } }>(
      `select data from audit.event where type = 'signin.judged' and citizen_id = $1 order by at`,
      [id],
    );
    return rows.map(({ data }) => data);
  }

  async function messages(phone: string): Promise<readonly string[]> {
    const response = await fetch(`${system().sandbox.sms}/outbox.json?phone=${phone}`);
    return ((await response.json()) as { text: string }[]).map(({ text }) => text);
  }
  const notices = async (phone: string): Promise<readonly string[]> =>
    (await messages(phone)).filter((text) => text.includes('/account/not-me/'));

  const remembered = (id: string, count: number): Promise<void> =>
    until(async () => (await devicesOf(id)).length === count, 5, `${count} devices`);

  const password = async (browser: Browser, persona: Persona, prompt?: string): Promise<Page> => {
    const { url } = service.begin({ scope: 'openid', ...(prompt ? { prompt } : {}) });
    const page = await signIn(browser, await browser.get(url), persona);
    return agreed(browser, page);
  };

  const agreed = async (browser: Browser, page: Page): Promise<Page> =>
    page.text.includes('name="decision"') ? browser.submit(page, { decision: 'allow' }) : page;

  /** The second factor: a code to the phone of the account. */
  async function confirm(
    browser: Browser,
    page: Page,
    phone: string,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const before = (await messages(phone)).length;
    const sent = await browser.submit(page, {});
    const { code } = await system().message(phone, before);
    return agreed(browser, await browser.submit(sent, { code, ...fields }));
  }

  const happen = async (phone: string, happened: string): Promise<void> => {
    const body = new URLSearchParams({ phone, happened });
    const response = await fetch(`${system().sandbox.hub}/sims`, {
      method: 'POST',
      body,
      redirect: 'manual',
    });
    if (response.status !== 303) throw new Error(`sims answered ${response.status}`);
  };

  return { ask, idOf, devicesOf, judged, messages, notices, remembered, password, agreed, confirm, happen };
}
