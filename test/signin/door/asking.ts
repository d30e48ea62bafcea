// Asks the same question about accounts that exist and accounts that do not, in turn, and says what anybody who looks
// could tell them apart by: words, status, headers, size, time (ASVS 5.0 6.3.8). Give it any page that takes an account.
import { createCitizens, parsePhone, type CitizenId } from '../../../idp/citizens/citizens.ts';
import { createBlindIndex } from '../../../idp/platform/crypto/blind-index.ts';
import { createSealer } from '../../../idp/platform/crypto/seal.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import type { TestApp } from '../../support/app.ts';
import type { Page } from '../../support/browser.ts';

/** One question about one account, as whoever asks sees the answer. */
export type Ask = (account: string) => Promise<Page>;

export interface Compared {
  /** Distinct answers, of both groups together: the same for all means one. */
  readonly answers: readonly string[];
  /** Medians in milliseconds. */
  readonly there: number;
  readonly none: number;
}

/** What stands on a page without what differs between any two requests. `accounts`: what was asked about. */
export function answerOf(page: Page, accounts: readonly string[]): string {
  const headers = [...page.headers].filter(([name]) => !['date', 'x-reference', 'set-cookie'].includes(name));
  const cookies = page.headers.getSetCookie().map((line) => line.split('=')[0]);
  const text = page.text
    .replace(/name="_csrf" value="[^"]*"/g, '_csrf')
    .replace(/\/signin\/[\w-]+/g, '/signin/UID')
    .replace(/%2Fsignin%2F[\w-]+/g, '%2Fsignin%2FUID')
    .replace(/challenge&quot;:&quot;[\w-]+/g, 'PASSKEY CHALLENGE')
    .replace(/data-challenge="[^"]*"/g, 'CHALLENGE')
    .replace(/\d{3}\*{4}\d{4}/g, 'MASKED')
    // A second that went by between the message and its page.
    .replace(/data-seconds="\d+"|\d+ 秒后可重新获取/g, 'SECONDS')
    .replaceAll(page.headers.get('x-reference') ?? 'none', 'REFERENCE');
  const words = accounts.reduce((left, account) => left.replaceAll(account, 'ACCOUNT'), text);
  return JSON.stringify({ status: page.status, headers, cookies, words });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * Asks about every account once. One of each group by turns, and each group first every other time, so that what else
 * the machine does falls on both alike.
 */
export async function askBoth(
  ask: Ask,
  there: readonly string[],
  none: readonly string[],
): Promise<Compared> {
  const times: { there: number[]; none: number[] } = { there: [], none: [] };
  const answers = new Set<string>();
  const once = async (account: string, group: number[]): Promise<void> => {
    const begun = performance.now();
    const page = await ask(account);
    group.push(performance.now() - begun);
    answers.add(answerOf(page, [account]));
  };
  for (const [n, account] of there.entries()) {
    const turns = [() => once(account, times.there), () => once(none[n] ?? '', times.none)];
    for (const turn of n % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  return { answers: [...answers], there: median(times.there), none: median(times.none) };
}

/** Fails when the groups can be told apart: another answer, or medians further apart than 10 % and 20 ms. */
export function expectAlike({ answers, there, none }: Compared): void {
  expect(answers).toHaveLength(1);
  expect(Math.abs(there - none)).toBeLessThan(Math.max(20, Math.max(there, none) * 0.1));
}

/** Phones that no persona has, as people type them. */
export const phones = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(11 - prefix.length, '0')}`);

/** Accounts with these phones, all with the password of the persona with this phone. */
export async function openAccounts(
  system: TestApp,
  typed: readonly string[],
  passwordOf: string,
): Promise<void> {
  const { postgres } = system.database;
  const { audit, keyring } = system.app;
  const citizens = createCitizens({
    postgres,
    sealer: createSealer(keyring),
    index: createBlindIndex(keyring),
    clock: systemClock,
  });
  const phoneOf = (text: string) => {
    const phone = parsePhone(text);
    if (!phone) throw new Error(`${text} is no phone`);
    return phone;
  };
  const holder = await citizens.findByPhone(phoneOf(passwordOf));
  const open = async (text: string): Promise<void> => {
    const id = await audit.change(async (tx): Promise<CitizenId> => {
      const made = await citizens.register(tx, phoneOf(text), systemClock.now());
      if (made.is !== 'registered') throw new Error(made.is);
      tx.record({ type: 'citizen.registered', data: { method: 'sms' }, citizenId: made.id, actor: 'system' });
      return made.id;
    });
    await postgres.run({
      name: '',
      text: `insert into factors.password (citizen_id, hash, pepper_key, alone, set_at, hashed_at)
             select $1, hash, pepper_key, alone, set_at, hashed_at from factors.password where citizen_id = $2`,
      values: [id, holder],
    });
  };
  const left = typed.values();
  const lane = async (): Promise<void> => {
    for (const text of left) await open(text);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
