// The text messages and calls that the carrier's stand-in took, newest first. In memory, and only the last ones.

export interface Message {
  readonly id: string;
  /** As it was sent, E.164. */
  readonly phone: string;
  readonly text: string;
  /** Shown on the phone, or read out in a call. */
  readonly channel: 'text' | 'call';
  /** The first six digits in the text that stand alone, also when they are read one by one; or null. */
  readonly code: string | null;
  readonly purpose: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Outbox {
  /** False when a message with this id was taken before: it is kept once. */
  add(message: Omit<Message, 'code'>): boolean;
  /** Newest first; `phone` with or without +86, spaces and hyphens; undefined: everybody's. */
  list(phone?: string): readonly Message[];
}

const KEPT = 500;

/** The digits of a phone number without the country code of China. */
export function plainPhone(text: string): string {
  const digits = text.replace(/\D/g, '');
  return digits.length > 11 ? digits.replace(/^(0086|86)/, '') : digits;
}

function codeIn(text: string): string | null {
  const found = /(?<!\d)\d(?:[，,]? ?\d){5}(?!\d)/.exec(text)?.[0];
  return found === undefined ? null : found.replaceAll(/\D/g, '');
}

export function createOutbox(): Outbox {
  const messages: Message[] = [];
  return {
    add(message) {
      if (messages.some(({ id }) => id === message.id)) return false;
      messages.unshift({ ...message, code: codeIn(message.text) });
      messages.length = Math.min(messages.length, KEPT);
      return true;
    },
    list: (phone) =>
      phone === undefined
        ? [...messages]
        : messages.filter((message) => plainPhone(message.phone) === plainPhone(phone)),
  };
}
