// Wraps key material with the key-encryption key. Pure, apart from the random nonce.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

const associated = (id: string, purpose: string): Buffer => Buffer.from(`${id}|${purpose}`);

/** AES-256-GCM; id and purpose are associated data. Layout: version (1) | nonce (12) | ciphertext | tag (16). */
export function wrap(material: Buffer, keyEncryptionKey: Buffer, id: string, purpose: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyEncryptionKey, nonce);
  cipher.setAAD(associated(id, purpose));
  const body = Buffer.concat([cipher.update(material), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, body, cipher.getAuthTag()]);
}

/** Throws a plain Error when the key-encryption key is another one, or the row was edited. */
export function unwrap(wrapped: Buffer, keyEncryptionKey: Buffer, id: string, purpose: string): Buffer {
  if (wrapped[0] !== VERSION || wrapped.length < 1 + NONCE + TAG)
    throw new Error(`key ${id} is wrapped in an unknown way`);
  const decipher = createDecipheriv('aes-256-gcm', keyEncryptionKey, wrapped.subarray(1, 1 + NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(associated(id, purpose));
  decipher.setAuthTag(wrapped.subarray(-TAG));
  return Buffer.concat([decipher.update(wrapped.subarray(1 + NONCE, -TAG)), decipher.final()]);
}
