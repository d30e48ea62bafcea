// SQL of the accounts. Every statement on a citizen's path names one citizen, so it touches one partition of each table.
import { sql, type Queryable } from '../platform/store/postgres.ts';
import type { KeyedDigest } from '../platform/crypto/blind-index.ts';
import { FIRST_UUID, sealedRow, type SealedRow, type SealedTable } from '../platform/crypto/sealed-table.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { Citizen, CitizenId, CitizenStatus, DocumentKind } from './citizens.ts';
import type { IdentityLevel } from './level.ts';

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** As it stands; the level may have expired. */
export async function findCitizen(db: Queryable, id: CitizenId): Promise<Omit<Citizen, 'id'> | undefined> {
  const row = await db.row<Omit<Citizen, 'id' | 'ialExpiresAt'> & { ialExpiresAt: Date | null }>(sql`
    select status, ial, ial_expires_at as "ialExpiresAt", sessions_not_before as "sessionsNotBefore"
    from citizens.citizen where id = ${id}`);
  return row && { ...row, ialExpiresAt: row.ialExpiresAt ?? undefined };
}

interface SealedPhone {
  readonly phone: Buffer | null;
  readonly phoneVerifiedAt: Date | null;
  readonly createdAt: Date;
}

interface SealedIdentity {
  readonly documentId: string;
  readonly kind: DocumentKind;
  readonly number: Buffer;
  readonly name: Buffer;
  readonly birthdate: Buffer;
  readonly gender: Buffer;
}

/** Everything that is sealed about one citizen, in one read. A passport that is added must not change the name told. */
export async function findSealed(
  db: Queryable,
  id: CitizenId,
): Promise<(SealedPhone & Nullable<SealedIdentity>) | undefined> {
  return await db.row(sql`
    select citizen.phone_sealed as phone, citizen.phone_verified_at as "phoneVerifiedAt",
      citizen.created_at as "createdAt", document.id as "documentId", document.kind,
      document.number_sealed as number, document.name_sealed as name, document.birthdate_sealed as birthdate,
      document.gender_sealed as gender
    from citizens.citizen left join citizens.document
      on document.citizen_id = ${id} and document.superseded_at is null
    where citizen.id = ${id} order by array_position(array['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2023', 'CN_FPR_2017', 'HM_PERMIT', 'TW_PERMIT',
      'PASSPORT'], document.kind), document.verified_at desc nulls last limit 1`);
}

export interface DocumentRow extends Omit<SealedIdentity, 'documentId' | 'birthdate' | 'gender'> {
  readonly id: string;
  readonly birthdate: Buffer | null;
  readonly gender: Buffer | null;
  readonly verifiedAt: Date;
  readonly supersededAt: Date | null;
}

/** The one that speaks first, replaced ones last. */
export async function findDocuments(db: Queryable, id: CitizenId): Promise<readonly DocumentRow[]> {
  return await db.rows<DocumentRow>(sql`
    select id, kind, number_sealed as number, name_sealed as name, birthdate_sealed as birthdate,
      gender_sealed as gender, verified_at as "verifiedAt", superseded_at as "supersededAt"
    from citizens.document where citizen_id = ${id}
    order by superseded_at is not null, array_position(array['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2023', 'CN_FPR_2017', 'HM_PERMIT', 'TW_PERMIT',
      'PASSPORT'], kind), verified_at desc`);
}

export interface NewCitizen {
  readonly id: CitizenId;
  readonly phone: Buffer;
  readonly at: Date;
}

/** The account of a phone that has been claimed for it in this transaction. */
export async function insertCitizen(tx: AuditedTx, { id, phone, at }: NewCitizen): Promise<void> {
  await tx.run(sql`
    insert into citizens.citizen
      (id, status, phone_sealed, phone_verified_at, ial, sessions_not_before, created_at, version)
    values (${id}, 'active', ${phone}, ${at}, 0, to_timestamp(0), ${at}, 1)`);
}

export interface LockedCitizen extends IdentityLevel {
  readonly status: CitizenStatus;
  readonly version: number;
  readonly phone: Buffer | null;
}

