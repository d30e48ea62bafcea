// What is told about one kind of carrier: how a message is asked for and signed, how an answer is read, how a receipt is
// read. The driver (http-carrier.ts) does the rest, and knows none of them.
import type { Json } from '../../store/ephemeral.ts';
import type { Attempt, TextMessage } from '../notify.ts';

export interface Stamp {
  readonly at: Date;
  /** Used once. */
  readonly nonce: string;
}

/** A POST. Numbers and codes stand in the body: addresses are written into access logs on the way. */
export interface CarrierRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CarrierAnswer {
  /** Below 500: what the driver reads nothing from. */
  readonly status: number;
  /** As parsed; undefined when it was no JSON. */
  readonly body: unknown;
}

/** A call of a carrier's about what became of messages. */
export interface Push {
  readonly path: string;
  /** The last part of the path: the only secret that a vendor without signatures can send. */
  readonly key: string | undefined;
  header(name: string): string;
  readonly body: string;
  readonly at: Date;
}

/** What became of one message; the phone number that stands beside it is not read. */
export interface Receipt {
  /** Our name of the message, where the carrier repeats it. */
  readonly messageId: string | undefined;
  /** The carrier's number of it. */
  readonly reference: string | undefined;
  readonly outcome: 'delivered' | 'failed';
  readonly code: string;
}

export interface Preset {
  /** Whether calls are made. */
  readonly voice: boolean;
  /** Undefined: there is no way for such a message here (no template of its purpose, no calls). */
  request(message: TextMessage, stamp: Stamp): CarrierRequest | undefined;
  read(answer: CarrierAnswer): Attempt;
  /** Undefined when the push is not genuine; Fault-free. */
  receipts(push: Push): readonly Receipt[] | undefined;
  /** What the carrier wants to hear, or it pushes again. */
  readonly thanks: Json;
}

/** A carrier's code as it may stand in a log: letters, digits, dots; nothing that could be a number or a code of ours. */
export function codeOf(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return /^[\w.:-]{1,60}$/.test(text) && !/\d{6}/.test(text) ? text : 'no_code';
}

/** An object's member, or undefined for whatever is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

export const textAt = (value: unknown, name: string): string | undefined => {
  const member = memberOf(value, name);
  return typeof member === 'string' && member !== '' ? member.slice(0, 100) : undefined;
};

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON says nothing: whoever reads it finds no member.
    return undefined;
  }
}
