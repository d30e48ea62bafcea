// Which sessions began with everything that their account can show. A session's own methods do not tell: they add up
// over its life, and a password of this morning beside a code of this minute is no sign-in with two factors.
import { addSeconds, epochSeconds, type Clock } from '../../platform/base/clock.ts';
import { keyOf, type Ephemeral, type EphemeralKey } from '../../platform/store/ephemeral.ts';
import type { Outcome, SignedIn } from '../oidc.ts';

export interface Anew {
  note(outcome: Pick<Outcome, 'citizenId' | 'authenticatedAt'>): Promise<void>;
  /** True when the session began with such a sign-in, at most `seconds` ago. */
  holds(who: SignedIn, seconds: number): Promise<boolean>;
}

/** No page asks for longer than that. */
const KEPT_SECONDS = 900;

export function createAnew(parts: { readonly ephemeral: Ephemeral; readonly clock: Clock }): Anew {
  const { ephemeral, clock } = parts;
  const placeOf = (citizenId: string, authTime: number): EphemeralKey =>
    keyOf('Anew', `${citizenId} ${authTime}`);
  return {
    async note({ citizenId, authenticatedAt }) {
      if (!authenticatedAt) return;
      await ephemeral.put(placeOf(citizenId, epochSeconds(authenticatedAt)), true, KEPT_SECONDS);
    },
    async holds({ citizenId, authTime }, within) {
      if (authTime < epochSeconds(addSeconds(clock.now(), -within))) return false;
      return (await ephemeral.get(placeOf(citizenId, authTime))) !== undefined;
    },
  };
}
