// A text message carrier behind signed HTTP requests, as most provincial message platforms are.
import { epochSeconds, type Clock } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import type { Secret } from '../../base/secret.ts';
import { signatureHeaders } from '../../crypto/request-signature.ts';
import type { Delivery, SmsCarrier, TextMessage } from '../notify.ts';

export interface HttpCarrierOptions {
  readonly id: string;
  /** Base address; messages go to `<url>/messages`. */
  readonly url: string;
  readonly keyId: string;
  readonly secret: Secret;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The outbound fetch with its address rules; the platform's own when absent. */
  readonly fetch?: typeof fetch;
}

/** Statuses of a gateway that gave up waiting: the carrier behind it may have the message. */
const GAVE_UP_WAITING = new Set([408, 504]);

/** POST `{ message_id, to, text, purpose }`, signed as crypto/request-signature.ts says; answer `{ accepted, id }`. */
export function createHttpCarrier(options: HttpCarrierOptions): SmsCarrier {
  const address = new URL(`${options.url.replace(/\/+$/, '')}/messages`);
  const call = options.fetch ?? fetch;
  return {
    id: options.id,
    async send(message) {
      const body = bodyOf(message);
      try {
        const answer = await call(address, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...signed(options, address.pathname, body) },
          body,
          redirect: 'error',
          signal: AbortSignal.timeout(options.timeoutMs),
        });
        return await deliveryOf(answer);
      } catch (error) {
        // No answer in time may be a message on its way. A line that breaks or never stood is a carrier that is down:
        // a second message from another carrier is the lesser evil than a citizen who waits for none.
        return tookTooLong(error) ? 'unknown' : 'refused';
      }
    },
  };
}

function bodyOf(message: TextMessage): string {
  return JSON.stringify({
    message_id: message.messageId,
    to: message.to.reveal(),
    text: message.text.reveal(),
    purpose: message.purpose,
  });
}

function signed(options: HttpCarrierOptions, path: string, body: string): Readonly<Record<string, string>> {
  const at = epochSeconds(options.clock.now());
  const request = { method: 'POST', path, at, nonce: randomToken(16), body };
  return signatureHeaders(options.keyId, options.secret, request);
}

async function deliveryOf(answer: Response): Promise<Delivery> {
  if (!answer.ok) {
    await answer.body?.cancel();
    return GAVE_UP_WAITING.has(answer.status) ? 'unknown' : 'refused';
  }
  const told: unknown = await answer.json();
  const accepted =
    typeof told === 'object' && told !== null && 'accepted' in told ? told.accepted : undefined;
  if (typeof accepted !== 'boolean') return 'unknown';
  return accepted ? 'accepted' : 'refused';
}

function tookTooLong(error: unknown): boolean {
  // AbortSignal.timeout rejects with a DOMException, the client's own time-outs come as the cause of a TypeError.
  return /^(?:Headers|Body)?TimeoutError$/.test(nameOf(error) || nameOf(causeOf(error)));
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

function nameOf(error: unknown): string {
  const named = typeof error === 'object' && error !== null && 'name' in error;
  return named && typeof error.name === 'string' && error.name !== 'TypeError' ? error.name : '';
}
