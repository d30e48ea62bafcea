// Append-only, tamper-evident record of every state change. Not here: application logs (platform/telemetry).
import { z } from 'zod';
import type { Clock } from '../platform/base/clock.ts';
import { DURATION_RULE, isDuration } from '../platform/base/duration.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Postgres, Tx } from '../platform/store/postgres.ts';
import { createNotes } from './notes.ts';
import { createSeals } from './seal.ts';
import { sealAll } from './sealing.ts';
import type { AuditEvent } from './events.ts';
import * as store from './store.ts';
import { createStamp, type Stamped } from './stamp.ts';
import { verifyAll } from './verify.ts';

export { auditFeature } from './feature.ts';
export {
  createTrail,
  type EventScope,
  type EventsWanted,
  type Trail,
  type TrailState,
  type Verification,
} from './search/search.ts';
export type { AuditType } from './events.ts';
export type { EventRow } from './stamp.ts';
export type { CodeWords, Records, Removal, RetentionRule } from './retention/records.ts';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const auditSettings = z.strictObject({
  flushInterval: duration.describe(
    'How long events that changed no state wait in memory before they are written together (duration).',
  ),
  sealInterval: duration.describe(
    'How often committed events are sealed into the chain; younger events are not yet protected from removal (duration).',
  ),
});

/**
 * A transaction that must say what it did. Store functions that write demand this type, so a write without an event
 * does not compile; committing without a recorded event throws and rolls back.
 */
export interface AuditedTx extends Tx {
  readonly __audited: true;
  /** Writes the event with the transaction's commit. */
  record(event: AuditEvent): void;
  /**
   * Says that nothing needs to change after all (the phone was taken). Without a recorded event the transaction is
   * then rolled back and its result returned, so that nothing can have been written silently.
   */
  unchanged(): void;
}

export interface AuditVerdict {
  readonly sound: boolean;
  readonly events: number;
  readonly batches: number;
  /** Not yet sealed (younger than the sealing interval). */
  readonly unsealed: number;
  /** Digest of the last batch, to be kept outside the database: it is what shows a cut-off tail. */
  readonly head: string;
  /** One line per fault found: which batch or event, and edited | removed | inserted | reordered | broken chain. */
  readonly faults: readonly string[];
}

export interface Audit {
  /**
   * One transaction: the change and its events commit together or not at all. A transaction that only read needs no
   * event; one that wrote or locked rows records an event or calls `unchanged()`, else a plain Error is thrown.
   */
  change<T>(work: (tx: AuditedTx) => Promise<T>): Promise<T>;
  /**
   * Records something that changed no durable state (a service entered by single sign-on). Buffered and written in
   * batches: a node that is killed loses at most the last flush interval.
   */
  note(event: AuditEvent): void;
  /** Writes what is buffered. Throws Fault `unavailable` when the store is down; the events are kept and retried. */
  flush(): Promise<void>;
  /** Seals committed events into the Merkle chain; one node at a time. Returns how many were sealed. */
  seal(): Promise<number>;
  /** Reads everything and recomputes it. `head`: an anchor kept earlier, which must still stand in the chain. */
  verify(head?: string): Promise<AuditVerdict>;
  /** Newest first, for one citizen; for the account centre's history. */
  history(citizenId: string, limit: number): Promise<readonly AuditRecord[]>;
  /** Creates the partitions of today and the days after it, `days` in all. Returns how many were missing. */
  prepareDays(days: number): Promise<number>;
  /** Flushes and stops. */
  close(): Promise<void>;
}

export type AuditRecord = AuditEvent & { readonly id: string; readonly at: Date };

export interface AuditParts {
  readonly postgres: Postgres;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Milliseconds that a noted event waits at most before it is written. */
  readonly flushMs: number;
  /** Told when noted events could not be written, and when they had to be dropped. */
  readonly onError: (error: Error) => void;
}

/** Carries the result of a transaction that is to be rolled back because it changed nothing. */
class NothingChanged<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('nothing changed');
    this.result = result;
  }
}

/** Builds the audit over its `audit` schema. Seals use the `audit` keys of the key ring. */
export function createAudit(parts: AuditParts): Audit {
  const { postgres, clock } = parts;
  const seals = createSeals(parts.keyring);
  const stamp = createStamp(clock, seals);
  const notes = createNotes({
    write: (events) => store.insertEvents(postgres, events),
    flushMs: parts.flushMs,
    onError: parts.onError,
  });
  return {
    change: (work) => change(postgres, stamp, work),
    note: (event) => notes.add(stamp(event)),
    flush: () => notes.flush(),
    seal: () => sealAll(postgres, seals, clock),
    verify: (head) => verifyAll(postgres, seals, head),
    history: (citizenId, limit) => store.history(postgres, citizenId, limit),
    prepareDays: (days) => store.prepareDays(postgres, clock.now(), days),
    close: () => notes.close(),
  };
}

async function change<T>(
  postgres: Postgres,
  stamp: (event: AuditEvent) => Stamped,
  work: (tx: AuditedTx) => Promise<T>,
): Promise<T> {
  try {
    return await postgres.tx(async (tx) => {
      const events: Stamped[] = [];
      let idle = false;
      const result = await work({
        ...tx,
        __audited: true,
        record: (event) => void events.push(stamp(event)),
        unchanged: () => {
          idle = true;
        },
      });
      if (events.length > 0) await store.insertEvents(tx, events);
      else if (idle) throw new NothingChanged(result);
      else if (await store.hasWritten(tx))
        throw new Error('a change was about to commit without an audit event');
      return result;
    });
  } catch (error) {
    if (error instanceof NothingChanged) return error.result as T;
    throw error;
  }
}
