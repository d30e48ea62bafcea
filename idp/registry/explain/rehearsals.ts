// The errors that a sandbox client may ask for, to see how its own program takes them. Pure. The engine's part of it is
// in oidc/edge/rehearsal.ts.

/**
 * By the value of `rehearse`. `answer`: the authorization request is answered with this error. `fault`: the sign-in goes
 * its way, and the ID token of its code has this fault.
 */
export const REHEARSALS = {
  access_denied: 'answer',
  login_required: 'answer',
  unmet_authentication_requirements: 'answer',
  temporarily_unavailable: 'answer',
  server_error: 'answer',
  bad_signature: 'fault',
  invalid_iss: 'fault',
  wrong_audience: 'fault',
  wrong_nonce: 'fault',
  expired: 'fault',
} as const satisfies Readonly<Record<string, 'answer' | 'fault'>>;

export type Rehearsal = keyof typeof REHEARSALS;

export const isRehearsal = (value: unknown): value is Rehearsal =>
  typeof value === 'string' && Object.hasOwn(REHEARSALS, value);
