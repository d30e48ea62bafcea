// What people press on the pages of real-name proofing, and how their account stands afterwards.
import { expect } from '@jest/globals';
import { sql } from '../../../idp/platform/store/postgres.ts';
import {
  agree,
  citizen,
  enter,
  heading,
  press,
  register,
  say,
  type Browser,
  type Citizen,
} from '../citizen.ts';
import type { CitizenOptions } from '../citizen.ts';
import type { Persona } from '../../support/app.ts';
import type { World } from '../world.ts';

export interface Stage {
  readonly world: World;
  readonly browser: Browser;
}

type Account = Pick<Persona, 'phone' | 'password'>;

let serial = 0;
/** Somebody with a phone that no persona has: 139 3xxx xxxx. */
export const stranger = (): Account => ({
  phone: `1393${String((serial += 1)).padStart(7, '0')}`,
  password: 'grey-heron-by-the-reeds',
});

/** A new account, at the first page of proving, in a window of its own. */
export async function newcomer(
  { world, browser }: Stage,
  account: Account | string,
  options: CitizenOptions = {},
): Promise<Citizen> {
  const who = await citizen(browser, options);
  await enter(who, world.fund);
  await register(world, who, typeof account === 'string' ? await world.persona(account) : account);
  return who;
}

async function choose(who: Citizen, field: 'document' | 'way', value: string): Promise<void> {
  await press(who.page, field === 'way' ? anotherWay(who) : anotherDocument(who));
  await who.page.locator(`input[name=${field}][value=${value}]`).check();
  await press(who.page, goOn(who));
}

export const goOn = (who: Citizen): string => say(who, '继续', 'Continue');
export const anotherWay = (who: Citizen): string => say(who, '换一种方式', 'Choose another way');
export const anotherDocument = (who: Citizen): string => say(who, '用其他证件', 'Use another document');
export const notMe = (who: Citizen): string =>
  say(who, '信息变了，或者不是我', 'Details have changed, or not me');
/** By the id of the authority that leads. */
export const chooseWay = (who: Citizen, way: string): Promise<void> => choose(who, 'way', way);
export const chooseDocument = (who: Citizen, kind: string): Promise<void> => choose(who, 'document', kind);

/** Fills the form that stands, ticks every consent and sends it. */
export async function send(who: Citizen, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  const { page } = who;
  for (const [name, value] of Object.entries(fields)) await page.locator(`input[name=${name}]`).fill(value);
  for (const box of await page.locator('input[type=checkbox]').all()) await box.check();
  await page.locator('form:has(input[type=checkbox]) button').click();
}

export const identity = ({ name, id_number }: Pick<Persona, 'name' | 'id_number'>) => ({ name, id_number });

/** From the page that hands over to the other one, in the same window. */
export const goThere = (who: Citizen): Promise<void> =>
  who.page.getByRole('link', { name: say(who, '在这台设备上继续', 'Go on with this device') }).click();

/** What the QR code says: the address that the link beside it leads to as well. */
export async function scanned({ page }: Citizen): Promise<string> {
  await page.locator('.qr svg[role=img]').waitFor();
  return (await page.locator('main a.button').first().getAttribute('href')) ?? '';
}

export interface Standing {
  readonly ial: number;
  /** Documents that the account holds, by kind. */
  readonly documents: readonly string[];
}

/** How the newest account stands. */
export async function newestAccount({ database }: World): Promise<Standing> {
  const [account] = await database.postgres.rows<{ id: string; ial: number }>(
    sql`select id, ial from citizens.citizen order by created_at desc limit 1`,
  );
  if (!account) throw new Error('there is no account');
  const held = await database.postgres.rows<{ kind: string }>(
    sql`select kind from citizens.document where citizen_id = ${account.id} order by kind`,
  );
  return { ial: account.ial, documents: held.map(({ kind }) => kind) };
}

/** The day on which a method turns out to be weak: every account that rests on it alone falls to level 0. */
export async function regradeToNothing({ app }: World, method: string): Promise<void> {
  const command = app.commands.find(({ name }) => name === 'proofing regrade');
  const said: string[] = [];
  const io = { out: (line: string) => void said.push(line), err: (line: string) => void said.push(line) };
  const code = await command?.run(['--method', method, '--since', '2020-01-01', '--to', '0'], io);
  if (code !== 0) throw new Error(said.join('\n'));
}

/** Nobody finishes a face check within two seconds of being handed over, and nobody is asked about before. */
export const takesTheirTime = (who: Citizen): Promise<void> => who.page.waitForTimeout(2_100);

/**
 * The page that says so, the consent, and the service under whose roof it all began. A new account
 * has shown phone and password: with a face it stands on the third level at once.
 */
export async function arrives(
  world: World,
  who: Citizen,
  name?: string,
  level: 'l2' | 'l3' = 'l2',
): Promise<void> {
  expect(await heading(who.page)).toBe(say(who, '实名认证完成', "You're verified"));
  await press(who.page, goOn(who));
  await agree(who);
  await who.page.waitForURL(`${world.fund}/`);
  if (name !== undefined) expect(await who.page.locator('#name').textContent()).toBe(name);
  expect(await who.page.locator('#acr').textContent()).toBe(`urn:tongxing:acr:${level}`);
  expect(who.complaints).toEqual([]);
  await who.close();
}
