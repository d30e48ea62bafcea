// Signing and cookie keys for the engine, and the command that moves them on.
import { createPrivateKey, createPublicKey, sign, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../platform/base/clock.ts';
import { hmacSha256 } from '../platform/base/keyed.ts';
import type { Key, Keyring, KeyPurpose } from '../platform/crypto/keyring.ts';
import type { Command } from '../platform/http/feature.ts';

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

export interface KeyCommandParts {
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly clock: Clock;
  /** How long a service may keep our key set before it asks again: the next key must have been public that long. */
  readonly jwksMaxAgeSeconds: number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Seconds until every service must have seen the next key. None in the first generation: whoever has the active key
 * has read the next one with it.
 */
export function waitBeforeRotation(
  active: Key,
  next: Key | undefined,
  now: Date,
  maxAgeSeconds: number,
): number {
  const publishedWithActive = next && active.activatedAt && next.createdAt <= active.activatedAt;
  if (!next || publishedWithActive) return 0;
  return Math.max(0, Math.ceil(maxAgeSeconds - (now.getTime() - next.createdAt.getTime()) / 1000));
}

const PURPOSES: readonly KeyPurpose[] = [
  'signing',
  'signing-rsa',
  'seal',
  'audit',
  'otp',
  'pepper',
  'cookie',
];

/** `keys list` and `keys rotate`. */
export function keyCommands(parts: KeyCommandParts): readonly Command[] {
  return [listCommand(parts), rotateCommand(parts)];
}

function listCommand({ keyring }: KeyCommandParts): Command {
  return {
    name: 'keys list',
    usage: '[--json]',
    summary: 'keys by purpose and state, never their material',
    async run(args, io) {
      const rows = [...PURPOSES, 'index' as const, 'pairwise' as const].flatMap((purpose) =>
        keyring
          .all(purpose)
          .map(({ id, state, createdAt }) => ({ purpose, id, state, createdAt: createdAt.toISOString() })),
      );
      if (args.includes('--json')) io.out(JSON.stringify(rows));
      else
        for (const row of rows)
          io.out(`${row.purpose.padEnd(9)} ${row.state.padEnd(8)} ${row.createdAt} ${row.id}`);
      return 0;
    },
  };
}

function rotateCommand(parts: KeyCommandParts): Command {
  return {
    name: 'keys rotate',
    usage: '[PURPOSE] [--now]',
    summary: 'next -> active -> retired, with no failed verification (default purpose: signing)',
    async run(args, io) {
      const named = args.find((arg) => !arg.startsWith('--')) ?? 'signing';
      const purpose = PURPOSES.find((known) => known === named);
      if (!purpose) {
        io.err(`"${named}" cannot be rotated; one of: ${PURPOSES.join(', ')}`);
        return 1;
      }
      const next = parts.keyring.all(purpose).find((key) => key.state === 'next');
      const wait = waitBeforeRotation(
        parts.keyring.active(purpose),
        next,
        parts.clock.now(),
        parts.jwksMaxAgeSeconds,
      );
      if (purpose.startsWith('signing') && wait > 0 && !args.includes('--now')) {
        io.err(`waiting ${wait} s until every service has seen the next key (--now skips this)`);
        await parts.sleep(wait * 1000);
      }
      const key = await rotate(parts, purpose);
      io.out(`${purpose}: ${key.id} is active`);
      return 0;
    },
  };
}

async function rotate({ keyring, audit }: KeyCommandParts, purpose: KeyPurpose): Promise<Key> {
  return audit.change(async (tx) => {
    const key = await keyring.rotate(purpose, tx);
    tx.record({ type: 'key.rotated', data: { purpose, keyId: key.id }, actor: 'operator:cli' });
    return key;
  });
}
