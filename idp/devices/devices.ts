// The browsers that a citizen has signed in with: which one is known, which is trusted, where they were, and the message
// when one is unusual. Not here: what circumstances ask for (assurance/risk.ts), sessions (oidc/).
import type { Audit, AuditedTx, Records } from '../audit/audit.ts';
import type { CitizenId, Citizens } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { seconds } from '../platform/base/duration.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Limits } from '../platform/limits/limits.ts';
import type { Notify } from '../platform/notify/notify.ts';
import type { Ephemeral } from '../platform/store/ephemeral.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Log } from '../platform/telemetry/log.ts';
import { browserKind, type BrowserKind } from './browser.ts';
import {
  circumstances,
  declareCrowd,
  type AskOperator,
  type Circumstances,
  type Visitor,
} from './circumstances.ts';
import { digestOf, isHere, knownDevices, sealAbout, TRUST_SECONDS, withPlace } from './known.ts';
import { createNotices, type Notices } from './notices.ts';
import { openPlaces, type Place } from './places.ts';
import { deviceRecords } from './retention/records.ts';
import type { DevicesSettings } from './settings.ts';
import * as store from './store.ts';

export { browserWords, kindWords, type BrowserKind } from './browser.ts';
export type { AskOperator, Circumstances, SimHistory, Visitor } from './circumstances.ts';
export type { Told } from './notices.ts';
export type { Place } from './places.ts';
export { TRUST_DAYS } from './known.ts';
export { devicesSettings, type DevicesSettings } from './settings.ts';
export { sealedDevices } from './store.ts';

/** A device as the account centre lists it. */
export interface Device extends BrowserKind {
  /** Opaque; stands in addresses of the account centre. */
  readonly id: string;
  /** Where it was last; undefined when nobody knows. */
  readonly place: Place | undefined;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Undefined: not trusted, or not any more. */
  readonly trustedUntil: Date | undefined;
  /** True: the one that this page is read on. */
  readonly here: boolean;
}

/** A sign-in that is over. */
export interface SignedInWith extends Visitor {
  readonly citizenId: CitizenId;
  readonly device: string;
  readonly userAgent: string | undefined;
  /** The citizen asked that this device be trusted. */
  readonly trusts: boolean;
  /** The citizen is to hear of it. */
  readonly tells: boolean;
  readonly reference: string;
}

export interface Devices {
  /** What is seen of a sign-in in progress; `amr`: what was shown so far. Faults: `unavailable`. */
  circumstances(citizenId: CitizenId, amr: readonly string[], visitor: Visitor): Promise<Circumstances>;
  /**
   * Remembers the device and sends the message, in the background: nobody waits for it, a failure is logged. What is lost
   * with a crash is that this device is known, and is learnt at the next sign-in.
   */
  signedIn(signedIn: SignedInWith): void;
  /** One read, the same for an account that is not there. `device`: the value of the cookie. */
  knows(citizenId: CitizenId, device: string | undefined): Promise<boolean>;
  /** The one used last first. */
  list(citizenId: CitizenId, device: string | undefined): Promise<readonly Device[]>;
  /** Records its event. False, and `tx.unchanged()` said, when the citizen has no such device. Ends no session. */
  forget(tx: AuditedTx, citizenId: CitizenId, id: string): Promise<boolean>;
  /** Of an address as requests have it; undefined when nobody knows. Reads nothing. */
  placeOf(address: string): Place | undefined;
  /** The links of the messages. */
  readonly notices: Pick<Notices, 'find' | 'end'>;
  readonly records: Records;
  /** Resolves when nothing runs in the background any more. */
  close(): Promise<void>;
}

export interface DevicesParts {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
  readonly limits: Limits;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly notify: Pick<Notify, 'text'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly issuer: URL;
  /** Of text messages, 【…】. */
  readonly signature: string;
  /** Path of the table of places, absolute; empty: none. */
  readonly placesFile: string;
  readonly askOperator: AskOperator;
  readonly settings: DevicesSettings;
}

