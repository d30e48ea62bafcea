// The account of one human being: its states, sealed attributes, uniqueness. Not here: how a name was proven
// (proofing/), how its owner signs in (factors/).
import { Fault } from '../platform/base/errors.ts';
import type { Clock } from '../platform/base/clock.ts';
import { uuidv7, type Brand } from '../platform/base/ids.ts';
import { personalName, personalNumber, personalPhone, type Personal } from '../platform/base/secret.ts';
import type { BlindIndex } from '../platform/crypto/blind-index.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import { alike, attach, documents, pseudonym } from './documents.ts';
import { effectiveIal, raised, type IdentityLevel } from './level.ts';
import { changePhone, decease, endSessions, lower, merge, releasePhone, unfreeze } from './changes.ts';
import { createLookup, type Lookup } from './lookup/lookup.ts';
import { documentSpace, PHONE_SPACE } from './spaces.ts';
import * as store from './store.ts';

export type { IdentityLevel } from './level.ts';

export { documentName, documentTitle } from './messages.ts';
export { parsePhone } from './phone.ts';
export type { Rights, SignOut } from './retention/rights.ts';
export { createReindexing, lookupUses } from './lookup/reindex.ts';
export { createMoves, movesFeature, type Moves } from './recovery/moves.ts';
export { createRecoveries, recoveryRecords, type Recoveries } from './recovery/recovery.ts';
export { sealedTables } from './store.ts';
export { TOLD_IN, tellHolder, tellPhone } from './tell.ts';

export type CitizenId = Brand<string, 'CitizenId'>;

/** A canonical E.164 number that may receive messages. Made only by `parsePhone`. */
export type Phone = Brand<string, 'Phone'>;

/** A checked document number in its one normal form. Made only in proofing/documents. */
export type DocumentNumber = Brand<string, 'DocumentNumber'>;

/** Resident ID, residence permit (Hong Kong, Macao, Taiwan), foreign permanent resident ID, passport, travel permits. */
export const DOCUMENT_KINDS = [
  'CN_RIC',
  'CN_HMT_RP',
  'CN_FPR_2017',
  'CN_FPR_2023',
  'PASSPORT',
  'HM_PERMIT',
  'TW_PERMIT',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

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
  /** ISO 8601 date; undefined where neither the number nor an authority tells. */
  readonly birthdate: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
}

/** A document that an account holds, opened. */
export interface HeldDocument {
  readonly kind: DocumentKind;
  readonly number: Personal;
  readonly name: Personal;
  readonly birthdate: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
  readonly verifiedAt: Date;
  /** True: replaced by another number of the same person; it still belongs to nobody else. */
  readonly former: boolean;
}

/**
 * What a proof attaches. `as`: 'first' the account's first document, or one that it holds already; 'adds' another document
 * of the same human being; 'renumbered' a new number that replaces the former one of its kind.
 */
export interface Attachment {
  /** Undefined: the level rests on a pseudonym alone, no document is kept. */
  readonly identity: VerifiedIdentity | undefined;
  /** The national network identity's name for this human being. */
  readonly pseudonym?: string | undefined;
  readonly as?: 'first' | 'adds' | 'renumbered';
}

