// The one way out to addresses that others wrote (services' keys, logout endpoints, carriers): no way into our own network.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, fetch as send, type RequestInit as SendInit } from 'undici';
import { Fault } from '../base/errors.ts';
import { isPublicAddress } from './addresses/public.ts';

export interface OutboundParts {
  /** `host` or `host:port` that may be reached without TLS and at any address: carriers and stand-ins of our own. */
  readonly allowHosts: readonly string[];
  /** Milliseconds for DNS, TCP and TLS. */
  readonly connectMs: number;
  /** Milliseconds from call to last byte. */
  readonly timeoutMs: number;
  /** Bytes of a body, decompressed. */
  readonly maxBytes: number;
}

/** What is enough for the keys, files and answers of services. */
export const USUAL_BOUNDS = { connectMs: 1_000, timeoutMs: 3_000, maxBytes: 262_144 } as const;

export type Outbound = (url: string | URL, options?: RequestInit) => Promise<Response>;

const refused = (note: string): Fault => new Fault('forbidden', { note: `outbound: ${note}` });

/**
 * A `fetch` for addresses that are not ours. https only and public addresses only, checked on every address the
 * name resolves to at the moment of connecting, so that DNS cannot change its mind in between (OWASP SSRF). Redirects
 * are handed back, never followed. Throws Fault `forbidden` for a refused address, Fault `unavailable` when the other
 * side does not answer in time, cannot be reached, or sends more than `maxBytes`. The answer is complete when it returns.
 */
export function createOutbound(parts: OutboundParts): Outbound {
  const guarded = new Agent({ connect: { lookup: publicLookup, timeout: parts.connectMs } });
  const trusted = new Agent({ connect: { timeout: parts.connectMs } });
  const allowed = new Set(parts.allowHosts.map((host) => host.toLowerCase()));

  return async (address, options = {}) => {
    const url = new URL(address);
    const known = allowed.has(url.host) || allowed.has(url.hostname);
    if (!known) refuseUnsafe(url);
    const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown };
    const signals = [AbortSignal.timeout(parts.timeoutMs), ...(rest.signal ? [rest.signal] : [])];
    const init = { ...rest, redirect: 'manual', signal: AbortSignal.any(signals) };
    try {
      // Types of the undici package and of Node's globals differ in name only.
      const answer = await send(url, {
        ...init,
        dispatcher: known ? trusted : guarded,
      } as unknown as SendInit);
      return await complete(answer as unknown as Response, parts.maxBytes);
    } catch (error) {
      throw outcome(error);
    }
  };
}

function refuseUnsafe(url: URL): void {
  if (url.protocol !== 'https:') throw refused('not https');
  if (url.username !== '' || url.password !== '') throw refused('credentials in the address');
  // WHATWG URL has turned 127.1, 0x7f000001 and 2130706433 into dotted form already. Literals never reach the lookup.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw refused('not a public address');
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error || !first) return callback(error ?? new Error('no address'), []);
    if (!found.every(({ address }) => isPublicAddress(address)))
      return callback(refused('the name leads to an address that is not public'), []);
    return options.all ? callback(null, found) : callback(null, first.address, first.family);
  });
};

/** Reads the body to its end, counting. Time and size are then settled before the caller sees anything. */
async function complete(answer: Response, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream and with it the connection.
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new Fault('unavailable', { note: 'outbound: the answer is too large' });
    chunks.push(chunk);
  }
  const headers = new Headers([...answer.headers]);
  // The body is decoded by now.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  const empty = [204, 205, 304].includes(answer.status);
  return new Response(empty ? null : Buffer.concat(chunks), {
    status: answer.status,
    statusText: answer.statusText,
    headers,
  });
}

function outcome(error: unknown): unknown {
  if (error instanceof Fault) return error;
  if (error instanceof Error && error.cause instanceof Fault) return error.cause;
  const slow = isTimeout(error);
  return new Fault('unavailable', {
    note: `outbound: ${slow ? 'no answer in time' : 'not reachable'}`,
    cause: error,
  });
}

/** A DOMException of the platform, which need not be an Error of this realm. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'name' in error &&
  (error.name === 'TimeoutError' || error.name === 'AbortError');
