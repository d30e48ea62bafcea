// SQL of the keyring: platform.key.
import { sql, type Queryable, type Tx } from '../store/postgres.ts';
import type { KeyPurpose, KeyState } from './keyring.ts';

export interface KeyRow {
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
  readonly wrapped: Buffer;
}

/** Changes to keys are told here; the payload is the purpose. */
export const CHANNEL = 'platform_key';

/** One node at a time makes or rotates keys, until its transaction ends. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('platform.key'))`);
}

/** Active first, then next, then retired, newest first. */
export function readKeys(store: Queryable): Promise<KeyRow[]> {
  return store.rows<KeyRow>(sql`
    select id, purpose, state, created_at as "createdAt", activated_at as "activatedAt",
      retired_at as "retiredAt", wrapped
    from platform.key
    order by array_position(array['active', 'next', 'retired'], state), retired_at desc, created_at desc`);
}

export async function insertKey(tx: Tx, row: KeyRow): Promise<void> {
  await tx.run(sql`
    insert into platform.key (id, purpose, state, created_at, activated_at, wrapped)
    values (${row.id}, ${row.purpose}, ${row.state}, ${row.createdAt}, ${row.activatedAt}, ${row.wrapped})`);
}

/** Retires the active key and activates the next one. Returns the id of the key now active, undefined without one. */
export async function promote(tx: Tx, purpose: KeyPurpose, at: Date): Promise<string | undefined> {
  await tx.run(sql`
    update platform.key set state = 'retired', retired_at = ${at}
    where purpose = ${purpose} and state = 'active'`);
  const row = await tx.row<{ readonly id: string }>(sql`
    update platform.key set state = 'active', activated_at = ${at}
    where purpose = ${purpose} and state = 'next' returning id`);
  return row?.id;
}

/** How many keys went: 0 when there is no such key or it is in use. */
export async function deleteRetired(tx: Tx, purpose: KeyPurpose, id: string): Promise<number> {
  return await tx.run(sql`
    delete from platform.key where id = ${id} and purpose = ${purpose} and state = 'retired'`);
}

/** Heard by every node once the transaction commits. */
export async function tellChange(tx: Tx, purpose: KeyPurpose | 'all'): Promise<void> {
  await tx.run(sql`select pg_notify(${CHANNEL}, ${purpose})`);
}
