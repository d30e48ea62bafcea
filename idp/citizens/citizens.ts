// The account of one human being: its states, sealed attributes, uniqueness. Not here: how a name was proven
// (proofing/), how its owner signs in (factors/).
import type { AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { Brand } from '../platform/base/ids.ts';
import type { Personal } from '../platform/base/secret.ts';

export type CitizenId = Brand<string, 'CitizenId'>;

/** A canonical E.164 number that may receive messages. Made only by `parsePhone`. */
export type Phone = Brand<string, 'Phone'>;

/** A checked, normalised resident ID number (GB 11643-1999). Made only by `parseResidentId` in proofing/documents. */
export type DocumentNumber = Brand<string, 'DocumentNumber'>;

export type DocumentKind = 'CN_RIC';

export type CitizenStatus = 'active' | 'frozen' | 'closed' | 'deceased';

/** What is read on every request: no personal data. */
export interface Citizen {
  readonly id: CitizenId;
  readonly status: CitizenStatus;
  /** Already lowered to 0 here when it has expired. */
  readonly ial: Ial;
  readonly ialExpiresAt: Date | undefined;
  /** Sessions and tokens that began before this instant are dead. */
  readonly sessionsNotBefore: Date;
}

/** The sealed attributes, opened. Each prints as its mask. */
export interface Attributes {
  readonly phone: Personal | undefined;
  readonly phoneVerifiedAt: Date | undefined;
  readonly name: Personal | undefined;
  readonly documentKind: DocumentKind | undefined;
  readonly documentNumber: Personal | undefined;
  readonly birthdate: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
  readonly createdAt: Date;
}

/** A verified real name, as adjudicated. */
export interface VerifiedIdentity {
  readonly kind: DocumentKind;
  readonly number: DocumentNumber;
  /** The authoritative spelling; never normalised. */
  readonly name: string;
  /** ISO 8601 date. */
  readonly birthdate: string;
  readonly gender: 'male' | 'female';
}

export interface Citizens {
  /** One point read by id; undefined when there is no such account. */
  find(id: CitizenId): Promise<Citizen | undefined>;
  /** One read of the small lookup table; never scans citizens. */
  findByPhone(phone: Phone): Promise<CitizenId | undefined>;
  findByDocument(kind: DocumentKind, number: DocumentNumber): Promise<CitizenId | undefined>;
  attributes(id: CitizenId): Promise<Attributes>;
  /** Of any number of parallel registrations of one phone exactly one gets 'registered'. */
  register(
    tx: AuditedTx,
    phone: Phone,
    at: Date,
  ): Promise<{ is: 'registered'; id: CitizenId } | { is: 'phone_taken' }>;
  /**
   * Attaches the verified identity and raises the level, never lowers it. The unique blind index answers
   * 'held_by_another' when another account holds this document; nothing is written then.
   */
  raise(
    tx: AuditedTx,
    id: CitizenId,
    identity: VerifiedIdentity,
    ial: Ial,
    expiresAt: Date | undefined,
    at: Date,
  ): Promise<{ is: 'raised' } | { is: 'held_by_another' }>;
  /** Parallel freezes are harmless. Ends all sessions. */
  freeze(tx: AuditedTx, id: CitizenId, at: Date): Promise<void>;
}
