// Which passwords are good enough, and for what. Pure. No composition rules and no forced change: they make worse
// passwords (SP 800-63B-4 3.1.1.2, ASVS 5.0 6.2).
import { COMMON_WHOLE } from './blocklist.ts';
import { normalisePassword } from './hashing.ts';
import { countPieces } from './pieces.ts';

/** Lengths in code points after normalisation. */
export const LENGTHS = { withSecond: 8, alone: 15, longest: 128, longestBytes: 1024 } as const;

/** What must not stand in the password of this person; what is not known is undefined. */
export interface About {
  /** E.164. */
  readonly phone: string | undefined;
  /** As it stands on the document: Chinese, or Latin in words. */
  readonly name: string | undefined;
  readonly documentNumber: string | undefined;
  /** ISO 8601 date. */
  readonly birthdate: string | undefined;
}

export type Flaw =
  | 'empty'
  | 'too_long'
  | 'too_short'
  | 'service_name'
  | 'personal_name'
  | 'personal_phone'
  | 'personal_document'
  | 'common'
  | 'predictable';

export type Verdict =
  | { readonly is: 'good'; /** Long enough to sign in without a second factor. */ readonly alone: boolean }
  | { readonly is: 'refused'; readonly flaw: Flaw };

const SERVICE_NAMES = ['tongxing', '通行'];
const WHOLE: ReadonlySet<string> = new Set(COMMON_WHOLE);
/** Up to so many separate pieces a guesser gets through: `summer2024!!!` is three. */
const FEW_PIECES = 3;

/** Too long to be looked at: checked before any hashing, also at sign-in. */
export function isTooLong(typed: string): boolean {
  return Buffer.byteLength(typed) > LENGTHS.longestBytes || lengthOf(typed) > LENGTHS.longest;
}

/** Judges a new password. The first flaw in the order of `Flaw` is told. */
export function judgePassword(typed: string, about: About): Verdict {
  const flaw = flawOf(typed, about);
  return flaw === undefined
    ? { is: 'good', alone: lengthOf(typed) >= LENGTHS.alone }
    : { is: 'refused', flaw };
}

/** Code points after normalisation: what a person counts, never bytes. */
export function lengthOf(typed: string): number {
  return Array.from(normalisePassword(typed)).length;
}

function flawOf(typed: string, about: About): Flaw | undefined {
  if (typed === '') return 'empty';
  if (isTooLong(typed)) return 'too_long';
  if (lengthOf(typed) < LENGTHS.withSecond) return 'too_short';
  const plain = normalisePassword(typed).toLowerCase();
  if (SERVICE_NAMES.some((name) => plain.includes(name))) return 'service_name';
  if (holdsName(plain, about.name)) return 'personal_name';
  if (holdsPhone(plain, about.phone)) return 'personal_phone';
  if (holdsDocument(plain, about)) return 'personal_document';
  if (WHOLE.has(plain.replaceAll(/\s/g, ''))) return 'common';
  const pieces = countPieces(plain);
  if (pieces === 1) return 'common';
  return pieces <= FEW_PIECES ? 'predictable' : undefined;
}

/**
 * A Chinese name as a whole, and each part of one with a dot (阿卜杜拉·买买提). A Latin name as a whole in either order, and
 * each word of four letters or more: Li or Ann stands in half of all words by chance.
 */
function holdsName(plain: string, name: string | undefined): boolean {
  if (name === undefined) return false;
  const words = normalisePassword(name)
    .toLowerCase()
    .split(/[^\p{Letter}\p{Mark}]+/u)
    .filter((word) => word !== '');
  const together = plain.replaceAll(/[^\p{Letter}\p{Mark}]/gu, '');
  const long = words.filter((word) => Array.from(word).length >= (/\p{Script=Han}/u.test(word) ? 2 : 4));
  const parts = [...long, words.join(''), words.toReversed().join('')];
  return parts.some((part) => Array.from(part).length >= 2 && together.includes(part));
}

function holdsPhone(plain: string, phone: string | undefined): boolean {
  // The last eight digits are what people reuse of their own number.
  return phone !== undefined && plain.includes(phone.replace(/\D/g, '').slice(-8));
}

function holdsDocument(plain: string, about: About): boolean {
  const parts = [
    about.documentNumber?.slice(-8),
    about.documentNumber?.slice(6, 14),
    about.birthdate?.replaceAll('-', ''),
  ];
  return parts.some((part) => part !== undefined && part.length === 8 && plain.includes(part.toLowerCase()));
}
