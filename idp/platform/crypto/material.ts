// New key material.
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { KeyPurpose } from './keyring.ts';

export interface Material {
  readonly id: string;
  readonly material: Buffer;
}

/** 32 random bytes under a random id, or a signing key whose id is its RFC 7638 thumbprint. */
export async function newMaterial(purpose: KeyPurpose): Promise<Material> {
  if (purpose === 'signing') return signingKey('ES256');
  if (purpose === 'signing-rsa') return signingKey('RS256');
  return { id: randomBytes(9).toString('base64url'), material: randomBytes(32) };
}

async function signingKey(alg: 'ES256' | 'RS256'): Promise<Material> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { id: kid, material: Buffer.from(JSON.stringify({ ...jwk, kid, alg, use: 'sig' })) };
}
