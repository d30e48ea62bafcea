// Tells the team of a client 60, 30, 7 and 1 days before a credential runs out, once each.
import type { Audit } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { DAY_SECONDS, NOTICE_DAYS } from './keeping.ts';
import { M } from './messages.ts';
import * as store from './store.ts';

export interface NoticesParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  /** A text message to the phone of that account; never throws for what is outside. */
  readonly tell: (citizenId: string, text: string) => Promise<void>;
}

const PAGE = 200;

/**
 * One run of the job. What is told is marked first: a node that is killed in between leaves one notice out, and none
 * goes out twice; the list of what expires shows it either way. Answers how many credentials were told of.
 */
export async function sendNotices(parts: NoticesParts): Promise<number> {
  let told = 0;
  // The nearest first: who was never told gets the one notice that fits now, not all four.
  for (const days of NOTICE_DAYS.toReversed()) {
    const now = parts.clock.now();
    const until = addSeconds(now, days * DAY_SECONDS);
    for (let more = true; more;) {
      const due = await store.toNotice(parts.postgres, now, until, days, PAGE);
      for (const row of due) if (await notice(parts, row, days)) told += 1;
      more = due.length === PAGE;
    }
  }
  return told;
}

async function notice(parts: NoticesParts, row: store.ExpiringRow, days: number): Promise<boolean> {
  const { postgres, audit, clock, tell } = parts;
  const marked = await audit.change(async (tx) => {
    const count = await store.markNoticed(tx, row.id, days);
    const data = { credential: row.id, kind: row.kind, days };
    if (count === 0) tx.unchanged();
    else tx.record({ type: 'credential.expiring', data, clientId: row.clientId, actor: 'system' });
    return count > 0;
  });
  if (!marked) return false;
  const text = M.text('zh-CN', 'notice', { client: row.clientName['zh-CN'], name: row.name, days });
  for (const citizenId of await store.teamOf(postgres, row.path, clock.now())) await tell(citizenId, text);
  return true;
}
