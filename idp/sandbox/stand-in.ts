// What the stand-ins have in common: they check the caller's signature, misbehave when told to, and sign their answer.
import { setTimeout as delay } from 'node:timers/promises';
import type { Context, Middleware } from 'koa';
import { epochSeconds, type Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import { secret, type Secret } from '../platform/base/secret.ts';
import {
  SIGNATURE_TOLERANCE_SECONDS,
  signAnswer,
  signRequest,
  signatureMatches,
} from '../platform/crypto/request-signature.ts';
import type { Behaviour } from './behaviour.ts';

/** The shared key of one stand-in: the one its client in the system has in its settings. */
export interface SharedKey {
  readonly keyId: string;
  readonly secret: Secret;
}

export interface StandInParts {
  readonly key: SharedKey;
  readonly clock: Clock;
  /** Milliseconds by which a slow answer is late. */
  readonly slowMs: number;
  readonly behaviour: () => Behaviour;
}

export type Question = Readonly<Record<string, unknown>>;

/** What a stand-in answers to a question; `trouble` overrides how it behaves, for one magic question. */
export interface Reply {
  readonly body: Readonly<Record<string, unknown>>;
  readonly trouble?: 'down' | 'silent' | undefined;
}

const LONGEST_BODY_BYTES = 64 * 1024;
const REMEMBERED = 2_000;
const WRONG_KEY = secret('a key that nobody shares with anybody');

/** What was asked lately, for scripts that check how often the system asks. No personal data. */
export interface Asked {
  readonly requestId: string;
  readonly at: string;
  /** Path and query as received: personal data must never be seen here. */
  readonly url: string;
}

export interface SignedRoute {
  readonly handle: Middleware;
  asked(): readonly Asked[];
}

/**
 * A POST route for signed JSON. `reply` sees only what carries a fresh, unused and true signature; everybody else
 * gets 401. The member named `idMember` binds the answer's signature to the question.
 */
export function signedRoute(
  parts: StandInParts,
  idMember: string,
  reply: (question: Question, behaviour: Behaviour) => Reply,
): SignedRoute {
  const nonces = new Set<string>();
  const asked: Asked[] = [];
  const handle: Middleware = async (ctx) => {
    const body = await readBody(ctx);
    const question = body === undefined ? undefined : objectOf(body);
    if (body === undefined || !question || !genuine(ctx, body, parts, nonces)) {
      ctx.status = 401;
      ctx.body = { Code: '401', Message: 'signature' };
      return;
    }
    const requestId = textOf(question[idMember]);
    asked.push({ requestId, at: parts.clock.now().toISOString(), url: ctx.url });
    if (asked.length > REMEMBERED) asked.shift();
    const behaviour = parts.behaviour();
    await answer(ctx, parts, requestId, behaviour, reply(question, behaviour));
  };
  return { handle, asked: () => asked };
}

async function answer(
  ctx: Context,
  parts: StandInParts,
  requestId: string,
  behaviour: Behaviour,
  { body, trouble }: Reply,
): Promise<void> {
  if (behaviour === 'down') {
    ctx.respond = false;
    ctx.req.socket.destroy();
    return;
  }
  // Longer than anybody waits; the timer must not keep a closing process alive.
  if (trouble === 'silent') await delay(60_000, undefined, { ref: false });
  if (behaviour === 'slow') await delay(parts.slowMs, undefined, { ref: false });
  if (behaviour === 'error' || trouble === 'down') {
    ctx.status = trouble === 'down' ? 503 : 500;
    ctx.body = { Code: '500', Message: 'source unavailable' };
    return;
  }
  const text = JSON.stringify(behaviour === 'half' ? { Code: '200' } : body);
  const key = behaviour === 'bad_signature' ? WRONG_KEY : parts.key.secret;
  ctx.set('x-tongxing-signature', signAnswer(key, requestId, text));
  ctx.type = 'application/json';
  ctx.body = text;
}

function genuine(ctx: Context, body: string, { key, clock }: StandInParts, nonces: Set<string>): boolean {
  const at = Number(ctx.get('x-tongxing-timestamp'));
  const nonce = ctx.get('x-tongxing-nonce');
  const expected = signRequest(key.secret, { method: ctx.method, path: ctx.path, at, nonce, body });
  const fresh = Math.abs(epochSeconds(clock.now()) - at) <= SIGNATURE_TOLERANCE_SECONDS;
  const known =
    ctx.get('x-tongxing-key') === key.keyId && signatureMatches(expected, ctx.get('x-tongxing-signature'));
  if (!fresh || !known || nonce === '' || nonces.has(nonce)) return false;
  nonces.add(nonce);
  const oldest = nonces.size > REMEMBERED ? nonces.values().next().value : undefined;
  if (oldest !== undefined) nonces.delete(oldest);
  return true;
}

/** The whole body as text, or undefined when it is too long. */
export async function readBody(ctx: Context): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The fields of a form. Throws Fault `forgery`: a page of another site must not act in a colleague's sandbox. */
export async function ownForm(ctx: Context): Promise<URLSearchParams> {
  if (!['', 'none', 'same-origin'].includes(ctx.get('sec-fetch-site'))) throw new Fault('forgery');
  return new URLSearchParams((await readBody(ctx)) ?? '');
}

function objectOf(text: string): Question | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Question) : undefined;
  } catch {
    // Not JSON: answered like everything else that is not a signed question.
    return undefined;
  }
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
