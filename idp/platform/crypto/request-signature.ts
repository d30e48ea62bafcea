// Signed exchanges with systems outside: HMAC-SHA256 over everything that matters, under a shared key. A stranger on
// the way can neither ask in our name nor answer in theirs. Not here: what is asked (proofing/authorities, notify/sms).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../base/secret.ts';

/** What a request's signature covers. `at` is Unix seconds; the nonce is used once; `path` has no query. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly nonce: string;
  readonly body: string;
}

/** Seconds by which the two clocks may differ. Older requests are replays. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;

const hmac = (key: Secret, lines: readonly string[]): string =>
  createHmac('sha256', key.reveal()).update(lines.join('\n')).digest('hex');

/** Hexadecimal HMAC-SHA256 of method, path, timestamp, nonce and hexadecimal SHA-256 of the body, one per line. */
export function signRequest(key: Secret, request: SignedRequest): string {
  const digest = createHash('sha256').update(request.body).digest('hex');
  return hmac(key, [request.method.toUpperCase(), request.path, String(request.at), request.nonce, digest]);
}

/** The headers that carry a request's signature. */
export function signatureHeaders(
  keyId: string,
  key: Secret,
  request: SignedRequest,
): Readonly<Record<string, string>> {
  return {
    'x-tongxing-key': keyId,
    'x-tongxing-timestamp': String(request.at),
    'x-tongxing-nonce': request.nonce,
    'x-tongxing-signature': signRequest(key, request),
  };
}

/**
 * Signs an answer together with the request it belongs to, so that it cannot be moved to another request. Its first
 * line is no method: a request can never be passed off as an answer.
 */
export function signAnswer(key: Secret, requestId: string, body: string): string {
  return hmac(key, ['answer', requestId, body]);
}

/** Compares in constant time; false for anything that is not the expected 64 characters. */
export function signatureMatches(expected: string, given: string | undefined | null): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given ?? '');
  return left.length === right.length && timingSafeEqual(left, right);
}
