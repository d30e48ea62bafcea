import fc from 'fast-check';
import { foldName, parseName } from '../../../idp/proofing/documents/name.ts';

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

describe('two spellings of one name', () => {
  it.each([
    ['阿依古丽•买买提', '阿依古丽·买买提'],
    ['葛\u{E0100}城', '葛城'],
    ['张 三', '张三'],
    ['\uF900田', '\u8C48田'],
  ])('%j and %j compare equal', (one, other) => {
    expect(foldName(one)).toBe(foldName(other));
  });

  it('fold to a key that folds to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(foldName(foldName(text))).toBe(foldName(text));
      }),
    );
  });
});
