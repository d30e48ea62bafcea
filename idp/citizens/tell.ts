// A word to the phone of an account about what is being done to it. In Chinese: who is at the page may not be the owner,
// and a language that the owner does not read would be a good way to hide.
import { randomToken } from '../platform/base/ids.ts';
import { secret, type Personal } from '../platform/base/secret.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import type { Notify } from '../platform/notify/notify.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { CitizenId, Citizens } from './citizens.ts';

/** The language of these messages: their texts are to be made in it. */
export const TOLD_IN: Locale = 'zh-CN';

const CHANGE = 'a change of an account';

export interface TellParts {
  readonly notify: Pick<Notify, 'text'>;
  readonly log: Log;
}

/** Never throws: what was done is done, and stands in the history that the citizen reads. */
export function tellPhone(parts: TellParts, phone: Personal | undefined, text: string): Promise<void> {
  return tell(parts, () => Promise.resolve(phone), text, CHANGE);
}

/** The same to the phone that the account has now. `what`: how the log calls what could not be told. */
export function tellHolder(
  parts: TellParts & { readonly citizens: Pick<Citizens, 'attributes'> },
  citizenId: CitizenId,
  text: string,
  what: string = CHANGE,
): Promise<void> {
  return tell(parts, async () => (await parts.citizens.attributes(citizenId)).phone, text, what);
}

async function tell(
  { notify, log }: TellParts,
  phoneOf: () => Promise<Personal | undefined>,
  text: string,
  what: string,
): Promise<void> {
  try {
    const to = await phoneOf();
    if (!to) return;
    await notify.text({
      to,
      text: secret(text),
      locale: TOLD_IN,
      messageId: randomToken(),
      purpose: 'notice',
    });
  } catch (error) {
    log.error(`${what} could not be told`, error, { part: 'notice' });
  }
}
