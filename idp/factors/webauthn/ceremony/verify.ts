// What a ceremony proves, by WebAuthn L3 7.1 and 7.2. The library verifies; what it leaves open is decided here.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { decodeAttestationObject, decodeCredentialPublicKey, isoCBOR } from '@simplewebauthn/server/helpers';
import type { Passkey } from '../passkey.ts';
import type { Presented } from './input.ts';

export interface Party {
  readonly rpId: string;
  readonly rpName: string;
  /** Where ceremonies may have run. */
  readonly origins: readonly string[];
}

/** COSE identifiers: ES256, EdDSA, RS256, as we like them best. */
export const ALGORITHMS = [-7, -8, -257];

/** What a registration says of its key. */
export type Registered = Pick<
  Passkey,
  'credentialId' | 'publicKey' | 'signCount' | 'synced' | 'backedUp' | 'aaguid'
> & {
  readonly transports: readonly string[];
};

/** Why it was refused, for the record of the account. Never shown. */
export interface Refused {
  readonly refused: string;
}

/**
 * The library refuses by throwing plain Errors, from CBOR that does not parse to a wrong origin: all of it is what was
 * sent, and nothing in here waits for anything else that could fail.
 */
async function judged<T>(verify: () => Promise<T>): Promise<T | Refused> {
  try {
    return await verify();
  } catch (error) {
    if (types.isNativeError(error)) return { refused: error.message.slice(0, 120) };
    throw error;
  }
}

/** WebAuthn L3 7.1, with user verification and without attestation. */
export function verifyRegistration(
  { rpId, origins }: Party,
  { response, challenge, credentialId }: Presented<RegistrationResponseJSON>,
): Promise<Registered | Refused> {
  return judged(async () => {
    checkStatement(Buffer.from(response.response.attestationObject, 'base64url'));
    const { verified, registrationInfo: info } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    });
    if (!verified) return { refused: 'attestation' };
    if (!Buffer.from(info.credential.id, 'base64url').equals(credentialId)) return { refused: 'another id' };
    const publicKey = Buffer.from(info.credential.publicKey);
    checkKey(publicKey);
    return {
      credentialId,
      publicKey,
      signCount: info.credential.counter,
      synced: info.credentialDeviceType === 'multiDevice',
      backedUp: info.credentialBackedUp,
      aaguid: info.aaguid,
      transports: response.response.transports ?? [],
    };
  });
}

/**
 * Asked for none, a browser sends none, or what a key says of itself (L3 5.4.7). Certificates of other formats are not
 * even parsed. The library reads the first CBOR item, takes a string that is cut off and leaves what follows: what does not
 * read back as it came is refused (CTAP2 8: one way to write a thing).
 */
function checkStatement(attestationObject: Buffer): void {
  const decoded = decodeAttestationObject(new Uint8Array(attestationObject));
  const statement = decoded.get('attStmt');
  const format = decoded.get('fmt');
  const ownWord = format === 'packed' && statement.get('x5c') === undefined;
  if (format !== 'none' && !ownWord) throw new Error('an attestation nobody asked for');
  const readBack = isoCBOR.encode(decoded as unknown as Parameters<typeof isoCBOR.encode>[0]);
  if (!attestationObject.equals(readBack)) throw new Error('an attestation object that is not whole');
}

const member = (key: ReadonlyMap<number, unknown>, label: number): string => {
  const value = key.get(label);
  if (!(value instanceof Uint8Array)) throw new Error('a key without its parameters');
  return Buffer.from(value).toString('base64url');
};

/**
 * RFC 9053, RFC 8812: each algorithm has one type of key and one curve. One that names another would be verified by
 * whatever the library makes of it. The import refuses points that are not on their curve.
 */
function checkKey(publicKey: Buffer): void {
  const key = decodeCredentialPublicKey(new Uint8Array(publicKey)) as unknown as ReadonlyMap<number, unknown>;
  const [kty, alg, curve] = [key.get(1), key.get(3), key.get(-1)];
  let imported: KeyObject;
  if (alg === -7 && kty === 2 && curve === 1)
    imported = imports({ kty: 'EC', crv: 'P-256', x: member(key, -2), y: member(key, -3) });
  else if (alg === -8 && kty === 1 && curve === 6)
    imported = imports({ kty: 'OKP', crv: 'Ed25519', x: member(key, -2) });
  else if (alg === -257 && kty === 3)
    imported = imports({ kty: 'RSA', n: member(key, -1), e: member(key, -2) });
  else throw new Error('an algorithm with a key of another kind');
  const bits = imported.asymmetricKeyDetails?.modulusLength ?? 2048;
  if (bits < 2048 || bits > 4096) throw new Error('an RSA key of an unusual size');
}

const imports = (key: Readonly<Record<string, string>>): KeyObject => createPublicKey({ key, format: 'jwk' });

export interface Asserted {
  readonly signCount: number;
  readonly backedUp: boolean;
}

/** WebAuthn L3 7.2, with user verification. The counter is the caller's: only a right signature makes it mean anything. */
export function verifyAssertion(
  { rpId, origins }: Party,
  { response, challenge }: Presented<AuthenticationResponseJSON>,
  passkey: Passkey,
): Promise<Asserted | Refused> {
  return judged(async () => {
    const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      credential: { id: response.id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
      requireUserVerification: true,
    });
    if (!verified) return { refused: 'signature' };
    // L3 7.2 step 19: backup eligibility never changes; a key that says so is another key.
    if ((info.credentialDeviceType === 'multiDevice') !== passkey.synced)
      return { refused: 'backup eligibility' };
    return { signCount: info.newCounter, backedUp: info.credentialBackedUp };
  });
}
