// The devices of a citizen, opened: which one is here, and where the account was used before.
import { createHash } from 'node:crypto';
import type { CitizenId } from '../citizens/citizens.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { BrowserKind } from './browser.ts';
import { devicesOf, type DeviceRow } from './store.ts';

/** What is sealed about a device. */
export interface About extends BrowserKind {
  /** Division codes of the last places, the newest first. */
  readonly places: readonly string[];
}

/** How long a device spares the second factor when its owner says so on the sign-in page. */
export const TRUST_DAYS = 30;
export const TRUST_SECONDS = TRUST_DAYS * 86_400;

export interface Known extends About {
  readonly digest: Buffer;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly trustedUntil: Date | undefined;
}

const PLACE = 'devices.device.about';
/** Home, work, and where one travels: a city that fell off the list is a new one again. */
const PLACES_KEPT = 8;

/**
 * The cookie has 192 random bits, so a plain hash cannot be guessed. The account is in it: whoever reads the table cannot
 * tell that two accounts are used with one browser.
 */
export const digestOf = (citizenId: string, device: string): Buffer =>
  createHash('sha256').update(`device\0${citizenId}\0${device}`).digest();

export const sealAbout = (sealer: Sealer, digest: Buffer, about: About): Buffer =>
  sealer.seal(JSON.stringify(about), PLACE, digest.toString('hex'));

function opened(sealer: Sealer, { digest, about, trustedUntil, ...times }: DeviceRow): Known {
  const kept = JSON.parse(sealer.open(about, PLACE, digest.toString('hex'))) as About;
  return { ...kept, ...times, digest, trustedUntil: trustedUntil ?? undefined };
}

/** One read: all devices of the account, the one used last first. */
export async function knownDevices(
  { postgres, sealer }: { readonly postgres: Postgres; readonly sealer: Sealer },
  citizenId: CitizenId | string,
): Promise<readonly Known[]> {
  return (await devicesOf(postgres, citizenId)).map((row) => opened(sealer, row));
}

export const isHere = ({ digest }: Known, citizenId: string, device: string | undefined): boolean =>
  device !== undefined && digest.equals(digestOf(citizenId, device));

/** The places of a device with this one in front. */
export const withPlace = (before: readonly string[], code: string | undefined): readonly string[] =>
  code === undefined ? before : [code, ...before.filter((other) => other !== code)].slice(0, PLACES_KEPT);
