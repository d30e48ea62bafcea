// A clock that stands still until it is moved.
import { addSeconds, type Clock } from '../../idp/platform/base/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on (or back, with a negative number). */
  advance(seconds: number): void;
  set(at: Date): void;
}

export function fakeClock(start: Date = new Date('2026-01-05T08:00:00Z')): FakeClock {
  let at = start;
  return {
    now: () => at,
    advance: (seconds) => {
      at = addSeconds(at, seconds);
    },
    set: (instant) => {
      at = instant;
    },
  };
}
