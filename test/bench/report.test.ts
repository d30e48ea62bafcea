import { createCounter } from './counting.ts';
import type { Measured } from './load/measure.ts';
import { lineOf, median, percentile, ratioOf } from './report.ts';

const round = (operations: number, cpuMs: number, errors = 0): Measured => ({
  operations,
  errors,
  firstError: errors > 0 ? 'refused' : undefined,
  seconds: 2,
  cpuMs,
  latencies: Array.from({ length: operations }, (_, index) => index + 1),
});

describe('the lines of the benchmark', () => {
  test('errors are shown with the first reason, never hidden in the average', () => {
    expect(lineOf('sso', 'product', [round(10, 20), round(10, 20, 3)], null)).toMatchObject({
      errors: 3,
      firstError: 'refused',
    });
  });

  test('ratios pair each round with the one beside it', () => {
    // The machine was twice as slow in the second round: both sides alike.
    expect(ratioOf([round(10, 20), round(10, 40)], [round(10, 10), round(10, 20)])).toBe(0.5);
  });

  test('what does not count is taken off the product only', () => {
    expect(ratioOf([round(10, 500)], [round(10, 100)], [30])).toBe(0.5);
  });

  test('medians and percentiles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([5, 1, 2, 3, 4], 0.5)).toBe(3);
    expect(percentile([5, 1, 2, 3, 4], 0.99)).toBe(5);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('counting round trips', () => {
  test('commands sent before the answer are one exchange; two connections at once are one wait', () => {
    const counter = createCounter();
    const [redis, postgres] = [{}, {}];
    counter.asked(redis);
    counter.asked(redis);
    counter.asked(postgres);
    counter.answered(redis);
    counter.answered(postgres);
    counter.asked(redis);
    counter.answered(redis);
    expect(counter.counts).toEqual({ roundTrips: 3, waits: 2 });
  });

  test('what nobody asked for is not counted', () => {
    const counter = createCounter();
    counter.answered({});
    expect(counter.counts).toEqual({ roundTrips: 0, waits: 0 });
  });
});
