// One question to an authority over HTTP: signed, bounded in time and number, retried once, behind a breaker. Every
// failure outside becomes an outcome; nothing outside can throw into a sign-in.
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  ConsecutiveBreaker,
  ConstantBackoff,
  bulkhead,
  circuitBreaker,
  handleType,
  retry,
  wrap,
} from 'cockatiel';
import { Agent, fetch as undiciFetch } from 'undici';
import type { z } from 'zod';
import { epochSeconds, type Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { signAnswer, signatureHeaders, signatureMatches } from '../../platform/crypto/request-signature.ts';
import type { AuthoritySettings } from './settings.ts';

/** The part of `fetch` that is used, so that a deployment can bring its own way out. */
export type Ask = typeof undiciFetch;

export type Outcome<Answer> =
  | { readonly is: 'answered'; readonly answer: Answer }
  | {
      readonly is: 'unavailable';
      readonly reason: 'timeout' | 'down' | 'bad_signature' | 'bad_answer' | 'breaker_open';
    };

export interface Exchange<Answer> {
  /** The same `requestId` twice is one question to the authority, also when the first answer was lost. */
  ask(requestId: string, question: Readonly<Record<string, string>>): Promise<Outcome<Answer>>;
}

/** The way to one authority. Whatever it is asked over this way shares one breaker and one bulkhead. */
export interface Line {
  /**
   * `answer`: the answers that make sense; everything else is a `bad_answer`. `below`: what the questions are posted to
   * under the authority's address, `/v1/results`.
   */
  exchange<Answer>(answer: z.ZodType<Answer>, below?: string): Exchange<Answer>;
}

export interface LineParts {
  readonly settings: AuthoritySettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

export interface ExchangeParts<Answer> extends LineParts {
  readonly answer: z.ZodType<Answer>;
}

const LONGEST_ANSWER_BYTES = 64 * 1024;
const PAUSE_BEFORE_RETRY_MS = 100;

/** The authority did not do its work: worth one more try, and counted by the breaker. */
class Outage extends Error {
  readonly reason: 'timeout' | 'down';
  constructor(reason: 'timeout' | 'down', cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

interface Raw {
  readonly status: number;
  readonly signature: string | null;
  readonly body: string;
}

/** Opens nothing: connections are made with the first question. */
export function openLine({ settings, clock, fetch }: LineParts): Line {
  const dispatcher = new Agent({ connect: { timeout: seconds(settings.connectTimeout) * 1000 } });
  const patience = wrap(
    bulkhead(settings.concurrency, settings.concurrency),
    retry(handleType(Outage), { maxAttempts: 1, backoff: new ConstantBackoff(PAUSE_BEFORE_RETRY_MS) }),
    circuitBreaker(handleType(Outage), {
      halfOpenAfter: seconds(settings.breakerRecovery) * 1000,
      breaker: new ConsecutiveBreaker(settings.breakerFailures),
    }),
  );
  const post = { settings, clock, ask: fetch ?? undiciFetch, dispatcher };
  return {
    exchange: (answer, below = '') => ({
      async ask(requestId, question) {
        const url = below === '' ? settings.url : settings.url.replace(/\/$/, '') + below;
        const body = JSON.stringify({ RequestId: requestId, ...question });
        try {
          const raw = await patience.execute(() => postOnce({ ...post, url }, body));
          return read(raw, requestId, settings, answer);
        } catch (error) {
          if (error instanceof Outage) return { is: 'unavailable', reason: error.reason };
          if (error instanceof BrokenCircuitError) return { is: 'unavailable', reason: 'breaker_open' };
          if (error instanceof BulkheadRejectedError) return { is: 'unavailable', reason: 'down' };
          throw error;
        }
      },
    }),
  };
}

/** A line to an authority that is asked one kind of question. */
export const createExchange = <Answer>(parts: ExchangeParts<Answer>): Exchange<Answer> =>
  openLine(parts).exchange(parts.answer);

interface PostParts {
  readonly url: string;
  readonly settings: AuthoritySettings;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly dispatcher: Agent;
}

async function postOnce({ url, settings, clock, ask, dispatcher }: PostParts, body: string): Promise<Raw> {
  const request = {
    method: 'POST',
    path: new URL(url).pathname,
    at: epochSeconds(clock.now()),
    nonce: randomToken(),
    body,
  };
  const signal = AbortSignal.timeout(seconds(settings.totalTimeout) * 1000);
  try {
    const response = await ask(url, {
      method: request.method,
      body,
      dispatcher,
      redirect: 'manual',
      signal,
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders(settings.keyId, settings.secret, request),
      },
    });
    const text = await bounded(response.body);
    if (response.status >= 500) throw new Outage('down');
    return { status: response.status, signature: response.headers.get('x-tongxing-signature'), body: text };
  } catch (error) {
    if (error instanceof Outage) throw error;
    throw new Outage(signal.aborted || connectedTooLate(error) ? 'timeout' : 'down', error);
  }
}

/** An answer without end must not fill the memory: what is cut off fails its signature. */
async function bounded(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > LONGEST_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The connection was not made in time; the answer as a whole is watched by the signal. */
function connectedTooLate(error: unknown): boolean {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return (
    typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT'
  );
}

/** The signature first: nothing unsigned is parsed, and nothing unsigned can be a match. */
function read<Answer>(
  raw: Raw,
  requestId: string,
  { secret }: AuthoritySettings,
  answer: z.ZodType<Answer>,
): Outcome<Answer> {
  const expected = signAnswer(secret, requestId, raw.body);
  if (!signatureMatches(expected, raw.signature)) return { is: 'unavailable', reason: 'bad_signature' };
  const parsed = raw.status === 200 ? answer.safeParse(jsonOf(raw.body)) : undefined;
  return parsed?.success
    ? { is: 'answered', answer: parsed.data }
    : { is: 'unavailable', reason: 'bad_answer' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON is one more way to be a bad answer: the schema refuses undefined.
    return undefined;
  }
}
