// The text messages that the carrier's stand-in took, newest first. In memory, and only the last ones.

export interface Message {
  readonly id: string;
  /** As it was sent, E.164. */
  readonly phone: string;
  readonly text: string;
  /** The first six digits in the text that stand alone, or null. */
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

export function createOutbox(): Outbox {
  const messages: Message[] = [];
  return {
    add(message) {
      if (messages.some(({ id }) => id === message.id)) return false;
      messages.unshift({ ...message, code: /(?<!\d)\d{6}(?!\d)/.exec(message.text)?.[0] ?? null });
      messages.length = Math.min(messages.length, KEPT);
      return true;
    },
    list: (phone) =>
      phone === undefined
        ? [...messages]
        : messages.filter((message) => plainPhone(message.phone) === plainPhone(phone)),
  };
}
