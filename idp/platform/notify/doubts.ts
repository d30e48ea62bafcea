// Carriers that may or may not have a number's last message. Asked again, that carrier could send both: it rests for
// this number, and another one is asked first. The second message is always one that the person asked for.
import { hmacSha256 } from '../base/keyed.ts';
import { Fault } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Personal } from '../base/secret.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Ephemeral, EphemeralKey } from '../store/ephemeral.ts';
import type { SmsCarrier } from './notify.ts';

export interface Doubts {
  /**
   * Who may be asked for this number, in which order. Throws Fault `unavailable` when all of them rest. A carrier rests
   * 30 s after an unknown outcome and comes last for five minutes.
   */
  order(carriers: readonly SmsCarrier[], number: Personal): Promise<readonly SmsCarrier[]>;
  /** The outcome of a message to this number through this carrier is unknown. */
  note(carrier: SmsCarrier, number: Personal): Promise<void>;
}

const REST_SECONDS = 30;
/** As long as a code lives: what comes later helps nobody. */
const LAST_SECONDS = 300;

/** Carrier -> milliseconds since the epoch. */
type Noted = { readonly [carrier: string]: number | undefined };

export function createDoubts(parts: { ephemeral: Ephemeral; keyring: Keyring; clock: Clock }): Doubts {
  const { ephemeral, keyring, clock } = parts;
  const placeOf = (number: Personal): EphemeralKey => {
    // Numbers are few enough to be guessed from an unkeyed hash.
    const mac = hmacSha256(keyring.active('index').material).update(`notify.doubt\0${number.reveal()}`);
    return `sms-doubt:${mac.digest('base64url')}`;
  };
  const read = async (place: EphemeralKey): Promise<Noted> =>
    ((await ephemeral.get(place))?.value ?? {}) as Noted;

  return {
    async order(carriers, number) {
      const noted = await read(placeOf(number));
      const secondsAgo = ({ id }: SmsCarrier): number =>
        (clock.now().getTime() - (noted[id] ?? Number.NEGATIVE_INFINITY)) / 1000;
      const awake = carriers.filter((carrier) => secondsAgo(carrier) >= REST_SECONDS);
      if (awake.length === 0 && carriers.length > 0)
        throw new Fault('unavailable', { retryAfterSeconds: REST_SECONDS, note: 'all carriers rest' });
      const doubted = (carrier: SmsCarrier): number => (secondsAgo(carrier) < LAST_SECONDS ? 1 : 0);
      return awake.toSorted((a, b) => doubted(a) - doubted(b));
    },
    async note({ id }, number) {
      const place = placeOf(number);
      await ephemeral.put(place, { ...(await read(place)), [id]: clock.now().getTime() }, LAST_SECONDS);
    },
  };
}
