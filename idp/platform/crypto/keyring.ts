// Keys by purpose, in three states: next (published, not yet used), active (used), retired (still accepted).
// Stored wrapped by a key-encryption key that comes from the environment and never touches the database.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../base/duration.ts';
import type { Clock } from '../base/clock.ts';
import { secret, type Secret } from '../base/secret.ts';
import type { Postgres, Queryable, Tx } from '../store/postgres.ts';
import { coalesced } from './coalesced.ts';
import { newMaterial } from './material.ts';
import { activeOf, openKey, ringOf, type Ring } from './ring.ts';
import {
  CHANNEL,
  deleteRetired,
  insertKey,
  lockKeys,
  promote,
  readKeys,
  tellChange,
  type KeyRow,
} from './store.ts';
import { keyEncryptionKeyOf, wrap } from './wrap.ts';

/** What a key is for. One key never serves two purposes. */
export type KeyPurpose =
  | 'seal' // AES-256-GCM field encryption
  | 'index' // HMAC-SHA256 blind index; who keeps digests keeps the key's id beside them
  | 'pairwise' // HMAC-SHA256 subject identifiers; never rotated, or every service loses its citizens
  | 'audit' // HMAC-SHA256 event and batch seals
  | 'otp' // HMAC-SHA256 of one-time codes and challenges
  | 'pepper' // HMAC-SHA256 over passwords before argon2
  | 'cookie' // cookie signatures and CSRF tokens
  | 'signing' // ES256 private JWK of the provider
  | 'signing-rsa'; // RS256 private JWK, for services that cannot verify ES256

export type KeyState = 'next' | 'active' | 'retired';

export interface Key {
  /** Short random identifier, stored beside what the key protects. For signing keys it is the JWK thumbprint (RFC 7638). */
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activatedAt: Date | undefined;
  readonly retiredAt: Date | undefined;
  /** 32 random bytes; of signing keys the UTF-8 JSON of the private JWK. */
  readonly material: Buffer;
}

export interface Keyring {
  /** The key to use now. */
  active(purpose: KeyPurpose): Key;
  /** All keys of a purpose: active first, then next, then retired (newest first). */
  all(purpose: KeyPurpose): readonly Key[];
  /** The key with this id in any state, or undefined. */
  byId(purpose: KeyPurpose, id: string): Key | undefined;
  /**
   * next -> active -> retired and a new next, in the given transaction; every node hears of it after commit. Returns
   * the new active key. Throws a plain Error for `pairwise`, which cannot rotate.
   */
  rotate(purpose: KeyPurpose, tx: Tx): Promise<Key>;
  /**
   * Forgets a retired key for good, in the given transaction. What is sealed under it opens no more: ask first who needs
   * it (keys/prune.ts). Throws a plain Error when there is no such key or it has not retired.
   */
  remove(purpose: KeyPurpose, id: string, tx: Tx): Promise<void>;
  /** Reads the keys again at once, through this connection: for who met a key that is not in the ring. */
  renew(db: Queryable): Promise<void>;
  /** Calls back after keys changed on any node. */
  onChange(changed: () => void): void;
  close(): Promise<void>;
}

export const cryptoSettings = z.strictObject({
  keyEncryptionKey: z
    .string()
    .transform((value) => secret(value))
    .describe('Key-encryption key that wraps all stored keys: 32 random bytes in base64 or hex.'),
  reload: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe(
      'How often a node reads the keys again although it heard of no change, a duration such as 60s.',
    ),
});

export interface KeyringOptions {
  readonly postgres: Postgres;
  /** 32 bytes, or their base64, base64url or hex text. */
  readonly keyEncryptionKey: Secret | Buffer;
  readonly clock: Clock;
  /** Told when the keys could not be read again; the known ones stay in use. */
  readonly onError: (error: Error) => void;
  readonly reloadSeconds: number;
}

export const PURPOSES: readonly KeyPurpose[] = [
  'seal',
  'index',
  'pairwise',
  'audit',
  'otp',
  'pepper',
  'cookie',
  'signing',
  'signing-rsa',
];

/** Why some purposes keep one key for good. */
const PERMANENT: Partial<Record<KeyPurpose, string>> = {
  pairwise: 'every service would lose its citizens: their subject identifiers are computed with it',
};

