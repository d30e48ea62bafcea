// Tells a citizen of an unusual sign-in, with a link by which they can say that it was not them. Best effort: the sign-in
// is in the account's history whatever becomes of the message.
import type { CitizenId, Citizens } from '../citizens/citizens.ts';
import type { Clock } from '../platform/base/clock.ts';
import { randomToken } from '../platform/base/ids.ts';
import { secret } from '../platform/base/secret.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import { formatInstant } from '../platform/i18n/format.ts';
import type { Limit, Limits } from '../platform/limits/limits.ts';
import type { Notify } from '../platform/notify/notify.ts';
import { keyOf, type Ephemeral } from '../platform/store/ephemeral.ts';
import { kindWords, type BrowserKind } from './browser.ts';
import { M } from './messages.ts';
import type { Place, Places } from './places.ts';

/** The sign-in that a link is about. */
export interface Told {
  readonly citizenId: CitizenId;
  readonly at: Date;
  readonly browser: BrowserKind;
  readonly place: Place | undefined;
}

export interface Notices {
  /** Sends nothing when this account had enough of them today, or has no phone. Faults: `unavailable`. */
  send(told: Told): Promise<void>;
  /** What the link is about; undefined when it is unknown, used, or too old. Changes nothing. */
  find(token: string): Promise<Told | undefined>;
  /** The link has done its work. */
  end(token: string): Promise<void>;
}

export interface NoticesParts {
  readonly citizens: Citizens;
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
  readonly limits: Limits;
  readonly notify: Pick<Notify, 'text'>;
  readonly clock: Clock;
  readonly places: Places;
  readonly issuer: URL;
  /** Of the carrier, 【…】. */
  readonly signature: string;
  readonly perDay: number;
  readonly lifeSeconds: number;
}

/** 128 bits: nobody guesses a link (ASVS 5.0 7.2.3). */
const TOKEN_BYTES = 16;
const SHAPE = /^[\w-]{22}$/;
const KIND = 'NotMe';

interface Kept extends BrowserKind {
  readonly citizenId: CitizenId;
  readonly at: number;
  readonly place?: string;
}

export function createNotices(parts: NoticesParts): Notices {
  const { ephemeral, limits } = parts;
  const perAccount = limits.declare({
    name: 'notice.account',
    per: 'account',
    burst: parts.perDay,
    periodSeconds: 86_400,
    why: 'a message that comes every hour is not read any more',
  });
  return {
    send: (told) => send(parts, perAccount, told),
    async find(token) {
      const kept = SHAPE.test(token) ? await ephemeral.get(keyOf(KIND, token)) : undefined;
      return typeof kept?.value === 'string' ? open(parts, token, kept.value) : undefined;
    },
    end: (token) => ephemeral.delete(keyOf(KIND, token)),
  };
}

async function send(parts: NoticesParts, perAccount: Limit, told: Told): Promise<void> {
  const { phone } = await parts.citizens.attributes(told.citizenId);
  if (!phone) return;
  if ((await parts.limits.trySpend(perAccount, told.citizenId)).remaining < 0) return;
  const token = randomToken(TOKEN_BYTES);
  await keep(parts, token, told);
  await parts.notify.text({
    to: phone,
    text: secret(wording(parts, told, token)),
    // Of whoever signed in only the browser's language is known, and that may be the thief's.
    locale: 'zh-CN',
    messageId: randomToken(),
    purpose: 'notice',
  });
}

function wording({ signature, clock, issuer }: NoticesParts, told: Told, token: string): string {
  const locale = 'zh-CN';
  const filled = {
    signature,
    time: formatInstant(told.at, clock.now(), locale),
    device: kindWords(told.browser, locale),
    link: new URL(`/account/not-me/${token}`, issuer).href,
  };
  return told.place
    ? M.text(locale, 'alert.new_device', { ...filled, city: told.place.name[locale] })
    : M.text(locale, 'alert.new_device_nowhere', filled);
}

/** Under the digest of the token, and sealed: whoever reads the store has neither a link nor a place. */
async function keep(parts: NoticesParts, token: string, told: Told): Promise<void> {
  const { browser, place, citizenId, at } = told;
  const kept: Kept = { ...browser, citizenId, at: at.getTime(), ...(place ? { place: place.code } : {}) };
  const key = keyOf(KIND, token);
  const sealed = parts.sealer.seal(JSON.stringify(kept), KIND, key).toString('base64');
  await parts.ephemeral.put(key, sealed, parts.lifeSeconds);
}

function open({ sealer, places }: NoticesParts, token: string, value: string): Told {
  const text = sealer.open(Buffer.from(value, 'base64'), KIND, keyOf(KIND, token));
  const { citizenId, at, place, system, family } = JSON.parse(text) as Kept;
  return {
    citizenId,
    at: new Date(at),
    browser: { system, family },
    place: place === undefined ? undefined : places.named(place),
  };
}
