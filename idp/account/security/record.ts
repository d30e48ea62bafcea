// What the set-up pages remember between their screens. Sealed: new numbers and codes stand in it. Bound to one citizen,
// one browser and one sign-in, so that it ends with each of them.
import { createHash } from 'node:crypto';
import type { SignedIn } from '../../oidc/oidc.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { keyOf, type Ephemeral, type Json } from '../../platform/store/ephemeral.ts';

export interface Records {
  load(flow: string): Promise<Json | undefined>;
  save(flow: string, scratch: Json): Promise<void>;
  forget(flow: string): Promise<void>;
}

const PLACE = 'account.security';
/** Longer than a sign-in counts as new. */
const LIFE_SECONDS = 900;

/** The name of one set-up: not a secret, and the same on every page of it. */
export function flowOf({ citizenId, authTime }: SignedIn, browser: string, factorId: string): string {
  return createHash('sha256').update([citizenId, authTime, browser, factorId].join('\0')).digest('base64url');
}

export function createRecords({ ephemeral, sealer }: { ephemeral: Ephemeral; sealer: Sealer }): Records {
  const key = (flow: string) => keyOf('SetUp', flow);
  return {
    async load(flow) {
      const kept = await ephemeral.get(key(flow));
      if (typeof kept?.value !== 'string') return undefined;
      return JSON.parse(sealer.open(Buffer.from(kept.value, 'base64'), PLACE, flow)) as Json;
    },
    async save(flow, scratch) {
      const sealed = sealer.seal(JSON.stringify(scratch), PLACE, flow);
      await ephemeral.put(key(flow), sealed.toString('base64'), LIFE_SECONDS);
    },
    forget: (flow) => ephemeral.delete(key(flow)),
  };
}
