import fc from 'fast-check';
import type { Ial } from '../../idp/assurance/assurance.ts';
import { effectiveIal, raised, type IdentityLevel } from '../../idp/citizens/level.ts';

const at = new Date('2026-07-30T09:30:00Z');
const soon = new Date('2026-07-31T09:30:00Z');
const later = new Date('2027-07-30T09:30:00Z');
const level = (ial: Ial, ialExpiresAt?: Date): IdentityLevel => ({ ial, ialExpiresAt });

test('a level is 0 from the instant of its expiry on', () => {
  expect(effectiveIal(level(3, soon), at)).toBe(3);
  expect(effectiveIal(level(3, at), at)).toBe(0);
  expect(effectiveIal(level(3), at)).toBe(3);
});

test.each([
  ['a lower level', level(2, soon), level(1, later), undefined],
  ['the same level that ends sooner', level(2, later), level(2, soon), undefined],
  ['the same level with an end, when what stands has none', level(2), level(2, later), undefined],
  ['the same level again', level(2, soon), level(2, soon), undefined],
  ['evidence that is over already', level(1, soon), level(4, at), undefined],
  ['a higher level, also if it ends sooner', level(2, later), level(3, soon), level(3, soon)],
  ['the same level that ends later', level(2, soon), level(2, later), level(2, later)],
  ['the same level that does not end', level(2, soon), level(2), level(2)],
  ['a lower level, when what stood has expired', level(4, at), level(1, soon), level(1, soon)],
])('%s', (_what, standing, offered, expected) => {
  expect(raised(standing, offered, at)).toEqual(expected);
});

test('no evidence ever lowers a level', () => {
  const any = fc.record({
    ial: fc.constantFrom<Ial>(0, 1, 2, 3, 4),
    ialExpiresAt: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
  });
  fc.assert(
    fc.property(any, any, (standing, offered) => {
      const after = raised(standing, offered, at) ?? standing;
      expect(effectiveIal(after, at)).toBeGreaterThanOrEqual(effectiveIal(standing, at));
    }),
  );
});
