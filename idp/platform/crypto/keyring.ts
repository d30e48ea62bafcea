// Keys by purpose, in three states: next (published, not yet used), active (used), retired (still accepted).
// Stored wrapped by a key-encryption key that comes from the environment and never touches the database.
import type { Tx } from '../store/postgres.ts';

/** What a key is for. One key never serves two purposes. */
export type KeyPurpose =
  | 'seal' // AES-256-GCM field encryption
  | 'index' // HMAC-SHA256 blind index
  | 'pairwise' // HMAC-SHA256 subject identifiers; never rotated, or every service loses its citizens
  | 'audit' // HMAC-SHA256 event and batch seals
  | 'otp' // HMAC-SHA256 of one-time codes
  | 'pepper' // HMAC-SHA256 over passwords before argon2
  | 'cookie' // cookie signatures and CSRF tokens
  | 'signing'; // ES256 private JWK of the provider

export type KeyState = 'next' | 'active' | 'retired';

export interface Key {
  /** Short random identifier, stored beside what the key protects. For `signing` it is the JWK thumbprint (RFC 7638). */
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activatedAt: Date | undefined;
  readonly retiredAt: Date | undefined;
  /** 32 random bytes; for `signing` the UTF-8 JSON of the private JWK. */
  readonly material: Buffer;
}

export interface Keyring {
  /** The key to use now. */
  active(purpose: KeyPurpose): Key;
  /** All keys of a purpose: active first, then next, then retired (newest first). */
  all(purpose: KeyPurpose): readonly Key[];
  /** The key with this id in any state, or undefined. */
  byId(purpose: KeyPurpose, id: string): Key | undefined;
  /** next -> active -> retired and a new next, in the given transaction; every node hears of it after commit. Returns the new active key. */
  rotate(purpose: KeyPurpose, tx: Tx): Promise<Key>;
  /** Calls back after keys changed on any node. */
  onChange(changed: () => void): void;
  close(): Promise<void>;
}
