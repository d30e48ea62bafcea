// People as proofing leaves them, by the front doors of the domain, over the stores of a running application: documents
// that no stand-in knows, evidence of any method.
import { createCitizens, type Attachment, type Phone } from '../../idp/citizens/citizens.ts';
import type { Ial } from '../../idp/assurance/assurance.ts';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { createBlindIndex } from '../../idp/platform/crypto/blind-index.ts';
import { createSealer } from '../../idp/platform/crypto/seal.ts';
import { keepEvidence, type NewEvidence } from '../../idp/proofing/cases/evidence.ts';
import type { Browser, Page } from '../support/browser.ts';
import type { TestApp } from '../support/app.ts';
import { until } from '../support/until.ts';

export interface Proven {
  readonly proven: Attachment;
  readonly ial: Ial;
  readonly evidence: Pick<NewEvidence, 'method' | 'document' | 'details'>;
}

/** Raises the account with this phone (11 digits) as an authority's match would. */
export async function raise(
  { app, database }: TestApp,
  phone: string,
  { proven, ial, evidence }: Proven,
): Promise<void> {
  const { keyring, audit } = app;
  const citizens = createCitizens({
    postgres: database.postgres,
    sealer: createSealer(keyring),
    index: createBlindIndex(keyring),
    clock: systemClock,
  });
  const at = new Date();
  const id = await citizens.findByPhone(`+86${phone}` as Phone);
  if (id === undefined) throw new Error(`nobody has the phone ${phone}`);
  const raised = await audit.change(async (tx) => {
    const { is } = await citizens.raise(tx, id, proven, ial, undefined, at);
    if (is === 'held_by_another') return is;
    await keepEvidence(tx, id, { ...evidence, authority: 'test', transaction: 't-1', at, ial });
    const data = { from: 0, to: ial, method: evidence.method, caseId: 'none' } as const;
    tx.record({ type: 'citizen.level_raised', data, citizenId: id, actor: 'system' });
    return is;
  });
  if (raised !== 'raised') throw new Error(raised);
}

/** From the form of proof to the page that says it is done: another way, the app on another device, back again. */
export async function byNetworkIdentity(browser: Browser, form: Page, persona: string): Promise<Page> {
  const ways = await browser.submit(form, { choose: 'way' });
  const begin = await browser.submit(ways, { way: 'network-identity' });
  const handed = await browser.submit(begin, { begin: '1', consent: 'yes', consent_more: 'yes' });
  const app = addressOfApp(handed);
  const presented = await fetch(app, {
    method: 'POST',
    body: new URLSearchParams({ persona, act: 'present_with_face' }),
  });
  if (!presented.ok) throw new Error(`the app answered ${presented.status}`);
  // A case rests for two seconds before the vendor is asked again.
  let back = handed;
  await until(async () => {
    back = await browser.get(handed.url);
    return !/network-identity/.test(back.text);
  });
  return back;
}

/** Where the page sends the citizen on. */
export function addressOfApp({ text, url }: Page): string {
  const found = /href="(http[^"]*\/network-identity\/[^"]*)"/.exec(text)?.[1];
  if (found === undefined) throw new Error(`nobody is handed over on ${url}`);
  return found.replaceAll('&amp;', '&');
}
