// Security headers: the ones every response carries, and the content policy of pages.
import type { ServerResponse } from 'node:http';

interface Answering {
  readonly res: ServerResponse;
}

const CSP = 'Content-Security-Policy';
const FORM_ACTION = "form-action 'self'";

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'none'",
  "connect-src 'self'",
  "worker-src 'self'",
  FORM_ACTION,
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** A scheme, a host and perhaps a port: whatever else would be a way to write further directives. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[a-z\d.[\]:-]+$/i;
/** The scheme of a native application (RFC 8252 7.1), which has no origin. */
const SCHEME = /^[a-z][a-z\d+.-]*:$/i;

/** What every response carries, whoever writes it. `secure`: the public address is https (RFC 6797 forbids HSTS otherwise). */
export function baseHeaders(secure: boolean): readonly (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [
    [CSP, PAGE_POLICY],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    // Not same-origin on HTML alone: addresses under /signin hold interaction identifiers.
    ['Referrer-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
  ];
  if (secure) headers.push(['Strict-Transport-Security', 'max-age=63072000; includeSubDomains']);
  return headers;
}

function policyOf(res: ServerResponse): string {
  const standing = res.getHeader(CSP);
  return typeof standing === 'string' && standing.includes(FORM_ACTION) ? standing : PAGE_POLICY;
}

/**
 * Adds an origin to `form-action` of this response: Chromium applies it to the redirect that follows a POST too.
 * `origin` is `https://host[:port]` or a native scheme `app.example:`. Throws a plain Error for anything else,
 * because only validated redirect origins belong here.
 */
export function allowFormAction({ res }: Answering, origin: string): void {
  if (!ORIGIN.test(origin) && !SCHEME.test(origin))
    throw new Error('form-action takes an origin or a scheme only');
  res.setHeader(CSP, policyOf(res).replace(FORM_ACTION, `${FORM_ACTION} ${origin}`));
}

/** The headers of an HTML page: the content policy and no copies in caches. Keeps what `allowFormAction` added. */
export function pageHeaders({ res }: Answering): void {
  res.setHeader(CSP, policyOf(res));
  res.setHeader('Cache-Control', 'no-store');
}
