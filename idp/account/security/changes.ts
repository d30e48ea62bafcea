// A change to how the account is signed in to, with all that belongs to it: one transaction, the other sessions, and a
// word to the contact that the account had before (ASVS 5.0 6.3.7).
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret } from '../../platform/base/secret.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { AccountParts } from '../frame.tsx';
import { M } from './messages.ts';

/** Who is at the page may not be the owner, and a language that the owner does not read would be a good way to hide. */
export const TOLD_IN: Locale = 'zh-CN';

export interface Change {
  readonly citizenId: CitizenId;
  /** What was done, in words of `TOLD_IN`. */
  readonly what: string;
  /** True: whoever came in before has to sign in anew, on every device, this one too. */
  readonly endsSessions: boolean;
  /** False: there was nothing to change, and nothing was written. */
  write(tx: AuditedTx): Promise<boolean>;
}

/** False when there was nothing to change. Throws what `write` throws. */
export async function carryOut(parts: AccountParts, change: Change): Promise<boolean> {
  const { audit, citizens, clock, oidc } = parts;
  const { citizenId } = change;
  // Read before: afterwards it may be another one.
  const { phone } = await citizens.attributes(citizenId);
  const leaving = change.endsSessions ? await oidc.signOut(citizenId) : undefined;
  const changed = await audit.change(async (tx) => {
    if (!(await change.write(tx))) {
      tx.unchanged();
      return false;
    }
    if (leaving) await citizens.endSessions(tx, citizenId, clock.now());
    await leaving?.tell(tx);
    return true;
  });
  if (!changed) return false;
  await leaving?.end();
  await tell(parts, phone, M.text(TOLD_IN, 'notice.changed', { what: change.what }));
  return true;
}

type Told = Awaited<ReturnType<AccountParts['citizens']['attributes']>>['phone'];

/** Never throws: what was done is done, and stands in the history that the citizen reads. */
export async function tell(
  { notify, log }: Pick<AccountParts, 'notify' | 'log'>,
  phone: Told,
  text: string,
): Promise<void> {
  if (!phone) return;
  try {
    await notify.text({
      to: phone,
      text: secret(text),
      locale: TOLD_IN,
      messageId: randomToken(),
      purpose: 'notice',
    });
  } catch (error) {
    log.error('a change of an account could not be told', error, { part: 'account' });
  }
}
