// The only place that turns a refusal into an answer: status, headers, and a page or JSON.
import type { ParameterizedContext } from 'koa';
import { Fault, type FaultCode } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { failurePage } from '../ui/failure.tsx';
import type { Log } from '../telemetry/log.ts';
import type { RequestState } from './feature.ts';
import { pageHeaders } from './headers.ts';
import { presentationOf } from './presentation.ts';

const STATUS: Readonly<Record<FaultCode, number>> = {
  bad_request: 400,
  forgery: 403,
  forbidden: 403,
  signed_out: 401,
  passkey_needed: 403,
  unsigned: 401,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  flow_expired: 410,
  other_browser: 403,
  too_large: 413,
  unsupported_media: 415,
  too_many: 429,
  locked: 429,
  unavailable: 503,
};

export interface FaultParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly sandbox: boolean;
}

type Context = ParameterizedContext<RequestState>;

/** Errors that say the caller went away or wrote nonsense: nothing of ours is broken. */
const GONE = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
]);

function textMember(error: unknown, name: string): string | undefined {
  const value = error instanceof Error ? (error as unknown as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** True when the connection ended under the request: there is nobody to answer and nothing to repair. */
export function isGone(error: unknown): boolean {
  return GONE.has(textMember(error, 'code') ?? '');
}

/** HTTP status of a refusal. */
export function statusOf(code: FaultCode): number {
  return STATUS[code];
}

function ofStatus(status: number): FaultCode {
  const exact = {
    404: 'not_found',
    405: 'method_not_allowed',
    413: 'too_large',
    415: 'unsupported_media',
  } as const;
  return exact[status as keyof typeof exact] ?? 'bad_request';
}

/** The refusal behind an error, or undefined for a bug. Broken percent-encoding in a path and 4xx errors of Koa are the caller's. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (isGone(error)) return new Fault('bad_request', { note: 'the caller went away', cause: error });
  if (error instanceof URIError) return new Fault('bad_request', { note: 'malformed URI', cause: error });
  // http-errors, as Koa and its router throw them: `expose` is true below 500.
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return new Fault(ofStatus(status), { cause: error });
}

function retryAfter({ detail }: Fault, now: Date): number | undefined {
  if (detail.retryAfterSeconds !== undefined) return Math.max(1, Math.ceil(detail.retryAfterSeconds));
  if (detail.until) return Math.max(1, Math.ceil((detail.until.getTime() - now.getTime()) / 1000));
  return undefined;
}

/** Answers a request that failed. Bugs become 500 `internal` and are logged once, under the reference the citizen sees. */
export function answerFault(ctx: Context, error: unknown, parts: FaultParts): void {
  const fault = faultOf(error);
  note(ctx, error, fault, parts.log);
  const now = parts.clock.now();
  const seconds = fault && retryAfter(fault, now);
  ctx.status = fault ? statusOf(fault.code) : 500;
  ctx.set('Cache-Control', 'no-store');
  if (seconds !== undefined) ctx.set('Retry-After', String(seconds));
  if (ctx.accepts('html', 'json') === 'html') {
    drawFailure(ctx, fault, seconds, parts);
  } else {
    ctx.body = { error: fault?.code ?? 'internal', reference: ctx.state.reference };
  }
}

function note(ctx: Context, error: unknown, fault: Fault | undefined, log: Log): void {
  const { reference } = ctx.state;
  if (!fault) log.error('request failed', error, { reference, method: ctx.method });
  // An outage is nobody's bug, but the operator must see what is down.
  else if (fault.code === 'unavailable') log.error('unavailable', error, { reference, code: fault.code });
}

function drawFailure(
  ctx: Context,
  fault: Fault | undefined,
  seconds: number | undefined,
  parts: FaultParts,
): void {
  const { locale, display } = presentationOf(ctx);
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = failurePage({
    kind: fault?.code ?? 'internal',
    locale,
    display,
    reference: ctx.state.reference,
    ...(fault?.detail.until ? { until: fault.detail.until } : {}),
    now: parts.clock.now(),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    sandbox: parts.sandbox,
    currentUrl: fault?.detail.onward ?? ctx.url,
    onward: fault?.detail.onward,
  });
}
