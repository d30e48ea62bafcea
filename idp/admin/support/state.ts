// What support is told about an account: words of closed lists, never a name, a number or a phone.
import type { AuditRecord } from '../../audit/audit.ts';
import type { Citizen, CitizenId, CitizenStatus } from '../../citizens/citizens.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { AdminParts } from '../frame/frame.tsx';

/** When somebody last signed in, no more exactly than help needs. */
export type Recency = 'today' | 'week' | 'month' | 'earlier';

export interface AccountState {
  readonly status: CitizenStatus;
  readonly realName: boolean;
  /** Ways to sign in that are set up, as the sign-in page calls them. */
  readonly ways: readonly string[];
  readonly lastSignIn: Recency;
  /** The end of the last lock that still stands. */
  readonly lockedUntil: Date | undefined;
  /** Too many wrong tries: the password works no more until it is changed. */
  readonly passwordStopped: boolean;
  /** Somebody asked for a new password: from when it can be set. */
  readonly recoveryFrom: Date | undefined;
}

/** So many events of one's own tell what support needs. */
const EVENTS = 200;
const DAY_MS = 86_400_000;

export async function accountState(
  { citizens, factors, recoveries, audit, clock }: AdminParts,
  id: CitizenId,
  locale: Locale,
): Promise<AccountState> {
  const [citizen, events, recovery, brought] = await Promise.all([
    citizens.find(id),
    audit.history(id, EVENTS),
    recoveries.find(id),
    Promise.all(factors.list.map(async (factor) => [factor, await factor.brings(id)] as const)),
  ]);
  if (!citizen) throw new Fault('not_found', { note: 'no such account' });
  const now = clock.now();
  return {
    ...standing(citizen),
    ways: brought.filter(([, brings]) => brings.length > 0).map(([factor]) => factor.label(locale)),
    lastSignIn: recency(events, now),
    lockedUntil: lockOf(events, now),
    passwordStopped: isStopped(events),
    recoveryFrom: recovery?.effectiveAt,
  };
}

const standing = ({ status, ial }: Citizen) => ({ status, realName: ial >= 2 });

function recency(events: readonly AuditRecord[], now: Date): Recency {
  const last = events.find(({ type }) => type === 'signin.completed');
  const days = last ? (now.getTime() - last.at.getTime()) / DAY_MS : Number.POSITIVE_INFINITY;
  return days < 1 ? 'today' : days < 7 ? 'week' : days < 31 ? 'month' : 'earlier';
}

function lockOf(events: readonly AuditRecord[], now: Date): Date | undefined {
  const ends = events.flatMap((event) =>
    event.type === 'limit.locked' ? [Date.parse(event.data.until)] : [],
  );
  const last = Math.max(0, ...ends);
  return last > now.getTime() ? new Date(last) : undefined;
}

/** Newest first: whichever of the two came last. */
function isStopped(events: readonly AuditRecord[]): boolean {
  const last = events.find(
    ({ type }) => type === 'limit.stopped' || type === 'factor.password_set' || type === 'citizen.recovered',
  );
  return last?.type === 'limit.stopped';
}
