// Answers in a vendor's shape, which carry no signature, and the ways in which they can fail.
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'koa';
import type { CarrierParts } from './parts.ts';

export interface VendorReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `half`: what is left of the answer when the carrier was told to leave out half of it. */
export async function answerAs(
  ctx: Context,
  parts: CarrierParts,
  { status, body }: VendorReply,
  half: Readonly<Record<string, unknown>>,
): Promise<void> {
  const behaviour = parts.behaviour();
  if (behaviour === 'down') {
    ctx.respond = false;
    ctx.req.socket.destroy();
    return;
  }
  // The timer must not keep a closing process alive.
  if (behaviour === 'slow') await delay(parts.slowMs, undefined, { ref: false });
  ctx.status = behaviour === 'error' ? 500 : status;
  ctx.body = behaviour === 'error' ? { Code: 'InternalError' } : behaviour === 'half' ? half : body;
}
