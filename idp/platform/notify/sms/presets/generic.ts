// The carrier of this house: signed JSON, as most provincial message platforms are asked over. Texts and calls.
import { epochSeconds } from '../../../base/clock.ts';
import {
  SIGNATURE_TOLERANCE_SECONDS,
  signatureHeaders,
  signatureMatches,
  signRequest,
} from '../../../crypto/request-signature.ts';
import type { TextMessage } from '../../notify.ts';
import type { GenericCarrier } from '../../settings.ts';
import { codeOf, jsonOf, memberOf, textAt, type Preset, type Push, type Receipt } from '../preset.ts';

/**
 * POST `<url>/messages` or `<url>/calls` `{ message_id, to, text, purpose, locale }`, signed as
 * crypto/request-signature.ts says; answer `{ accepted, id }`. Receipts: a signed array of `{ message_id, status, code }`
 * with `delivered` or `failed`.
 */
export function generic(settings: GenericCarrier): Preset {
  const { keyId, secret, voice } = settings;
  return {
    voice,
    thanks: { ok: true },
    request(message, { at, nonce }) {
      if (message.voice === true && !voice) return undefined;
      const url = `${settings.url.replace(/\/+$/, '')}/${message.voice === true ? 'calls' : 'messages'}`;
      const body = bodyOf(message);
      const signed = { method: 'POST', path: new URL(url).pathname, at: epochSeconds(at), nonce, body };
      return {
        url,
        body,
        headers: { 'content-type': 'application/json', ...signatureHeaders(keyId, secret, signed) },
      };
    },
    read({ status, body }) {
      if (status >= 300) return { delivery: 'refused', code: `http_${status}` };
      const accepted = memberOf(body, 'accepted');
      if (typeof accepted !== 'boolean') return { delivery: 'unknown', code: 'bad_answer' };
      return { delivery: accepted ? 'accepted' : 'refused', code: 'answered', reference: textAt(body, 'id') };
    },
    receipts: (push) => (genuine(settings, push) ? receiptsOf(push.body) : undefined),
  };
}

function bodyOf(message: TextMessage): string {
  return JSON.stringify({
    message_id: message.messageId,
    to: message.to.reveal(),
    text: message.text.reveal(),
    purpose: message.purpose,
    ...(message.voice === true ? { locale: message.locale } : {}),
  });
}

/** Sent again within its five minutes a push changes nothing: the first receipt of a message stands. */
function genuine({ keyId, secret }: GenericCarrier, push: Push): boolean {
  const { path, body, at } = push;
  const stamp = Number(push.header('x-tongxing-timestamp'));
  const nonce = push.header('x-tongxing-nonce');
  const expected = signRequest(secret, { method: 'POST', path, at: stamp, nonce, body });
  const fresh = Math.abs(epochSeconds(at) - stamp) <= SIGNATURE_TOLERANCE_SECONDS;
  return (
    fresh &&
    push.header('x-tongxing-key') === keyId &&
    signatureMatches(expected, push.header('x-tongxing-signature'))
  );
}

function receiptsOf(body: string): readonly Receipt[] {
  const told = jsonOf(body);
  return (Array.isArray(told) ? told : []).flatMap((entry: unknown): Receipt[] => {
    const outcome = memberOf(entry, 'status');
    if (outcome !== 'delivered' && outcome !== 'failed') return [];
    const code = codeOf(memberOf(entry, 'code'));
    return [{ messageId: textAt(entry, 'message_id'), reference: undefined, outcome, code }];
  });
}
