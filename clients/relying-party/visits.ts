// Server-side sessions in memory: a visit begins with a sign-in and ends with a sign-out, here or at the provider.
import { randomBytes } from 'node:crypto';

/** What has to be remembered between leaving for the provider and coming back. */
export interface Departure {
  readonly nonce: string;
  readonly verifier: string;
  /** What is done on return; undefined: signing in. */
  readonly matter?: Matter | undefined;
}

/** A matter that takes a token for the service's own API. */
export interface Matter {
  /** The challenge that this departure answers (RFC 9470); undefined on the first try. */
  readonly challenge: Challenge | undefined;
}

/** What an API said it needs: RFC 9470 section 3. */
export interface Challenge {
  readonly acrValues: string | undefined;
  readonly maxAge: string | undefined;
}

export interface SignedIn {
  readonly sub: string;
  /** Session at the provider (OpenID Connect Back-Channel Logout 1.0, section 2.1). */
  readonly sid: string | undefined;
  readonly idToken: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface Visit {
  readonly id: string;
  /** Goes into forms, so that another site cannot press the button. */
  readonly formToken: string;
  readonly begunAt: Date;
  /** By `state`. */
  readonly departures: Map<string, Departure>;
  readonly signedIn: SignedIn | undefined;
  /** Numbers of the matters that were accepted, the newest last. */
  readonly receipts: string[];
}

export interface Visits {
  begin(signedIn?: SignedIn): Visit;
  find(id: string | undefined): Visit | undefined;
  end(id: string): void;
  /** Ends every visit of this provider session, or of this citizen when there is no `sid`. Returns how many. */
  endAll(by: { readonly sid: string | undefined; readonly sub: string | undefined }): number;
}

const MOST_DEPARTURES = 5;

/** Remembers a departure; the oldest are forgotten, so that one browser cannot fill the memory. */
export function remember(visit: Visit, state: string, departure: Departure): void {
  visit.departures.set(state, departure);
  for (const old of visit.departures.keys()) {
    if (visit.departures.size <= MOST_DEPARTURES) break;
    visit.departures.delete(old);
  }
}

export function createVisits(parts: {
  readonly clock: { now(): Date };
  readonly lifeSeconds: number;
  readonly capacity: number;
}): Visits {
  const visits = new Map<string, Visit>();
  const isOver = (visit: Visit): boolean =>
    parts.clock.now().getTime() - visit.begunAt.getTime() > parts.lifeSeconds * 1000;
  const makeRoom = (): void => {
    // A Map keeps the order of insertion: the oldest come first.
    for (const [id, visit] of visits) {
      if (visits.size < parts.capacity && !isOver(visit)) break;
      visits.delete(id);
    }
  };
  return {
    begin(signedIn) {
      makeRoom();
      const visit: Visit = {
        id: randomBytes(24).toString('base64url'),
        formToken: randomBytes(18).toString('base64url'),
        begunAt: parts.clock.now(),
        departures: new Map(),
        signedIn,
        receipts: [],
      };
      visits.set(visit.id, visit);
      return visit;
    },
    find(id) {
      const visit = id === undefined ? undefined : visits.get(id);
      return visit && !isOver(visit) ? visit : undefined;
    },
    end: (id) => void visits.delete(id),
    endAll({ sid, sub }) {
      const hit = [...visits.values()].filter(({ signedIn }) =>
        sid === undefined ? signedIn?.sub === sub : signedIn?.sid === sid,
      );
      for (const visit of hit) visits.delete(visit.id);
      return hit.length;
    },
  };
}
