import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import {
  LADDER,
  aalOf,
  higher,
  levelOfAcr,
  missing,
  reached,
  satisfies,
  servesElsewhere,
  type Ial,
  type Level,
} from '../../idp/assurance/assurance.ts';

const IALS: readonly Ial[] = [0, 1, 2, 3, 4];
const METHODS = ['pwd', 'sms', 'mca', 'swk', 'hwk', 'user', 'mfa', 'face', 'nonsense'];
const anyIal = fc.constantFrom(...IALS);
const anyAmr = fc.subarray(METHODS);
const anyLevel = fc.constantFrom<Level>('l1', 'l2', 'l3', 'l4');

describe('the factor level of a session', () => {
  test.each([
    [[], 0],
    [['nonsense'], 0],
    [['user'], 0],
    [['pwd'], 1],
    [['sms'], 1],
    [['pwd', 'pwd'], 1],
    [['pwd', 'sms'], 2],
    [['pwd', 'otp'], 2],
    [['sms', 'otp'], 1],
    [['swk', 'user'], 2],
    [['swk'], 1],
    [['hwk', 'user'], 3],
    [['hwk'], 1],
    [['mca'], 1],
    [['mca', 'pwd'], 1],
    [['mca', 'sms'], 1],
    [['mca', 'pwd', 'sms'], 2],
  ] as const)('%j gives %i', (amr, aal) => {
    expect(aalOf(amr)).toBe(aal);
  });

  test('never falls when a method is added', () => {
    fc.assert(
      fc.property(anyAmr, fc.constantFrom(...METHODS), (amr, more) => aalOf([...amr, more]) >= aalOf(amr)),
    );
  });
});

test('an approval elsewhere serves no level that takes two factors', () => {
  expect(LADDER.map(({ level }) => servesElsewhere(level))).toEqual([true, true, false, false]);
});

describe('the rung reached', () => {
  test('is none before any factor was shown, whatever was proven', () => {
    for (const ial of IALS) expect(reached({ ial, amr: [] })).toBeUndefined();
  });

  test('a matched name and number alone does not make l2: the phone must belong to the person', () => {
    expect(reached({ ial: 1, amr: ['pwd', 'sms'] })?.level).toBe('l1');
  });

  test('is always one that is satisfied, and the one above it is not', () => {
    fc.assert(
      fc.property(anyIal, anyAmr, (ial, amr) => {
        const rung = reached({ ial, amr });
        const above = LADDER.filter((candidate) => !rung || LADDER.indexOf(candidate) > LADDER.indexOf(rung));
        return (
          (!rung || satisfies(rung.level, { ial, amr })) &&
          above.every(({ level }) => !satisfies(level, { ial, amr }))
        );
      }),
    );
  });
});

describe('what is missing', () => {
  test('is nothing exactly when the level is satisfied', () => {
    fc.assert(
      fc.property(anyLevel, anyIal, anyAmr, (level, ial, amr) => {
        return (missing(level, { ial, amr }) === 'nothing') === satisfies(level, { ial, amr });
      }),
    );
  });

  test('names identity before factor', () => {
    expect(missing('l3', { ial: 0, amr: [] })).toBe('identity');
    expect(missing('l3', { ial: 3, amr: ['pwd'] })).toBe('factor');
  });
});

test('only our own acr values have a level, to the letter', () => {
  expect(levelOfAcr('urn:tongxing:acr:l2')).toBe('l2');
  for (const acr of ['', 'l2', 'urn:tongxing:acr:L2', 'urn:tongxing:acr:l2 ', 'urn:tongxing:acr:l5'])
    expect(levelOfAcr(acr)).toBeUndefined();
});

test('the higher of two demands does not depend on their order', () => {
  fc.assert(fc.property(anyLevel, anyLevel, (a, b) => higher(a, b) === higher(b, a)));
});
