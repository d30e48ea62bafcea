// Keys as the runtime wants them. Node 24 takes about 25 us to look at a key that is given as bytes, six times what the
// HMAC itself takes; a key object costs that once. No I/O.
import { createHmac, createSecretKey, type Hmac, type KeyObject } from 'node:crypto';

/** Gone when the bytes are: keys of a replaced ring do not stay. */
const objects = new WeakMap<Buffer, KeyObject>();

/** The key object of these bytes, made once for the same Buffer. The bytes must not change afterwards. */
export function keyObjectOf(material: Buffer): KeyObject {
  const known = objects.get(material);
  if (known) return known;
  const made = createSecretKey(material);
  objects.set(material, made);
  return made;
}

/** A fresh HMAC-SHA256 (RFC 2104) under these bytes. */
export const hmacSha256 = (material: Buffer): Hmac => createHmac('sha256', keyObjectOf(material));
