// What a level rests on: one graded fact for each match that raised or confirmed it. No personal data.
import type { AuditedTx } from '../../audit/audit.ts';
import type { Ial } from '../../assurance/assurance.ts';
import type { CitizenId, DocumentKind } from '../../citizens/citizens.ts';
import { uuidv7, type Brand } from '../../platform/base/ids.ts';
import type { Details } from '../authority.ts';
import * as store from '../store.ts';

export type CheckId = Brand<string, 'CheckId'>;

/** One match of one authority. */
export interface Evidence {
  /** By which an auditor finds it, and a service may quote it. */
  readonly checkId: CheckId;
  /** The authority's method, such as 'population_register.name_number'. */
  readonly method: string;
  readonly authority: string;
  /** The number under which the authority keeps its answer. */
  readonly transaction: string;
  readonly at: Date;
  /** The identity level that it is worth: what was reached by it, or less since it was found weak. */
  readonly ial: Ial;
  /** When what it proves ends. */
  readonly expiresAt?: Date | undefined;
  /** True: found weak since. */
  readonly regraded?: boolean;
  /** Undefined: no document was presented. */
  readonly document: DocumentKind | undefined;
  readonly details?: Details;
}

/** As it comes about. */
export type NewEvidence = Omit<Evidence, 'checkId' | 'regraded'>;

/** Writes one fact in the transaction that raises or confirms the level. */
export async function keepEvidence(tx: AuditedTx, citizenId: CitizenId, fact: NewEvidence): Promise<void> {
  await store.insertEvidence(tx, citizenId, { ...fact, checkId: uuidv7(fact.at) as CheckId });
}
