// Who holds a phone or a document, found by its blind index; that it is one account's is decided here. Not here: how the
// lookups move to the next key (reindex.ts).
import type { BlindIndex } from '../../platform/crypto/blind-index.ts';
import type { Queryable } from '../../platform/store/postgres.ts';
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId } from '../citizens.ts';
import * as store from './store.ts';

export interface Lookup {
  find(db: Queryable, space: string, value: string): Promise<CitizenId | undefined>;
  /**
   * True when the value is this citizen's now, false when it was somebody's already (and nothing was written). Of any
   * number of claims, by any nodes, also while the index key rotates, exactly one gets true.
   */
  claim(tx: AuditedTx, space: string, value: string, id: CitizenId): Promise<boolean>;
  /** Gives the value back, if it is this citizen's. The caller holds the account's row (`for update`). */
  release(tx: AuditedTx, space: string, value: string, id: CitizenId): Promise<void>;
}

/**
 * The database says which keys count, not the node: a node that has not heard of a key reads the keys again, through
 * the connection it has (a second one may not be free while a hundred registrations wait).
 */
export function createLookup(index: BlindIndex): Lookup {
  /** The key that decided when this node last asked: mostly it still does. */
  let decides: string | undefined;
  const ask = async (db: Queryable, keyId: string, space: string, value: string) => {
    if (!index.under(keyId, space, value)) await index.renew(db);
    const digest = index.under(keyId, space, value);
    if (!digest) throw new Error('the key that decides about lookups is not in the ring');
    return store.findHolder(db, space, digest);
  };
  /** Writes while the keys that count stay what they are; once more when this node did not know them. */
  const counting = async <T extends string>(
    tx: AuditedTx,
    write: () => Promise<T | 'unknown_key'>,
  ): Promise<T> => {
    await store.holdRing(tx);
    let written = await write();
    if (written === 'unknown_key') {
      // This node has not heard of a key, or this is the first account of all.
      await index.renew(tx);
      await store.beginRing(tx, index.activeKey());
      written = await write();
    }
    if (written === 'unknown_key') throw new Error('a key that counts for lookups is not in the ring');
    return written;
  };
  return {
    async find(db, space, value) {
      let asked = decides ?? index.activeKey();
      let found = await ask(db, asked, space, value);
      while (found && found.arbiter !== asked) {
        asked = decides = found.arbiter;
        found = await ask(db, asked, space, value);
      }
      return found?.id ?? undefined;
    },
    async claim(tx, space, value, id) {
      const claimed = await counting(tx, () => store.claim(tx, space, index.digests(space, value), id));
      return claimed === 'claimed';
    },
    async release(tx, space, value, id) {
      await counting(tx, () => store.release(tx, space, index.digests(space, value), id));
    },
  };
}
