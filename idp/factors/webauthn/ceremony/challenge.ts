// Challenges that nobody keeps: each carries its time and chance under a MAC that binds it to its purpose, the sign-in in
// this browser and the citizen. Only a used one leaves a mark, so that looking at a page writes nothing.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { CitizenId } from '../../../citizens/citizens.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { hmacSha256 } from '../../../platform/base/keyed.ts';
import type { Keyring } from '../../../platform/crypto/keyring.ts';
import { keyOf, type Ephemeral } from '../../../platform/store/ephemeral.ts';

/** What a challenge is good for. One of another purpose, sign-in or citizen opens nothing. */
export interface ChallengeFor {
  readonly purpose: 'register' | 'first' | 'second';
  readonly flow: string;
  /** Undefined where nobody is identified yet. */
  readonly citizenId: CitizenId | undefined;
  /** Of a registration: what the authenticator will call the account; undefined: the chance of the challenge itself. */
  readonly handle?: Buffer | undefined;
}

export interface Challenges {
  /** 70 bytes. */
  make(of: ChallengeFor): Buffer;
  /** Whether it was made for this, and not too long ago. */
  judge(of: ChallengeFor, challenge: Buffer): 'good' | 'foreign' | 'expired';
  /** True for exactly one of any number of parallel callers. One round trip. */
  use(challenge: Buffer): Promise<boolean>;
}

/** WebAuthn L3 13.4.3: at least 16 bytes of chance; here 32, so that they can name an account too. */
const TIME = 6;
const CHANCE = 32;
const MAC = 32;
const LIFE_SECONDS = 300;
/** The clocks of two nodes may differ by so much. */
const SKEW_SECONDS = 30;

export const CHALLENGE_MS = LIFE_SECONDS * 1000;

/** The 32 random bytes of a challenge. */
export const chanceOf = (challenge: Buffer): Buffer => challenge.subarray(TIME, TIME + CHANCE);

export function createChallenges(parts: {
  readonly keyring: Keyring;
  readonly ephemeral: Ephemeral;
  readonly clock: Clock;
}): Challenges {
  const { keyring, ephemeral, clock } = parts;
  // As JSON, so that no two things that a challenge is for read the same; the first member keeps it apart from what else
  // the same keys protect.
  const mac = (
    material: Buffer,
    { purpose, flow, citizenId, handle }: ChallengeFor,
    body: Buffer,
  ): Buffer => {
    const bound = ['webauthn', purpose, flow, citizenId ?? null, handle?.toString('hex') ?? null];
    return hmacSha256(material).update(JSON.stringify(bound)).update(body).digest();
  };
  return {
    make(of) {
      const body = Buffer.alloc(TIME + CHANCE);
      body.writeUIntBE(clock.now().getTime(), 0, TIME);
      randomBytes(CHANCE).copy(body, TIME);
      return Buffer.concat([body, mac(keyring.active('otp').material, of, body)]);
    },
    judge(of, challenge) {
      if (challenge.length !== TIME + CHANCE + MAC) return 'foreign';
      const body = challenge.subarray(0, TIME + CHANCE);
      const given = challenge.subarray(TIME + CHANCE);
      // Any key of the ring: a rotation must not lose the pages that are open.
      const made = keyring.all('otp').some(({ material }) => timingSafeEqual(mac(material, of, body), given));
      if (!made) return 'foreign';
      const age = clock.now().getTime() - body.readUIntBE(0, TIME);
      return age > CHALLENGE_MS || age < -SKEW_SECONDS * 1000 ? 'expired' : 'good';
    },
    use: (challenge) =>
      ephemeral.once(keyOf('webauthn', challenge.toString('base64url')), true, LIFE_SECONDS + SKEW_SECONDS),
  };
}
