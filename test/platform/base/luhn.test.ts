import { luhnDigit } from '../../../idp/platform/base/luhn.ts';

describe('the check digit of a card number', () => {
  // The worked example of the standard, and numbers that card schemes publish for testing.
  it.each([
    '79927398713',
    '4111111111111111',
    '5555555555554444',
    '6011111111111117',
    '378282246310005',
    '6212345678901232',
    '0000000000000000',
  ])('%s is whole', (number) => {
    expect(luhnDigit(number.slice(0, -1))).toBe(number.at(-1));
  });

  it('finds every single wrong digit, and every swapped pair but 09', () => {
    const number = '6212345678901232';
    const whole = (text: string): boolean => luhnDigit(text.slice(0, -1)) === text.at(-1);
    for (let at = 0; at < number.length; at += 1)
      for (const digit of '0123456789')
        expect(whole(number.slice(0, at) + digit + number.slice(at + 1))).toBe(digit === number[at]);
    for (let at = 0; at < number.length - 1; at += 1) {
      const pair = number.slice(at, at + 2);
      const swapped = number.slice(0, at) + Array.from(pair).toReversed().join('') + number.slice(at + 2);
      expect(whole(swapped)).toBe(pair === '90' || pair === '09');
    }
  });
});
