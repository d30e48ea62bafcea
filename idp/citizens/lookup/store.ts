// SQL of the lookups: which account holds a phone, a document or a pseudonym, under which index key. A read touches one
// partition, a claim one for each key that counts. Whoever takes a claim away holds the account's row for update first.
import { sql, type Queryable, type Tx } from '../../platform/store/postgres.ts';
import { FIRST_UUID } from '../../platform/crypto/sealed-table.ts';
import type { KeyedDigest } from '../../platform/crypto/blind-index.ts';
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId, DocumentKind } from '../citizens.ts';

/** Which keys count, and how far the move from one to the next has come. */
export interface LookupRing {
  readonly arbiter: string;
  readonly follower: string | null;
  readonly phase: 'kept' | 'filling' | 'sweeping';
  /** Where the job of this phase goes on: an account, or a table and a place in it. */
  readonly after: readonly string[];
  /** Values that did not open in this phase. */
  readonly stuck: number;
}

/** Undefined before the first account. */
export async function findRing(db: Queryable): Promise<LookupRing | undefined> {
  return await db.row<LookupRing>(sql`
    select arbiter, follower, phase, after, stuck from citizens.lookup_ring where one`);
}

/** The first account is about to be made: its node's key counts, unless another node was faster. */
export async function beginRing(tx: AuditedTx, keyId: string): Promise<void> {
  await tx.run(
    sql`insert into citizens.lookup_ring (arbiter) values (${keyId}) on conflict (one) do nothing`,
  );
}

/**
 * The holder, and the key that decides: where the digest is under another one, nothing was learned. One statement, so
 * that both are of one instant. Undefined before the first account.
 */
export async function findHolder(
  db: Queryable,
  space: string,
  digest: Buffer,
): Promise<{ arbiter: string; id: CitizenId | null } | undefined> {
  return await db.row(sql`
    select ring.arbiter, (
      select citizen_id from citizens.lookup
      where space = ${space} and digest = ${digest} and key_id = ring.arbiter) as id
    from citizens.lookup_ring ring where ring.one`);
}

/**
 * Shared by all claims until their transactions end; whoever changes which keys count waits for them and they for him.
 * A statement of its own: the next one must see which keys count now.
 */
export async function holdRing(tx: AuditedTx): Promise<void> {
  await tx.row(sql`select pg_advisory_xact_lock_shared(hashtextextended('citizens.lookup_ring', 0))`);
}

/** Waits until no claim is in progress, and keeps others waiting until the transaction ends. */
export async function turnRing(tx: Tx): Promise<void> {
  await tx.row(sql`select pg_advisory_xact_lock(hashtextextended('citizens.lookup_ring', 0))`);
}

export type Claimed = 'claimed' | 'taken' | 'unknown_key';

/**
 * Gives the value to this citizen unless somebody has it. The arbiter's row decides; the follower's is written with it.
 * Nothing is written on `taken`, nor on `unknown_key`, when a key that counts is not among the digests'.
 */
export async function claim(
  tx: AuditedTx,
  space: string,
  digests: readonly KeyedDigest[],
  id: CitizenId,
): Promise<Claimed> {
  const row = await tx.row<{ known: boolean; mine: boolean }>(sql`
    with given as (
      select key_id, digest from unnest(${digests.map(({ keyId }) => keyId)}::text[],
        ${digests.map(({ digest }) => digest)}::bytea[]) as one (key_id, digest)),
    known as (
      select arbiter, follower from citizens.lookup_ring
      where arbiter in (select key_id from given)
        and (follower is null or follower in (select key_id from given))),
    mine as (
      insert into citizens.lookup (space, digest, citizen_id, key_id)
      select ${space}, given.digest, ${id}, given.key_id from given join known on given.key_id = known.arbiter
      on conflict (space, digest) do nothing returning citizen_id),
    followed as (
      -- No "on conflict": a value that nobody holds is in nobody's way under the next key either.
      insert into citizens.lookup (space, digest, citizen_id, key_id)
      select ${space}, given.digest, mine.citizen_id, given.key_id
      from mine cross join given join known on given.key_id = known.follower)
    select exists (select from known) as known, exists (select from mine) as mine`);
  if (!row?.known) return 'unknown_key';
  return row.mine ? 'claimed' : 'taken';
}

