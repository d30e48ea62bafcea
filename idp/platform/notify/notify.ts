// Messages to people, as text or read out in a call. A message is a purpose and a text; the wording lives in the
// catalogues of who sends it, the carriers in sms/.
import { Fault } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Personal, Secret } from '../base/secret.ts';
import type { Locale } from '../i18n/messages.ts';
import type { Postgres } from '../store/postgres.ts';
import type { Log } from '../telemetry/log.ts';
import type { Doubts } from './doubts.ts';
import type { Switch } from './switch.ts';
import { insertMessage, updateOutcome } from './store.ts';

/** What the templates of a carrier leave open. */
export const BLANKS = ['code', 'minutes', 'service'] as const;
export type Blank = (typeof BLANKS)[number];

export interface TextMessage {
  /** E.164. */
  readonly to: Personal;
  /** The full text, carrier signature 【…】 first. Holds a code: never logged. */
  readonly text: Secret;
  readonly locale: Locale;
  /** The same id twice is sent once. */
  readonly messageId: string;
  /** For metrics and the carrier's template: 'signin', 'register', 'second', 'notice'. */
  readonly purpose: string;
  /** True: read out in a call. Only carriers that make calls are asked then. */
  readonly voice?: boolean;
  /** For carriers that send templates of their own instead of `text`. */
  readonly blanks?: Readonly<Partial<Record<Blank, Secret>>>;
}

/** accepted: the carrier has it. refused: it will never send it. unknown: no answer in time; do not send again now. */
export type Delivery = 'accepted' | 'refused' | 'unknown';

/** What one carrier made of one message. */
export interface Attempt {
  readonly delivery: Delivery;
  /** Why: a word of ours or the carrier's own code. No personal data. */
  readonly code: string;
  /** The carrier's own number of the message. */
  readonly reference?: string | undefined;
}

export interface SmsCarrier {
  readonly id: string;
  /** Whether it reads messages out in a call. */
  readonly voice: boolean;
  /** Bounded by the carrier's time-out; never throws for an outside failure. */
  send(message: TextMessage): Promise<Attempt>;
}

/** In what a message that nobody took differs from one whose fate nobody waited for. */
export interface Patience {
  /** Milliseconds after which the caller goes on while the carrier is still asked. */
  readonly waitMs: number;
  /** Called when it turns out later that no carrier took the message. */
  readonly lost: () => Promise<void>;
}

export interface Notify {
  /**
   * Resolves when a carrier has it, or may have it ('unknown': it is not sent a second time, the person can ask for
   * another message). Throws Fault `unavailable` when every carrier refused, and while messages are switched off.
   * `patience`: resolves no later than that; the sending goes on in the background, bounded like any other.
   */
  text(message: TextMessage, patience?: Patience): Promise<void>;
  /** Whether some carrier reads messages out in a call. */
  readonly voice: boolean;
  /** The kill switch. */
  readonly switch: Switch;
  /** Resolves when nothing is being sent in the background any more. */
  drained(): Promise<void>;
}

/** Told of every attempt; for counters. No personal data. */
export type DeliveryCounter = (carrierId: string, delivery: Delivery, purpose: string) => void;

export interface NotifyParts {
  readonly carriers: readonly SmsCarrier[];
  readonly postgres: Postgres;
  readonly doubts: Doubts;
  readonly switch: Switch;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics?: DeliveryCounter;
}

/**
 * Carriers are tried in the given order; the next one only after a certain refusal, or a message would come twice and
 * cost twice. Where the outcome is unknown the person decides: asking again goes through another carrier (doubts.ts).
 */
export function createNotify(parts: NotifyParts): Notify {
  const { carriers, doubts, log } = parts;
  const running = new Set<Promise<void>>();

  const deliver = async (message: TextMessage): Promise<void> => {
    if (await parts.switch.stopped())
      throw new Fault('unavailable', { retryAfterSeconds: 300, note: 'messages are switched off' });
    const able = carriers.filter((carrier) => carrier.voice || message.voice !== true);
    for (const carrier of await doubts.order(able, message.to)) {
      const { delivery } = await attempt(parts, carrier, message);
      if (delivery === 'unknown') await doubts.note(carrier, message.to);
      if (delivery !== 'refused') return;
    }
    throw new Fault('unavailable', { retryAfterSeconds: 30, note: 'no carrier took the message' });
  };

  return {
    voice: carriers.some(({ voice }) => voice),
    switch: parts.switch,
    async text(message, patience) {
      const sending = deliver(message);
      if (!patience) return sending;
      if (await settledWithin(sending, patience.waitMs)) return sending;
      const rest = sending
        .catch(async (error: unknown) => {
          log.error('nobody took a message that was being waited for', error, { part: 'notify' });
          await patience.lost();
        })
        .catch((error: unknown) => log.error('a lost message could not be told', error, { part: 'notify' }))
        .finally(() => running.delete(rest));
      running.add(rest);
    },
    async drained() {
      await Promise.all(running);
    },
  };
}

async function attempt(parts: NotifyParts, carrier: SmsCarrier, message: TextMessage): Promise<Attempt> {
  const { postgres, log } = parts;
  const row = {
    id: message.messageId,
    carrier: carrier.id,
    voice: message.voice === true,
    purpose: message.purpose,
    sentAt: parts.clock.now(),
  };
  if (!(await insertMessage(postgres, row))) return { delivery: 'accepted', code: 'given_before' };
  const made = await carrier.send(message);
  parts.metrics?.(carrier.id, made.delivery, message.purpose);
  if (made.delivery !== 'accepted')
    log.warn(`message ${made.delivery}`, { part: carrier.id, code: made.code });
  try {
    await updateOutcome(postgres, row, made);
  } catch (error) {
    // The message is on its way: saying that it is not would make the person send a second one.
    log.error('the outcome of a message could not be written', error, { part: carrier.id });
  }
  return made;
}

/** True as soon as it settles, whichever way; false once the time is up. */
async function settledWithin(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  const first = await Promise.race([settled, late]);
  clearTimeout(timer);
  return first;
}
