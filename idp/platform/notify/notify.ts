// Messages to people. A message is a purpose and parameters; the wording lives in the catalogue, the carrier below.
import { Fault } from '../base/errors.ts';
import type { Personal, Secret } from '../base/secret.ts';
import type { Locale } from '../i18n/messages.ts';
import type { Log } from '../telemetry/log.ts';

export interface TextMessage {
  /** E.164. */
  readonly to: Personal;
  /** The full text, carrier signature 【…】 first. Holds a code: never logged. */
  readonly text: Secret;
  readonly locale: Locale;
  /** The same id twice is sent once. */
  readonly messageId: string;
  /** For metrics and the carrier's template: 'signin', 'register', 'notice'. */
  readonly purpose: string;
}

/** accepted: the carrier has it. refused: it will never send it. unknown: no answer in time; do not send again now. */
export type Delivery = 'accepted' | 'refused' | 'unknown';

export interface SmsCarrier {
  readonly id: string;
  /** Bounded by the carrier's time-out; never throws for an outside failure. */
  send(message: TextMessage): Promise<Delivery>;
}

export interface Notify {
  /**
   * Resolves when a carrier has it, or may have it ('unknown': it is not sent a second time, the person can ask for
   * another message). Throws Fault `unavailable` when every carrier refused.
   */
  text(message: TextMessage): Promise<void>;
}

/** Told of every attempt; for counters. No personal data. */
export type DeliveryCounter = (carrierId: string, delivery: Delivery, purpose: string) => void;

/** Carriers are tried in the given order; the next one only after a certain refusal, or a message would come twice. */
export function createNotify(parts: {
  carriers: readonly SmsCarrier[];
  log: Log;
  metrics?: DeliveryCounter;
}): Notify {
  return {
    async text(message) {
      for (const carrier of parts.carriers) {
        const delivery = await carrier.send(message);
        parts.metrics?.(carrier.id, delivery, message.purpose);
        if (delivery !== 'accepted')
          parts.log.warn('message not accepted', { part: carrier.id, code: delivery });
        if (delivery !== 'refused') return;
      }
      throw new Fault('unavailable', { retryAfterSeconds: 30, note: 'no carrier took the message' });
    },
  };
}
