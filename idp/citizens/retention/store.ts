// SQL of what is kept about one citizen, and of its end.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { CitizenId, CitizenStatus } from '../citizens.ts';

export interface KeptAccount {
  readonly status: CitizenStatus;
  readonly phone: Buffer | null;
  readonly phoneVerifiedAt: Date | null;
  readonly pseudonym: Buffer | null;
  readonly ial: number;
  readonly ialAt: Date | null;
  readonly ialExpiresAt: Date | null;
  readonly createdAt: Date;
  readonly phoneChangedAt: Date | null;
}

export async function accountOf(db: Queryable, id: CitizenId): Promise<KeptAccount | undefined> {
  return await db.row<KeptAccount>(sql`
    select status, phone_sealed as phone, phone_verified_at as "phoneVerifiedAt",
      pseudonym_sealed as pseudonym, ial, ial_at as "ialAt",
      ial_expires_at as "ialExpiresAt", created_at as "createdAt", phone_changed_at as "phoneChangedAt"
    from citizens.citizen where id = ${id}`);
}

/** The account as it is, held until the transaction ends: of parallel closings the others wait here. */
export async function lockStatus(tx: AuditedTx, id: CitizenId): Promise<CitizenStatus | undefined> {
  const row = await tx.row<{ status: CitizenStatus }>(
    sql`select status from citizens.citizen where id = ${id} for update`,
  );
  return row?.status;
}

/**
 * Leaves the identifier, so that it is never anyone else's, and when the account began and ended. What stands by digest
 * is found by its citizen, across all partitions: of a pseudonym or a former name nobody could make the digest again.
 */
export async function erase(tx: AuditedTx, id: CitizenId, at: Date): Promise<void> {
  await tx.run(sql`delete from citizens.lookup where citizen_id = ${id}`);
  await tx.run(sql`delete from citizens.likeness where citizen_id = ${id}`);
  await tx.run(sql`delete from citizens.document where citizen_id = ${id}`);
  await tx.run(sql`
    update citizens.citizen set status = 'closed', phone_sealed = null, phone_verified_at = null,
      pseudonym_sealed = null, ial = 0, ial_at = null, ial_expires_at = null, phone_changed_at = null,
      sessions_not_before = ${at}, version = version + 1
    where id = ${id}`);
}
