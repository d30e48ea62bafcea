// The closed list of what is recorded. A new kind of event is added here first. No personal data: people appear by
// their internal identifier, phones and numbers not at all.

/** Where something was done at a counter; who did it is the actor. */
interface AtCounter {
  readonly office: string;
  readonly terminal: string;
}

/** Event type -> its data. Values are short strings, numbers and booleans, all safe to show to an auditor. */
export interface AuditEvents {
  'citizen.registered': { readonly method: 'sms' };
  'citizen.seeded': { readonly persona: string };
  'citizen.level_raised': {
    readonly from: number;
    readonly to: number;
    readonly method: string;
    readonly caseId: string;
  };
  'citizen.level_lowered': {
    readonly from: number;
    readonly to: number;
    readonly method: string;
    readonly reason: string;
  };
  'citizen.document_added': { readonly as: string; readonly caseId: string };
  'citizen.phone_released': { readonly caseId: string };
  'citizen.merged': { readonly caseId: string; readonly into: string };
  'citizen.deceased': { readonly caseId: string };
  /** Out of all sessions on all devices. */
  'citizen.signed_out': Record<string, never>;
  'citizen.frozen': { readonly reason: string };
  'citizen.recovery_opened': { readonly until: string };
  'citizen.recovery_cancelled': Record<string, never>;
  'citizen.recovered': { readonly by: string };
  'citizen.unfrozen': { readonly by: string };
  /** A copy of everything kept was handed out. */
  'citizen.copied': Record<string, never>;
  'citizen.closed': { readonly reason: string };
  'factor.password_set': Record<string, never>;
  'factor.phone_changed': Record<string, never>;
  'factor.recovery_codes_set': { readonly count: number };
  'factor.recovery_codes_removed': Record<string, never>;
  'factor.recovery_code_used': { readonly left: number };
  'factor.password_rehashed': Record<string, never>;
  'factor.passkey_added': { readonly passkey: string; readonly synced: boolean };
  'factor.passkey_renamed': { readonly passkey: string };
  'factor.passkey_removed': { readonly passkey: string };
  /** Its counter went back: there may be two of it. It signs nobody in from now on. */
  'factor.passkey_suspect': { readonly passkey: string; readonly had: number; readonly came: number };
  'factor.passkey_declined': Record<string, never>;
  'limit.locked': { readonly space: string; readonly until: string };
  /** So many wrong tries in a row that the secret is disabled until it is changed. */
  'limit.stopped': { readonly space: string; readonly failures: number };
  /** One password was tried on many accounts within the window; told once per window and password. */
  'attack.spraying': { readonly failures: number; readonly windowSeconds: number };
  'signin.completed': { readonly acr: string; readonly amr: string; readonly stepUp: boolean };
  'signin.failed': { readonly factor: string; readonly reason: string };
  /** A sign-in on a computer was approved on a phone, or turned down there: by whom or what, in one word. */
  'signin.qr_approved': Record<string, never>;
  'signin.qr_refused': {
    readonly reason: 'citizen' | 'wrong_number' | 'new_place' | 'unknown_device' | 'risk';
  };
  /** The circumstances of a sign-in were not the usual ones: words of assurance/risk.ts, and what followed. */
  'signin.judged': { readonly reasons: string; readonly floor: number; readonly discounted: string };
  'device.added': Record<string, never>;
  'device.trusted': { readonly until: string };
  'device.forgotten': Record<string, never>;
  'service.entered': { readonly acr: string; readonly interactive: boolean };
  'signout.completed': { readonly services: number };
  'logout.delivered': { readonly attempts: number };
  'logout.undelivered': { readonly attempts: number; readonly error: string };
  'consent.given': {
    readonly scopes: string;
    readonly claims: string;
    readonly refused: string;
    readonly notice: string;
  };
  'consent.withdrawn': Record<string, never>;
  'token.replayed': { readonly kind: 'code' | 'refresh_token' };
  'evidence.regraded': { readonly method: string; readonly to: number; readonly facts: number };
  'case.opened': { readonly caseId: string; readonly authority: string };
  'case.decided': {
    readonly caseId: string;
    readonly authority: string;
    readonly finding: string;
    readonly decision: string;
  };
  'counter.office_added': { readonly office: string };
  'counter.terminal_added': { readonly terminal: string; readonly office: string };
  'counter.terminal_disabled': { readonly terminal: string };
  'counter.officer_added': { readonly officer: string; readonly office: string };
  'counter.officer_disabled': { readonly officer: string };
  'counter.ticket_issued': { readonly caseId: string };
  'counter.ticket_unknown': AtCounter;
  'counter.case_looked_up': AtCounter & { readonly caseId: string };
  'counter.submitted': AtCounter & { readonly caseId: string; readonly submission: string };
  'counter.approved': AtCounter & { readonly caseId: string; readonly submission: string };
  'counter.rejected': AtCounter & {
    readonly caseId: string;
    readonly submission: string;
    readonly reason: string;
  };
  'counter.expired': { readonly caseId: string; readonly submission: string };
  'counter.erased': { readonly submissions: number };
  /** An operator stopped all text messages and calls, or let them go out again. */
  'sms.switched': { readonly on: boolean };
  'client.imported': { readonly version: number; readonly changed: string };
  'client.disabled': { readonly version: number };
  'client.enabled': { readonly version: number };
  /** A sandbox client; `changed` names members. */
  'client.created': { readonly version: number; readonly unitId: string };
  'client.changed': { readonly version: number; readonly changed: string };
  /** A production client is in force as the request of that number asked. */
  'client.live': { readonly version: number; readonly request: string; readonly changed: string };
  'client.suspended': { readonly version: number };
  'client.resumption_asked': { readonly version: number };
  'client.resumed': { readonly version: number; readonly askedBy: string };
  'client.retired': { readonly version: number };
  'request.begun': { readonly request: string; readonly kind: string };
  'request.written': { readonly request: string; readonly version: number };
  'request.submitted': { readonly request: string; readonly stage: string; readonly changed: string };
  'request.approved': { readonly request: string; readonly stage: string };
  'request.returned': { readonly request: string; readonly stage: string };
  'request.refused': { readonly request: string; readonly stage: string };
  'request.withdrawn': { readonly request: string };
  /** What a client proves itself with came, or ended before its time; `last`: none of its kind is left. */
  'credential.added': { readonly credential: string; readonly kind: string; readonly expires: string };
  'credential.revoked': { readonly credential: string; readonly kind: string; readonly last: boolean };
  /** Its team was told that it runs out within so many days. */
  'credential.expiring': { readonly credential: string; readonly kind: string; readonly days: number };
  'unit.saved': { readonly unitId: string };
  /** The list of divisions was written into the tree. */
  'unit.seeded': { readonly added: number; readonly renamed: number };
  'unit.added': { readonly unitId: string; readonly parentId: string };
  'unit.changed': { readonly unitId: string; readonly changed: string; readonly version: number };
  'unit.removed': { readonly unitId: string };
  'domain.added': { readonly unitId: string; readonly host: string };
  'domain.verified': { readonly unitId: string; readonly host: string; readonly method: string };
  /** Looked for on three days in a row and not found: nothing new may use it. */
  'domain.lost': { readonly unitId: string; readonly host: string; readonly failures: number };
  'domain.removed': { readonly unitId: string; readonly host: string };
  /** A person or program asked for what its posts do not allow. */
  'access.refused': { readonly act: string; readonly path: string; readonly about: string };
  'operator.invited': { readonly invitation: string; readonly unitId: string; readonly role: string };
  'operator.invitation_withdrawn': { readonly invitation: string };
  'operator.joined': { readonly operator: string; readonly unitId: string; readonly role: string };
  'operator.certified': { readonly operator: string; readonly post: string };
  'operator.leaving_set': { readonly operator: string; readonly post: string; readonly leavesAt: string };
  'operator.left': { readonly operator: string; readonly post: string };
  /** The account behind it is closed: its posts ended, its name is gone. */
  'operator.forgotten': { readonly operator: string };
  /** A program of a unit may use the API, with these roles. */
  'program.made': { readonly program: string; readonly unitId: string; readonly roles: string };
  'program.ended': { readonly program: string };
  /** Whoever holds the value may register so many sandbox clients of the unit. */
  'registration_token.made': { readonly permission: string; readonly unitId: string; readonly uses: number };
  'registration_token.used': { readonly permission: string };
  'registration_token.ended': { readonly permission: string };
  'console.entered': { readonly passkey: boolean };
  /** Lists went out of the system: which, how many rows, under which mark. */
  'export.made': {
    readonly what: string;
    readonly rows: number;
    readonly filter: string;
    readonly mark: string;
    readonly path: string;
  };
  /** Somebody in support looked at the state of an account; no data was shown. */
  'citizen.looked_up': {
    readonly by: 'phone' | 'reference';
    readonly reason: string;
    readonly case: string;
    readonly found: boolean;
    readonly path: string;
  };
  'audit.check_asked': Record<string, never>;
  /** The whole chain was read again. */
  'audit.checked': {
    readonly sound: boolean;
    readonly events: number;
    readonly batches: number;
    readonly head: string;
    readonly faults: number;
    readonly first: string;
  };
  'retention.removed': { readonly table: string; readonly rows: number };
  'key.rotated': { readonly purpose: string; readonly keyId: string };
  'key.created': { readonly purpose: string; readonly keyId: string };
  /** All tables were walked: so many values are sealed under this key now, so many could not be. */
  'key.resealed': { readonly keyId: string; readonly values: number; readonly left: number };
  /** The digests under this key are being added, or all are there and it decides from now on who holds what. */
  'key.reindexed': { readonly keyId: string; readonly stage: 'begun' | 'decides' };
  'key.removed': { readonly purpose: string; readonly keyId: string };
}

export type AuditType = keyof AuditEvents;

export type AuditEvent = {
  [T in AuditType]: {
    readonly type: T;
    readonly data: AuditEvents[T];
    /** Whose account it is about. */
    readonly citizenId?: string;
    /** Which relying party it is about. */
    readonly clientId?: string;
    /** Who did it: `citizen:<id>`, `operator:<name>`, `officer:<id>`, `client:<id>`, `system`. */
    readonly actor: string;
    /** The request's reference number, when there was a request. */
    readonly reference?: string;
  };
}[AuditType];