export interface Citizens {
  /** One point read by id; undefined when there is no such account. */
  find(id: CitizenId): Promise<Citizen | undefined>;
  /** One read of the small lookup table; never scans citizens. */
  findByPhone(phone: Phone): Promise<CitizenId | undefined>;
  findByDocument(kind: DocumentKind, number: DocumentNumber): Promise<CitizenId | undefined>;
  /** When the phone was last changed or released by its owner's doing; undefined: never. One point read. */
  phoneChangedAt(id: CitizenId): Promise<Date | undefined>;
  /** Throws Fault `not_found` when there is no such account. */
  attributes(id: CitizenId): Promise<Attributes>;
  /**
   * Of any number of parallel registrations of one phone exactly one gets 'registered'. On 'phone_taken' nothing was
   * written and `tx.unchanged()` is said.
   */
  register(
    tx: AuditedTx,
    phone: Phone,
    at: Date,
  ): Promise<{ is: 'registered'; id: CitizenId } | { is: 'phone_taken' }>;
  /**
   * Attaches what was proven and raises the level, never lowers it. The unique blind index answers 'held_by_another'
   * when another account holds this document or pseudonym; the same answer is given when this account already belongs
   * to the holder of another document and this one was not said to be the same person's ('adds', 'renumbered').
   * Nothing is written then and `tx.unchanged()` is said.
   * Throws Fault `not_found` for an unknown account and `forbidden` for one that is closed or of a deceased person.
   */
  raise(
    tx: AuditedTx,
    id: CitizenId,
    proven: Attachment,
    ial: Ial,
    expiresAt: Date | undefined,
    at: Date,
  ): Promise<{ is: 'raised' } | { is: 'held_by_another' }>;
  /** All documents of an account, those that were replaced too, the one that speaks first. */
  documents(id: CitizenId): Promise<readonly HeldDocument[]>;
  /** The network identity that the account holds, opened; undefined when it holds none. */
  pseudonym(id: CitizenId): Promise<string | undefined>;
  /**
   * Other accounts whose holder has the same name and birth date under another kind of document: perhaps the same
   * human being. Never a reason to refuse, only to let a person look.
   */
  alike(id: CitizenId, identity: VerifiedIdentity): Promise<boolean>;
  /** Sets a lower level, for evidence found weak, and ends all sessions. False when the level stands no higher. */
  lower(tx: AuditedTx, id: CitizenId, level: IdentityLevel, at: Date): Promise<boolean>;
  /** The phone now belongs to someone else: the account keeps everything but that. Ends all sessions. */
  releasePhone(tx: AuditedTx, id: CitizenId, at: Date): Promise<void>;
  /**
   * Moves the phone of an account that was never proven to the account of the same human being, and closes the first.
   * Every subject identifier of the account that stays stays. False when `from` holds a document: two proven accounts
   * are never merged by a machine.
   */
  merge(tx: AuditedTx, from: CitizenId, into: CitizenId, at: Date): Promise<boolean>;
  /** The holder has died: nobody signs in any more. Ends all sessions. */
  decease(tx: AuditedTx, id: CitizenId, at: Date): Promise<void>;
  /**
   * Another phone in place of the one that the account has. Of any number of accounts that want one phone exactly one
   * gets it; on 'phone_taken' nothing was written and `tx.unchanged()` is said. Faults: `not_found`, and `forbidden` for
   * an account that is not active.
   */
  changePhone(
    tx: AuditedTx,
    id: CitizenId,
    phone: Phone,
    at: Date,
  ): Promise<{ is: 'changed' } | { is: 'phone_taken' }>;
  /** All sessions and tokens that began before `at` are dead. Throws Fault `not_found`. */
  endSessions(tx: AuditedTx, id: CitizenId, at: Date): Promise<void>;
  /** Opens a frozen account again. False when it is not frozen. Throws Fault `not_found`. */
  unfreeze(tx: AuditedTx, id: CitizenId): Promise<boolean>;
  /** Parallel freezes are harmless. Ends all sessions. Throws Fault `not_found`. */
  freeze(tx: AuditedTx, id: CitizenId, at: Date): Promise<void>;
}

export interface CitizensParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
  readonly clock: Clock;
}

/** What the files of this folder share. */
export interface AccountParts extends CitizensParts {
  readonly lookup: Lookup;
}

