// The one refusal type. A Fault is an expected "no" that a caller can act on; everything else is a bug.
// platform/http/faults.ts is the only place that turns a Fault into HTML, JSON or an OAuth error.

/** The closed list of refusals. Add here first; the mapping in http/faults.ts is exhaustive and will not compile. */
export type FaultCode =
  | 'bad_request' // 400: wrong, missing, repeated or oversized input
  | 'forgery' // 403: CSRF token missing or of another browser
  | 'forbidden' // 403
  | 'signed_out' // 401: needs a session
  | 'passkey_needed' // 403: allowed, once a passkey is shown again
  | 'unsigned' // 401: a program's request that its signatures do not vouch for; never says which part
  | 'not_found' // 404
  | 'method_not_allowed' // 405
  | 'conflict' // 409: someone else changed it first
  | 'flow_expired' // 410: the sign-in took longer than its life, or was finished already
  | 'other_browser' // 403: the sign-in belongs to another browser
  | 'too_large' // 413
  | 'unsupported_media' // 415
  | 'too_many' // 429: a limit is spent; carries retryAfterSeconds
  | 'locked' // 429: a lock is standing; carries until
  | 'unavailable'; // 503: a store or an outside system is down; carries retryAfterSeconds

export interface FaultDetail {
  /** Whole seconds after which the same request may succeed. Becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The instant a lock ends. */
  readonly until?: Date;
  /** Path of ours where the person can go on (the page a form came from), for the page that says no. */
  readonly onward?: string;
  /** For operators and logs. Never personal data, never shown to citizens. */
  readonly note?: string;
  /** What is wrong with single members of what was sent, for the page or program that sent it. No secrets. */
  readonly complaints?: readonly MemberComplaint[];
  readonly cause?: unknown;
}

/** One member and what is wrong with it, in both languages. */
export interface MemberComplaint {
  readonly member: string;
  readonly text: Readonly<Record<'zh-CN' | 'en', string>>;
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, detail: FaultDetail = {}) {
    super(detail.note ?? code, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
  }
}

/** Proves to the compiler that a switch is exhaustive. Reaching it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
