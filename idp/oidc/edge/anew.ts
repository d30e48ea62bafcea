// Which sessions began with what one of our own pages asked for: everything that the account can show, or a passkey. A
// session's own methods do not tell: they add up over its life, and a password of this morning beside a code of this
// minute is no sign-in with two factors.
import { addSeconds, epochSeconds, type Clock } from '../../platform/base/clock.ts';
import { keyOf, type Ephemeral, type EphemeralKey } from '../../platform/store/ephemeral.ts';
import type { Outcome, SignedIn } from '../oidc.ts';

/** What a page of our own asks to be shown in one sign-in. */
export const SHOWN_ANEW = ['all', 'passkey'] as const;
export type ShownAnew = (typeof SHOWN_ANEW)[number];

export interface Anew {
  note(what: ShownAnew, outcome: Pick<Outcome, 'citizenId' | 'authenticatedAt'>): Promise<void>;
  /** True when the session began with such a sign-in, at most `seconds` ago. */
  holds(what: ShownAnew, who: SignedIn, seconds: number): Promise<boolean>;
}

/** No page asks for longer than that. */
const KEPT_SECONDS = 900;

export function createAnew(parts: { readonly ephemeral: Ephemeral; readonly clock: Clock }): Anew {
  const { ephemeral, clock } = parts;
  const placeOf = (what: ShownAnew, citizenId: string, authTime: number): EphemeralKey =>
    keyOf('Anew', `${what} ${citizenId} ${authTime}`);
  return {
    async note(what, { citizenId, authenticatedAt }) {
      if (!authenticatedAt) return;
      await ephemeral.put(placeOf(what, citizenId, epochSeconds(authenticatedAt)), true, KEPT_SECONDS);
    },
    async holds(what, { citizenId, authTime }, within) {
      if (authTime < epochSeconds(addSeconds(clock.now(), -within))) return false;
      return (await ephemeral.get(placeOf(what, citizenId, authTime))) !== undefined;
    },
  };
}
