// Puts a code into a message and the message on its way, within what one number, one address and the whole system may
// cause. Known and unknown numbers are sent to alike.
import { Fault } from '../../platform/base/errors.ts';
import { seconds } from '../../platform/base/duration.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { personalPhone, secret } from '../../platform/base/secret.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Limit, Limits } from '../../platform/limits/limits.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { CodeFor, Codes } from './codes.ts';
import { M } from './messages.ts';
import type { SmsSettings } from './settings.ts';

export interface ToSend {
  readonly of: CodeFor;
  readonly wording: 'signin' | 'register' | 'second';
  readonly address: string;
  readonly locale: Locale;
  readonly service: string | undefined;
}

export type Sent =
  | { readonly is: 'sent' }
  /** Nothing was sent now; an earlier message to this number in this flow still works. */
  | { readonly is: 'still_works'; readonly retryAfterSeconds: number }
  /** Nothing was sent: this number had one a moment ago, or many today. */
  | { readonly is: 'wait'; readonly retryAfterSeconds: number };

export interface Sending {
  /**
   * Throws Fault `too_many` (address or the whole system) and `unavailable` (no carrier takes it; the number's pause is
   * given back then). Of parallel calls for one number one sends.
   */
  send(what: ToSend): Promise<Sent>;
  /**
   * A message whose code was used was not pumped: its owner may have the next one at once. What counts against a number
   * are messages that nobody used.
   */
  used(of: CodeFor): Promise<void>;
}

export interface SendLimits {
  readonly pause: Limit;
  readonly number: Limit;
  readonly address: Limit;
  readonly budget: Limit;
}

/** ASVS 5.0 6.6.3 and toll fraud: pumped messages cost money and annoy the owner of the number. */
export function declareSendLimits(limits: Limits, settings: SmsSettings): SendLimits {
  return {
    pause: limits.declare({
      name: 'sms.pause',
      per: 'phone number',
      burst: 1,
      periodSeconds: seconds(settings.resendAfter),
      why: 'a double click or an impatient second press must not cost a second message',
    }),
    number: limits.declare({
      name: 'sms.number',
      per: 'phone number',
      burst: settings.perNumber,
      periodSeconds: seconds(settings.perNumberPeriod),
      why: 'nobody can be flooded: 5 in 24 hours means at most 5 in any hour and 10 in any day',
    }),
    address: limits.declare({
      name: 'sms.address',
      per: 'address',
      burst: settings.perAddress,
      periodSeconds: 300,
      why: 'one machine walking through numbers is toll fraud',
    }),
    budget: limits.declare({
      name: 'sms.budget',
      per: 'whole system',
      burst: settings.budgetPerMinute,
      periodSeconds: 60,
      why: 'when everything else is walked around, the bill still has an end',
    }),
  };
}

/** `host`: what browsers bind the code to (WICG origin-bound one-time codes). */
export function createSending(parts: {
  codes: Codes;
  limits: Limits;
  notify: Notify;
  host: string;
  settings: SmsSettings;
}): Sending {
  const { codes, limits, notify, settings } = parts;
  const declared = declareSendLimits(limits, settings);

  const refused = async (of: CodeFor, retryAfterSeconds: number): Promise<Sent> =>
    (await codes.waiting(of)) ? { is: 'still_works', retryAfterSeconds } : { is: 'wait', retryAfterSeconds };

  // Nothing went out: pressing again must help as soon as the trouble is over, and an outage must not eat the day.
  const giveBack = async (of: CodeFor, fault: Fault): Promise<void> => {
    await limits.forgive(declared.pause, of.phone);
    if (fault.code === 'unavailable') await limits.forgive(declared.number, of.phone);
  };

  return {
    async used({ phone }) {
      await Promise.all([limits.forgive(declared.pause, phone), limits.forgive(declared.number, phone)]);
    },
    async send(what) {
      const { of } = what;
      await limits.spend(declared.address, what.address);
      const pause = await limits.trySpend(declared.pause, of.phone);
      if (pause.remaining < 0) return refused(of, pause.retryAfterSeconds);
      try {
        const number = await limits.trySpend(declared.number, of.phone);
        if (number.remaining < 0) {
          await limits.forgive(declared.pause, of.phone);
          return await refused(of, number.retryAfterSeconds);
        }
        await limits.spend(declared.budget, 'all');
        const code = await codes.make(of);
        await notify.text({
          to: personalPhone(of.phone),
          text: secret(textOf(parts, what, code.reveal())),
          locale: what.locale,
          messageId: randomToken(),
          purpose: what.wording,
        });
        return { is: 'sent' };
      } catch (error) {
        if (error instanceof Fault) await giveBack(of, error);
        throw error;
      }
    },
  };
}

function textOf(
  { settings, host }: { readonly settings: SmsSettings; readonly host: string },
  what: ToSend,
  code: string,
): string {
  const purpose = M.text(what.locale, `purpose_${what.wording}`);
  // One line: the last line of the message belongs to the origin-bound code alone.
  const service = what.service?.replaceAll(/\s+/g, ' ').trim();
  return M.text(what.locale, 'sms', {
    signature: settings.signature,
    code,
    purpose: service ? M.text(what.locale, 'purpose_for', { purpose, service }) : purpose,
    min: Math.floor(seconds(settings.codeLife) / 60),
    host: host.replace(/:\d+$/, ''),
  });
}
