// Field encryption and blind index over a key ring: real cryptography for parts that only need the interfaces.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Key, Keyring } from '../../idp/platform/crypto/keyring.ts';
import type { BlindIndex } from '../../idp/platform/crypto/blind-index.ts';
import type { Sealer } from '../../idp/platform/crypto/seal.ts';

/** AES-256-GCM in the layout that `Sealer` describes. */
export function keyringSealer(keyring: Keyring): Sealer {
  const bound = (place: string, row: string): Buffer => Buffer.from(`${place}\0${row}`);
  return {
    seal(plain, place, row) {
      const key = keyring.active('seal');
      const id = Buffer.from(key.id);
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key.material, nonce).setAAD(bound(place, row));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([1, id.length]), id, nonce, text, cipher.getAuthTag()]);
    },
    open(sealed, place, row) {
      const body = 2 + sealed[1]!;
      const key = keyring.byId('seal', sealed.subarray(2, body).toString());
      if (!key) throw new Error('sealed under an unknown key');
      const decipher = createDecipheriv('aes-256-gcm', key.material, sealed.subarray(body, body + 12))
        .setAAD(bound(place, row))
        .setAuthTag(sealed.subarray(-16));
      return decipher.update(sealed.subarray(body + 12, -16), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

export function keyringIndex(keyring: Keyring): BlindIndex {
  const keyed = ({ material }: Key, space: string, value: string): Buffer =>
    createHmac('sha256', material).update(`${space}\0${value}`).digest();
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
