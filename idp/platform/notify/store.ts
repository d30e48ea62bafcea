// SQL of messages and of their switch: notify.message, notify.switch.
import { sql, type Queryable, type Tx } from '../store/postgres.ts';
import type { Attempt } from './notify.ts';
import type { Receipt } from './sms/preset.ts';

export interface MessageRow {
  readonly id: string;
  readonly carrier: string;
  readonly voice: boolean;
  readonly purpose: string;
  readonly sentAt: Date;
}

/**
 * Before the carrier hears of it: a receipt may come before the answer, or instead of it. False when this carrier was
 * given this message before and has not refused it: it would send it twice.
 */
export async function insertMessage(db: Queryable, row: MessageRow): Promise<boolean> {
  const rows = await db.run(sql`
    insert into notify.message (id, carrier, voice, purpose, sent_at, outcome)
    values (${row.id}, ${row.carrier}, ${row.voice}, ${row.purpose}, ${row.sentAt}, 'pending')
    on conflict (id, carrier) do update set sent_at = excluded.sent_at, outcome = 'pending'
      where message.outcome = 'refused'`);
  return rows === 1;
}

export async function updateOutcome(
  db: Queryable,
  { id, carrier }: Pick<MessageRow, 'id' | 'carrier'>,
  { delivery, code, reference }: Attempt,
): Promise<void> {
  await db.run(sql`
    update notify.message
    set outcome = ${delivery}, outcome_code = ${code}, reference = ${reference ?? null}
    where id = ${id} and carrier = ${carrier}`);
}

/** True when this is the first receipt of a message that this carrier was given. Repeated and late ones change nothing. */
export async function updateReceipt(
  db: Queryable,
  carrier: string,
  { messageId, reference, outcome, code }: Receipt,
  at: Date,
): Promise<boolean> {
  const count = await db.run(sql`
    update notify.message set receipt = ${outcome}, receipt_code = ${code}, receipt_at = ${at}
    where carrier = ${carrier} and receipt is null
      and (id = ${messageId ?? null} or reference = ${reference ?? null})`);
  return count > 0;
}

/** Returns how many went. */
export function deleteSentBefore(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`delete from notify.message where sent_at < ${before}`);
}

/** Undefined: the switch was never touched. */
export function readSwitch(
  db: Queryable,
): Promise<{ readonly stopped: boolean; readonly changedAt: Date } | undefined> {
  return db.row(sql`select stopped, changed_at as "changedAt" from notify.switch`);
}

export async function writeSwitch(tx: Tx, stopped: boolean, at: Date): Promise<void> {
  await tx.run(sql`
    insert into notify.switch (stopped, changed_at) values (${stopped}, ${at})
    on conflict (only_one) do update set stopped = excluded.stopped, changed_at = excluded.changed_at`);
}
