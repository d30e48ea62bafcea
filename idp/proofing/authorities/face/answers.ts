// What the face vendor answers, and what each answer means. Pure. Everything is strict: no picture of a face is ever
// asked for, and an answer that brings one all the same (facialPictureFront, pictureUrl, a bucket, a film) is refused
// whole, so that no code of ours ever holds it. Measures on face recognition (in force 2025-06-01): only the result,
// its number, its time and a score bucket are kept.
import { z } from 'zod';
import type { Details, Finding } from '../../authority.ts';

const flag = z.enum(['T', 'F']);
const head = { Message: z.string().max(200).optional(), TransactionId: z.string().min(1).max(64) };
const certifyId = z.string().regex(/^[\w-]{16,64}$/);

/** Of InitFaceVerify. */
export const beginning = z.discriminatedUnion('Code', [
  z.strictObject({
    ...head,
    Code: z.literal('200'),
    // No longer than what a phone still reads from a QR code at arm's length.
    ResultObject: z.strictObject({ CertifyId: certifyId, CertifyUrl: z.url().max(512) }),
  }),
  z.strictObject({ ...head, Code: z.enum(['414', '415', '416', '417', '418', '427']) }),
]);

export type Beginning = z.output<typeof beginning>;

const attempt = {
  CertifyId: certifyId,
  OuterOrderNo: z.string(),
  SubCode: z.string().max(8),
  /** Labels with commas between: 'ROOT,VPN'. */
  DeviceRisk: z.string().max(500).optional(),
};
const material = {
  faceAttack: flag,
  faceOcclusion: flag.optional(),
  verifyScore: z.number().min(0).max(100),
};

const passed = z.strictObject({
  ...attempt,
  Passed: z.literal('T'),
  MaterialInfo: z.strictObject(material),
});
const failed = z.strictObject({
  ...attempt,
  Passed: z.literal('F'),
  MaterialInfo: z.strictObject(material).partial().optional(),
});

/** Of DescribeFaceVerify. */
export const result = z.discriminatedUnion('Code', [
  z.strictObject({
    ...head,
    Code: z.literal('200'),
    ResultObject: z.discriminatedUnion('Passed', [passed, failed]),
  }),
  z.strictObject({
    ...head,
    Code: z.enum(['403', '406', '414', '415', '416', '417', '418', '424', '427']),
  }),
]);

export type Result = z.output<typeof result>;

/** A finding without its transaction and time. */
export interface Meaning {
  readonly is: Exclude<Finding['is'], 'unavailable'>;
  readonly details?: Details;
}

/** By Code. 403 and 424: the citizen is not done, or has not begun. 406: the vendor knows no such attempt any more. */
const CODES = {
  403: { is: 'pending' },
  406: { is: 'expired' },
  414: { is: 'unsupported', details: { reason: 'device' } },
  415: { is: 'unsupported', details: { reason: 'app' } },
  416: { is: 'unsupported', details: { reason: 'system' } },
  417: { is: 'unusable', details: { reason: 'source' } },
  418: { is: 'too_many' },
  424: { is: 'pending' },
  427: { is: 'unusable', details: { reason: 'policy' } },
} as const satisfies Record<string, Meaning>;

/**
 * Why a check was not passed. Read only under Passed F: "use Passed, not SubCode", so no SubCode makes a match.
 * 201 name and number, 204 and 207 the face; 202 no such person; 203 and 209 no usable picture in the register;
 * 205 not live; 206 policy; 1003 is what the page reports of a citizen who left it.
 */
const SUB_CODES: Readonly<Record<string, Meaning>> = {
  201: { is: 'mismatch' },
  202: { is: 'no_record' },
  203: CODES[417],
  204: { is: 'mismatch' },
  205: { is: 'not_live' },
  206: CODES[427],
  207: { is: 'mismatch' },
  209: CODES[417],
  1003: { is: 'cancelled' },
};

/** Signs that the pictures did not come from the camera: a film put in its place passes every liveness test. */
const INJECTION: ReadonlySet<string> = new Set([
  'HOOK',
  'MediaHook',
  'UsingVirtualVideo',
  'UsingVirtualCamera',
  'VirtualBrowser',
  'Emulator',
  'CloudPhone',
]);

/** What is required of a match. */
export interface Demand {
  readonly certifyId: string;
  readonly orderNumber: string;
  readonly model: string;
  readonly leastScore: number;
}

/** Why a check cannot even begin. The contract has no 'unusable' there: another way is all that helps. */
export function meaningOfRefusal(
  code: Exclude<Beginning['Code'], '200'>,
): Meaning & { readonly is: 'unsupported' | 'too_many' } {
  const meaning = CODES[code];
  return meaning.is === 'unusable' ? { ...meaning, is: 'unsupported' } : meaning;
}

/** Undefined for the answer to somebody else's attempt: it says nothing of ours. */
export function meaningOf(answer: Result, demand: Demand): Meaning | undefined {
  if (answer.Code !== '200') return CODES[answer.Code];
  const { ResultObject: found } = answer;
  if (found.CertifyId !== demand.certifyId || found.OuterOrderNo !== demand.orderNumber) return undefined;
  if (found.Passed === 'F') return SUB_CODES[found.SubCode] ?? { is: 'mismatch' };
  const { faceAttack, verifyScore } = found.MaterialInfo;
  const labels = (found.DeviceRisk ?? '').split(',');
  if (faceAttack === 'T') return { is: 'not_live', details: { liveness: 'attack' } };
  if (labels.some((label) => INJECTION.has(label.trim())))
    return { is: 'not_live', details: { liveness: 'injection' } };
  const details = { score: bucketOf(verifyScore), liveness: 'passed', model: demand.model };
  return { is: verifyScore >= demand.leastScore ? 'match' : 'mismatch', details };
}

/** 0-10 to 90-100: the exact score is more than anybody needs to keep. */
function bucketOf(score: number): string {
  const from = Math.min(Math.floor(score / 10) * 10, 90);
  return `${from}-${from + 10}`;
}
