import { describe, expect, test } from '@jest/globals';
import { demandOf } from '../../idp/oidc/policy.ts';

const L = (n: number): string => `urn:tongxing:acr:l${n}`;
const all = (): boolean => true;
const upToL2 = (level: string): boolean => level <= 'l2';

describe('what a request demands', () => {
  test('the registered minimum binds, whatever the request says', () => {
    expect(demandOf('l2', undefined, undefined, all)).toEqual({ level: 'l2', essential: true, impossible: false });
    expect(demandOf('l2', L(1), undefined, all)).toEqual({ level: 'l2', essential: true, impossible: false });
    expect(demandOf('l2', undefined, { essential: true, value: L(1) }, all).level).toBe('l2');
  });

  test('acr_values are a wish', () => {
    expect(demandOf('l1', L(3), undefined, all)).toEqual({ level: 'l3', essential: false, impossible: false });
  });

  test('any listed value will do, so the lowest counts', () => {
    expect(demandOf('l1', `${L(3)} ${L(2)}`, undefined, all).level).toBe('l2');
    expect(demandOf('l1', undefined, { essential: true, values: [L(3), L(2)] }, all).level).toBe('l2');
  });

  test('a wish that no one can reach is let go', () => {
    expect(demandOf('l1', L(4), undefined, upToL2)).toEqual({ level: 'l1', essential: true, impossible: false });
    expect(demandOf('l1', undefined, { value: L(4) }, upToL2).impossible).toBe(false);
  });

  test('an essential level that no one can reach is impossible', () => {
    expect(demandOf('l1', undefined, { essential: true, value: L(3) }, upToL2).impossible).toBe(true);
  });

  test.each([[{ essential: true, value: 'urn:other' }], [{ essential: true, values: ['x', 3, null] }]])(
    'an essential value that is not on the ladder is impossible: %j',
    (claim) => {
      expect(demandOf('l1', undefined, claim, all).impossible).toBe(true);
    },
  );

  test('essential without a value asks only that acr be told', () => {
    expect(demandOf('l1', undefined, { essential: true }, all)).toEqual({ level: 'l1', essential: true, impossible: false });
  });

  test('a minimum above what can be reached refuses everyone', () => {
    expect(demandOf('l4', undefined, undefined, upToL2).impossible).toBe(true);
  });
});
