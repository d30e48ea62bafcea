// Waiting for what comes by itself: a message, a signal, a delivery.
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 20;

/**
 * Looks again every 20 ms until `came` is true. Throws after as many looks as fit into `seconds` (default 5); looks are
 * counted, because on a busy machine the clock runs on while nothing else does. `what` is named in the complaint.
 */
export async function until(
  came: () => boolean | Promise<boolean>,
  seconds = 5,
  what = 'what was waited for',
): Promise<void> {
  for (let looks = 0; looks * STEP_MS <= seconds * 1000; looks += 1) {
    if (await came()) return;
    await sleep(STEP_MS);
  }
  throw new Error(`${what} did not come within ${seconds} seconds`);
}