/** The account, locked until the transaction ends. */
export async function lockCitizen(tx: AuditedTx, id: CitizenId): Promise<LockedCitizen | undefined> {
  const row = await tx.row<Omit<LockedCitizen, 'ialExpiresAt'> & { ialExpiresAt: Date | null }>(sql`
    select status, version, ial, ial_expires_at as "ialExpiresAt", phone_sealed as phone
    from citizens.citizen where id = ${id} for update`);
  return row && { ...row, ialExpiresAt: row.ialExpiresAt ?? undefined };
}

export interface SealedDocument {
  readonly id: string;
  readonly citizenId: CitizenId;
  readonly kind: DocumentKind;
  readonly number: Buffer;
  readonly name: Buffer;
  readonly birthdate: Buffer | null;
  readonly gender: Buffer | null;
  readonly at: Date;
}

/** Inserts it, or refreshes name and attributes of the document with this identifier. */
export async function saveDocument(tx: AuditedTx, document: SealedDocument): Promise<void> {
  const { id, citizenId, kind, number, name, birthdate, gender, at } = document;
  await tx.run(sql`
    insert into citizens.document
      (citizen_id, id, kind, number_sealed, name_sealed, birthdate_sealed, gender_sealed, verified_at)
    values (${citizenId}, ${id}, ${kind}, ${number}, ${name}, ${birthdate}, ${gender}, ${at})
    on conflict (citizen_id, id) do update set number_sealed = excluded.number_sealed,
      name_sealed = excluded.name_sealed, birthdate_sealed = excluded.birthdate_sealed,
      gender_sealed = excluded.gender_sealed, verified_at = excluded.verified_at`);
}

