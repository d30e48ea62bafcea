// One-time codes: made, kept as HMACs, compared, used once. Not here: sending (sending.ts), counting tries (tries.ts).
import { randomInt, timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from '../../platform/base/keyed.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Phone } from '../../citizens/citizens.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import { keyOf, type Ephemeral } from '../../platform/store/ephemeral.ts';

/** What a code is good for. A code of one purpose, flow or number opens nothing else (ASVS 5.0 6.6.2). */
export interface CodeFor {
  readonly purpose: 'signin' | 'second' | 'change' | 'recover';
  readonly flow: string;
  readonly phone: Phone;
}

/** As kept: no code, no number. */
interface KeptCode {
  readonly keyId: string;
  /** HMAC-SHA256 of flow, purpose, number and code, base64url. */
  readonly mac: string;
  /** HMAC-SHA256 of flow, purpose and number: for whom it was made. */
  readonly to: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface Codes {
  /**
   * A fresh 6-digit code. Codes made earlier for the same purpose keep working for their own life. One that could not
   * be sent may stay: nobody knows it.
   */
  make(of: CodeFor): Promise<Secret>;
  /** True for exactly one of any number of parallel callers with a right code; all codes of this purpose end with it. */
  use(of: CodeFor, code: string): Promise<boolean>;
  /** True while some code of this purpose for this number works. */
  waiting(of: CodeFor): Promise<boolean>;
}

const DIGITS = 6;
/** More cannot live side by side: one message a minute, five minutes of life. */
const MOST_ALIVE = 10;

/** SP 800-63B-4 3.1.3.2: at least 6 digits from a CSPRNG, at most 10 minutes, used once. */
export function createCodes(parts: {
  ephemeral: Ephemeral;
  keyring: Keyring;
  clock: Clock;
  lifeSeconds: number;
}): Codes {
  const { ephemeral, keyring, clock, lifeSeconds } = parts;

  const digest = (material: Buffer, of: CodeFor, ...rest: readonly string[]): string =>
    hmacSha256(material)
      .update([of.flow, of.purpose, of.phone, ...rest].join('\0'), 'utf8')
      .digest('base64url');
  // No number and no rotating key in the place: a key rotation must not lose the codes in flight.
  const placeOf = (of: CodeFor): string => keyOf('otp', `${of.flow}\0${of.purpose}`);

  const alive = async (of: CodeFor): Promise<readonly KeptCode[]> => {
    const kept = await ephemeral.get(placeOf(of));
    const codes = (kept?.value ?? []) as unknown as readonly KeptCode[];
    return codes.filter((code) => code.until > clock.now().getTime());
  };
  /** Those whose field `part` is the HMAC of this purpose and number (and code). */
  const matching = async (of: CodeFor, part: 'to' | 'mac', ...rest: readonly string[]): Promise<boolean> =>
    (await alive(of)).some((kept) => {
      const key = keyring.byId('otp', kept.keyId);
      return key !== undefined && sameText(kept[part], digest(key.material, of, ...rest));
    });

  return {
    async make(of) {
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
      const { id: keyId, material } = keyring.active('otp');
      const until = addSeconds(clock.now(), lifeSeconds).getTime();
      const made = { keyId, mac: digest(material, of, code), to: digest(material, of), until };
      // Most often there is no earlier one: then this is a single round trip.
      if (!(await ephemeral.once(placeOf(of), [made], lifeSeconds))) {
        const codes = [...(await alive(of)), made].slice(-MOST_ALIVE).map((kept) => ({ ...kept }));
        await ephemeral.put(placeOf(of), codes, lifeSeconds);
      }
      return secret(code);
    },
    async use(of, code) {
      if (!(await matching(of, 'mac', code))) return false;
      return (await ephemeral.take(placeOf(of))) !== undefined;
    },
    waiting: (of) => matching(of, 'to'),
  };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
