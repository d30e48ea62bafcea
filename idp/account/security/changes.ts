// A change to how the account is signed in to, with all that belongs to it: one transaction, the other sessions, and a
// word to the contact that the account had before (ASVS 5.0 6.3.7).
import type { AuditedTx } from '../../audit/audit.ts';
import { TOLD_IN, tellPhone, type CitizenId } from '../../citizens/citizens.ts';
import type { AccountParts } from '../frame.tsx';
import { M } from './messages.ts';

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
  await tellPhone(parts, phone, M.text(TOLD_IN, 'notice.changed', { what: change.what }));
  return true;
}
