// Names as they stand in the register: Chinese, and Latin as passports print them. Dot and length: 民委发〔2016〕33号
// (the dot is U+00B7, fields hold at least 50 characters). Characters: GB 18030-2022 level 3, that is every Han
// character of Unicode. Latin: ICAO 9303.
import type { DocumentKind } from '../../citizens/citizens.ts';
import { foldWidthAndCase } from './reading.ts';

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
const HAS_CHINESE = new RegExp(`[\\p{Script=Han}${PRIVATE}]`, 'u');
const SELECTORS = new RegExp(SELECTOR, 'gu');

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
 * Reads what a person typed in Latin letters: large letters A to Z, spaces, commas, full stops, apostrophes, hyphens.
 * Letters with accents are refused: a passport prints its holder's spelling without them in its last two lines, and
 * only that spelling is known to a register. 1 to 120 characters.
 */
export function parseLatinName(text: string): ParsedName {
  const name = foldWidthAndCase(text).trim().replace(/\s+/g, ' ');
  if (name === '') return { is: 'bad', why: 'empty' };
  if (!/^[A-Z][A-Z ,.'\u2019-]*$/.test(name)) return { is: 'bad', why: 'characters' };
  return name.length > 120 ? { is: 'bad', why: 'length' } : { is: 'ok', name };
}

/** Documents that carry a Chinese name only. */
const CHINESE_ONLY: ReadonlySet<DocumentKind> = new Set(['CN_RIC', 'TW_PERMIT']);

/** Reads the holder's name as a document of this kind shows it: one script or the other, never a mixture. */
export function parseNameFor(kind: DocumentKind, text: string): ParsedName {
  return CHINESE_ONLY.has(kind) || HAS_CHINESE.test(text) || text.trim() === ''
    ? parseName(text)
    : parseLatinName(text);
}

/**
 * The key under which two spellings of one name compare equal. Chinese: dots unified, spaces and variation selectors
 * removed, then NFC. Latin: as the machine readable zone spells it. For comparison only; what is stored and sent is
 * the name as parsed.
 */
export function foldName(name: string): string {
  if (!HAS_CHINESE.test(name)) return foldLatin(name);
  return name.replace(DOTS, DOT).replace(/\s/g, '').replace(SELECTORS, '').normalize('NFC');
}

// ICAO 9303-3 4.6: apostrophes and full stops are left out; hyphen, comma and space become one filler. The first NFC
// is for those characters whose canonical form is such a mark (U+1FEF is the grave accent).
function foldLatin(name: string): string {
  return foldWidthAndCase(name.normalize('NFC'))
    .replace(/['`\u2018\u2019\u02BC\u2032\u00B4.]/g, '')
    .replace(/[\s,\u2010\u2011-]+/g, ' ')
    .trim()
    .normalize('NFC');
}

/** True when a name holds characters that only the code table of the register that wrote them can tell. */
export const needsMapping = (name: string): boolean => HAS_PRIVATE.test(name);
