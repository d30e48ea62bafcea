// What the operators' stand-in tells of a number: when its SIM was last changed, and since when it has its holder. Told
// by hand on the control page and held in memory: a restart makes every number its holder's own again.
import type { Clock } from '../../platform/base/clock.ts';
import { envelope, transactions, VIRTUAL } from '../authorities.ts';
import { signedRoute, textOf, type SignedRoute, type StandInParts } from '../stand-in.ts';

/** swapped: a new SIM was given out just now; recycled: the number has another holder since just now. */
export const HAPPENINGS = ['swapped', 'recycled', 'nothing'] as const;
export type Happening = (typeof HAPPENINGS)[number];

export const isHappening = (text: unknown): text is Happening => HAPPENINGS.some((known) => known === text);

interface Sim {
  readonly changedAt: string;
  readonly holderSince: string;
}

export interface Sims {
  /** `phone`: 11 digits. */
  of(phone: string): Sim;
  happen(phone: string, what: Happening): void;
}

/** Years before anybody could have signed in. */
const LONG_AGO: Sim = { changedAt: '2019-03-08T10:00:00+08:00', holderSince: '2019-03-08T10:00:00+08:00' };

export function createSims(clock: Clock): Sims {
  const known = new Map<string, Sim>();
  return {
    of: (phone) => known.get(phone) ?? LONG_AGO,
    happen(phone, what) {
      const now = clock.now().toISOString();
      if (what === 'nothing') known.delete(phone);
      else if (what === 'swapped') known.set(phone, { ...LONG_AGO, changedAt: now });
      else known.set(phone, { changedAt: now, holderSince: now });
    },
  };
}

/** POST { RequestId, Mobile }. */
export function simChanged(parts: StandInParts, sims: Sims): SignedRoute {
  const transaction = transactions();
  return signedRoute(parts, 'RequestId', (question) => {
    const [phone, requestId] = [textOf(question['Mobile']), textOf(question['RequestId'])];
    const sim = sims.of(phone);
    const result = VIRTUAL.test(phone)
      ? { BizCode: '3' }
      : { BizCode: '1', SimChangedAt: sim.changedAt, SubscriberSince: sim.holderSince };
    return { body: envelope(transaction(requestId), result) };
  });
}
