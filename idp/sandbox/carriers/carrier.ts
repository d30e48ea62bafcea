// The stand-in for a text-message carrier: takes a message once, however often it is sent, shows it, and tells what
// became of it. Beside its own signed JSON it speaks two vendors' languages.
import { Router } from '@koa/router';
import { epochSeconds } from '../../platform/base/clock.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { signatureHeaders } from '../../platform/crypto/request-signature.ts';
import type { Behaviour } from '../behaviour.ts';
import { signedRoute, textOf, type Question, type Reply, type SignedRoute } from '../stand-in.ts';
import { aliyunRoute } from './aliyun.ts';
import { delivers, type CarrierParts } from './parts.ts';
import { tencentRoute } from './tencent.ts';

/** POST { message_id, to, text, purpose } -> { accepted: true, id }, or { accepted: false } when told to be wrong. */
export function smsCarrier(parts: CarrierParts): SignedRoute {
  return signedRoute(parts, 'message_id', taking(parts, 'text'));
}

/** POST /calls, read out instead of shown; /aliyun and /tencent as those vendors have it. */
export function otherRoutes(parts: CarrierParts): Router {
  return new Router()
    .post('/calls', signedRoute(parts, 'message_id', taking(parts, 'call')).handle)
    .post('/aliyun', aliyunRoute(parts))
    .post('/tencent', tencentRoute(parts));
}

function taking(parts: CarrierParts, channel: 'text' | 'call') {
  return (question: Question, behaviour: Behaviour): Reply => {
    const id = textOf(question['message_id']);
    // It said that it has the message, and nobody ever sees it.
    if (behaviour === 'lost' && id !== '') return { body: { accepted: true, id } };
    if (!delivers(behaviour) || id === '') return { body: { accepted: false } };
    const message = {
      id,
      channel,
      phone: textOf(question['to']),
      text: textOf(question['text']),
      purpose: textOf(question['purpose']),
      at: parts.clock.now().toISOString(),
    };
    const first = parts.outbox.add(message);
    if (behaviour === 'twice') parts.outbox.add({ ...message, id: `${id} again` });
    if (first) void tellDelivered(parts, id);
    return { body: { accepted: true, id } };
  };
}

/** Like the receipts of a real carrier it comes on its own, and the message does not wait for it. */
async function tellDelivered({ receipts, key, clock, log }: CarrierParts, id: string): Promise<void> {
  if (!receipts) return;
  const body = JSON.stringify([{ message_id: id, status: 'delivered', code: 'DELIVRD' }]);
  const at = epochSeconds(clock.now());
  const signed = { method: 'POST', path: receipts.pathname, at, nonce: randomToken(), body };
  const headers = { 'content-type': 'application/json', ...signatureHeaders(key.keyId, key.secret, signed) };
  try {
    const answer = await fetch(receipts, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(2_000),
    });
    await answer.body?.cancel();
  } catch (error) {
    log.error('nobody took a receipt', error, { part: 'sandbox' });
  }
}
