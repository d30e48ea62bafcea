import fc from 'fast-check';
import { keyOf, wholeSeconds, type Json } from '../../../idp/platform/store/ephemeral.ts';
import { gcra, retryAfter, tokensLeft } from '../../../idp/platform/store/gcra.ts';
import { isPacked, packed, part, unpacked, whole } from '../../../idp/platform/store/merged.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the form of merged entries', () => {
  test('any object comes back as it went in, apart and packed', () => {
    const objects = fc.record({
      rest: fc.dictionary(fc.string(), json),
      field: fc.dictionary(fc.string(), json),
    });
    fc.assert(
      fc.property(objects, fc.string(), ({ rest, field }, name) => {
        const value = { ...rest, [name]: field };
        const parted = part(value, name, 'uid');
        expect(whole(parted.rest, parted.field, parted.members)).toEqual(asJson(value));
        expect(isPacked(packed(parted))).toBe(true);
        expect(unpacked(packed(parted))).toEqual(asJson(value));
      }),
    );
  });

  test('no plain JSON text is taken for a packed one', () => {
    fc.assert(fc.property(json, (value) => !isPacked(JSON.stringify(value))));
  });
});

describe('the arithmetic of limits', () => {
  const rates = fc.record({
    burst: fc.integer({ min: 1, max: 100_000 }),
    periodSeconds: fc.integer({ min: 1, max: 86_400 * 30 }),
  });

  test('a burst fits exactly, one more never does, and the wait is never longer than the period', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const bucket = gcra(rate, 1);
        const full = bucket.increment * rate.burst;
        expect(full).toBeLessThanOrEqual(bucket.tolerance);
        expect(full + bucket.increment).toBeGreaterThan(bucket.tolerance);
        expect(tokensLeft(bucket, full)).toBe(0);
        expect(tokensLeft(bucket, 0)).toBe(rate.burst);
        expect(retryAfter(bucket, full)).toBeGreaterThanOrEqual(1);
        expect(retryAfter(bucket, full)).toBeLessThanOrEqual(rate.periodSeconds + 1);
      }),
    );
  });

  test.each([
    [{ burst: 0, periodSeconds: 1 }, 1],
    [{ burst: 1.5, periodSeconds: 1 }, 1],
    [{ burst: 5, periodSeconds: -1 }, 1],
    [{ burst: 5, periodSeconds: Number.NaN }, 1],
    [{ burst: 5, periodSeconds: 1 }, 6],
    [{ burst: 5, periodSeconds: 1 }, 0.5],
  ])('%j cannot pay %d', (rate, cost) => {
    expect(() => gcra(rate, cost)).toThrow('cannot spend');
  });
});

describe('keys', () => {
  test('hold a digest, never the secret, and a tag in braces', () => {
    expect(keyOf('code', 's3cret')).toMatch(/^code:[\w-]{43}$/);
    expect(keyOf('code', 's3cret', 'grant')).toMatch(/^code:\{grant\}:[\w-]{43}$/);
    expect(keyOf('code', 'a')).not.toBe(keyOf('code', 'b'));
  });

  test.each([
    [0, 1],
    [0.01, 1],
    [59.2, 60],
    [-5, 1],
  ])('a life of %d s is %d s', (given, seconds) => {
    expect(wholeSeconds(given)).toBe(seconds);
  });
});
