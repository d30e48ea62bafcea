import fc from 'fast-check';
import { DOCUMENT_KINDS } from '../../../idp/citizens/citizens.ts';
import { foldName, parseLatinName, parseName, parseNameFor } from '../../../idp/proofing/documents/name.ts';

describe('a name is refused', () => {
  it.each([
    ['', 'empty'],
    [' \u3000\n', 'empty'],
    ['张', 'length'],
    ['·', 'length'],
    ['测'.repeat(51), 'length'],
    ['Zhang San', 'characters'],
    ['张三1', 'characters'],
    ['张三😀', 'characters'],
    ['<b>张三</b>', 'characters'],
    ['张,三', 'characters'],
    ['かな', 'characters'],
  ])('%j: %s', (text, why) => {
    expect(parseName(text)).toEqual({ is: 'bad', why });
  });

  it('never by throwing, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(['ok', 'needs_mapping', 'bad']).toContain(parseName(text).is);
      }),
    );
  });
});

describe('a name is accepted', () => {
  it.each([
    ['张三', '张三'],
    [' 张三\u3000', '张三'],
    ['张 三', '张三'],
    ['张\u3000三', '张三'],
    ['阿依古丽·买买提', '阿依古丽·买买提'],
    ['阿依古丽 买买提', '阿依古丽·买买提'],
    ['阿依古丽  买买提 江', '阿依古丽·买买提·江'],
    ['阿依古丽 · 买买提', '阿依古丽·买买提'],
    ['阿依古丽•买买提', '阿依古丽·买买提'],
    ['阿依古丽・买买提', '阿依古丽·买买提'],
    ['阿依古丽．买买提', '阿依古丽·买买提'],
    ['阿依古丽.买买提', '阿依古丽·买买提'],
    ['阿依古丽‧买买提·', '阿依古丽·买买提'],
    ['\u{20BB7}田', '\u{20BB7}田'],
    ['王\u3400', '王\u3400'],
    ['王\u{2EBF0}', '王\u{2EBF0}'],
    ['王\u{323AF}', '王\u{323AF}'],
    ['〇一', '〇一'],
    ['葛\u{E0100}城', '葛\u{E0100}城'],
    ['测'.repeat(50), '测'.repeat(50)],
  ])('%j becomes %j', (text, name) => {
    expect(parseName(text)).toEqual({ is: 'ok', name });
  });

  it('with its compatibility ideographs untouched, because NFC would make it another name', () => {
    expect(parseName('\uF900田')).toEqual({ is: 'ok', name: '\uF900田' });
  });

  it('and marked for mapping when it holds private-use characters', () => {
    expect(parseName('王\uE000')).toEqual({ is: 'needs_mapping', name: '王\uE000' });
  });

  it('in the same form however often it is parsed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('阿', '买', '\u{20BB7}', ' ', '·', '•', '.', '\u3000'), { maxLength: 20 }),
        (pieces) => {
          const once = parseName(pieces.join(''));
          if (once.is !== 'bad') expect(parseName(once.name)).toEqual(once);
        },
      ),
    );
  });
});

describe('a Latin name', () => {
  it.each([
    ['', 'empty'],
    [' \u3000\n', 'empty'],
    ['张三', 'characters'],
    ['-SMITH', 'characters'],
    ['SMITH1', 'characters'],
    ['SMITH<<JOHN', 'characters'],
    ['JOSÉ', 'characters'],
    ['\u017FMITH', 'characters'],
    ['\u0410NNA', 'characters'],
    ['SMITH\u0000', 'characters'],
    ['SMITH \uE000', 'characters'],
    ['A'.repeat(121), 'length'],
  ])('%j is refused: %s', (text, why) => {
    expect(parseLatinName(text)).toEqual({ is: 'bad', why });
  });

  it.each([
    ['SMITH, JOHN', 'SMITH, JOHN'],
    [' smith\u3000\u3000john ', 'SMITH JOHN'],
    ['ＳＭＩＴＨ，ｊｏｈｎ', 'SMITH,JOHN'],
    ["o'brien-d\u2019arcy jr.", "O'BRIEN-D\u2019ARCY JR."],
    ['X', 'X'],
    ['A'.repeat(120), 'A'.repeat(120)],
  ])('%j becomes %j', (text, name) => {
    expect(parseLatinName(text)).toEqual({ is: 'ok', name });
  });
});

describe('the name on a document', () => {
  it.each(DOCUMENT_KINDS)('%s may be Chinese, with the dot and with characters that need mapping', (kind) => {
    expect(parseNameFor(kind, '阿依古丽.买买提')).toEqual({ is: 'ok', name: '阿依古丽·买买提' });
    expect(parseNameFor(kind, '王\uE000')).toEqual({ is: 'needs_mapping', name: '王\uE000' });
    expect(parseNameFor(kind, ' ')).toEqual({ is: 'bad', why: 'empty' });
    expect(parseNameFor(kind, '张三 ZHANG SAN')).toEqual({ is: 'bad', why: 'characters' });
  });

  it.each(['CN_HMT_RP', 'CN_FPR_2017', 'CN_FPR_2023', 'PASSPORT', 'HM_PERMIT'] as const)(
    '%s may be Latin',
    (kind) => {
      expect(parseNameFor(kind, 'Chan Tai Man')).toEqual({ is: 'ok', name: 'CHAN TAI MAN' });
    },
  );

  it.each(['CN_RIC', 'TW_PERMIT'] as const)('%s is never Latin', (kind) => {
    expect(parseNameFor(kind, 'Chan Tai Man')).toEqual({ is: 'bad', why: 'characters' });
  });
});

describe('two spellings of one name', () => {
  it.each([
    ['阿依古丽•买买提', '阿依古丽·买买提'],
    ['葛\u{E0100}城', '葛城'],
    ['张 三', '张三'],
    ['\uF900田', '\u8C48田'],
    ['SMITH, JOHN', 'Smith  John'],
    ["O'BRIEN", 'O\u2019Brien'],
    ["O'BRIEN", 'OBRIEN'],
    ['MARY-ANN', 'MARY ANN'],
    ['SMITH JR.', 'SMITH JR'],
    ['ＳＭＩＴＨ', 'SMITH'],
  ])('%j and %j compare equal', (one, other) => {
    expect(foldName(one)).toBe(foldName(other));
  });

  it.each([
    ['LI NA', 'LINA'],
    ['SMITH JOHN', 'JOHN SMITH'],
    ['\u4E00一', '\u2F00一'],
    ['张三', '张叁'],
  ])('%j and %j stay two', (one, other) => {
    expect(foldName(one)).not.toBe(foldName(other));
  });

  it('fold to a key that folds to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(foldName(foldName(text))).toBe(foldName(text));
      }),
    );
  });
});
