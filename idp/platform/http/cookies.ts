// Cookies of our own. Their values need no signature: one is random, the others are checked against closed lists.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CookieOptions {
  /** Set when the public address is https; ends in `__Host-` names and the Secure attribute (RFC 6265bis 4.1.3). */
  readonly secure: boolean;
  /** Seconds; undefined: until the browser closes. */
  readonly maxAgeSeconds?: number;
}

/** What a browser value looks like: 24 random bytes in base64url. Anything else is replaced. */
const BROWSER = /^[\w-]{32}$/;

/** `__Host-` pins the cookie to this host and path, so that a sister domain cannot plant one. */
export function browserCookieName(secure: boolean): string {
  return secure ? '__Host-browser' : 'browser';
}

/** Outlives the browser's session: which accounts this device has signed in to is remembered by it (devices/). */
export function deviceCookieName(secure: boolean): string {
  return secure ? '__Host-device' : 'device';
}

/** The device value that came with the request, or undefined when there is none of the right shape. */
export function readDevice(req: Pick<IncomingMessage, 'headers'>, secure: boolean): string | undefined {
  const value = readCookie(req, deviceCookieName(secure));
  return value !== undefined && BROWSER.test(value) ? value : undefined;
}

/** The first cookie of that name, or undefined. Values are never decoded: ours hold no escapes. */
export function readCookie(req: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Adds one Set-Cookie line; lines that stand there already are kept. Name and value are plain ASCII tokens. */
export function setCookie(
  res: ServerResponse,
  name: string,
  value: string,
  { secure, maxAgeSeconds }: CookieOptions,
): void {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (maxAgeSeconds !== undefined) parts.push(`Max-Age=${maxAgeSeconds}`);
  if (secure) parts.push('Secure');
  res.appendHeader('Set-Cookie', parts.join('; '));
}

/** The browser value that came with the request, or undefined when there is none of the right shape. */
export function readBrowser(req: Pick<IncomingMessage, 'headers'>, secure: boolean): string | undefined {
  const value = readCookie(req, browserCookieName(secure));
  return value !== undefined && BROWSER.test(value) ? value : undefined;
}
