// A word to the phone of an account about what is being done to it. In Chinese: who is at the page may not be the owner,
// and a language that the owner does not read would be a good way to hide.
import type { CitizenId } from '../../citizens/citizens.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret } from '../../platform/base/secret.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { DispatchParts } from '../current.ts';

const LOCALE: Locale = 'zh-CN';

/** Never throws: what was done is done, and stands in the history. */
export async function tellPhone(
  { citizens, notify, log }: Pick<DispatchParts, 'citizens' | 'notify' | 'log'>,
  citizenId: CitizenId,
  text: (locale: Locale) => string,
): Promise<void> {
  try {
    const { phone } = await citizens.attributes(citizenId);
    if (!phone) return;
    await notify.text({
      to: phone,
      text: secret(text(LOCALE)),
      locale: LOCALE,
      messageId: randomToken(),
      purpose: 'notice',
    });
  } catch (error) {
    log.error('a change of an account could not be told', error, { part: 'signin' });
  }
}
