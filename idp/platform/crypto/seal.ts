// Field encryption. The associated data binds a sealed value to its column and its row, so that a sealed ID number
// copied into another citizen's row does not open.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { keyObjectOf } from '../base/keyed.ts';
import type { Keyring } from './keyring.ts';

export interface Sealer {
  /**
   * AES-256-GCM under the active `seal` key. `place` names the column (`citizens.document.number`), `row` the row.
   * Layout: version (1) | key id length (1) | key id | nonce (12) | ciphertext | tag (16).
   */
  seal(plain: string, place: string, row: string): Buffer;
  /** Throws a plain Error when the value was changed, moved, or its key is unknown. */
  open(sealed: Buffer, place: string, row: string): string;
}

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/** `purpose`, key, column and row, each led by its length: no two places have the same associated data. */
function associated(keyId: string, place: string, row: string): Buffer {
  return Buffer.from(['seal', keyId, place, row].map((part) => `${part.length}:${part}`).join(''));
}

/** Opens what any key of the ring sealed, retired ones included; seals with the active one. */
export function createSealer(keyring: Keyring): Sealer {
  return {
    seal(plain, place, row) {
      const key = keyring.active('seal');
      const id = Buffer.from(key.id);
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key.material), nonce);
      cipher.setAAD(associated(key.id, place, row));
      const body = [cipher.update(plain, 'utf8'), cipher.final()];
      return Buffer.concat([Buffer.from([VERSION, id.length]), id, nonce, ...body, cipher.getAuthTag()]);
    },
    open(sealed, place, row) {
      const { keyId, nonce, body, tag } = parts(sealed);
      const key = keyring.byId('seal', keyId);
      if (!key) throw new Error(`${place}: sealed under a key that is not in the ring`);
      const decipher = createDecipheriv('aes-256-gcm', keyObjectOf(key.material), nonce, {
        authTagLength: TAG,
      });
      decipher.setAAD(associated(keyId, place, row));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Error(`${place}: the sealed value was changed or moved`, { cause });
      }
    },
  };
}

/** The key that a value is sealed under. Throws a plain Error when it is not a sealed value. */
export function sealedUnder(sealed: Buffer): string {
  return parts(sealed).keyId;
}

function parts(sealed: Buffer): { keyId: string; nonce: Buffer; body: Buffer; tag: Buffer } {
  const start = 2 + (sealed[1] ?? 0);
  if (sealed[0] !== VERSION || sealed.length < start + NONCE + TAG)
    throw new Error('not a sealed value of a known version');
  return {
    keyId: sealed.toString('utf8', 2, start),
    nonce: sealed.subarray(start, start + NONCE),
    body: sealed.subarray(start + NONCE, -TAG),
    tag: sealed.subarray(-TAG),
  };
}
