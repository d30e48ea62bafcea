// Identifiers. Branded so that a client id cannot be passed where a citizen id belongs.
import { randomBytes } from 'node:crypto';

export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/**
 * A UUID version 7 (RFC 9562 5.7): 48 bits of milliseconds, then 74 random bits. Time-ordered, so inserts stay
 * at the right-hand edge of a B-tree.
 */
export function uuidv7(at: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A URL-safe random value of at least 128 bits (ASVS 7.2.3). */
export function randomToken(bytes = 24): string {
  return randomBytes(bytes).toString('base64url');
}

/** Crockford base 32 without I, L, O, U: can be read out over the phone. */
const READABLE = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A reference number a citizen can read to the help line, shaped `9D4K-70BZ` (40 random bits). */
export function referenceNumber(): string {
  const letters = Array.from(randomBytes(8), (byte) => READABLE[byte & 31]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
