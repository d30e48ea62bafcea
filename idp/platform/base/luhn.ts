// The check digit of card numbers, ISO/IEC 7812-1 annex B: finds every single wrong digit and nearly every swapped pair.

/** The digit that makes a number whole: '7992739871' needs '3'. Takes ASCII digits only. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let at = digits.length - 1, double = true; at >= 0; at -= 1, double = !double) {
    const value = Number(digits[at]) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}
