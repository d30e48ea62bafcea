// The keys of one reading, opened. Immutable: a change makes a new ring.
import type { Key, KeyPurpose } from './keyring.ts';
import type { KeyRow } from './store.ts';
import { unwrap } from './wrap.ts';

export interface Ring {
  /** Says which keys are in which state: equal for equal rings. */
  readonly version: string;
  /** Active first, then next, then retired, newest first. */
  readonly byPurpose: ReadonlyMap<KeyPurpose, readonly Key[]>;
}

/** Throws a plain Error naming `crypto.keyEncryptionKey` when a row does not open. */
export function ringOf(rows: readonly KeyRow[], keyEncryptionKey: Buffer): Ring {
  const keys = rows.map((row) => openKey(row, keyEncryptionKey));
  return {
    version: keys.map((key) => `${key.id}=${key.state}`).join(' '),
    byPurpose: Map.groupBy(keys, (key) => key.purpose),
  };
}

export function activeOf(ring: Ring, purpose: KeyPurpose): Key {
  const first = ring.byPurpose.get(purpose)?.[0];
  if (first?.state !== 'active') throw new Error(`there is no active ${purpose} key`);
  return first;
}

export function openKey(row: KeyRow, keyEncryptionKey: Buffer): Key {
  return {
    id: row.id,
    purpose: row.purpose,
    state: row.state,
    createdAt: row.createdAt,
    activatedAt: row.activatedAt ?? undefined,
    retiredAt: row.retiredAt ?? undefined,
    material: opened(row, keyEncryptionKey),
  };
}

function opened(row: KeyRow, keyEncryptionKey: Buffer): Buffer {
  try {
    return unwrap(row.wrapped, keyEncryptionKey, row.id, row.purpose);
  } catch (cause) {
    throw new Error(
      `crypto.keyEncryptionKey does not open the stored ${row.purpose} key ${row.id}: it is not the key this database was set up with, or the row was edited`,
      { cause },
    );
  }
}
