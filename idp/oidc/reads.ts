// What one protocol request reads of a citizen: the account, the consent, the session behind a token. Each is read once
// a request, and all that a token names side by side, before the engine asks for them one after the other. Nothing is
// kept from one request to the next: a status or a consent is always as it is now.
import type { Citizen, CitizenId, Citizens } from '../citizens/citizens.ts';
import type { OidcStore, Payload } from './store.ts';

export interface Reads {
  citizen(id: CitizenId): Promise<Citizen | undefined>;
  consent(citizenId: string, clientId: string): Promise<Payload | undefined>;
  /** A consent that another statement has brought along. */
  know(citizenId: string, clientId: string, consent: Payload | undefined): void;
  /** The value of `read`, asked once a request under this name; outside a request every time. */
  once<T>(name: string, read: () => Promise<T>): Promise<T>;
  /** Begins to read both for a token or session that names them; who asks later waits for the same answer. */
  begin(named: { readonly accountId?: string | undefined; readonly clientId?: string | undefined }): void;
}

export interface ReadsParts {
  readonly citizens: Pick<Citizens, 'find'>;
  readonly store: Pick<OidcStore, 'consent'>;
  /** An object that stands for the request in progress; undefined outside any. */
  readonly request: () => object | undefined;
}

const consentName = (citizenId: string, clientId: string): string => `consent ${citizenId} ${clientId}`;

export function createReads({ citizens, store, request }: ReadsParts): Reads {
  const requests = new WeakMap<object, Map<string, Promise<unknown>>>();
  const begunIn = (current: object): Map<string, Promise<unknown>> => {
    const begun = requests.get(current) ?? new Map<string, Promise<unknown>>();
    requests.set(current, begun);
    return begun;
  };
  const once = <T>(name: string, read: () => Promise<T>): Promise<T> => {
    const current = request();
    if (!current) return read();
    const begun = begunIn(current);
    const known = begun.get(name) as Promise<T> | undefined;
    if (known) return known;
    const reading = read();
    // Whoever asks for it hears of the failure; when nobody does, it must not end the process.
    reading.catch(() => undefined);
    begun.set(name, reading);
    return reading;
  };
  const reads: Reads = {
    once,
    citizen: (id) => once(`citizen ${id}`, () => citizens.find(id)),
    consent: (citizenId, clientId) =>
      once(consentName(citizenId, clientId), () => store.consent(citizenId, clientId)),
    know: (citizenId, clientId, consent) =>
      void once(consentName(citizenId, clientId), () => Promise.resolve(consent)),
    begin({ accountId, clientId }) {
      if (accountId === undefined || !request()) return;
      void reads.citizen(accountId as CitizenId);
      if (clientId !== undefined) void reads.consent(accountId, clientId);
    },
  };
  return reads;
}