/** 0 when the account is no longer at this version. */
export async function setLevel(
  tx: AuditedTx,
  id: CitizenId,
  version: number,
  level: IdentityLevel,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update citizens.citizen set ial = ${level.ial}, ial_at = ${at},
      ial_expires_at = ${level.ialExpiresAt ?? null}, version = version + 1
    where id = ${id} and version = ${version}`);
}

export async function phoneChangedAt(db: Queryable, id: CitizenId): Promise<Date | undefined> {
  const row = await db.row<{ at: Date | null }>(
    sql`select phone_changed_at as at from citizens.citizen where id = ${id}`,
  );
  return row?.at ?? undefined;
}

export async function notePhoneChange(tx: AuditedTx, id: CitizenId, at: Date): Promise<void> {
  await tx.run(sql`update citizens.citizen set phone_changed_at = ${at} where id = ${id}`);
}

export async function unfreeze(tx: AuditedTx, id: CitizenId): Promise<void> {
  await tx.run(sql`
    update citizens.citizen set status = 'active', version = version + 1
    where id = ${id} and status = 'frozen'`);
}

/** Closed and deceased stay what they are; sessions end in any case. 0 when there is no such account. */
export async function freeze(tx: AuditedTx, id: CitizenId, at: Date): Promise<number> {
  return await tx.run(sql`
    update citizens.citizen set status = case status when 'active' then 'frozen' else status end,
      sessions_not_before = greatest(sessions_not_before, ${at}::timestamptz), version = version + 1
    where id = ${id}`);
}

/** The same for a single act on one account; the caller holds its lock. */
export async function endSessions(tx: AuditedTx, id: CitizenId, at: Date): Promise<void> {
  await tx.run(sql`
    update citizens.citizen set sessions_not_before = greatest(sessions_not_before, ${at}::timestamptz),
      version = version + 1
    where id = ${id}`);
}

export async function setStatus(tx: AuditedTx, id: CitizenId, status: CitizenStatus): Promise<void> {
  await tx.run(sql`update citizens.citizen set status = ${status} where id = ${id}`);
}

export async function setPhone(
  tx: AuditedTx,
  id: CitizenId,
  phone: Buffer | null,
  at: Date | null,
): Promise<void> {
  await tx.run(
    sql`update citizens.citizen set phone_sealed = ${phone}, phone_verified_at = ${at} where id = ${id}`,
  );
}

/** Documents of this kind were replaced by another number. */
export async function supersede(tx: AuditedTx, id: CitizenId, kind: DocumentKind, at: Date): Promise<void> {
  await tx.run(sql`
    update citizens.document set superseded_at = ${at}
    where citizen_id = ${id} and kind = ${kind} and superseded_at is null`);
}

/** Under the keys that count for lookups: the caller has claimed something in this transaction. */
export async function noteLikeness(
  tx: AuditedTx,
  digests: readonly KeyedDigest[],
  id: CitizenId,
  kind: DocumentKind,
): Promise<void> {
  await tx.run(sql`
    insert into citizens.likeness (digest, citizen_id, kind, key_id)
    select given.digest, ${id}, ${kind}, given.key_id
    from unnest(${digests.map(({ keyId }) => keyId)}::text[], ${digests.map(({ digest }) => digest)}::bytea[])
      as given (key_id, digest)
    join citizens.lookup_ring ring on given.key_id in (ring.arbiter, ring.follower)
    on conflict (digest, citizen_id, kind) do nothing`);
}

/** Two different numbers of one kind are two people; only another kind may be the same one. */
export async function hasLikeness(
  db: Queryable,
  digests: readonly KeyedDigest[],
  id: CitizenId,
  kind: DocumentKind,
): Promise<boolean> {
  const row = await db.row(sql`
    select 1 from citizens.likeness where digest = any(${digests.map(({ digest }) => digest)}::bytea[])
      and citizen_id <> ${id} and kind <> ${kind} limit 1`);
  return row !== undefined;
}

export async function findPseudonym(db: Queryable, id: CitizenId): Promise<Buffer | undefined> {
  const row = await db.row<{ sealed: Buffer | null }>(
    sql`select pseudonym_sealed as sealed from citizens.citizen where id = ${id}`,
  );
  return row?.sealed ?? undefined;
}

export async function setPseudonym(tx: AuditedTx, id: CitizenId, sealed: Buffer): Promise<void> {
  await tx.run(sql`update citizens.citizen set pseudonym_sealed = ${sealed} where id = ${id}`);
}
type Read<Column extends string> = SealedRow<Column>['values'] & { readonly key: readonly string[] };

type CitizenColumn = 'phone' | 'pseudonym';

const sealedCitizens: SealedTable<CitizenColumn> = {
  name: 'citizens.citizen',
  columns: ['phone', 'pseudonym'],
  async read(db, [after = FIRST_UUID], limit) {
    const rows = await db.rows<Read<CitizenColumn>>(sql`
      select array[id::text] as key, phone_sealed as phone, pseudonym_sealed as pseudonym from citizens.citizen
      where id > ${after} order by id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { phone, pseudonym }) =>
    db.run(sql`
      update citizens.citizen set phone_sealed = ${phone}, pseudonym_sealed = ${pseudonym}
      where id = ${key[0]} and phone_sealed is not distinct from ${values.phone}
        and pseudonym_sealed is not distinct from ${values.pseudonym}`),
};

type DocumentColumn = 'number' | 'name' | 'birthdate' | 'gender';

const sealedDocuments: SealedTable<DocumentColumn> = {
  name: 'citizens.document',
  columns: ['number', 'name', 'birthdate', 'gender'],
  async read(db, [citizenId = FIRST_UUID, id = FIRST_UUID], limit) {
    const rows = await db.rows<Read<DocumentColumn>>(sql`
      select array[citizen_id::text, id::text] as key, number_sealed as number, name_sealed as name,
        birthdate_sealed as birthdate, gender_sealed as gender
      from citizens.document where (citizen_id, id) > (${citizenId}::uuid, ${id}::uuid)
      order by citizen_id, id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { number, name, birthdate, gender }) =>
    db.run(sql`
      update citizens.document set number_sealed = ${number}, name_sealed = ${name},
        birthdate_sealed = ${birthdate}, gender_sealed = ${gender}
      where citizen_id = ${key[0]} and id = ${key[1]} and number_sealed = ${values.number}
        and name_sealed = ${values.name} and birthdate_sealed is not distinct from ${values.birthdate}
        and gender_sealed is not distinct from ${values.gender}`),
};

export const sealedTables: readonly SealedTable[] = [sealedCitizens, sealedDocuments];
