// What the circumstances of a sign-in ask beyond the service, on one page for an auditor. Pure; what is seen comes from
// devices/ and the operators. NIST SP 800-63B-4 3.2.5 (risk-based measures), 3.1.3.3 (SIM change and number porting).
import type { Aal, Ial } from './table.ts';

/** What was seen. Whatever nobody could tell is not there: silence is no suspicion. */
export interface Signals {
  /** No browser of this account is known yet: there is nothing that this one could differ from. */
  readonly firstSignIn: boolean;
  readonly newDevice: boolean;
  readonly newPlace: boolean;
  /** From where and when the account was last used to here and now. */
  readonly travel: { readonly km: number; readonly hours: number } | undefined;
  /** Days since another phone was put on the account. */
  readonly phoneChangedDays: number | undefined;
  /** The operator gave the number to somebody else after this account had confirmed it. */
  readonly phoneRecycled: boolean;
  /** Days since the operator last gave out a SIM for the number. */
  readonly simChangedDays: number | undefined;
  /** The operator was asked and did not answer in time. */
  readonly operatorSilent: boolean;
  /** Many accounts signed in from one network within minutes. */
  readonly networkBurst: boolean;
  readonly ial: Ial;
}

export type Reason =
  | 'new_device'
  | 'new_place'
  | 'new_device_and_place'
  | 'impossible_travel'
  | 'phone_changed'
  | 'sim_swapped'
  | 'phone_recycled'
  | 'network_burst'
  | 'operator_silent';

export interface Assessment {
  /** The factor level that this sign-in has to reach. */
  readonly floor: Aal;
  /** Methods (RFC 8176) that do not count. */
  readonly discounted: readonly string[];
  /** Factors, by their id, that are not to be used now. */
  readonly refuses: readonly string[];
  readonly reasons: readonly Reason[];
  /** The citizen is to hear of it by text message. */
  readonly tells: boolean;
}

/** No aeroplane is faster from door to door, and no table of addresses knows better where somebody is. */
const TRAVEL = { kmPerHour: 900, km: 300 } as const;
/** A stolen number is used at once; whoever has a new SIM in good faith has other ways for a week. */
const RECENT_DAYS = 7;

const recent = (days: number | undefined): boolean => days !== undefined && days <= RECENT_DAYS;
const impossible = ({ travel }: Signals): boolean =>
  travel !== undefined && travel.km > TRAVEL.km && travel.km > TRAVEL.kmPerHour * travel.hours;

interface Row extends Omit<Assessment, 'reasons'> {
  readonly reason: Reason;
  readonly when: (seen: Signals) => boolean;
}

const SMS = ['sms'] as const;
/** A code on a screen can be shown to somebody elsewhere (RFC 10027): not where the place is doubtful. */
const QR = ['qr'] as const;

/** Every row that applies counts: the highest floor, all that is discounted, all that is refused. */
export const ROWS: readonly Row[] = [
  // People buy phones and clean browsers: they hear of it, nothing more is asked.
  row('new_device', (seen) => seen.newDevice && !seen.firstSignIn, { floor: 1, tells: true }),
  // People travel. A QR code is a different matter: whoever approves it cannot see where the other screen stands.
  row('new_place', (seen) => seen.newPlace && !seen.firstSignIn, { floor: 1, refuses: QR, tells: true }),
  // Both at once is what a stolen password looks like.
  row('new_device_and_place', (seen) => seen.newDevice && seen.newPlace && !seen.firstSignIn, {
    floor: 2,
    refuses: QR,
    tells: true,
  }),
  row('impossible_travel', impossible, { floor: 2, refuses: QR, tells: true }),
  // A number that somebody has just put on the account is no witness for a browser that nobody knows.
  row('phone_changed', (seen) => seen.newDevice && recent(seen.phoneChangedDays), { floor: 2, tells: true }),
  // The floor of 1 says: what still counts must be something.
  row('sim_swapped', (seen) => recent(seen.simChangedDays), { floor: 1, discounted: SMS }),
  // An account without a proven name belongs to whoever holds the number; a proven one does not (real-name rule).
  row('phone_recycled', (seen) => seen.phoneRecycled && seen.ial >= 2, { floor: 1, discounted: SMS }),
  // Stuffing of leaked passwords. No message: thousands share the address of a mobile carrier.
  row('network_burst', (seen) => seen.networkBurst, { floor: 2, refuses: QR }),
  // Written down only: an operator's outage must not shut a country out.
  row('operator_silent', (seen) => seen.operatorSilent, {}),
];

function row(reason: Reason, when: Row['when'], asks: Partial<Omit<Row, 'reason' | 'when'>>): Row {
  return { floor: 0, discounted: [], refuses: [], tells: false, ...asks, reason, when };
}

export function assess(seen: Signals): Assessment {
  const rows = ROWS.filter(({ when }) => when(seen));
  const all = (list: readonly (readonly string[])[]): readonly string[] => [...new Set(list.flat())];
  return {
    floor: rows.reduce<Aal>((highest, { floor }) => (floor > highest ? floor : highest), 0),
    discounted: all(rows.map(({ discounted }) => discounted)),
    refuses: all(rows.map(({ refuses }) => refuses)),
    reasons: rows.map(({ reason }) => reason),
    tells: rows.some(({ tells }) => tells),
  };
}

/** What a factor that is refused has shown does not count: `begunBy` its id, `amr` what it showed. */
export function withoutRefused(
  assessment: Assessment,
  begunBy: string | undefined,
  amr: readonly string[],
): Assessment {
  if (begunBy === undefined || !assessment.refuses.includes(begunBy)) return assessment;
  return { ...assessment, discounted: [...new Set([...assessment.discounted, ...amr])] };
}

/**
 * Nobody is asked for what they cannot show: the floor goes down to what the account can reach, but never below one
 * factor that counts. Why it is dropped and nobody is shut out: an account with one factor is no better protected by a
 * door that its holder cannot open either, the message reaches the holder's phone, and services for which more is at
 * stake ask for a level of their own, which is never dropped.
 */
export function within(assessment: Assessment, reachable: Aal): Assessment {
  const most = Math.max(1, reachable) as Aal;
  return assessment.floor > most ? { ...assessment, floor: most } : assessment;
}

/** Whether the operator has to be asked: a text message, alone or as a half, opens an account to a browser nobody knows. */
export const asksOperator = (amr: readonly string[], newDevice: boolean): boolean =>
  newDevice && amr.includes('sms');
