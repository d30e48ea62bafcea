// Chinese names as they stand in the register. Dot and length: 民委发〔2016〕33号 (the dot is U+00B7, fields hold at
// least 50 characters). Characters: GB 18030-2022 level 3, that is every Han character of Unicode.

export type ParsedName =
  | { readonly is: 'ok'; readonly name: string }
  /** Holds private-use characters (a chip card read, an old input method): the register's code must be mapped. */
  | { readonly is: 'needs_mapping'; readonly name: string }
  | { readonly is: 'bad'; readonly why: 'empty' | 'length' | 'characters' };

const DOT = '\u00B7';
// Every dot a keyboard may bring: bullet, katakana dots, hyphenation point, dot operator, Greek ano teleia, full stops.
const DOTS = /[\u2022\u30FB\uFF65\u2027\u22C5\u0387\uFF0E\u2219\u25CF.]/g;
const SELECTOR = '[\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]';
const PRIVATE = '\\uE000-\\uF8FF\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}';
const PART = `(?:[\\p{Script=Han}${PRIVATE}]${SELECTOR}?)+`;
const NAME = new RegExp(`^${PART}(?:${DOT}${PART})*$`, 'u');
const HAS_PRIVATE = new RegExp(`[${PRIVATE}]`, 'u');

/** A space inside so short a name is alignment ("张 三"), not the dot of "阿依古丽·买买提". */
const SHORT_NAME = 3;

/**
 * Reads what a person typed: trims, turns every kind of dot, and spaces between characters, into U+00B7. The
 * characters themselves are left as they are: NFC would turn U+F900 into U+8C48, another person's name.
 * 2 to 50 code points.
 */
export function parseName(text: string): ParsedName {
  const dotted = text.trim().replace(DOTS, DOT);
  if (dotted === '') return { is: 'bad', why: 'empty' };
  const characters = Array.from(dotted.replace(/[\s\u00B7]/g, '')).length;
  const spaced = dotted.includes(DOT) || characters <= SHORT_NAME ? '' : DOT;
  const name = dotted
    .replace(/\s+/g, spaced)
    .replace(/\u00B7{2,}/g, DOT)
    .replace(/^\u00B7|\u00B7$/g, '');
  const length = Array.from(name).length;
  if (!NAME.test(name)) return { is: 'bad', why: name === '' ? 'length' : 'characters' };
  if (length < 2 || length > 50) return { is: 'bad', why: 'length' };
  return { is: HAS_PRIVATE.test(name) ? 'needs_mapping' : 'ok', name };
}

/**
 * The key under which two spellings of one name compare equal: dots unified, spaces and variation selectors removed,
 * then NFC. For comparison only; what is stored and sent is the name as parsed.
 */
export function foldName(name: string): string {
  return name.replace(DOTS, DOT).replace(/\s/g, '').replace(new RegExp(SELECTOR, 'gu'), '').normalize('NFC');
}
