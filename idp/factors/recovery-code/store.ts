// The recovery codes of citizens, as keyed digests: ten small rows in one partition.
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';

export interface KeptSet {
  readonly madeAt: Date;
  readonly left: number;
  readonly total: number;
}

/** The set that counts; undefined when there is none. */
export async function findSet(db: Queryable, citizenId: string): Promise<KeptSet | undefined> {
  return await db.row<KeptSet>(sql`
    select made_at as "madeAt", (count(*) filter (where used_at is null))::int as left, count(*)::int as total
    from factors.recovery_code where citizen_id = ${citizenId} group by made_at`);
}

export interface Digested {
  readonly keyId: string;
  readonly digest: Buffer;
}

/** A new set over the old one, row by row in one order: of two made at once the later stands whole. */
export async function saveSet(
  tx: AuditedTx,
  citizenId: CitizenId,
  codes: readonly Digested[],
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into factors.recovery_code (citizen_id, slot, digest, key_id, made_at)
    select ${citizenId}, slot, digest, key_id, ${at}
    from unnest(${codes.map(({ digest }) => digest)}::bytea[], ${codes.map(({ keyId }) => keyId)}::text[])
      with ordinality as one (digest, key_id, slot)
    order by slot
    on conflict (citizen_id, slot) do update
      set digest = excluded.digest, key_id = excluded.key_id, made_at = excluded.made_at, used_at = null`);
}

export async function removeSet(tx: AuditedTx, citizenId: string): Promise<number> {
  return await tx.run(sql`delete from factors.recovery_code where citizen_id = ${citizenId}`);
}

/** Of any number of parallel uses of one code one gets true. */
export async function use(
  tx: AuditedTx,
  citizenId: CitizenId,
  digests: readonly Digested[],
  at: Date,
): Promise<boolean> {
  const rows = await tx.run(sql`
    update factors.recovery_code set used_at = ${at}
    where citizen_id = ${citizenId} and used_at is null and (key_id, digest) in (
      select * from unnest(${digests.map(({ keyId }) => keyId)}::text[],
        ${digests.map(({ digest }) => digest)}::bytea[]))`);
  return rows === 1;
}