/** Takes the value from this citizen, under every key that counts. Nothing is written on `unknown_key`. */
export async function release(
  tx: AuditedTx,
  space: string,
  digests: readonly KeyedDigest[],
  id: CitizenId,
): Promise<'released' | 'unknown_key'> {
  const keys = digests.map(({ keyId }) => keyId);
  const row = await tx.row<{ known: boolean }>(sql`
    with known as (
      select arbiter from citizens.lookup_ring
      where arbiter = any(${keys}::text[]) and (follower is null or follower = any(${keys}::text[]))),
    gone as (
      delete from citizens.lookup where space = ${space} and citizen_id = ${id}
        and digest = any(${digests.map(({ digest }) => digest)}::bytea[]) and exists (select from known))
    select exists (select from known) as known`);
  return row?.known ? 'released' : 'unknown_key';
}

/** False when somebody else moved the ring meanwhile. */
export async function moveRing(db: Queryable, from: LookupRing, to: LookupRing): Promise<boolean> {
  const moved = await db.run(sql`
    update citizens.lookup_ring set arbiter = ${to.arbiter}, follower = ${to.follower}, phase = ${to.phase},
      after = ${to.after}, stuck = ${to.stuck}
    where one and arbiter = ${from.arbiter} and follower is not distinct from ${from.follower}
      and phase = ${from.phase}`);
  return moved === 1;
}

export interface SealedHolder {
  readonly id: CitizenId;
  readonly phone: Buffer | null;
  readonly pseudonym: Buffer | null;
}

export interface SealedDocument {
  readonly citizenId: CitizenId;
  readonly id: string;
  readonly kind: DocumentKind;
  readonly number: Buffer;
  readonly name: Buffer;
  readonly birthdate: Buffer | null;
}