/** Reads the table of places. Throws a plain Error that names the line when it cannot be read. */
export function createDevices(given: DevicesParts): Devices {
  const { postgres, settings, log } = given;
  const parts = {
    ...given,
    places: openPlaces(given.placesFile),
    crowd: declareCrowd(given.limits, settings.burst, seconds(settings.burstPeriod)),
  };
  const notices = createNotices({
    ...parts,
    perDay: settings.noticesPerDay,
    lifeSeconds: seconds(settings.noticeLife),
  });
  const running = new Set<Promise<void>>();
  const inBackground = (work: Promise<void>): void => {
    const watched = work
      .catch((error: unknown) => log.error('a device was not remembered', error))
      .finally(() => running.delete(watched));
    running.add(watched);
  };
  return {
    circumstances: (citizenId, amr, visitor) => circumstances(parts, citizenId, amr, visitor),
    signedIn: (signedIn) => inBackground(afterwards({ ...parts, notices }, signedIn)),
    knows: (citizenId, device) =>
      device === undefined
        ? Promise.resolve(false)
        : store.isThere(postgres, citizenId, digestOf(citizenId, device)),
    list: (citizenId, device) => list(parts, citizenId, device),
    forget,
    placeOf: (address) => parts.places.of(address),
    notices,
    records: deviceRecords({ ...parts, keepDays: settings.keepDays }),
    async close() {
      await Promise.all(running);
    },
  };
}

const MOST_DEVICES = 50;

type Parts = DevicesParts & { readonly places: ReturnType<typeof openPlaces> };

async function afterwards(
  parts: Parts & { readonly notices: Notices },
  signedIn: SignedInWith,
): Promise<void> {
  const at = parts.clock.now();
  await remember(parts, signedIn, at);
  if (!signedIn.tells || !parts.settings.notices) return;
  const { citizenId, address, userAgent } = signedIn;
  const browser = browserKind(userAgent);
  await parts.notices.send({ citizenId, at, browser, place: parts.places.of(address) });
}

/** One write. A device seen for the first time, or trusted, is a change that an event tells of. */
async function remember(parts: Parts, signedIn: SignedInWith, at: Date): Promise<void> {
  const { citizenId, device, address, userAgent, trusts, reference } = signedIn;
  const known = await knownDevices(parts, citizenId);
  const before = known.find((candidate) => isHere(candidate, citizenId, device));
  const digest = digestOf(citizenId, device);
  const places = withPlace(before?.places ?? [], parts.places.of(address)?.code);
  const about = sealAbout(parts.sealer, digest, { ...browserKind(userAgent), places });
  const seen = { citizenId, digest, about, at };
  if (before && !trusts) {
    await store.touch(parts.postgres, seen);
    return;
  }
  const until = trusts ? addSeconds(at, TRUST_SECONDS) : undefined;
  const of = { data: {}, citizenId, actor: `citizen:${citizenId}`, reference };
  await parts.audit.change(async (tx) => {
    await store.save(tx, seen, until);
    if (!before) tx.record({ type: 'device.added', ...of });
    if (!before && known.length >= MOST_DEVICES) await store.keepNewest(tx, citizenId, MOST_DEVICES);
    if (until) tx.record({ type: 'device.trusted', ...of, data: { until: until.toISOString() } });
  });
}

async function list(
  parts: Parts,
  citizenId: CitizenId,
  device: string | undefined,
): Promise<readonly Device[]> {
  const now = parts.clock.now();
  return (await knownDevices(parts, citizenId)).map((known) => {
    const { system, family, firstSeenAt, lastSeenAt, trustedUntil, places } = known;
    return {
      id: known.digest.toString('hex'),
      system,
      family,
      firstSeenAt,
      lastSeenAt,
      place: places[0] === undefined ? undefined : parts.places.named(places[0]),
      trustedUntil: trustedUntil && trustedUntil > now ? trustedUntil : undefined,
      here: isHere(known, citizenId, device),
    };
  });
}

async function forget(tx: AuditedTx, citizenId: CitizenId, id: string): Promise<boolean> {
  const there = /^[0-9a-f]{64}$/.test(id) && (await store.remove(tx, citizenId, Buffer.from(id, 'hex'))) > 0;
  if (there) tx.record({ type: 'device.forgotten', data: {}, citizenId, actor: `citizen:${citizenId}` });
  else tx.unchanged();
  return there;
}
