// What is seen of a sign-in: the device, the place, the way it travelled, the crowd it comes with, what the operator
// says of the number. What it means stands in assurance/risk.ts.
import { asksOperator, type Signals } from '../assurance/assurance.ts';
import type { CitizenId, Citizens } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { networkOf } from '../platform/http/addresses/caller.ts';
import type { Limit, Limits } from '../platform/limits/limits.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import { isHere, knownDevices, TRUST_SECONDS, type Known } from './known.ts';
import { distanceKm, type Place, type Places } from './places.ts';

/** Who comes, from where, with what. */
export interface Visitor {
  readonly address: string;
  /** The value of the device's cookie; undefined on a device never seen. */
  readonly device: string | undefined;
}

export interface Circumstances {
  readonly signals: Omit<Signals, 'ial'>;
  /**
   * Since when the citizen trusts this device; undefined: not, or not any more. What ends all sessions ends the trust: the
   * caller compares with that instant.
   */
  readonly trustedSince: Date | undefined;
}

/** What an operator tells of a number. */
export interface SimHistory {
  readonly simChangedAt: Date | undefined;
  /** Since when the number belongs to whom it belongs to now. */
  readonly subscriberSince: Date | undefined;
}

/** Undefined: no answer in time. Never throws for an outside failure, never waits longer than the setting says. */
export type AskOperator = (phone: string) => Promise<SimHistory | undefined>;

export interface CircumstancesParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly citizens: Citizens;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly places: Places;
  readonly askOperator: AskOperator;
  readonly crowd: Crowd;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** One count for each network, to which each account adds once. */
export interface Crowd {
  readonly member: Limit;
  readonly network: Limit;
}

export function declareCrowd(limits: Limits, burst: number, periodSeconds: number): Crowd {
  return {
    member: limits.declare({
      name: 'signin.network_member',
      per: 'account and network',
      burst: 1,
      periodSeconds,
      why: 'who signs in twice is still one account among those of the network',
    }),
    network: limits.declare({
      name: 'signin.network',
      per: 'network, /24 or /48',
      burst,
      periodSeconds,
      why: 'many accounts from one network within minutes are what stuffing looks like: more is asked then',
    }),
  };
}

async function isBurst(
  { limits, crowd }: CircumstancesParts,
  citizenId: CitizenId,
  address: string,
): Promise<boolean> {
  const network = networkOf(address);
  const first = await limits.trySpend(crowd.member, `${network} ${citizenId}`);
  return first.remaining >= 0 && (await limits.trySpend(crowd.network, network)).remaining < 0;
}

/** From the account's last sign-in that had a place to this one. */
function travelled(
  { places, clock }: CircumstancesParts,
  known: readonly Known[],
  here: Place | undefined,
): Signals['travel'] {
  const last = known.find((device) => device.places.length > 0);
  const from = last?.places[0] === undefined ? undefined : places.named(last.places[0]);
  if (!here || !last || !from) return undefined;
  const hours = Math.max(0, clock.now().getTime() - last.lastSeenAt.getTime()) / HOUR_MS;
  return { km: distanceKm(from, here), hours };
}

type Phone = Pick<Signals, 'phoneChangedDays' | 'phoneRecycled' | 'simChangedDays' | 'operatorSilent'>;

const NOTHING_OF_THE_PHONE: Phone = {
  phoneChangedDays: undefined,
  phoneRecycled: false,
  simChangedDays: undefined,
  operatorSilent: false,
};

/** Only asked for a device that nobody knows: one more read, and the operator where a text message was shown. */
async function ofPhone(
  { citizens, clock, askOperator }: CircumstancesParts,
  citizenId: CitizenId,
  amr: readonly string[],
): Promise<Phone> {
  const { phone, phoneVerifiedAt, createdAt } = await citizens.attributes(citizenId);
  if (!phone || !phoneVerifiedAt) return NOTHING_OF_THE_PHONE;
  const daysSince = (at: Date | undefined): number | undefined =>
    at && Math.max(0, clock.now().getTime() - at.getTime()) / DAY_MS;
  // The first phone of an account is confirmed when the account is made.
  const changed = phoneVerifiedAt > createdAt;
  const asked = asksOperator(amr, true);
  const told = asked ? await askOperator(phone.reveal()) : undefined;
  return {
    phoneChangedDays: changed ? daysSince(phoneVerifiedAt) : undefined,
    phoneRecycled: told?.subscriberSince !== undefined && told.subscriberSince > phoneVerifiedAt,
    simChangedDays: daysSince(told?.simChangedAt),
    operatorSilent: asked && !told,
  };
}

/**
 * `amr`: what was shown so far. One read and one count; a device that nobody knows costs a second read, and a question
 * to the operator when a text message is all that was shown. Faults: `unavailable`.
 */
export async function circumstances(
  parts: CircumstancesParts,
  citizenId: CitizenId,
  amr: readonly string[],
  { device, address }: Visitor,
): Promise<Circumstances> {
  const [known, networkBurst] = await Promise.all([
    knownDevices(parts, citizenId),
    isBurst(parts, citizenId, address),
  ]);
  const here = parts.places.of(address);
  const used = known.find((candidate) => isHere(candidate, citizenId, device));
  const been = new Set(known.flatMap(({ places }) => places));
  const phone = used ? NOTHING_OF_THE_PHONE : await ofPhone(parts, citizenId, amr);
  return {
    signals: {
      ...phone,
      firstSignIn: known.length === 0,
      newDevice: used === undefined,
      newPlace: here !== undefined && !been.has(here.code),
      travel: travelled(parts, known, here),
      networkBurst,
    },
    trustedSince: trustedSince(used, parts.clock.now()),
  };
}

function trustedSince(used: Known | undefined, now: Date): Date | undefined {
  const until = used?.trustedUntil;
  return until !== undefined && until > now ? addSeconds(until, -TRUST_SECONDS) : undefined;
}
