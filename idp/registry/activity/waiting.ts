// What one node has seen since it last wrote: figures and the newest requests of each client. Bounded. No I/O.
import type { Counted, FunnelStage, Seen } from './activity.ts';

/** Requests of each kind that are kept of one client: its developer looks at the last twenty. */
export const LAST = 20;
/** Of all clients together, between two writings: an outage of the store must not become an outage of memory. */
const FIGURES_AT_MOST = 50_000;
const REQUESTS_AT_MOST = 5_000;

export interface Waiting {
  add(clientId: string, hour: Date, stage: FunnelStage, outcome: string, count: number): void;
  keep(clientId: string, seen: Seen): void;
  /** Everything that waits; nothing waits any more. */
  take(): {
    readonly figures: readonly Counted[];
    readonly requests: readonly (Seen & { readonly clientId: string })[];
  };
}

export function createWaiting(): Waiting {
  let figures = new Map<string, Counted>();
  let requests = new Map<string, Seen[]>();
  let kept = 0;
  return {
    add(clientId, hour, stage, outcome, count) {
      const key = JSON.stringify([clientId, hour.getTime(), stage, outcome]);
      const before = figures.get(key);
      if (before) figures.set(key, { ...before, count: before.count + count });
      else if (figures.size < FIGURES_AT_MOST) figures.set(key, { clientId, hour, stage, outcome, count });
    },
    keep(clientId, seen) {
      const key = `${seen.error === undefined ? 'ok' : 'failed'} ${clientId}`;
      const list = requests.get(key) ?? [];
      if (list.length >= LAST) {
        list.shift();
        kept -= 1;
      }
      if (kept >= REQUESTS_AT_MOST) return;
      list.push(seen);
      kept += 1;
      requests.set(key, list);
    },
    take() {
      const taken = {
        figures: [...figures.values()],
        requests: [...requests].flatMap(([key, list]) => {
          const clientId = key.slice(key.indexOf(' ') + 1);
          return list.map((seen) => ({ ...seen, clientId }));
        }),
      };
      figures = new Map();
      requests = new Map();
      kept = 0;
      return taken;
    },
  };
}
