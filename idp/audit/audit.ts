// Append-only, tamper-evident record of every state change. Not here: application logs (platform/telemetry).
import type { Tx } from '../platform/store/postgres.ts';
import type { AuditEvent } from './events.ts';

/**
 * A transaction that must say what it did. Store functions that write demand this type, so a write without an event
 * does not compile; committing without a recorded event throws and rolls back.
 */
export interface AuditedTx extends Tx {
  readonly __audited: true;
  /** Writes the event with the transaction's commit. */
  record(event: AuditEvent): void;
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
  /** One transaction: the change and its events commit together or not at all. */
  change<T>(work: (tx: AuditedTx) => Promise<T>): Promise<T>;
  /**
   * Records something that changed no durable state (a service entered by single sign-on). Buffered and written in
   * batches: a node that is killed loses at most the last flush interval.
   */
  note(event: AuditEvent): void;
  /** Writes what is buffered. */
  flush(): Promise<void>;
  /** Seals committed events into the Merkle chain; one node at a time. Returns how many were sealed. */
  seal(): Promise<number>;
  /** Reads everything and recomputes it. `head`: an anchor kept earlier, which must still stand in the chain. */
  verify(head?: string): Promise<AuditVerdict>;
  /** Newest first, for one citizen; for the account centre's history. */
  history(citizenId: string, limit: number): Promise<readonly AuditRecord[]>;
  close(): Promise<void>;
}

export type AuditRecord = AuditEvent & { readonly id: string; readonly at: Date };
