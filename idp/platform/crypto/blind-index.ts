// Finds a sealed value without opening it: equal values have equal keyed digests.
import { hmacSha256 } from '../base/keyed.ts';
import type { Queryable } from '../store/postgres.ts';
import type { Key, Keyring } from './keyring.ts';

export interface KeyedDigest {
  readonly keyId: string;
  readonly digest: Buffer;
}

export interface BlindIndex {
  /**
   * HMAC-SHA256 over `space` 0x00 value, 32 bytes, keyed by the active `index` key (the number space of GB 11643 is
   * about 2.6e11: an unkeyed hash is no protection). Equal values in one space give equal digests, until the key
   * rotates.
   */
  digest(space: string, value: string): Buffer;
  /** The same under every key of the ring, for whatever must be found again after a rotation. The active key first. */
  digests(space: string, value: string): readonly KeyedDigest[];
  /** The same under one key; undefined when this node has not heard of it. */
  under(keyId: string, space: string, value: string): Buffer | undefined;
  /** Identifier of the active key. */
  activeKey(): string;
  /** Reads the keys again, through this connection: somebody names a key that this node has not heard of. */
  renew(db: Queryable): Promise<void>;
}

export function createBlindIndex(keyring: Keyring): BlindIndex {
  const keyed = (key: Key, space: string, value: string): Buffer =>
    hmacSha256(key.material).update(`${space}\0${value}`).digest();
  return {
    digest: (space, value) => keyed(keyring.active('index'), space, value),
    digests: (space, value) =>
      keyring.all('index').map((key) => ({ keyId: key.id, digest: keyed(key, space, value) })),
    under(keyId, space, value) {
      const key = keyring.byId('index', keyId);
      return key && keyed(key, space, value);
    },
    activeKey: () => keyring.active('index').id,
    renew: (db) => keyring.renew(db),
  };
}
