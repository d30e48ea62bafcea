// Signing and cookie keys as the engine takes them. Not here: how keys move on (keys/).
import { createPrivateKey, createPublicKey, sign, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import { hmacSha256 } from '../platform/base/keyed.ts';
import type { Key, Keyring } from '../platform/crypto/keyring.ts';

/** The engine signs with the first key and publishes all: the next one early, retired ones until their tokens die. */
export function engineJwks(
  keyring: Keyring,
  retiredForSeconds: number,
  now: Date,
): { keys: (JWK | ExternalSigningKey)[] } {
  // ES256 first: it is what every service gets that does not ask for RS256 (OIDC Core 15.1 wants both offered).
  const published = [...keyring.all('signing'), ...keyring.all('signing-rsa')].filter(
    (key) => !key.retiredAt || now.getTime() - key.retiredAt.getTime() < retiredForSeconds * 1000,
  );
  const jwks = published.map((key) => JSON.parse(key.material.toString('utf8')) as JWK);
  // RSA stays with the engine: 0.9 ms of it belongs on the thread pool.
  return { keys: jwks.map((jwk) => (jwk.alg === 'ES256' ? new SigningKey(jwk) : jwk)) };
}

/**
 * An ES256 key that signs in this thread (RFC 7518 3.4: r and s side by side). A signature takes 50 us; handing it to
 * the thread pool and hearing back takes longer, and the pool may be full of password hashes.
 */
class SigningKey extends ExternalSigningKey {
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  readonly #kid: string | undefined;

  constructor(jwk: JWK) {
    super();
    this.#private = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    this.#public = createPublicKey(this.#private);
    this.#kid = jwk.kid;
  }

  override get kid(): string | undefined {
    return this.#kid;
  }

  override get alg(): string {
    return 'ES256';
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  override sign(data: Uint8Array): Uint8Array {
    return sign('sha256', data, { key: this.#private, dsaEncoding: 'ieee-p1363' });
  }
}

/** What the engine signs its cookies with (the contract of the keygrip package). */
export interface CookieSigning {
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
  /** Which key fits, 0 being the one that signs now; -1: none. The engine signs anew what an older key signed. */
  index(text: string, signature: string): number;
}

/**
 * The active key signs, retired ones still verify: HMAC-SHA256. The engine's own signer would hash three times a cookie,
 * each time under a key that it takes apart anew.
 */
export function cookieSigning(keyring: Keyring): CookieSigning {
  const keys = keyring.all('cookie').filter((key) => key.state !== 'next');
  const signature = (text: string, key: Key): string =>
    hmacSha256(key.material).update(`cookie\0${text}`).digest('base64url');
  const index = (text: string, given: string): number =>
    keys.findIndex((key) => {
      const [expected, found] = [Buffer.from(signature(text, key)), Buffer.from(given)];
      return expected.length === found.length && timingSafeEqual(expected, found);
    });
  return {
    sign(text) {
      const [active] = keys;
      if (!active) throw new Error('the ring holds no cookie key');
      return signature(text, active);
    },
    verify: (text, given) => index(text, given) >= 0,
    index,
  };
}
