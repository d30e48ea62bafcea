// SQL of the devices. Every statement on a citizen's path names one citizen, so it touches one partition.
import type { AuditedTx } from '../audit/audit.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import { FIRST_UUID, sealedRow, type SealedRow, type SealedTable } from '../platform/crypto/sealed-table.ts';
import { sql, type Queryable } from '../platform/store/postgres.ts';

export interface DeviceRow {
  readonly digest: Buffer;
  readonly about: Buffer;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly trustedUntil: Date | null;
}

/** Of one citizen, the one used last first. */
export async function devicesOf(db: Queryable, citizenId: string): Promise<readonly DeviceRow[]> {
  return await db.rows<DeviceRow>(sql`
    select digest, about_sealed as about, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
      trusted_until as "trustedUntil"
    from devices.device where citizen_id = ${citizenId} order by last_seen_at desc`);
}

export async function isThere(db: Queryable, citizenId: CitizenId, digest: Buffer): Promise<boolean> {
  const row = await db.row(
    sql`select 1 from devices.device where citizen_id = ${citizenId} and digest = ${digest}`,
  );
  return row !== undefined;
}

export interface Seen {
  readonly citizenId: CitizenId;
  readonly digest: Buffer;
  readonly about: Buffer;
  readonly at: Date;
}

/** A known device was used again. No transaction of its own: the sign-in is recorded, this is where it was last. */
export async function touch(db: Queryable, { citizenId, digest, about, at }: Seen): Promise<number> {
  return await db.run(sql`
    update devices.device set about_sealed = ${about}, last_seen_at = ${at}
    where citizen_id = ${citizenId} and digest = ${digest}`);
}

/** Undefined `trustedUntil` leaves a trust that stands. */
export async function save(tx: AuditedTx, seen: Seen, trustedUntil: Date | undefined): Promise<void> {
  const { citizenId, digest, about, at } = seen;
  await tx.run(sql`
    insert into devices.device (citizen_id, digest, about_sealed, first_seen_at, last_seen_at, trusted_until)
    values (${citizenId}, ${digest}, ${about}, ${at}, ${at}, ${trustedUntil ?? null})
    on conflict (citizen_id, digest) do update set about_sealed = excluded.about_sealed,
      last_seen_at = excluded.last_seen_at, trusted_until = coalesce(excluded.trusted_until, device.trusted_until)`);
}

/** Whoever clears cookies all day must not fill the table: the ones used longest ago go. */
export async function keepNewest(tx: AuditedTx, citizenId: CitizenId, most: number): Promise<void> {
  await tx.run(sql`
    delete from devices.device where citizen_id = ${citizenId} and digest in (
      select digest from devices.device where citizen_id = ${citizenId}
      order by last_seen_at desc, digest offset ${most})`);
}

export async function remove(tx: AuditedTx, citizenId: CitizenId, digest: Buffer): Promise<number> {
  return await tx.run(sql`delete from devices.device where citizen_id = ${citizenId} and digest = ${digest}`);
}

export async function removeAll(tx: AuditedTx, citizenId: string): Promise<void> {
  await tx.run(sql`delete from devices.device where citizen_id = ${citizenId}`);
}

export async function countUnused(db: Queryable, before: Date): Promise<number> {
  const row = await db.row<{ n: number }>(
    sql`select count(*) as n from devices.device where last_seen_at < ${before}`,
  );
  return row?.n ?? 0;
}

export async function removeUnused(tx: AuditedTx, before: Date, most: number): Promise<number> {
  return await tx.run(sql`
    delete from devices.device where (citizen_id, digest) in (
      select citizen_id, digest from devices.device where last_seen_at < ${before}
      order by last_seen_at limit ${most} for update skip locked)`);
}

type Read = SealedRow<'about'>['values'] & { readonly key: readonly string[] };

export const sealedDevices: SealedTable<'about'> = {
  name: 'devices.device',
  columns: ['about'],
  async read(db, [citizenId = FIRST_UUID, digest = ''], limit) {
    const rows = await db.rows<Read>(sql`
      select array[citizen_id::text, encode(digest, 'hex')] as key, about_sealed as about from devices.device
      where citizen_id >= ${citizenId}::uuid and (citizen_id, encode(digest, 'hex')) > (${citizenId}::uuid, ${digest})
      order by citizen_id, encode(digest, 'hex') limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { about }) =>
    db.run(sql`
      update devices.device set about_sealed = ${about}
      where citizen_id = ${key[0]} and encode(digest, 'hex') = ${key[1]} and about_sealed = ${values.about}`),
};
