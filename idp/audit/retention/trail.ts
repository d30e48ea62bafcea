// The audit trail as records of a citizen: it is told, never erased.
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Audit, AuditRecord } from '../audit.ts';
import type { Records } from './records.ts';

/** More than anyone does in a life. */
const ALL = 1_000_000;

/** Events name people by their internal identifier only, so that they may outlive the account. */
export function auditRecords(audit: Audit): Records {
  return {
    name: 'history',
    rules: [
      {
        table: 'audit.event',
        keeps: 'every event, for good: the job removes none',
        why:
          'network logs at least 6 months (Cybersecurity Law), here at least 3 years; a removed event would break ' +
          'the seals that show tampering; no name, number or phone stands in it',
      },
    ],
    async exportOf(citizenId) {
      // What this node has noted a moment ago belongs to it.
      await audit.flush();
      return (await audit.history(citizenId, ALL)).filter(isOwn).map(toldEvent);
    },
    erase: () => Promise.resolve(),
  };
}

/**
 * What came of a case is told with the case, in few words: the event says what an authority answered, which may be about
 * whoever's name was claimed.
 */
const isOwn = ({ type }: AuditRecord): boolean => type !== 'case.decided';

/** Identifiers of ours, of cases and of accounts, tell a citizen nothing. */
const INTERNAL = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

function toldEvent({ at, type, clientId, actor, reference, data }: AuditRecord): Json {
  const details = Object.entries(data as Readonly<Record<string, Json>>).filter(
    ([, value]) => typeof value !== 'string' || !INTERNAL.test(value),
  );
  return {
    at: shanghaiTime(at),
    event: type,
    service: clientId,
    // Who of the staff it was is not about this citizen.
    by: actor.split(':')[0] ?? '',
    details: details.length > 0 ? Object.fromEntries(details) : undefined,
    reference,
  };
}
