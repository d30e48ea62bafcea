// Messages to people. A message is a purpose and parameters; the wording lives in the catalogue, the carrier below.
import type { Personal, Secret } from '../base/secret.ts';
import type { Locale } from '../i18n/messages.ts';

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
  /** Resolves when handed to a carrier. Throws Fault `unavailable` when no carrier took it. */
  text(message: TextMessage): Promise<void>;
}
