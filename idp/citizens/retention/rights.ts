// What a citizen may have at any time: a copy of everything kept (PIPL 45) and its erasure (PIPL 47).
import type { Audit, AuditedTx, CodeWords, Records } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { CitizenId } from '../citizens.ts';
import * as store from './store.ts';

export interface Rights {
  /** By part, in the order of the list. The copy is itself recorded. */
  copy(id: CitizenId, reference: string): Promise<Readonly<Record<string, Json>>>;
  /** What stands behind the codes in a copy. */
  readonly words: CodeWords;
  /**
   * Closes the account: all parts erase in one transaction with one event, however many close it at once. An account
   * that is closed stays so. Faults: `not_found`, and `forbidden` for one that is frozen or of a deceased person.
   */
  close(id: CitizenId, reference: string): Promise<void>;
}

/** How a citizen is signed out of everything, prepared before the transaction. */
export interface SignOut {
  /** Has the services told, once the transaction has committed. */
  tell(tx: AuditedTx): Promise<void>;
  /** After the commit: ends sessions and tokens. Never throws. */
  end(): Promise<void>;
}

export interface RightsParts {
  /** Every part that keeps something by citizen. */
  readonly records: readonly Records[];
  readonly signOut: (id: CitizenId) => Promise<SignOut>;
  readonly audit: Audit;
  readonly clock: Clock;
}

export function createRights(parts: RightsParts): Rights {
  return {
    copy: (id, reference) => copy(parts, id, reference),
    words: Object.fromEntries(parts.records.flatMap(({ words }) => Object.entries(words ?? {}))),
    close: (id, reference) => close(parts, id, reference),
  };
}

async function copy(
  { records, audit }: RightsParts,
  citizenId: CitizenId,
  reference: string,
): ReturnType<Rights['copy']> {
  audit.note({ type: 'citizen.copied', data: {}, citizenId, actor: `citizen:${citizenId}`, reference });
  const kept: Record<string, Json> = {};
  for (const part of records) kept[part.name] = await part.exportOf(citizenId);
  return kept;
}

async function close(parts: RightsParts, citizenId: CitizenId, reference: string): Promise<void> {
  const { records, audit, clock } = parts;
  // Before the transaction: who waits for a second connection while holding one may wait for ever.
  const leaving = await parts.signOut(citizenId);
  const closed = await audit.change(async (tx) => {
    if (!(await mayClose(tx, citizenId))) {
      tx.unchanged();
      return false;
    }
    await leaving.tell(tx);
    const at = clock.now();
    for (const part of records) await part.erase(tx, citizenId, at);
    const actor = `citizen:${citizenId}`;
    tx.record({ type: 'citizen.closed', data: { reason: 'own_wish' }, citizenId, actor, reference });
    return true;
  });
  if (closed) await leaving.end();
}

/** False when it is closed already. */
async function mayClose(tx: AuditedTx, id: CitizenId): Promise<boolean> {
  const status = await store.lockStatus(tx, id);
  if (status === undefined) throw new Fault('not_found', { note: 'no such account' });
  if (status !== 'active' && status !== 'closed')
    throw new Fault('forbidden', { note: `the account is ${status}` });
  return status === 'active';
}
