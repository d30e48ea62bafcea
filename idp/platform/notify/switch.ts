// The kill switch of all messages: a setting, and a row that an operator sets for all nodes at once.
import type { Clock } from '../base/clock.ts';
import type { Postgres, Tx } from '../store/postgres.ts';
import { readSwitch, writeSwitch } from './store.ts';

export interface Switch {
  /** Whether no message goes out now. What another node switched is known here within a second. */
  stopped(): Promise<boolean>;
  /** In the given transaction, which also records who did it. */
  set(tx: Tx, stopped: boolean): Promise<void>;
  /** For operators: the setting, and what was switched and when. */
  state(): Promise<{
    readonly enabled: boolean;
    readonly switched: { readonly stopped: boolean; readonly changedAt: Date } | undefined;
  }>;
}

const KNOWN_MS = 1_000;

/** `enabled`: the setting. What it stops no operator's command starts. */
export function createSwitch(parts: { postgres: Postgres; clock: Clock; enabled: boolean }): Switch {
  const { postgres, clock, enabled } = parts;
  // Monotonic time: a clock that is set back must not keep an old answer alive.
  let known: { readonly at: number; readonly stopped: Promise<boolean> } | undefined;
  const ask = (): Promise<boolean> => {
    const stopped = readSwitch(postgres).then((row) => row?.stopped === true);
    // A failure is for whoever asked now, not for all who ask within the second.
    stopped.catch(() => {
      known = undefined;
    });
    known = { at: performance.now(), stopped };
    return stopped;
  };
  return {
    async stopped() {
      if (!enabled) return true;
      return known && performance.now() - known.at < KNOWN_MS ? known.stopped : ask();
    },
    async set(tx, stopped) {
      await writeSwitch(tx, stopped, clock.now());
    },
    state: async () => ({ enabled, switched: await readSwitch(postgres) }),
  };
}
