// What a page asks of the browser. None of it says whether an account exists.
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Passkey } from '../passkey.ts';
import { CHALLENGE_MS } from './challenge.ts';
import { ALGORITHMS, type Party } from './verify.ts';

const descriptor = ({ credentialId, transports }: Passkey) => ({
  id: credentialId.toString('base64url'),
  transports: [...transports],
});

/** `allowed`: the keys that will do; none: whichever key the browser has for us (a list would tell who has an account). */
export function requestOptions(
  { rpId }: Party,
  challenge: Buffer,
  allowed: readonly Passkey[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge: new Uint8Array(challenge),
    userVerification: 'required',
    timeout: CHALLENGE_MS,
    ...(allowed.length === 0 ? {} : { allowCredentials: allowed.map(descriptor) }),
  });
}

export interface NewPasskey {
  readonly challenge: Buffer;
  readonly handle: Buffer;
  /** What the authenticator lists the account under: never a document number, never a whole phone number. */
  readonly userName: string;
  readonly displayName: string;
  /** An authenticator that holds one of these makes no second. */
  readonly held: readonly Passkey[];
}

export function creationOptions(
  { rpId, rpName }: Party,
  { challenge, handle, userName, displayName, held }: NewPasskey,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpID: rpId,
    rpName,
    challenge: new Uint8Array(challenge),
    userID: new Uint8Array(handle),
    userName,
    userDisplayName: displayName,
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: held.map(descriptor),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}
