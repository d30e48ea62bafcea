// Tickets and visits to a counter as records of a citizen. Declared also where the counter is off: it may have been on.
import type { Records } from '../../../../audit/audit.ts';
import { shanghaiTime } from '../../../../platform/base/calendar.ts';
import type { Json } from '../../../../platform/store/ephemeral.ts';
import type { Postgres } from '../../../../platform/store/postgres.ts';
import type { SubmissionState } from '../store.ts';
import * as store from './store.ts';

export interface CounterRecordsParts {
  readonly postgres: Postgres;
  /** Days that evidence is kept after its account was closed. */
  readonly keepEvidenceDays: number;
}

export function counterRecords({ postgres, keepEvidenceDays }: CounterRecordsParts): Records {
  return {
    name: 'counter',
    rules: [
      {
        table: 'proofing.ticket',
        keeps: 'until the number expires, as a keyed digest; removed when the account is closed',
        why: 'it opens nothing any more; storage limited to what is needed (PIPL 19, 47)',
        removal: {
          days: 0,
          due: (before) => store.countTickets(postgres, before),
          remove: store.removeTickets,
        },
      },
      {
        table: 'proofing.submission',
        keeps:
          'who examined and what they state, as long as the account and a while after its closing; the document as long as a ticket lives, the guardian as long as the account',
        why: 'two officers answer for a level, and a guardian’s consent must be provable (PIPL 31): kept with the evidence it became, at least 3 years, the limitation of claims (Civil Code 188)',
        removal: {
          days: keepEvidenceDays,
          due: (before) => store.countSubmissions(postgres, before),
          remove: store.removeSubmissions,
        },
      },
    ],
    exportOf: async (id) => (await store.visitsOf(postgres, id)).map(toldVisit),
    erase: (tx, id, at) => store.close(tx, id, at),
  };
}

const OUTCOME: Readonly<Record<SubmissionState, string>> = {
  submitted: 'pending',
  approved: 'verified',
  rejected: 'failed',
  expired: 'failed',
};

/**
 * Not the document, and not the guardian: until a case has taken it, what an officer read may be another person's. What
 * was taken stands with the account.
 */
function toldVisit({ office, state, facts, reason, createdAt, decidedAt }: store.Visit): Json {
  return {
    opened_at: shanghaiTime(createdAt),
    changed_at: decidedAt ? shanghaiTime(decidedAt) : undefined,
    office,
    outcome: OUTCOME[state],
    reason: reason ?? undefined,
    facts: Object.entries(facts).map(([name, value]) => `${name}: ${value ? 'yes' : 'no'}`),
  };
}
