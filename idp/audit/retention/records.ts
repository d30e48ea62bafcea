// What a folder keeps about one citizen, and for how long: one contract for the copy that a person may have, for the
// erasure, and for the job that ends what was kept long enough. app.ts lists every part; a table with rows by citizen
// that no part declares fails test/records.test.ts.
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { AuditedTx } from '../audit.ts';

/** What stands behind codes, by member and code: `authority.mobile-operator`. */
export type CodeWords = Readonly<Record<string, Readonly<Record<Locale, string>>>>;

export interface Records {
  /** Under this name it stands in the copy; unique. */
  readonly name: string;
  /** One for each table with rows by citizen. */
  readonly rules: readonly RetentionRule[];
  /**
   * Everything kept about this citizen, unmasked (PIPL 45): codes as they are documented, times in Beijing time, the
   * service as its client id. No internal keys, digests or hashes.
   */
  exportOf(citizenId: string): Promise<Json>;
  /** Of codes that only this part knows. */
  readonly words?: CodeWords;
  /**
   * Removes what no law obliges us to keep, in the transaction that closes the account and with its connection alone
   * (PIPL 47).
   */
  erase(tx: AuditedTx, citizenId: string, at: Date): Promise<void>;
}

/** How long the rows of one table stand, in sentences for auditors. */
export interface RetentionRule {
  /** With its schema: `proofing.case`. */
  readonly table: string;
  readonly keeps: string;
  /** The reason, and the law behind it. */
  readonly why: string;
  /** What the job removes; undefined where rows go with the account, or never. */
  readonly removal?: Removal;
}

export interface Removal {
  /** How many days rows are kept after the moment that `keeps` names. */
  readonly days: number;
  /** How many rows had that moment before this instant. */
  due(before: Date): Promise<number>;
  /** Removes up to `most` of them and returns how many; rows that another run is removing are left to it. */
  remove(tx: AuditedTx, before: Date, most: number): Promise<number>;
}
