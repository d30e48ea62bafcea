// One passkey of a citizen, and what it counts for. Pure.
import type { Aal } from '../../assurance/assurance.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { addSeconds } from '../../platform/base/clock.ts';

export interface Passkey {
  /** UUID of the row. */
  readonly id: string;
  readonly citizenId: CitizenId;
  /** 16 to 1023 bytes, chosen by the authenticator. */
  readonly credentialId: Buffer;
  /** COSE key (RFC 9052). */
  readonly publicKey: Buffer;
  /** 32 random bytes: what the authenticator calls the account. */
  readonly userHandle: Buffer;
  /** 0 from authenticators that do not count. */
  readonly signCount: number;
  /** Backup eligible (BE): the key may live on several devices. Never changes. */
  readonly synced: boolean;
  /** Backup state (BS). */
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  /** Model of the authenticator; zeros where it does not tell. */
  readonly aaguid: string;
  /** What the citizen typed, sealed; null when they gave it no name. */
  readonly name: Buffer | null;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
  readonly boundAtAal: Aal;
  readonly fullFrom: Date;
  readonly suspectAt: Date | null;
}

/** Column and purpose of the sealed name. */
export const NAME_PLACE = 'factors.webauthn_credential.name';

/** RFC 8176: proof of possession of a software key, or of a hardware key; `user`: the authenticator verified its user. */
const SYNCED_AMR = ['swk', 'user'] as const;
const DEVICE_AMR = ['hwk', 'user'] as const;
export const WEBAUTHN_AMR = ['swk', 'hwk', 'user'] as const;

/**
 * What it adds to a session. SP 800-63B-4 2.3.1: the highest level takes a key that cannot be exported, so a synced one
 * reaches 2 at most. Nothing from a key whose counter went back.
 */
export function amrOf(
  passkey: Pick<Passkey, 'synced' | 'fullFrom' | 'suspectAt'>,
  now: Date,
): readonly string[] {
  if (passkey.suspectAt) return [];
  return !passkey.synced && passkey.fullFrom <= now ? DEVICE_AMR : SYNCED_AMR;
}

/**
 * Since when a device-bound key counts fully. A thief with password and SIM card reaches level 2 and could set up a key
 * of his own: if that made him level 3 at once, the highest level would be worth no more than the second. Until then the
 * owner sees the new key in the account centre and can remove it.
 */
export function fullFrom(setUpAt: Date, aal: Aal, waitSeconds: number): Date {
  return aal >= 3 ? setUpAt : addSeconds(setUpAt, waitSeconds);
}

/** WebAuthn L3 7.2 step 22: a counter that does not grow says that there are two of this key. */
export function wentBack(signCount: number, passkey: Pick<Passkey, 'signCount'>): boolean {
  return (signCount > 0 || passkey.signCount > 0) && signCount <= passkey.signCount;
}