/** Builds the accounts over the `citizens` schema. */
export function createCitizens(given: CitizensParts): Citizens {
  const parts = { ...given, lookup: createLookup(given.index) };
  const { postgres, lookup, clock } = parts;
  return {
    async find(id) {
      const row = await store.findCitizen(postgres, id);
      return row && { ...row, id, ial: effectiveIal(row, clock.now()) };
    },
    findByPhone: (phone) => lookup.find(postgres, PHONE_SPACE, phone),
    findByDocument: (kind, number) => lookup.find(postgres, documentSpace(kind), number),
    attributes: (id) => attributes(parts, id),
    phoneChangedAt: (id) => store.phoneChangedAt(postgres, id),
    register: (tx, phone, at) => register(parts, tx, phone, at),
    raise: (tx, id, proven, ial, expiresAt, at) => raise(parts, tx, { id, proven, ial, expiresAt, at }),
    documents: (id) => documents(parts, id),
    pseudonym: (id) => pseudonym(parts, postgres, id),
    alike: (id, identity) => alike(parts, id, identity),
    lower: (tx, id, level, at) => lower(tx, id, level, at),
    releasePhone: (tx, id, at) => releasePhone(parts, tx, id, at),
    merge: (tx, from, into, at) => merge(parts, tx, from, into, at),
    decease: (tx, id, at) => decease(tx, id, at),
    changePhone: (tx, id, phone, at) => changePhone(parts, tx, id, phone, at),
    endSessions: (tx, id, at) => endSessions(tx, id, at),
    unfreeze: (tx, id) => unfreeze(tx, id),
    async freeze(tx, id, at) {
      if ((await store.freeze(tx, id, at)) === 0) throw new Fault('not_found', { note: 'no such account' });
    },
  };
}

async function attributes({ postgres, sealer }: CitizensParts, id: CitizenId): Promise<Attributes> {
  const row = await store.findSealed(postgres, id);
  if (!row) throw new Fault('not_found', { note: 'no such account' });
  const open = (sealed: Buffer | null, place: string, owner: string | null): string | undefined =>
    sealed === null || owner === null ? undefined : sealer.open(sealed, place, owner);
  const phone = open(row.phone, 'citizens.citizen.phone', id);
  const name = open(row.name, 'citizens.document.name', row.documentId);
  const number = open(row.number, 'citizens.document.number', row.documentId);
  return {
    phone: phone === undefined ? undefined : personalPhone(phone),
    phoneVerifiedAt: row.phoneVerifiedAt ?? undefined,
    name: name === undefined ? undefined : personalName(name),
    documentKind: row.kind ?? undefined,
    documentNumber: number === undefined ? undefined : personalNumber(number),
    birthdate: open(row.birthdate, 'citizens.document.birthdate', row.documentId),
    gender: open(row.gender, 'citizens.document.gender', row.documentId) as Attributes['gender'],
    createdAt: row.createdAt,
  };
}

async function register(
  { sealer, lookup }: AccountParts,
  tx: AuditedTx,
  phone: Phone,
  at: Date,
): ReturnType<Citizens['register']> {
  const id = uuidv7(at) as CitizenId;
  if (!(await lookup.claim(tx, PHONE_SPACE, phone, id))) {
    tx.unchanged();
    return { is: 'phone_taken' };
  }
  await store.insertCitizen(tx, { id, phone: sealer.seal(phone, 'citizens.citizen.phone', id), at });
  return { is: 'registered', id };
}

interface Raise {
  readonly id: CitizenId;
  readonly proven: Attachment;
  readonly ial: Ial;
  readonly expiresAt: Date | undefined;
  readonly at: Date;
}

async function raise(parts: AccountParts, tx: AuditedTx, wanted: Raise): ReturnType<Citizens['raise']> {
  const { id, at } = wanted;
  const account = await store.lockCitizen(tx, id);
  if (!account) throw new Fault('not_found', { note: 'no such account' });
  // A frozen one may be proven: that is how its holder gets it back.
  if (account.status !== 'active' && account.status !== 'frozen')
    throw new Fault('forbidden', { note: `the account is ${account.status}` });
  if (!(await attach(parts, tx, id, wanted.proven, at))) {
    tx.unchanged();
    return { is: 'held_by_another' };
  }
  const level = raised(account, { ial: wanted.ial, ialExpiresAt: wanted.expiresAt }, at);
  if (level && (await store.setLevel(tx, id, account.version, level, at)) === 0)
    throw new Fault('conflict', { note: 'the account was changed at the same time' });
  return { is: 'raised' };
}
