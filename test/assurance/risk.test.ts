// The table of circumstances, row by row, and that more suspicion never asks for less.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  asksOperator,
  assess,
  within,
  withoutRefused,
  type Aal,
  type Assessment,
  type Signals,
} from '../../idp/assurance/assurance.ts';
import { ROWS } from '../../idp/assurance/risk.ts';

const usual: Signals = {
  firstSignIn: false,
  newDevice: false,
  newPlace: false,
  travel: undefined,
  phoneChangedDays: undefined,
  phoneRecycled: false,
  simChangedDays: undefined,
  operatorSilent: false,
  networkBurst: false,
  ial: 2,
};
const nothing: Assessment = { floor: 0, discounted: [], refuses: [], reasons: [], tells: false };

describe('what circumstances ask', () => {
  test.each<[string, Partial<Signals>, Partial<Assessment>]>([
    ['nothing unusual', {}, {}],
    ['a new device alone', { newDevice: true }, { floor: 1, reasons: ['new_device'], tells: true }],
    [
      'a new place alone',
      { newPlace: true },
      { floor: 1, reasons: ['new_place'], refuses: ['qr'], tells: true },
    ],
    [
      'a new device in a new place',
      { newDevice: true, newPlace: true },
      {
        floor: 2,
        reasons: ['new_device', 'new_place', 'new_device_and_place'],
        refuses: ['qr'],
        tells: true,
      },
    ],
    ['the first sign-in, when everything is new', { firstSignIn: true, newDevice: true, newPlace: true }, {}],
    [
      '1800 km in an hour',
      { travel: { km: 1_800, hours: 1 } },
      { floor: 2, reasons: ['impossible_travel'], refuses: ['qr'], tells: true },
    ],
    ['1800 km in two hours, as an aeroplane flies', { travel: { km: 1_800, hours: 2 } }, {}],
    [
      '1801 km in two hours',
      { travel: { km: 1_801, hours: 2 } },
      { floor: 2, reasons: ['impossible_travel'] },
    ],
    ['300 km at once, the next city in the table', { travel: { km: 300, hours: 0 } }, {}],
    ['301 km at once', { travel: { km: 301, hours: 0 } }, { floor: 2, reasons: ['impossible_travel'] }],
    [
      'a phone of this week on a new device',
      { newDevice: true, phoneChangedDays: 7 },
      { floor: 2, reasons: ['new_device', 'phone_changed'], tells: true },
    ],
    ['a phone of this week on a known device', { phoneChangedDays: 1 }, {}],
    [
      'a phone of last week on a new device',
      { newDevice: true, phoneChangedDays: 7.1 },
      { floor: 1, reasons: ['new_device'], tells: true },
    ],
    [
      'a SIM of this week (A80)',
      { simChangedDays: 0 },
      { floor: 1, reasons: ['sim_swapped'], discounted: ['sms'] },
    ],
    ['a SIM of last week', { simChangedDays: 8 }, {}],
    [
      'a number that was given to somebody else, and a proven name (A81)',
      { phoneRecycled: true },
      { floor: 1, reasons: ['phone_recycled'], discounted: ['sms'] },
    ],
    ['a number that was given to somebody else, and no proven name', { phoneRecycled: true, ial: 1 }, {}],
    [
      'a crowd from one network',
      { networkBurst: true },
      { floor: 2, reasons: ['network_burst'], refuses: ['qr'] },
    ],
    ['an operator who does not answer', { operatorSilent: true }, { reasons: ['operator_silent'] }],
    [
      'several at once: the highest floor, everything discounted',
      { simChangedDays: 1, networkBurst: true },
      { floor: 2, reasons: ['sim_swapped', 'network_burst'], discounted: ['sms'], refuses: ['qr'] },
    ],
  ])('%s', (_what, seen, asked) => {
    const found = assess({ ...usual, ...seen });
    const expected =
      'tells' in asked || !asked.reasons?.includes('impossible_travel') ? { ...nothing, ...asked } : asked;
    expect(found).toMatchObject(expected);
  });

  test('every row of the table can apply alone or with what it is made of', () => {
    const all: Signals = {
      ...usual,
      newDevice: true,
      newPlace: true,
      travel: { km: 9_000, hours: 1 },
      phoneChangedDays: 0,
      phoneRecycled: true,
      simChangedDays: 0,
      operatorSilent: true,
      networkBurst: true,
    };
    expect(assess(all).reasons).toEqual(ROWS.map(({ reason }) => reason));
  });

  const days = fc.option(fc.nat(20), { nil: undefined });
  const signals = fc.record<Signals>({
    firstSignIn: fc.boolean(),
    newDevice: fc.boolean(),
    newPlace: fc.boolean(),
    travel: fc.option(fc.record({ km: fc.nat(12_000), hours: fc.nat(48) }), { nil: undefined }),
    phoneChangedDays: days,
    phoneRecycled: fc.boolean(),
    simChangedDays: days,
    operatorSilent: fc.boolean(),
    networkBurst: fc.boolean(),
    ial: fc.constantFrom(0, 1, 2, 3, 4),
  });
  const sooner = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  /** At least as suspicious as either. */
  const worse = (a: Signals, b: Signals): Signals => ({
    firstSignIn: a.firstSignIn && b.firstSignIn,
    newDevice: a.newDevice || b.newDevice,
    newPlace: a.newPlace || b.newPlace,
    travel:
      a.travel && b.travel
        ? { km: Math.max(a.travel.km, b.travel.km), hours: Math.min(a.travel.hours, b.travel.hours) }
        : (a.travel ?? b.travel),
    phoneChangedDays: sooner(a.phoneChangedDays, b.phoneChangedDays),
    phoneRecycled: a.phoneRecycled || b.phoneRecycled,
    simChangedDays: sooner(a.simChangedDays, b.simChangedDays),
    operatorSilent: a.operatorSilent || b.operatorSilent,
    networkBurst: a.networkBurst || b.networkBurst,
    ial: a.ial > b.ial ? a.ial : b.ial,
  });
  const holds = (all: readonly string[], some: readonly string[]): boolean =>
    some.every((one) => all.includes(one));

  test('more signals never ask for less', () => {
    fc.assert(
      fc.property(signals, signals, (a, b) => {
        const [less, more] = [assess(a), assess(worse(a, b))];
        return (
          more.floor >= less.floor &&
          holds(more.discounted, less.discounted) &&
          holds(more.refuses, less.refuses) &&
          holds(more.reasons, less.reasons) &&
          (more.tells || !less.tells)
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is discounted leaves a floor: an account is never opened by nothing', () => {
    fc.assert(
      fc.property(signals, fc.constantFrom<Aal>(0, 1, 2, 3), (seen, reachable) => {
        const asked = within(assess(seen), reachable);
        return asked.discounted.length === 0 || asked.floor >= 1;
      }),
    );
  });
});

describe('a factor that is refused', () => {
  const asked = assess({ ...usual, newPlace: true });
  test('has shown nothing that counts, and something else is asked', () => {
    expect(withoutRefused(asked, 'qr', ['hwk', 'user'])).toMatchObject({
      floor: 1,
      discounted: ['hwk', 'user'],
    });
  });
  test.each([['password'], [undefined]])('is not %s', (by) => {
    expect(withoutRefused(asked, by, ['pwd'])).toEqual(asked);
  });
});

describe('what the account can reach', () => {
  const asked = assess({ ...usual, networkBurst: true });
  test.each<[Aal, Aal]>([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
  ])('reachable %i: floor %i, everything else stays', (reachable, floor) => {
    expect(within(asked, reachable)).toEqual({ ...asked, floor });
  });
  test('raises nothing where nothing is asked', () => {
    expect(within(nothing, 3)).toEqual(nothing);
  });
});

test.each<[readonly string[], boolean, boolean]>([
  [['sms'], true, true],
  [['sms'], false, false],
  [['pwd', 'sms'], true, true],
  [['pwd', 'sms'], false, false],
  [['pwd'], true, false],
  [[], true, false],
])('after %j, new device %s: the operator is asked: %s', (amr, newDevice, asks) => {
  expect(asksOperator(amr, newDevice)).toBe(asks);
});
