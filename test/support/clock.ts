// Clocks that a test moves.
import { addSeconds, type Clock } from '../../idp/platform/base/clock.ts';

/** Stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves time on (or back, with a negative number). */
  advance(seconds: number): void;
}

export function fakeClock(start: Date = new Date('2026-01-05T08:00:00Z')): FakeClock {
  let at = start;
  return {
    now: () => at,
    advance: (seconds) => {
      at = addSeconds(at, seconds);
    },
  };
}

/** Runs on from the real present, so that day partitions exist. */
export interface TestClock extends Clock {
  forward(seconds: number): void;
}

export function testClock(): TestClock {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    forward: (seconds) => {
      offset += seconds * 1000;
    },
  };
}
