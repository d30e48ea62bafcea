// How many of the codes that were sent are used, by the first three digits of the number: pumped messages are sent and
// never used, and show here before they show on the bill. Counted by node; no number is kept.
import type { Phone } from '../../../citizens/citizens.ts';
import type { Log } from '../../../platform/telemetry/log.ts';
import type { Metrics } from '../../../platform/telemetry/metrics.ts';

export interface Conversion {
  sent(phone: Phone): void;
  used(phone: Phone): void;
  /** Ends the window: sets the ratios, raises alarms, begins the next. */
  closeWindow(): void;
}

export interface ConversionParts {
  readonly metrics: Metrics;
  readonly log: Log;
  /** Percent of the codes sent that must be used. */
  readonly leastPercent: number;
  /** Fewer messages than this within the window tell nothing. */
  readonly leastCount: number;
}

interface Count {
  sent: number;
  used: number;
}

/** 138 of +8613800138000: a range of an operator, tens of millions of people. */
const rangeOf = (phone: Phone): string => phone.slice(3, 6);

export function createConversion({ metrics, log, leastPercent, leastCount }: ConversionParts): Conversion {
  const countSent = metrics.counter('sms_codes_sent_total', 'Codes sent, by range of numbers', ['range']);
  const countUsed = metrics.counter('sms_codes_used_total', 'Codes used, by range of numbers', ['range']);
  const ratio = metrics.gauge('sms_used_ratio', 'Codes used of those sent in the last window', ['range']);
  const alarm = metrics.counter('sms_used_ratio_alarms_total', 'Windows in which too few codes were used', [
    'range',
  ]);
  let window = new Map<string, Count>();
  const within = (range: string): Count => {
    const known = window.get(range);
    if (known) return known;
    const made = { sent: 0, used: 0 };
    window.set(range, made);
    return made;
  };
  return {
    sent(phone) {
      within(rangeOf(phone)).sent += 1;
      countSent(rangeOf(phone));
    },
    used(phone) {
      within(rangeOf(phone)).used += 1;
      countUsed(rangeOf(phone));
    },
    closeWindow() {
      const ended = window;
      window = new Map();
      for (const [range, { sent, used }] of ended) {
        if (sent === 0) continue;
        // A code of the window before may be used in this one.
        ratio(Math.min(1, used / sent), range);
        if (sent < leastCount || used * 100 >= sent * leastPercent) continue;
        alarm(range);
        log.warn('few of the codes that were sent are used', { part: `sms.${range}`, count: sent });
      }
    },
  };
}
