// Finds a sealed value without opening it: equal values have equal keyed digests.
import { hmacSha256 } from '../base/keyed.ts';
import type { Keyring } from './keyring.ts';

export interface BlindIndex {
  /**
   * HMAC-SHA256 over `space` 0x00 value, 32 bytes, keyed by the `index` key (the number space of GB 11643 is about
   * 2.6e11: an unkeyed hash is no protection). Equal values in one space give equal digests.
   */
  digest(space: string, value: string): Buffer;
}

export function createBlindIndex(keyring: Keyring): BlindIndex {
  return {
    digest: (space, value) =>
      hmacSha256(keyring.active('index').material).update(`${space}\0${value}`).digest(),
  };
}
