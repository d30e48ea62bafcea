// What one sign-in remembers between its pages. Sealed, because a confirmed phone stands in it; bound to the
// interaction, which the engine binds to the browser.
import { createHash } from 'node:crypto';
import type { Assessment } from '../assurance/assurance.ts';
import type { CitizenId, Phone } from '../citizens/citizens.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import { keyOf, type Ephemeral, type Json } from '../platform/store/ephemeral.ts';

export interface Flow {
  readonly shown?: {
    readonly citizenId?: CitizenId;
    readonly phone?: Phone;
    readonly amr: readonly string[];
    readonly needsSecond: boolean;
    /** The factor that it began with. */
    readonly by?: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
  };
  /** How the circumstances were judged, once for the citizen who is identified. */
  readonly judged?: Assessment & {
    readonly citizenId: CitizenId;
    /** The methods that had been shown by then. */
    readonly after: readonly string[];
    /** The citizen trusts this device. */
    readonly trusted: boolean;
  };
  /** The citizen wants to be spared the second step on this device. */
  readonly trusts?: boolean;
  /** Somebody has to sign in anew: the session that this sign-in began with is another citizen's. */
  readonly anew?: boolean;
  /** This browser has said that it can hold a passkey. */
  readonly capable?: boolean;
  /** A factor was offered on these pages, and taken or left. */
  readonly offered?: boolean;
  /** The citizen chose to go on without what the service merely wished for. */
  readonly declined?: boolean;
  /** The holder of a frozen account is opening it again. */
  readonly unfreezing?: boolean;
  /** A password was chosen on these pages by recovering: it shows nothing before the next sign-in (ASVS 5.0 6.4.4). */
  readonly recovered?: boolean;
  /** Somebody who forgot the password: what was shown so far, which counts for nothing else. */
  readonly recovery?: {
    readonly phone: Phone;
    readonly citizenId?: CitizenId;
    readonly amr: readonly string[];
    /** Milliseconds since the epoch: when the phone was confirmed. */
    readonly at: number;
    /** Of the recovery whose time has come: when it was opened, in milliseconds since the epoch. */
    readonly openedAt?: number;
    /** How the second half is to be shown. */
    readonly by?: string;
    /** The second half was shown. */
    readonly complete?: boolean;
  };
  /** What each step remembered of its earlier screens. */
  readonly scratch?: Readonly<Record<string, Json>>;
}

export interface Flows {
  /** An unknown or expired flow is an empty one: the dispatcher starts over. */
  load(uid: string): Promise<Flow>;
  save(uid: string, flow: Flow): Promise<void>;
}

const PLACE = 'signin.flow';

export function createFlows(parts: { ephemeral: Ephemeral; sealer: Sealer; ttlSeconds: number }): Flows {
  const { ephemeral, sealer, ttlSeconds } = parts;
  const digest = (uid: string): string => createHash('sha256').update(uid).digest('base64url');
  return {
    async load(uid) {
      const kept = await ephemeral.get(keyOf('Flow', uid));
      if (typeof kept?.value !== 'string') return {};
      return JSON.parse(sealer.open(Buffer.from(kept.value, 'base64'), PLACE, digest(uid))) as Flow;
    },
    async save(uid, flow) {
      const sealed = sealer.seal(JSON.stringify(flow), PLACE, digest(uid));
      await ephemeral.put(keyOf('Flow', uid), sealed.toString('base64'), ttlSeconds);
    },
  };
}
