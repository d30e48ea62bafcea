// Ten thousand spoilt numbers and names for each kind: never an exception, never a false answer, one normal form.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DOCUMENT_KINDS, type DocumentKind } from '../../../idp/citizens/citizens.ts';
import { looksLike, parseDocument } from '../../../idp/proofing/documents/documents.ts';
import { checkCharacter } from '../../../idp/proofing/documents/eighteen.ts';
import { foldName, parseNameFor, type ParsedName } from '../../../idp/proofing/documents/name.ts';
import { icaoCheckDigit } from '../../../idp/proofing/documents/permanent-resident.ts';
import { numberOf } from './rules.ts';

const now = new Date('2026-11-22T04:00:00Z');
const today = '2026-11-22';
const RUNS = { numRuns: 10_000 };

const sign = (signs: string): fc.Arbitrary<string> => fc.constantFrom(...Array.from(signs));
const digits = (length: number): fc.Arbitrary<string> =>
  fc.nat(10 ** length - 1).map((number) => String(number).padStart(length, '0'));
/** YYYYMMDD, from 1900-01-01 to 2026-11-22. */
const day = fc
  .integer({ min: -25_567, max: 20_779 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''));
const join = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((pieces) => pieces.join(''));
const eighteen = (prefix: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  join(prefix, day, digits(3)).map((first17) => first17 + checkCharacter(first17));
const among = (words: string): fc.Arbitrary<string> => fc.constantFrom(...words.split(' '));

/** Numbers that are right. */
const NUMBERS: Readonly<Record<DocumentKind, fc.Arbitrary<string>>> = {
  CN_RIC: eighteen(among('110105 330106 440524 540102 650102')),
  CN_HMT_RP: eighteen(among('810000 820000 830000')),
  CN_FPR_2023: eighteen(among('911124 911840 931392 944840')),
  CN_FPR_2017: join(
    among('CAN FRA USA XXA'),
    among('1100 3301 4403'),
    day.map((date) => date.slice(2)),
    digits(1),
  ).map((first14) => first14 + icaoCheckDigit(first14)),
  HM_PERMIT: join(among('H M'), digits(8), fc.constantFrom('', '00', '01', '12')),
  TW_PERMIT: join(digits(8), fc.constantFrom('', '01', '02(A)', '(B)')),
  PASSPORT: fc.oneof(
    join(among('CHN HKG MAC'), fc.constant(' '), among('E EA G D DE K KJ H MA'), digits(7)),
    join(among('CHN HKG MAC'), fc.constant(' '), among('E G D K H'), digits(8)),
    join(among('GBR USA DEU RKS'), fc.constant(' '), digits(7)),
  ),
};

const character = fc.oneof(
  { weight: 6, arbitrary: sign('0123456789') },
  { weight: 2, arbitrary: sign('AEHJKMOXxhｘ０９') },
  // Other scripts whose signs look or upper-case like ours, then what cannot be seen, then halves of a character.
  { weight: 1, arbitrary: sign('٣३Ха\u0391\u017F\u0131ßＡ一〇ⅹ²') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\u0000', '\u0007', '\u001B', '\u007F', '\u202E', '\u200D', '\uD800'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' ', '\u3000', '-', '－', '\n', '\u200B', '(', ')', '.', '·', '😀', '<'),
  },
);
type Change = (text: string) => string;
const place = fc.nat(19);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, character).map(
    ([at, by]): Change =>
      (text) =>
        text.slice(0, at) + by + text.slice(at + 1),
  ),
  fc.tuple(place, character).map(
    ([at, by]): Change =>
      (text) =>
        text.slice(0, at) + by + text.slice(at),
  ),
  place.map(
    (at): Change =>
      (text) =>
        text.slice(0, at) + text.slice(at + 1),
  ),
  place.map(
    (at): Change =>
      (text) =>
        text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map(
    (junk): Change =>
      () =>
        junk,
  ),
  fc.constant((text: string) => text),
);
const spoilt = (right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(right, fc.array(change, { maxLength: 2 }))
    .map(([text, changes]) => changes.reduce((t, c) => c(t), text));

describe('a spoilt number', () => {
  it.each(DOCUMENT_KINDS)('of %s is accepted exactly when the rules say so', (kind) => {
    const seen = { ok: 0, bad: 0 };
    fc.assert(
      fc.property(spoilt(NUMBERS[kind]), (text) => {
        const read = parseDocument(kind, text, now);
        seen[read.is] += 1;
        if (read.is === 'bad') return numberOf(kind, text, today) === undefined;
        return (
          read.number === numberOf(kind, text, today) &&
          isDeepStrictEqual(parseDocument(kind, read.number, now), read)
        );
      }),
      RUNS,
    );
    expect(Math.min(seen.ok, seen.bad)).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it('looks like every kind that accepts it, and like a passport at most besides', () => {
    fc.assert(
      fc.property(spoilt(fc.oneof(...Object.values(NUMBERS))), (text) => {
        const kinds = looksLike(text, now);
        return DOCUMENT_KINDS.every(
          (kind) =>
            kinds.includes(kind) === (parseDocument(kind, text, now).is === 'ok') ||
            (kind === 'PASSPORT' && kinds.at(-1) === kind),
        );
      }),
      RUNS,
    );
  });

  it.each(['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2023', 'CN_FPR_2017'] as const)(
    'of %s with one other digit is never accepted',
    (kind) => {
      const others = fc.sample(NUMBERS[kind], 100).flatMap((number) =>
        Array.from(number).flatMap((own, at) =>
          Array.from('0123456789X')
            .filter((digit) => digit !== own)
            .map((digit) => number.slice(0, at) + digit + number.slice(at + 1)),
        ),
      );
      expect(others.length).toBeGreaterThanOrEqual(15_000);
      expect(others.filter((other) => parseDocument(kind, other, now).is === 'ok')).toEqual([]);
    },
  );

  it.each(['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2023'] as const)(
    'of %s with two neighbours swapped is never accepted',
    (kind) => {
      const swapped = fc.sample(NUMBERS[kind], 500).flatMap((number) =>
        Array.from({ length: 17 }, (_, at) => at)
          .filter((at) => number[at] !== number[at + 1])
          .map((at) => number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2)),
      );
      expect(swapped.filter((other) => parseDocument(kind, other, now).is === 'ok')).toEqual([]);
    },
  );
});

const NAMES = fc.oneof(
  fc.constantFrom(
    '张三',
    '欧阳娜娜',
    '阿依古丽·买买提',
    '\u{20BB7}田',
    '王\u{323AF}',
    '〇一',
    '葛\u{E0100}城',
    '王\uE000',
  ),
  fc.constantFrom('SMITH, JOHN', "O'BRIEN-D\u2019ARCY", 'CHAN  TAI MAN', 'li na', 'ＳＭＩＴＨ ｊ'),
);
const HAN = '\\p{Script=Han}\\uE000-\\uF8FF\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}';
const VARIANT = '[\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]?';
const CHINESE = new RegExp(`^(?=.{2,50}$)(?:[${HAN}]${VARIANT})+(?:\\u00B7(?:[${HAN}]${VARIANT})+)*$`, 'u');
const LATIN = /^[A-Z][A-Z ,.'\u2019-]{0,119}$/;
const PRIVATE = /\p{Co}/u;

function fitsItsRule(kind: DocumentKind, read: ParsedName): boolean {
  if (read.is === 'bad') return true;
  const latin = LATIN.test(read.name) && kind !== 'CN_RIC' && kind !== 'TW_PERMIT';
  if (read.is === 'needs_mapping') return CHINESE.test(read.name) && PRIVATE.test(read.name);
  return (latin || CHINESE.test(read.name)) && !PRIVATE.test(read.name);
}

describe('a spoilt name', () => {
  it.each(DOCUMENT_KINDS)('on %s never passes outside of its pattern, and has one form', (kind) => {
    const seen = { ok: 0, needs_mapping: 0, bad: 0 };
    fc.assert(
      fc.property(spoilt(NAMES), (text) => {
        const read = parseNameFor(kind, text);
        seen[read.is] += 1;
        if (!fitsItsRule(kind, read)) return false;
        if (read.is === 'bad') return true;
        const key = foldName(read.name);
        return key !== '' && key === foldName(key) && isDeepStrictEqual(parseNameFor(kind, read.name), read);
      }),
      RUNS,
    );
    expect(Math.min(seen.ok, seen.needs_mapping, seen.bad)).toBeGreaterThan(RUNS.numRuns / 100);
  });
});
