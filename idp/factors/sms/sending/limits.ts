// What one number, one range of numbers, one address and the whole system may cause in messages.
import { seconds } from '../../../platform/base/duration.ts';
import type { Limit, Limits } from '../../../platform/limits/limits.ts';
import type { SmsSettings } from '../settings.ts';

export interface SendLimits {
  readonly pause: Limit;
  readonly number: Limit;
  readonly range: Limit;
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
    range: limits.declare({
      name: 'sms.range',
      per: 'first seven digits of the number',
      burst: settings.perRange,
      periodSeconds: 600,
      why: 'numbers in a row belong to one buyer: who earns by messages to them must not get many',
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
