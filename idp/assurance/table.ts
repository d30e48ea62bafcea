// The ladder of assurance, on one page for an auditor.
//
// Identity level (ial) belongs to the account, rests on evidence, and can expire (GB/T 40651-2021 clause 8):
//   0 registered: control of a phone            1 name and number match the population register
//   2 and the phone is registered to that person, confirmed by a code on it
//   3 the real person: face against the register, or network identity with face
//   4 chip card with face, or an officer at a counter
// Factor level (aal) belongs to the session (NIST SP 800-63B-4):
//   1 one factor   2 two factors, or a synced passkey with user verification   3 a device-bound passkey with user verification

export type Ial = 0 | 1 | 2 | 3 | 4;
export type Aal = 0 | 1 | 2 | 3;
export type Level = 'l1' | 'l2' | 'l3' | 'l4';

export interface Rung {
  readonly level: Level;
  readonly acr: string;
  readonly ial: Ial;
  readonly aal: Aal;
  /** Seconds for which a sign-in counts as fresh enough; undefined: as long as the session lives. */
  readonly freshSeconds: number | undefined;
}

/** Lowest first. An account may exceed what is asked, never undercut it. */
export const LADDER: readonly Rung[] = [
  { level: 'l1', acr: 'urn:tongxing:acr:l1', ial: 0, aal: 1, freshSeconds: undefined },
  { level: 'l2', acr: 'urn:tongxing:acr:l2', ial: 2, aal: 1, freshSeconds: undefined },
  { level: 'l3', acr: 'urn:tongxing:acr:l3', ial: 3, aal: 2, freshSeconds: undefined },
  { level: 'l4', acr: 'urn:tongxing:acr:l4', ial: 4, aal: 3, freshSeconds: 300 },
];

/** RFC 8176 `mca`: approved on another device, over another channel. */
export const ELSEWHERE = 'mca';

/** Authentication method references (RFC 8176) that count as factors, by what they show. */
export const FACTOR_KINDS: Readonly<Record<string, 'knows' | 'has' | 'has-and-is'>> = {
  pwd: 'knows',
  sms: 'has',
  // An approval on a phone that is signed in: nothing is shown on the computer itself, so it is level 1 alone and adds
  // nothing to what is shown beside it. The phone may have shown the very thing that is shown here.
  [ELSEWHERE]: 'has',
  // A recovery code: one of ten on a sheet of paper that the citizen holds, each used once (SP 800-63B-4 3.1.2).
  otp: 'has',
  swk: 'has-and-is',
  hwk: 'has-and-is',
};
