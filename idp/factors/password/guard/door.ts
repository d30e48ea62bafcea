// Who gets as far as having a password looked at. A wrong password costs the guesser a try, and the system 30 ms of
// argon2: whoever sends thousands is stopped before either.
import { seconds } from '../../../platform/base/duration.ts';
import { Fault } from '../../../platform/base/errors.ts';
import type { Challenge } from '../../../platform/challenge/challenge.tsx';
import { networkOf } from '../../../platform/http/addresses/caller.ts';
import type { Form, StepContext } from '../../../platform/http/step.ts';
import type { Limit, Limits } from '../../../platform/limits/limits.ts';
import type { PasswordSettings } from '../settings.ts';
import type { Watch } from './watch.ts';

export interface DoorParts {
  readonly limits: Limits;
  readonly watch: Watch;
  readonly challenge: Challenge;
  readonly settings: PasswordSettings;
}

type Asked = StepContext<unknown>;

export interface Door {
  /** Spends what the address has. True when proof is due, before anything is read. Throws Fault `too_many`. */
  knock(asked: Asked, password: string): Promise<boolean>;
  /**
   * Spends what network and device have, of a try that its address had left: one machine must not spend the network of
   * its neighbours. True when proof is due. Throws Fault `too_many`.
   */
  enter(asked: Asked): Promise<boolean>;
  /**
   * True when the proof came or the slow way has room; false when the page has to ask for it first. Throws Fault
   * `too_many` when it was asked and did not come.
   */
  prove(asked: Asked, form: Form): Promise<boolean>;
}

/** What the step remembers once it has asked for proof. */
export const PROOF_ASKED = { proof: 'asked' } as const;

export const proofWasAsked = ({ scratch }: Pick<Asked, 'scratch'>): boolean =>
  typeof scratch === 'object' && scratch !== null && 'proof' in scratch;

export function createDoor({ limits, watch, challenge, settings }: DoorParts): Door {
  const { address, network, device } = declareDoorLimits(limits, settings);
  return {
    async knock(asked, password) {
      const nearlySpent = await spend(limits, address, asked.address);
      return nearlySpent || watch.pressed() || watch.sprayed(password);
    },
    async enter(asked) {
      const spent = await Promise.all([
        spend(limits, network, networkOf(asked.address)),
        asked.device === undefined ? false : spend(limits, device, asked.device),
      ]);
      return spent.includes(true);
    },
    async prove(asked, form) {
      if (await challenge.pass(asked, form)) return true;
      if (!proofWasAsked(asked)) return false;
      throw new Fault('too_many', {
        retryAfterSeconds: seconds('1m'),
        note: 'no proof, and the way without is full',
      });
    },
  };
}

/** True when half of it is gone: from there on proof is due. */
async function spend(limits: Limits, limit: Limit, subject: string): Promise<boolean> {
  const { remaining, retryAfterSeconds } = await limits.trySpend(limit, subject);
  if (remaining < 0) throw new Fault('too_many', { retryAfterSeconds, note: `limit ${limit.name}` });
  return remaining < limit.burst / 2;
}

function declareDoorLimits(limits: Limits, settings: PasswordSettings) {
  return {
    address: limits.declare({
      name: 'password.address',
      per: 'address',
      burst: settings.perAddress,
      periodSeconds: 60,
      why: 'stuffing leaked passwords from one machine is stopped before anything is hashed',
    }),
    network: limits.declare({
      name: 'password.network',
      per: 'network (IPv4 /24, IPv6 /48)',
      burst: settings.perNetwork,
      periodSeconds: 60,
      why: 'who rents a network has all its addresses; mobile operators have many citizens behind one',
    }),
    device: limits.declare({
      name: 'password.device',
      per: 'device',
      burst: settings.perDevice,
      periodSeconds: 60,
      why: 'one device that changes its address is still one device',
    }),
  };
}