/** Identifiers of the next accounts, in their order. */
export async function nextAccounts(
  db: Queryable,
  after: string = FIRST_UUID,
  limit: number,
): Promise<readonly CitizenId[]> {
  const rows = await db.rows<{ id: CitizenId }>(sql`
    select id from citizens.citizen where id > ${after} order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * These accounts and their documents. Until the transaction ends nobody takes anything away from them. An account that
 * somebody is changing is left out, not waited for: who waits while holding others may be waited for.
 */
export async function holdAccounts(
  tx: Tx,
  ids: readonly CitizenId[],
): Promise<{ holders: readonly SealedHolder[]; documents: readonly SealedDocument[] }> {
  // PostgreSQL waits all the same where the row was changed first and locked afterwards. Should two wait for each other,
  // this one gives up first: a deadlock is looked for after a second.
  await tx.run(sql`set local lock_timeout = '500ms'`);
  const holders = await tx.rows<SealedHolder>(sql`
    select id, phone_sealed as phone, pseudonym_sealed as pseudonym from citizens.citizen
    where id = any(${ids}::uuid[]) order by id for key share skip locked`);
  const documents = await tx.rows<SealedDocument>(sql`
    select citizen_id as "citizenId", id, kind, number_sealed as number, name_sealed as name,
      birthdate_sealed as birthdate
    from citizens.document where citizen_id = any(${holders.map(({ id }) => id)}::uuid[])`);
  return { holders, documents };
}

export interface Pair {
  /** Space of a lookup, kind of document of a likeness. */
  readonly of: string;
  readonly citizenId: CitizenId;
  /** Under the key that decides. */
  readonly held: Buffer;
  readonly next: Buffer;
}

const column = <K extends keyof Pair>(pairs: readonly Pair[], name: K): Pair[K][] =>
  pairs.map((pair) => pair[name]);

/** Adds digests under the next key to values that these citizens hold. */
export async function follow(tx: Tx, pairs: readonly Pair[], ring: LookupRing): Promise<void> {
  await tx.run(sql`
    insert into citizens.lookup (space, digest, citizen_id, key_id)
    select held.space, pair.next, held.citizen_id, ${ring.follower}
    from unnest(${column(pairs, 'of')}::text[], ${column(pairs, 'citizenId')}::uuid[],
      ${column(pairs, 'held')}::bytea[], ${column(pairs, 'next')}::bytea[]) as pair (of, citizen_id, held, next)
    join citizens.lookup held on held.space = pair.of and held.digest = pair.held
      and held.citizen_id = pair.citizen_id and held.key_id = ${ring.arbiter}
    on conflict (space, digest) do nothing`);
}

/** The same for what documents have in common. */
export async function followLikeness(tx: Tx, pairs: readonly Pair[], ring: LookupRing): Promise<void> {
  await tx.run(sql`
    insert into citizens.likeness (digest, citizen_id, kind, key_id)
    select pair.next, held.citizen_id, held.kind, ${ring.follower}
    from unnest(${column(pairs, 'of')}::text[], ${column(pairs, 'citizenId')}::uuid[],
      ${column(pairs, 'held')}::bytea[], ${column(pairs, 'next')}::bytea[]) as pair (of, citizen_id, held, next)
    join citizens.likeness held on held.digest = pair.held and held.citizen_id = pair.citizen_id
      and held.kind = pair.of and held.key_id = ${ring.arbiter}
    on conflict (digest, citizen_id, kind) do nothing`);
}

/**
 * Deletes lookups under other keys, a page of the primary key at a time, and leaves out those that somebody holds.
 * Answers where the next page begins; undefined at the end.
 */
export async function sweepLookups(
  db: Queryable,
  arbiter: string,
  [space = '', digest = '']: readonly string[],
  limit: number,
): Promise<readonly string[] | undefined> {
  const last = await db.row<{ after: string[] }>(sql`
    with page as (
      select space, digest, key_id from citizens.lookup
      where (space, digest) > (${space}, decode(${digest}, 'hex')) order by space, digest limit ${limit}),
    old as (
      select lookup.space, lookup.digest from citizens.lookup join page using (space, digest)
      where page.key_id <> ${arbiter} for update of lookup skip locked),
    gone as (
      delete from citizens.lookup using old where lookup.space = old.space and lookup.digest = old.digest)
    select array[space, encode(digest, 'hex')] as after from page
    order by page.space desc, page.digest desc limit 1`);
  return last?.after;
}

/** The same for what documents have in common. */
export async function sweepLikeness(
  db: Queryable,
  arbiter: string,
  [digest = '', citizenId = FIRST_UUID, kind = '']: readonly string[],
  limit: number,
): Promise<readonly string[] | undefined> {
  const last = await db.row<{ after: string[] }>(sql`
    with page as (
      select digest, citizen_id, kind, key_id from citizens.likeness
      where (digest, citizen_id, kind) > (decode(${digest}, 'hex'), ${citizenId}::uuid, ${kind})
      order by digest, citizen_id, kind limit ${limit}),
    old as (
      select likeness.digest, likeness.citizen_id, likeness.kind
      from citizens.likeness join page using (digest, citizen_id, kind)
      where page.key_id <> ${arbiter} for update of likeness skip locked),
    gone as (
      delete from citizens.likeness using old
      where likeness.digest = old.digest and likeness.citizen_id = old.citizen_id and likeness.kind = old.kind)
    select array[encode(digest, 'hex'), citizen_id::text, kind] as after from page
    order by page.digest desc, page.citizen_id desc, page.kind desc limit 1`);
  return last?.after;
}

interface Count {
  readonly keyId: string;
  readonly count: number;
}

/** All lookups, by key. Reads the whole table, for as long as that takes. */
export async function countLookups(tx: Tx): Promise<ReadonlyMap<string, number>> {
  await tx.run(sql`set local statement_timeout = 0`);
  const rows = await tx.rows<Count>(sql`
    select key_id as "keyId", count(*) as count from citizens.lookup group by key_id`);
  return new Map(rows.map(({ keyId, count }) => [keyId, count]));
}

export async function countLikenesses(tx: Tx): Promise<ReadonlyMap<string, number>> {
  await tx.run(sql`set local statement_timeout = 0`);
  const rows = await tx.rows<Count>(sql`
    select key_id as "keyId", count(*) as count from citizens.likeness group by key_id`);
  return new Map(rows.map(({ keyId, count }) => [keyId, count]));
}
