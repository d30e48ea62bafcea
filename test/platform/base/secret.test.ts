import { inspect } from 'node:util';
import { maskName, maskNumber, personalName, personalNumber } from '../../../idp/platform/base/secret.ts';

test.each([
  ['330106198501011231', '3****************1', 'a resident ID number'],
  ['11010519491231002X', '1****************X', 'one that ends in X'],
  ['810000199408230021', '8****************1', 'a residence permit'],
  ['911124198108030024', '9****************4', 'a permanent resident ID of 2023'],
  ['CAN110081080310', 'C***********310', 'a permanent resident ID of 2017'],
  ['E12345678', 'E*****678', 'a bare passport number'],
  ['CHN E12345678', 'CHN E*****678', 'a passport, whose state is no secret'],
  ['GBR 123456', 'GBR 1**456', 'a short passport number'],
  ['H12345678', 'H*****678', 'a permit of Hong Kong'],
  ['12345678', '1****678', 'a permit of Taiwan'],
  ['CHN', '***', 'what is too short to be a number'],
  ['12345', '*****', 'what would show nearly all'],
  ['', '', 'nothing'],
])('the number %j is shown as %j: %s', (number, shown) => {
  expect(maskNumber(number)).toBe(shown);
});

test.each([
  ['张三', '张*'],
  ['欧阳娜娜', '欧**'],
  ['阿依古丽·买买提', '阿**'],
  ['\u{20BB7}田', '\u{20BB7}*'],
  ['王\uE000', '王*'],
  ['SMITH JOHN', 'S** J**'],
  ['SMITH, JOHN P', 'S** J** P*'],
  ['LI NA', 'L* N*'],
  ["O'BRIEN-D’ARCY", 'O**'],
  ['X', 'X*'],
])('the name %j is shown as %j', (name, shown) => {
  expect(maskName(name)).toBe(shown);
});

test('a passport and a Latin name print as their masks wherever text is made', () => {
  const guarded = { number: personalNumber('CHN E12345678'), name: personalName('SMITH JOHN') };
  for (const text of [JSON.stringify(guarded), inspect(guarded), String(Object.values(guarded))]) {
    expect(text).toContain('CHN E*****678');
    expect(text).toContain('S** J**');
    expect(text).not.toContain('12345');
    expect(text).not.toContain('MITH');
  }
});
