// What terminals send, parsed once. A refusal names the members that are wrong, never what stood in them.
import { z } from 'zod';
import { DOCUMENT_KINDS } from '../../../citizens/citizens.ts';
import { ageOn, shanghaiDate } from '../../../platform/base/calendar.ts';
import type { VouchedDocument } from '../../authority.ts';
import { readGuardian, readPrinted, readScan, type Printed } from './scan.ts';

/** What the examining officer states about the document and its holder. */
export interface Facts {
  readonly chipRead: boolean;
  readonly faceCompared: boolean;
  readonly documentExpired: boolean;
  readonly reportedLost: boolean;
  readonly deceased: boolean;
  /** A guardian came along. */
  readonly guardian: boolean;
}

export interface Submitted {
  readonly ticket: string;
  readonly document: VouchedDocument;
  readonly guardian: Printed | undefined;
  readonly facts: Facts;
}

/** Why the second officer says no. Closed: free words would carry personal data. */
export const REASONS = ['face_differs', 'document_doubtful', 'entries_wrong', 'guardian_doubtful'] as const;
export type Reason = (typeof REASONS)[number];

/** `approve`: what the second officer read from the document themselves, not what the first one wrote. */
export type DecisionInput =
  | { readonly decision: 'approve'; readonly document: Printed }
  | { readonly decision: 'reject'; readonly reason: Reason };

/** `members`: paths such as `document.number`. */
export type Read<T> =
  { readonly is: 'ok'; readonly value: T } | { readonly is: 'bad'; readonly members: readonly string[] };

const ticket = z.string().max(40);
const text = z.string().min(1).max(120);
const document = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  name: text,
  number: text,
  issuer: text.optional(),
});

const lookup = z.strictObject({ ticket });

const submission = z.strictObject({
  ticket,
  document: document.extend({ birthdate: z.iso.date(), gender: z.enum(['male', 'female']) }),
  facts: z.strictObject({
    chip_read: z.boolean(),
    face_compared: z.boolean(),
    document_expired: z.boolean(),
    reported_lost: z.boolean(),
    deceased: z.boolean(),
  }),
  guardian: document.optional(),
});

const decision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('approve'), document }),
  z.strictObject({ decision: z.literal('reject'), reason: z.enum(REASONS) }),
]);

export const readLookup = (payload: unknown): Read<z.output<typeof lookup>> => read(lookup, payload);

/** `now`: for document numbers that hold a date. */
export function readDecision(payload: unknown, now: Date): Read<DecisionInput> {
  const parsed = read(decision, payload);
  if (parsed.is === 'bad' || parsed.value.decision === 'reject') return parsed as Read<DecisionInput>;
  const printed = readPrinted(parsed.value.document, now);
  if (printed.is === 'bad') return { is: 'bad', members: printed.members.map((name) => `document.${name}`) };
  return { is: 'ok', value: { decision: 'approve', document: printed.printed } };
}

/** Personal Information Protection Law article 31: below 14 a guardian consents. */
const OWN_CONSENT_FROM_AGE = 14;

/** `now`: for dates of birth and ages, by the calendar of Asia/Shanghai. */
export function readSubmission(payload: unknown, now: Date): Read<Submitted> {
  const parsed = read(submission, payload);
  if (parsed.is === 'bad') return parsed;
  const { value } = parsed;
  const scan = readScan(value.document, now);
  if (scan.is === 'bad') return { is: 'bad', members: scan.members.map((name) => `document.${name}`) };
  const guardian = value.guardian && readGuardian(value.guardian, scan.document, now);
  if (guardian?.is === 'bad')
    return { is: 'bad', members: guardian.members.map((name) => `guardian.${name}`) };
  const facts = factsOf(value.facts, guardian !== undefined);
  const members = contradictions(facts, ageOn(value.document.birthdate, shanghaiDate(now)));
  if (members.length > 0) return { is: 'bad', members };
  return {
    is: 'ok',
    value: { ticket: value.ticket, document: scan.document, guardian: guardian?.guardian, facts },
  };
}

const factsOf = (given: z.output<typeof submission>['facts'], guardian: boolean): Facts => ({
  chipRead: given.chip_read,
  faceCompared: given.face_compared,
  documentExpired: given.document_expired,
  reportedLost: given.reported_lost,
  deceased: given.deceased,
  guardian,
});

/**
 * Level 4 is chip and face: without both an officer can only say what speaks against the document. Nobody else's
 * document is taken down for somebody who may speak for themselves.
 */
function contradictions(facts: Facts, age: number): readonly string[] {
  const against = facts.documentExpired || facts.reportedLost || facts.deceased;
  const child = age < OWN_CONSENT_FROM_AGE;
  return [
    ...(facts.chipRead || against ? [] : ['facts.chip_read']),
    ...(facts.faceCompared || against ? [] : ['facts.face_compared']),
    ...(facts.guardian === child || (child && against) ? [] : ['guardian']),
  ];
}

function read<T>(schema: z.ZodType<T>, payload: unknown): Read<T> {
  const { success, data, error } = schema.safeParse(payload);
  if (success) return { is: 'ok', value: data };
  return { is: 'bad', members: [...new Set(error.issues.map(memberOf))] };
}

/** Unknown members are named by what they stand in: their names are the caller's words. */
const memberOf = ({ path }: z.core.$ZodIssue): string => path.join('.') || 'payload';
