import fc from 'fast-check';
import { parsePhone } from '../../idp/citizens/citizens.ts';

describe('a text that is no mainland mobile number is refused', () => {
  test.each([
    ['nothing', ''],
    ['a word', '中国移动一三八'],
    ['ten digits', '1380013567'],
    ['twelve digits', '138001356789'],
    ['a landline', '010-6552 9988'],
    ['a landline with its country', '+86 10 6552 9988'],
    ['a service number', '12345678901'],
    ['a free-phone number', '400-810-0000'],
    ['Hong Kong', '+852 5123 4567'],
    ['Macao', '+853 6612 3456'],
    ['Taiwan', '+886 912 345 678'],
    ['the United States', '+1 650 253 0000'],
    ['an extension', '13800135678 ext 9'],
    ['an extension in the manner of RFC 3966', '+8613800135678;ext=9'],
    ['a tel URI', 'tel:+8613800135678'],
    ['letters for digits', '1380013LOVE'],
    ['Arabic-Indic digits', '١٣٨٠٠١٣٥٦٧٨'],
    ['mathematical digits', '𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟓𝟔𝟕𝟖'],
    ['circled digits', '①③⑧⓪⓪①③⑤⑥⑦⑧'],
    ['a zero-width space', '138\u200b00135678'],
    ['a direction mark', '\u202a13800135678\u202c'],
    ['two numbers', '13800135678 13900135678'],
    ['a second plus', '+86+8613800135678'],
    ['a line break', '13800135678\n'],
    ['a NUL', '13800135678\u0000'],
    ['a flood of digits', '1'.repeat(1_000_000)],
  ])('%s', (_what, text) => {
    expect(parsePhone(text)).toBeUndefined();
  });

  test.each(['140', '141', '144', '146', '148'])('a machine SIM, %s', (prefix) => {
    expect(parsePhone(`${prefix}00135678`)).toBeUndefined();
    expect(parsePhone(`+86 ${prefix}0013 5678`)).toBeUndefined();
  });
});

describe('a mobile number has one form, however it is typed', () => {
  test.each([
    '13800135678',
    ' 138 0013 5678 ',
    '138-0013-5678',
    '+8613800135678',
    '+86 138 0013 5678',
    '+86-138-0013-5678',
    '008613800135678',
    '0086 138 0013 5678',
    '１３８００１３５６７８',
    '＋８６　１３８　００１３　５６７８',
    '138–0013–5678',
  ])('%s', (text) => {
    expect(parsePhone(text)).toBe('+8613800135678');
  });

  test.each(['130', '145', '147', '149', '150', '166', '170', '178', '189', '190', '192', '198', '199'])(
    'range %s',
    (prefix) => {
      expect(parsePhone(`${prefix}00135678`)).toBe(`+86${prefix}00135678`);
    },
  );

  test('and reading the form again changes nothing, whatever was typed', () => {
    const typed = fc.string({
      unit: fc.constantFrom(...Array.from('0123456789+- ()８６１３')),
      maxLength: 34,
    });
    fc.assert(
      fc.property(typed, (text) => {
        const phone = parsePhone(text);
        if (phone === undefined) return;
        expect(phone).toMatch(/^\+861[3-9]\d{9}$/);
        expect(parsePhone(phone)).toBe(phone);
      }),
      { numRuns: 2_000 },
    );
  });
});
