// Whether this computer and this phone may be brought together. RFC 10027 asks for this first: the person at the phone
// cannot see whose computer asks.
import { aalOf, ELSEWHERE } from '../../assurance/assurance.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { epochSeconds } from '../../platform/base/clock.ts';
import type { Locale } from '../../platform/i18n/messages.ts';

/** Where one of the two browsers is. */
export interface End {
  /** As limits know it: IPv4, or the /64 of IPv6. */
  readonly address: string;
  /** The value that this device kept from an earlier sign-in to any account; undefined on a device never seen. */
  readonly device: string | undefined;
}

export interface Meeting {
  readonly citizenId: CitizenId;
  readonly clientId: string;
  readonly computer: End;
  readonly phone: End;
}

/** The city of an address in both languages; undefined where nobody can tell. */
export type PlaceOf = (address: string) => Readonly<Record<Locale, string>> | undefined;

export type Unfit = 'new_place' | 'unknown_device' | 'risk';

/** True: the computer may be signed in by this phone. False stands for `risk`. */
export type MayUse = (meeting: Meeting) => Promise<boolean | Unfit>;

/** The part of an address that a provider gives to one region: 16 bits of IPv4, 32 bits of IPv6. */
function region(address: string): string {
  return address.includes(':')
    ? address.split(':').slice(0, 2).join(':')
    : address.split('.').slice(0, 2).join('.');
}

/** True when both addresses lie in one region of one provider, as far as addresses can tell. */
export const near = (one: string, other: string): boolean => region(one) === region(other);

/** What stands in for an assessment of risk until one is given: a computer elsewhere than the phone is not signed in. */
export const nearby: MayUse = ({ computer, phone }) =>
  Promise.resolve(near(computer.address, phone.address) || 'new_place');

/**
 * The same by the operator's table of places, where it knows both: a phone on mobile data stands in the city of the
 * computer on its desk. `codeOf`: the division code of an address.
 */
export const sameCity =
  (codeOf: (address: string) => string | undefined): MayUse =>
  (meeting) => {
    const [computer, phone] = [codeOf(meeting.computer.address), codeOf(meeting.phone.address)];
    if (computer === undefined || phone === undefined) return nearby(meeting);
    return Promise.resolve(computer === phone || 'new_place');
  };

/** As for what an account centre hands out: a phone left open for a while must not sign other devices in. */
const RECENT_SECONDS = 300;

/** Methods that do not vouch for another device: a message can be diverted, an approval must not beget approvals. */
const WEAK: ReadonlySet<string> = new Set(['sms', ELSEWHERE]);

/**
 * True when a phone's session may approve as it is. Else the person signs in on the phone again, by more than a text
 * message. `authTime`: seconds since the epoch.
 */
export function vouches(
  session: { readonly amr: readonly string[]; readonly authTime: number },
  now: Date,
): boolean {
  const isRecent = epochSeconds(now) - session.authTime <= RECENT_SECONDS;
  return isRecent && aalOf(session.amr.filter((method) => !WEAK.has(method))) >= 1;
}
