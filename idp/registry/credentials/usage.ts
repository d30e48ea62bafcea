// When credentials were last used: noted in memory, written together, at most once an hour each.
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { noteUses } from './store.ts';

export interface Usage {
  /** Never waits, never fails: nobody is kept at the door for it. */
  note(id: string): void;
  /** Writes what was noted. Throws Fault `unavailable`; the notes are kept then. */
  flush(): Promise<void>;
}

const HOUR_SECONDS = 3_600;
/** Two for each of 50,000 clients. */
const REMEMBERED = 100_000;

export function createUsage({
  postgres,
  clock,
}: {
  readonly postgres: Postgres;
  readonly clock: Clock;
}): Usage {
  const written = new Map<string, Date>();
  let waiting = new Map<string, Date>();
  return {
    note(id) {
      const now = clock.now();
      const last = written.get(id);
      if (waiting.has(id) || (last && last > addSeconds(now, -HOUR_SECONDS) && last <= now)) return;
      if (waiting.size < REMEMBERED) waiting.set(id, now);
    },
    async flush() {
      if (waiting.size === 0) return;
      const batch = waiting;
      waiting = new Map();
      try {
        await noteUses(postgres, [...batch.keys()], [...batch.values()], HOUR_SECONDS);
      } catch (error) {
        waiting = new Map([...waiting, ...batch]);
        throw error;
      }
      if (written.size + batch.size > REMEMBERED) written.clear();
      for (const [id, at] of batch) written.set(id, at);
    },
  };
}
