// The public key of a terminal or an officer, as an operator hands it in: a JWK (RFC 7517) for ES256.
import { calculateJwkThumbprint, importJWK } from 'jose';
import { z } from 'zod';
import { Fault } from '../../../../platform/base/errors.ts';

/** The members that RFC 7638 counts, nothing else. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface PublicKey {
  readonly jwk: PublicJwk;
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string;
}

/** RFC 7518 6.2.2, 6.3.2 and 6.4: any of these and it is not a public key. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const coordinate = z.string().regex(/^[\w-]{43}$/);
const jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  alg: z.literal('ES256').optional(),
  use: z.literal('sig').optional(),
});

const refusal = (note: string): Fault => new Fault('bad_request', { note });

/** Throws Fault `bad_request` with one sentence for an operator. */
export async function readPublicKey(value: unknown): Promise<PublicKey> {
  const given = z.record(z.string(), z.unknown()).safeParse(value);
  if (!given.success) throw refusal('the key is not a JWK: one JSON object is expected');
  if (PRIVATE.some((member) => member in given.data))
    throw refusal(
      'the file holds a private key, which must never leave its device: make a new pair there and give the public key alone',
    );
  const parsed = jwk.safeParse(given.data);
  if (!parsed.success) throw refusal('the key is not for ES256: a JWK with kty EC and crv P-256 is expected');
  const { kty, crv, x, y } = parsed.data;
  const key = { kty, crv, x, y };
  await demandOnCurve(key);
  return { jwk: key, thumbprint: await calculateJwkThumbprint(key) };
}

async function demandOnCurve(key: PublicJwk): Promise<void> {
  try {
    await importJWK({ ...key }, 'ES256');
  } catch (cause) {
    const note = 'the key is not a point on P-256: it was damaged on the way';
    throw new Fault('bad_request', { note, cause });
  }
}
