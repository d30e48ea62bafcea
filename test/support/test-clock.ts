// A clock that the test moves. It starts at the real present, so that day partitions exist.
import type { Clock } from '../../idp/platform/base/clock.ts';

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
