// SQL of the passkeys. Every statement names one citizen and touches one partition, except the look-up by credential.
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import {
  FIRST_UUID,
  sealedRow,
  type SealedRow,
  type SealedTable,
} from '../../platform/crypto/sealed-table.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Passkey } from './passkey.ts';

/** Whose a credential is: one point read of a small table. */
export async function findHolder(db: Queryable, credentialId: Buffer): Promise<CitizenId | undefined> {
  const row = await db.row<{ id: CitizenId }>(
    sql`select citizen_id as id from factors.webauthn_lookup where credential_id = ${credentialId}`,
  );
  return row?.id;
}

/** Those of one citizen, the oldest first. One point read. */
export async function findAll(db: Queryable, citizenId: CitizenId): Promise<readonly Passkey[]> {
  return await db.rows<Passkey>(sql`
    select id, citizen_id as "citizenId", credential_id as "credentialId", public_key as "publicKey",
      user_handle as "userHandle", sign_count::float8 as "signCount", synced, backed_up as "backedUp", transports, aaguid,
      name_sealed as name, created_at as "createdAt", used_at as "usedAt", bound_at_aal as "boundAtAal",
      full_from as "fullFrom", suspect_at as "suspectAt"
    from factors.webauthn_credential where citizen_id = ${citizenId} order by created_at, id`);
}

/** False, and nothing is written: somebody has this credential already (WebAuthn L3 7.1 step 26). */
export async function insert(tx: AuditedTx, passkey: Passkey): Promise<boolean> {
  const { id, citizenId, credentialId, publicKey, userHandle, signCount, synced, backedUp } = passkey;
  const claimed = await tx.run(sql`
    insert into factors.webauthn_lookup (credential_id, citizen_id) values (${credentialId}, ${citizenId})
    on conflict do nothing`);
  if (claimed === 0) return false;
  await tx.run(sql`
    insert into factors.webauthn_credential (citizen_id, id, credential_id, public_key, user_handle, sign_count, synced,
      backed_up, transports, aaguid, name_sealed, created_at, used_at, bound_at_aal, full_from, suspect_at)
    values (${citizenId}, ${id}, ${credentialId}, ${publicKey}, ${userHandle}, ${signCount}, ${synced}, ${backedUp},
      ${passkey.transports}, ${passkey.aaguid}, ${passkey.name}, ${passkey.createdAt}, ${passkey.usedAt},
      ${passkey.boundAtAal}, ${passkey.fullFrom}, ${passkey.suspectAt})`);
  return true;
}

export interface Use {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly at: Date;
}

/**
 * False when it is gone, suspect, or another use with this counter or a higher one came first. No event of its own: the
 * sign-in that follows has one.
 */
export async function markUsed(db: Queryable, { citizenId, id }: Passkey, use: Use): Promise<boolean> {
  const rows = await db.run(sql`
    update factors.webauthn_credential
    set sign_count = ${use.signCount}, backed_up = ${use.backedUp}, used_at = ${use.at}
    where citizen_id = ${citizenId} and id = ${id} and suspect_at is null
      and (sign_count < ${use.signCount} or (sign_count = 0 and ${use.signCount}::bigint = 0))`);
  return rows === 1;
}

/** False when it was suspect before. */
export async function markSuspect(tx: AuditedTx, { citizenId, id }: Passkey, at: Date): Promise<boolean> {
  const rows = await tx.run(sql`
    update factors.webauthn_credential set suspect_at = ${at}
    where citizen_id = ${citizenId} and id = ${id} and suspect_at is null`);
  return rows === 1;
}

export async function rename(
  tx: AuditedTx,
  citizenId: CitizenId,
  id: string,
  name: Buffer,
): Promise<boolean> {
  const rows = await tx.run(sql`
    update factors.webauthn_credential set name_sealed = ${name} where citizen_id = ${citizenId} and id = ${id}`);
  return rows === 1;
}

export async function remove(tx: AuditedTx, citizenId: CitizenId, id: string): Promise<boolean> {
  const row = await tx.row<{ credential: Buffer }>(sql`
    delete from factors.webauthn_credential where citizen_id = ${citizenId} and id = ${id}
    returning credential_id as credential`);
  if (!row) return false;
  await tx.run(sql`delete from factors.webauthn_lookup where credential_id = ${row.credential}`);
  return true;
}

/** True when the citizen has no passkey and has not left the offer since. One round trip. */
export async function offerDue(db: Queryable, citizenId: CitizenId, since: Date): Promise<boolean> {
  const row = await db.row<{ due: boolean }>(sql`
    select not exists (select from factors.webauthn_credential where citizen_id = ${citizenId})
      and not exists (select from factors.webauthn_declined
        where citizen_id = ${citizenId} and declined_at > ${since}) as due`);
  return row?.due === true;
}

export async function decline(tx: AuditedTx, citizenId: CitizenId, at: Date): Promise<void> {
  await tx.run(sql`
    insert into factors.webauthn_declined (citizen_id, declined_at) values (${citizenId}, ${at})
    on conflict (citizen_id) do update set declined_at = excluded.declined_at`);
}

export const sealedPasskeys: SealedTable<'name'> = {
  name: 'factors.webauthn_credential',
  columns: ['name'],
  async read(db, [citizenId = FIRST_UUID, id = FIRST_UUID], limit) {
    const rows = await db.rows<SealedRow<'name'>['values'] & { readonly key: readonly string[] }>(sql`
      select array[citizen_id::text, id::text] as key, name_sealed as name from factors.webauthn_credential
      where (citizen_id, id) > (${citizenId}::uuid, ${id}::uuid) order by citizen_id, id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key: [citizenId, id], values }, { name }) =>
    db.run(sql`
      update factors.webauthn_credential set name_sealed = ${name}
      where citizen_id = ${citizenId} and id = ${id} and name_sealed is not distinct from ${values.name}`),
};
