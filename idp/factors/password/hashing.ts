// argon2id behind a gate: only so many at a time, only so many waiting. Without the gate a rush of sign-ins would fill
// libuv's thread pool and stall every signature and DNS look-up of the process.
import { randomBytes } from 'node:crypto';
import { hmacSha256 } from '../../platform/base/keyed.ts';
import { availableParallelism } from 'node:os';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import { Fault } from '../../platform/base/errors.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { PasswordSettings } from './settings.ts';

/** A password as it is kept. */
export interface Kept {
  /** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
  readonly hash: string;
  /** Which pepper key went over the password first. */
  readonly pepperKey: string;
}

export interface Hashing {
  /** 16 random bytes of salt, the active pepper. Throws Fault `unavailable` when too many wait. */
  make(password: string): Promise<Kept>;
  /**
   * True when the password fits. `undefined` (no such account, or one without a password) costs exactly as much as a
   * wrong password and is false. Throws Fault `unavailable` when too many wait.
   */
  fits(password: string, kept: Kept | undefined): Promise<boolean>;
  /** True when parameters or pepper are no longer the present ones. */
  outdated(kept: Kept): boolean;
}

/**
 * SP 800-63B-4 3.1.1.2: NFKC before hashing, so that the same keys typed on another device give the same bytes; full
 * width letters of a Chinese keyboard equal the plain ones.
 */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFKC');
}

/** Runs at most `atOnce` pieces of work; refuses when `queue` are waiting, or one has waited `waitMs`. */
export function createGate(
  atOnce: number,
  queue: number,
  waitMs: number,
): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting = new Set<() => void>();
  let running = 0;
  const refusal = (): Fault =>
    new Fault('unavailable', { retryAfterSeconds: 1, note: 'password hashing is busy' });

  const enter = (): Promise<void> => {
    if (running < atOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.size >= queue) return Promise.reject(refusal());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(turn);
        reject(refusal());
      }, waitMs);
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      waiting.add(turn);
    });
  };
  const leave = (): void => {
    const [next] = waiting;
    // The turn is handed over, not given back: nobody can slip in between.
    if (next) {
      waiting.delete(next);
      next();
    } else running -= 1;
  };

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

export function createHashing(parts: { keyring: Keyring; settings: PasswordSettings }): Hashing {
  const { keyring, settings } = parts;
  const cost = { memoryCost: settings.memoryKiB, timeCost: settings.passes, parallelism: 1 };
  const gate = createGate(
    settings.maxConcurrent || availableParallelism(),
    settings.maxQueue,
    settings.maxWaitMs,
  );
  const peppered = (material: Buffer, password: string): Buffer =>
    hmacSha256(material).update(normalisePassword(password), 'utf8').digest();
  const compute = (input: Buffer): Promise<string> =>
    hash(input, { ...cost, type: argon2id, salt: randomBytes(16), hashLength: 32 });
  const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  // What the password of nobody is compared with: same parameters, same time, and no password gives 32 random bytes.
  const nobody = `$argon2id$v=19$m=${settings.memoryKiB},t=${settings.passes},p=1$${unpadded(randomBytes(16))}$${unpadded(randomBytes(32))}`;

  return {
    async make(password) {
      const pepper = keyring.active('pepper');
      return { hash: await gate(() => compute(peppered(pepper.material, password))), pepperKey: pepper.id };
    },
    async fits(password, kept) {
      const pepper = kept ? keyring.byId('pepper', kept.pepperKey) : keyring.active('pepper');
      if (!pepper) throw new Error('the pepper key of a password is not in the keyring');
      const fitting = await gate(() => verify(kept?.hash ?? nobody, peppered(pepper.material, password)));
      return kept !== undefined && fitting;
    },
    outdated: (kept) => kept.pepperKey !== keyring.active('pepper').id || needsRehash(kept.hash, cost),
  };
}