/**
 * Reads the keys, making those that are missing (of several nodes that start together, one makes them). Throws a plain
 * Error naming `crypto.keyEncryptionKey` when that key is malformed or not the one the stored keys were wrapped with.
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { postgres, clock } = options;
  // Keys that are made together carry one instant: it tells that no node can know one without the other.
  const startedAt = clock.now();
  const keyEncryptionKey = keyEncryptionKeyOf(options.keyEncryptionKey);
  const listeners: (() => void)[] = [];
  const load = async (db: Queryable): Promise<Ring> => ringOf(await readKeys(db), keyEncryptionKey);

  const make = async (tx: Tx, purpose: KeyPurpose, state: KeyState, at: Date): Promise<void> => {
    const { id, material } = await newMaterial(purpose);
    const wrapped = wrap(material, keyEncryptionKey, id, purpose);
    const activatedAt = state === 'active' ? at : null;
    await insertKey(tx, { id, purpose, state, createdAt: at, activatedAt, retiredAt: null, wrapped });
  };

  await makeMissing(postgres, keyEncryptionKey, (tx, purpose, state) => make(tx, purpose, state, startedAt));
  const { ring, renew } = keepNewest(await load(postgres), load, () => {
    for (const tell of listeners) tell();
  });
  const reload = coalesced(() => renew(postgres), options.onError);
  const deaf = await postgres.listen(CHANNEL, reload.run);
  const timer = setInterval(reload.run, options.reloadSeconds * 1000).unref();
  // What changed between the first reading and the start of listening.
  reload.run();

  return {
    active: (purpose) => activeOf(ring(), purpose),
    all: (purpose) => ring().byPurpose.get(purpose) ?? [],
    byId: (purpose, id) =>
      ring()
        .byPurpose.get(purpose)
        ?.find((key) => key.id === id),
    async rotate(purpose, tx) {
      const reason = PERMANENT[purpose];
      if (reason) throw new Error(`the ${purpose} key is never rotated: ${reason}`);
      await lockKeys(tx);
      const at = clock.now();
      const id = await promote(tx, purpose, at);
      await make(tx, purpose, 'next', at);
      await tellChange(tx, purpose);
      const row = (await readKeys(tx)).find((row) => row.id === id);
      if (!row) throw new Error(`there is no next ${purpose} key to activate`);
      return openKey(row, keyEncryptionKey);
    },
    remove,
    renew,
    onChange: (changed) => void listeners.push(changed),
    async close() {
      clearInterval(timer);
      listeners.length = 0;
      await reload.stop();
      await deaf();
    },
  };
}

/** The ring of the newest reading; `changed` is called when it differs from the one before. */
function keepNewest(first: Ring, load: (db: Queryable) => Promise<Ring>, changed: () => void) {
  let ring = first;
  let [begun, taken] = [0, 0];
  return {
    ring: () => ring,
    renew: async (db: Queryable): Promise<void> => {
      const turn = (begun += 1);
      const fresh = await load(db);
      // A reading that began earlier may end later: it knows less.
      if (turn < taken) return;
      taken = turn;
      const differs = fresh.version !== ring.version;
      ring = fresh;
      if (differs) changed();
    },
  };
}

async function remove(purpose: KeyPurpose, id: string, tx: Tx): Promise<void> {
  await lockKeys(tx);
  if ((await deleteRetired(tx, purpose, id)) === 0)
    throw new Error(`there is no retired ${purpose} key ${id}`);
  await tellChange(tx, purpose);
}

/** One active key each and, where keys rotate, one next key. */
async function makeMissing(
  postgres: Postgres,
  keyEncryptionKey: Buffer,
  make: (tx: Tx, purpose: KeyPurpose, state: KeyState) => Promise<void>,
): Promise<void> {
  const missing = (rows: readonly KeyRow[]): [KeyPurpose, KeyState][] =>
    PURPOSES.flatMap((purpose) =>
      (PERMANENT[purpose] ? (['active'] as const) : (['active', 'next'] as const))
        .filter((state) => !rows.some((row) => row.purpose === purpose && row.state === state))
        .map((state): [KeyPurpose, KeyState] => [purpose, state]),
    );
  if (missing(await readKeys(postgres)).length === 0) return;
  await postgres.tx(async (tx) => {
    await lockKeys(tx);
    const rows = await readKeys(tx);
    // A wrong key-encryption key must fail before it wraps anything.
    ringOf(rows, keyEncryptionKey);
    for (const [purpose, state] of missing(rows)) await make(tx, purpose, state);
    await tellChange(tx, 'all');
  });
}
