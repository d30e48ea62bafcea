// How many separate choices a password is made of: `woaini1314` is two, `zhang19850101` is two, `1qaz2wsx` is one, eight
// random letters are eight. A guesser tries pieces, not letters. Pure.
import { COMMON_NUMBERS, COMMON_WORDS } from './blocklist.ts';

const WORDS: ReadonlySet<string> = new Set(
  [...COMMON_WORDS, ...COMMON_NUMBERS].filter((word) => word.length >= 3),
);
const LONGEST_WORD = Math.max(...Array.from(WORDS, (word) => word.length));

/** Lines along which a finger slides on a keyboard or number pad, and the alphabet. */
const SLIDES = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789012345678901234567890123456789',
  '1234567890-=',
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '!@#$%^&*()_+',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8i9',
  '一二三四五六七八九十',
].flatMap((line) => [line, Array.from(line).toReversed().join('')]);

/** Look-alike signs as guessers undo them: p@ssw0rd is password. */
const LOOK_ALIKE: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Dates as people write them: 19850131, 850131, 198501, 1985; a mobile number; an ID number. */
const SHAPES: readonly RegExp[] = [
  /^[1-9]\d{16}[\dx]/,
  /^1[3-9]\d{9}/,
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/,
  /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/,
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])/,
  /^(?:19|20)\d{2}/,
];

function slideAt(rest: string): number {
  let longest = 0;
  for (const slide of SLIDES) {
    let from = slide.indexOf(rest[0] ?? '');
    while (from >= 0) {
      let length = 1;
      while (length < rest.length && slide[from + length] === rest[length]) length += 1;
      longest = Math.max(longest, length);
      from = slide.indexOf(rest[0] ?? '', from + 1);
    }
  }
  return longest;
}

function sameAt(rest: string): number {
  let length = 1;
  while (length < rest.length && rest[length] === rest[0]) length += 1;
  return length;
}

function wordAt(rest: string): number {
  for (let length = Math.min(LONGEST_WORD, rest.length); length >= 3; length -= 1)
    if (WORDS.has(rest.slice(0, length))) return length;
  return 0;
}

function shapeAt(rest: string): number {
  return Math.max(...SHAPES.map((shape) => shape.exec(rest)?.[0].length ?? 0));
}

/** Cuts into pieces, the fewest there are (dynamic programming from the end; at most 128 characters). */
function cut(text: string): readonly string[] {
  const best: { readonly count: number; readonly length: number }[] = [];
  best[text.length] = { count: 0, length: 0 };
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const rest = text.slice(at);
    const slide = slideAt(rest);
    const long = Math.max(slide, sameAt(rest), wordAt(rest), shapeAt(rest));
    let chosen = { count: best[at + 1]!.count + 1, length: 1 };
    for (let length = 3; length <= long; length += 1) {
      const known = length === long || length <= slide || WORDS.has(rest.slice(0, length));
      const count = best[at + length]!.count + 1;
      if (known && count < chosen.count) chosen = { count, length };
    }
    best[at] = chosen;
  }
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += best[at]!.length)
    pieces.push(text.slice(at, at + best[at]!.length));
  return pieces;
}

const distinct = (text: string): number => new Set(cut(text)).size;

/** `abcxyz` for `abcxyzabcxyzabc`: a repeated unit is chosen once. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

/** The number of distinct pieces, case and look-alike signs undone. At least 1 for a text that is not empty. */
export function countPieces(password: string): number {
  const plain = password.toLowerCase();
  return Math.min(countUndone(plain), countUndone(unitOf(plain)));
}

function countUndone(plain: string): number {
  const undo = (text: string): string => Array.from(text, (sign) => LOOK_ALIKE[sign] ?? sign).join('');
  // `p@ssw0rd123`: undoing every sign would hide the digits, so once only the head up to the last letter is undone.
  const head = /^.*[a-z]/s.exec(plain)?.[0] ?? '';
  return Math.min(distinct(plain), distinct(undo(plain)), distinct(undo(head) + plain.slice(head.length)));
}
