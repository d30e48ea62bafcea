// Puts a code into a message and the message on its way, within what one number, one address and the whole system may
// cause. Known and unknown numbers are sent to alike.
import { Fault } from '../../../platform/base/errors.ts';
import type { Locale } from '../../../platform/i18n/messages.ts';
import type { Limits } from '../../../platform/limits/limits.ts';
import type { Notify } from '../../../platform/notify/notify.ts';
import type { CodeFor, Codes } from '../codes.ts';
import type { Conversion } from './conversion.ts';
import { declareSendLimits } from './limits.ts';
import type { SmsSettings } from '../settings.ts';
import { messageOf } from './wording.ts';

export interface ToSend {
  readonly of: CodeFor;
  readonly wording: 'signin' | 'register' | 'second' | 'change' | 'recover';
  readonly address: string;
  readonly locale: Locale;
  readonly service: string | undefined;
  /** Read out in a call instead of sent. */
  readonly voice: boolean;
}

export type Sent =
  | { readonly is: 'sent' }
  /** Nothing was sent now; an earlier message to this number in this flow still works. */
  | { readonly is: 'still_works'; readonly retryAfterSeconds: number }
  /** Nothing was sent: this number had one a moment ago, or many today. */
  | { readonly is: 'wait'; readonly retryAfterSeconds: number }
  /** Nothing was sent: an operator stopped all messages. */
  | { readonly is: 'off' };

export interface Sending {
  /**
   * Throws Fault `too_many` (address, range of numbers or the whole system) and `unavailable` (no carrier takes it; the
   * number's pause is given back then). Of parallel calls for one number one sends. 'sent' comes within `waitMs`, also
   * when the carrier has not answered by then; should it refuse later, the pause is given back too.
   */
  send(what: ToSend): Promise<Sent>;
  /**
   * A message whose code was used was not pumped: its owner may have the next one at once. What counts against a number
   * are messages that nobody used.
   */
  used(of: CodeFor): Promise<void>;
}

/** `host`: what browsers bind the code to (WICG origin-bound one-time codes). */
export function createSending(parts: {
  codes: Codes;
  limits: Limits;
  notify: Notify;
  conversion: Conversion;
  host: string;
  settings: SmsSettings;
}): Sending {
  const { codes, conversion, limits, notify, settings } = parts;
  const declared = declareSendLimits(limits, settings);

  const refused = async (of: CodeFor, retryAfterSeconds: number): Promise<Sent> =>
    (await codes.waiting(of)) ? { is: 'still_works', retryAfterSeconds } : { is: 'wait', retryAfterSeconds };

  // Nothing went out: pressing again must help as soon as the trouble is over, and an outage must not eat the day.
  const giveBack = async (of: CodeFor, fault: Fault): Promise<void> => {
    await limits.forgive(declared.pause, of.phone);
    if (fault.code === 'unavailable') await limits.forgive(declared.number, of.phone);
  };

  const deliver = async (what: ToSend): Promise<void> => {
    const code = await codes.make(what.of);
    const lost = (): Promise<void> => giveBack(what.of, new Fault('unavailable'));
    await notify.text(messageOf(parts, what, code.reveal()), { waitMs: settings.waitMs, lost });
    conversion.sent(what.of.phone);
  };

  return {
    async used({ phone }) {
      conversion.used(phone);
      await Promise.all([limits.forgive(declared.pause, phone), limits.forgive(declared.number, phone)]);
    },
    async send(what) {
      const { of } = what;
      if (await notify.switch.stopped()) return { is: 'off' };
      await limits.spend(declared.address, what.address);
      const pause = await limits.trySpend(declared.pause, of.phone);
      if (pause.remaining < 0) return refused(of, pause.retryAfterSeconds);
      try {
        // Before the number's own count: a refusal that is not about this number must not cost its day.
        await limits.spend(declared.range, of.phone.slice(0, '+861380013'.length));
        await limits.spend(declared.budget, 'all');
        const number = await limits.trySpend(declared.number, of.phone);
        if (number.remaining < 0) {
          await limits.forgive(declared.pause, of.phone);
          return await refused(of, number.retryAfterSeconds);
        }
        await deliver(what);
        return { is: 'sent' };
      } catch (error) {
        if (error instanceof Fault) await giveBack(of, error);
        throw error;
      }
    },
  };
}
