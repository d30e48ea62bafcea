// Which public keys a program may prove itself with. Pure.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isRecord } from '../claims.ts';

/** One that works and one that takes over from it. */
const KEYS_AT_MOST = 2;
const RSA_BITS = 2_048;

/** What is wrong with a key set (RFC 7517 5), with the fix; undefined when it is right. No value is ever repeated. */
export function faultOfKeys(jwks: unknown): string | undefined {
  const keys = isRecord(jwks) && Array.isArray(jwks['keys']) ? (jwks['keys'] as unknown[]) : [];
  if (keys.length === 0 || keys.length > KEYS_AT_MOST)
    return `jwks: must hold 1 or ${KEYS_AT_MOST} keys; write {"keys": [...]}`;
  return keys.map(faultOfKey).find((fault) => fault !== undefined);
}

function faultOfKey(key: unknown): string | undefined {
  if (!isRecord(key)) return 'jwks: each key must be an object (RFC 7517 4)';
  if (key['kty'] === 'oct' || ['d', 'k', 'p', 'q'].some((member) => member in key))
    return 'jwks: must hold public keys only; replace this key, it is no longer secret';
  const read = publicKey(key);
  if (!read) return 'jwks: a key cannot be read; write it as RFC 7518 6 says';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = read;
  const fits =
    type === 'ed25519' ||
    (type === 'ec' && details?.namedCurve === 'prime256v1') ||
    (type === 'rsa' && (details?.modulusLength ?? 0) >= RSA_BITS);
  return fits
    ? undefined
    : `jwks: must be P-256, Ed25519, or RSA of ${RSA_BITS} bits or more; make such a key`;
}

function publicKey(key: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    // What Node cannot read is no key; its own words would repeat parts of it.
    return undefined;
  }
}
