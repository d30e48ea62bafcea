// Clients in the memory of one node. Bounded, told of changes, and never older than its limit.
import type { Clock } from '../../platform/base/clock.ts';
import type { Client } from '../registry.ts';

export interface CacheParts {
  /** Reads the client; returns `known` itself when nothing changed since. */
  readonly load: (clientId: string, known: Client | undefined) => Promise<Client | undefined>;
  readonly clock: Clock;
  /** Seconds for which an entry is used without asking again. */
  readonly freshSeconds: number;
}

export interface Cache {
  get(clientId: string): Promise<Client | undefined>;
  /** The next `get` asks the store. */
  expire(clientId: string): void;
  expireAll(): void;
  /** Every change that was announced before this instant has been heard: what is here was true then. */
  heardAllUntil(at: Date): void;
}

interface Entry<T> {
  readonly value: T;
  readonly loadedAt: number;
}

/** About 5 kB a client. */
const CLIENTS = 50_000;
/** Unknown identifiers have a bound of their own, so that made-up ones cannot push clients out. */
const UNKNOWN = 10_000;
/** A client that was just imported is announced; this is for the announcement that got lost. */
const UNKNOWN_SECONDS = 5;

/** Read again after this long even so: what changed by time alone (a secret that ran out) is announced by nobody. */
const VOUCHED_SECONDS = 600;

/** The least recently used entry goes first. */
function bounded<T>(size: number): Map<string, T> {
  return new (class extends Map<string, T> {
    override set(key: string, value: T): this {
      this.delete(key);
      super.set(key, value);
      if (this.size > size) this.delete(this.keys().next().value!);
      return this;
    }
  })();
}

/** A clock that was set back must not stretch the life of an entry. */
function fresh(trueAt: number, now: Date, seconds: number): boolean {
  const age = now.getTime() - trueAt;
  return age >= 0 && age < seconds * 1000;
}

/** An entry that was not expired is as young as the last instant until which no announcement was missed. */
const trueAt = ({ loadedAt }: Entry<Client>, heardUntil: number): number =>
  Math.max(loadedAt, Math.min(heardUntil, loadedAt + VOUCHED_SECONDS * 1000));

export function createCache({ load, clock, freshSeconds }: CacheParts): Cache {
  const clients = bounded<Entry<Client>>(CLIENTS);
  const unknown = bounded<Entry<undefined>>(UNKNOWN);
  const loading = new Map<string, Promise<Client | undefined>>();
  let heardUntil = -Infinity;

  const reload = (clientId: string): Promise<Client | undefined> => {
    const loadedAt = clock.now().getTime();
    const current = load(clientId, clients.get(clientId)?.value)
      .then((client) => {
        // Expired while it was read: what was read may be old. Those who asked before get it, the next one asks again.
        if (loading.get(clientId) !== current) {
          if (client && !clients.has(clientId)) clients.set(clientId, { value: client, loadedAt: -Infinity });
          return client;
        }
        clients.delete(clientId);
        unknown.delete(clientId);
        if (client) clients.set(clientId, { value: client, loadedAt });
        else unknown.set(clientId, { value: undefined, loadedAt });
        return client;
      })
      .finally(() => {
        if (loading.get(clientId) === current) loading.delete(clientId);
      });
    loading.set(clientId, current);
    return current;
  };

  const expire = (clientId: string): void => {
    loading.delete(clientId);
    unknown.delete(clientId);
    const entry = clients.get(clientId);
    if (entry) clients.set(clientId, { value: entry.value, loadedAt: -Infinity });
  };

  return {
    async get(clientId) {
      const entry = clients.get(clientId);
      if (entry && fresh(trueAt(entry, heardUntil), clock.now(), freshSeconds)) {
        clients.set(clientId, entry);
        return entry.value;
      }
      const miss = unknown.get(clientId);
      if (miss && fresh(miss.loadedAt, clock.now(), Math.min(UNKNOWN_SECONDS, freshSeconds)))
        return undefined;
      return await (loading.get(clientId) ?? reload(clientId));
    },
    expire,
    heardAllUntil(at) {
      heardUntil = at.getTime();
    },
    expireAll() {
      heardUntil = -Infinity;
      loading.clear();
      unknown.clear();
      for (const clientId of Array.from(clients.keys())) expire(clientId);
    },
  };
}
