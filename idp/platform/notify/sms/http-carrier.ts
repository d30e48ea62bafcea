// A carrier behind HTTP: asked as its preset says, bounded in time and number, behind a breaker. Every failure outside
// becomes an outcome; nothing outside can throw into a sign-in.
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  ConsecutiveBreaker,
  bulkhead,
  circuitBreaker,
  handleType,
  wrap,
} from 'cockatiel';
import type { Clock } from '../../base/clock.ts';
import { seconds } from '../../base/duration.ts';
import { unreachable } from '../../base/errors.ts';
import { randomToken } from '../../base/ids.ts';
import type { Attempt, SmsCarrier } from '../notify.ts';
import type { CarrierSettings } from '../settings.ts';
import { aliyun } from './presets/aliyun.ts';
import { generic } from './presets/generic.ts';
import { tencent } from './presets/tencent.ts';
import { jsonOf, type CarrierRequest, type Preset } from './preset.ts';

export interface HttpCarrierParts {
  readonly settings: CarrierSettings;
  readonly clock: Clock;
  /** True: there is no other carrier to go to. */
  readonly alone?: boolean;
  /** The outbound fetch with its address rules; the platform's own when absent. */
  readonly fetch?: typeof fetch;
}

export function presetOf(settings: CarrierSettings): Preset {
  switch (settings.preset) {
    case 'generic':
      return generic(settings);
    case 'aliyun':
      return aliyun(settings);
    case 'tencent':
      return tencent(settings);
    default:
      return unreachable(settings);
  }
}

/** The carrier did not do its work: counted by the breaker. */
class Outage extends Error {
  readonly attempt: Attempt;
  constructor(delivery: 'refused' | 'unknown', code: string, cause?: unknown) {
    super(code, { cause });
    this.attempt = { delivery, code };
  }
}

export function createHttpCarrier(parts: HttpCarrierParts): SmsCarrier {
  const { settings, clock, alone = false } = parts;
  const preset = presetOf(settings);
  // A carrier that hangs holds so many requests and no more: signing in with a password shares this process with it.
  const patience = wrap(
    bulkhead(settings.concurrency, settings.concurrency),
    // What a slow carrier was given may still arrive: leaving it alone helps only where another one takes over.
    circuitBreaker(
      handleType(Outage, ({ attempt }) => !alone || attempt.delivery === 'refused'),
      {
        halfOpenAfter: seconds(settings.breakerRecovery) * 1000,
        breaker: new ConsecutiveBreaker(settings.breakerFailures),
      },
    ),
  );
  return {
    id: settings.id,
    voice: preset.voice,
    async send(message) {
      try {
        return await patience.execute(async () => {
          const request = preset.request(message, { at: clock.now(), nonce: randomToken(16) });
          return request
            ? await exchange(parts, preset, request)
            : { delivery: 'refused', code: 'no_template' };
        });
      } catch (error) {
        if (error instanceof Outage) return error.attempt;
        if (error instanceof BrokenCircuitError) return { delivery: 'refused', code: 'breaker_open' };
        if (error instanceof BulkheadRejectedError) return { delivery: 'refused', code: 'busy' };
        throw error;
      }
    },
  };
}

/** Statuses of a gateway that lost the carrier behind it, which may have the message. */
const LOST_BEHIND = new Set([408, 502, 504]);

async function exchange(
  parts: HttpCarrierParts,
  preset: Preset,
  { url, headers, body }: CarrierRequest,
): Promise<Attempt> {
  const call = parts.fetch ?? fetch;
  let answer: { readonly status: number; readonly text: string };
  try {
    const response = await call(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(parts.settings.timeoutMs),
    });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    throw neverConnected(error)
      ? new Outage('refused', 'not_reachable', error)
      : new Outage('unknown', 'no_answer', error);
  }
  const { status, text } = answer;
  if (LOST_BEHIND.has(status)) throw new Outage('unknown', `http_${status}`);
  if (status >= 500) throw new Outage('refused', `http_${status}`);
  // A redirect is not followed: the signature names one place.
  if (status >= 300 && status < 400) return { delivery: 'refused', code: `http_${status}` };
  return preset.read({ status, body: jsonOf(text) });
}

/** Codes of a connection that never stood. Whatever fails later may have left a message with the carrier. */
const NEVER_STOOD = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  // Fault of the outbound rules: an address that is not to be reached.
  'forbidden',
]);

/** Fetch wraps, and the outbound rules wrap again: the reason stands somewhere down the causes. */
function neverConnected(error: unknown): boolean {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    if ('code' in at && typeof at.code === 'string' && NEVER_STOOD.has(at.code)) return true;
    at = 'cause' in at ? at.cause : undefined;
  }
  return false;
}
