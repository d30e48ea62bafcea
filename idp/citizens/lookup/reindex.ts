// Moves the lookups to the active index key while accounts are made: adds digests under it (filling), lets it decide
// (one instant), takes the old digests away (sweeping). Uniqueness stands on one key at any time, never on the count.
//
// Why none is lost: once `follower` is set no claim is in progress that has not seen it (turnRing), so every later claim
// writes both digests and only those made before are to be filled. The follower decides only when every value opened
// and it has as many lookups as the arbiter: what could not be filled keeps the old key in its place.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Audit } from '../../audit/audit.ts';
import type { BlindIndex } from '../../platform/crypto/blind-index.ts';
import type { KeyUse } from '../../platform/crypto/key-use.ts';
import type { Reindexing } from '../../platform/crypto/reindexing.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Postgres, Tx } from '../../platform/store/postgres.ts';
import type { CitizenId } from '../citizens.ts';
import { LIKENESS_SPACE, likenessText } from '../likeness.ts';
import { documentSpace, PHONE_SPACE, PSEUDONYM_SPACE } from '../spaces.ts';
import * as store from './store.ts';

export interface ReindexParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
}

const ACCOUNTS_PER_PAGE = 200;
const DIGESTS_PER_PAGE = 1_000;
/** As long as an account may be held by a request. */
const BUSY_MS = 20;
const FAULTS_SHOWN = 20;

/** What is in the way of the next key; identifiers only. */
type Faults = string[];

export function createReindexing(parts: ReindexParts): Reindexing {
  return {
    async run(more) {
      const faults: Faults = [];
      // It may have been this very process that rotated.
      await parts.index.renew(parts.postgres);
      while (await step(parts, faults)) if (!more()) break;
      return faults.slice(0, FAULTS_SHOWN);
    },
    async look() {
      const ring = await store.findRing(parts.postgres);
      const counts = await parts.postgres.tx(store.countLookups);
      const active = parts.index.activeKey();
      const done = counts.get(active) ?? 0;
      const left = ring ? (counts.get(ring.arbiter) ?? 0) - done : 0;
      return {
        table: 'citizens.lookup',
        phase: ring?.phase ?? 'kept',
        done,
        left,
        old: total(counts) - done,
      };
    },
  };
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** What keeps an index key in its place: digests under it, and that it counts. */
export function lookupUses({ postgres }: Pick<ReindexParts, 'postgres'>): readonly KeyUse[] {
  return [
    {
      purpose: 'index',
      what: 'lookups of citizens.lookup',
      async count(keyId) {
        const ring = await store.findRing(postgres);
        const counts = await postgres.tx(store.countLookups);
        return counts.get(keyId) ?? Number([ring?.arbiter, ring?.follower].includes(keyId));
      },
    },
    {
      purpose: 'index',
      what: 'digests of citizens.likeness',
      count: async (keyId) => (await postgres.tx(store.countLikenesses)).get(keyId) ?? 0,
    },
  ];
}

/** False when there is nothing to do, or nothing more can be done now. */
async function step(parts: ReindexParts, faults: Faults): Promise<boolean> {
  const ring = await store.findRing(parts.postgres);
  if (!ring) return false;
  if (ring.phase === 'filling') return fill(parts, ring, faults);
  return ring.phase === 'sweeping' ? sweep(parts, ring) : begin(parts, ring);
}

async function begin({ audit, index }: ReindexParts, ring: store.LookupRing): Promise<boolean> {
  if (index.activeKey() === ring.arbiter) return false;
  return await audit.change(async (tx) => {
    await store.turnRing(tx);
    // A node that has not heard of the last rotation would lead everybody back to the old key.
    await index.renew(tx);
    const follower = index.activeKey();
    const next = { ...ring, follower, phase: 'filling', after: [], stuck: 0 } as const;
    const begun = follower !== ring.arbiter && (await store.moveRing(tx, ring, next));
    if (begun)
      tx.record({ type: 'key.reindexed', data: { keyId: follower, stage: 'begun' }, actor: 'system' });
    else tx.unchanged();
    return begun;
  });
}

async function fill(parts: ReindexParts, ring: store.LookupRing, faults: Faults): Promise<boolean> {
  const { postgres } = parts;
  const ids = await store.nextAccounts(postgres, ring.after[0], ACCOUNTS_PER_PAGE);
  if (ids.length === 0) return decide(parts, ring, faults);
  const { held, stuck } = await postgres.tx((tx) => fillPage(parts, tx, ring, ids, faults));
  // Up to the first account that somebody is changing just now; on from there in a moment.
  const busy = ids.findIndex((id) => !held.has(id));
  const last = busy < 0 ? ids.at(-1) : ids[busy - 1];
  if (busy >= 0) await sleep(BUSY_MS);
  return store.moveRing(postgres, ring, {
    ...ring,
    after: last === undefined ? ring.after : [last],
    stuck: ring.stuck + stuck,
  });
}

async function fillPage(
  parts: ReindexParts,
  tx: Tx,
  ring: store.LookupRing,
  ids: readonly CitizenId[],
  faults: Faults,
): Promise<{ readonly held: ReadonlySet<string>; readonly stuck: number }> {
  const { holders, documents } = await store.holdAccounts(tx, ids);
  let stuck = 0;
  const told = (id: CitizenId, work: () => store.Pair[]): store.Pair[] => {
    try {
      return work();
    } catch (error) {
      // The count keeps the old key in its place, so that nothing is lost.
      faults.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
      stuck += 1;
      return [];
    }
  };
  const lookups = [
    ...holders.flatMap((holder) => told(holder.id, () => holderPairs(parts, ring, holder))),
    ...documents.flatMap((document) => told(document.citizenId, () => numberPairs(parts, ring, document))),
  ];
  const likenesses = documents.flatMap((document) =>
    told(document.citizenId, () => likenessPairs(parts, ring, document)),
  );
  await store.follow(tx, lookups, ring);
  await store.followLikeness(tx, likenesses, ring);
  return { held: new Set(holders.map(({ id }) => id)), stuck };
}

function holderPairs(
  parts: ReindexParts,
  ring: store.LookupRing,
  { id, phone, pseudonym }: store.SealedHolder,
): store.Pair[] {
  const open = (sealed: Buffer, column: string): string =>
    parts.sealer.open(sealed, `citizens.citizen.${column}`, id);
  return [
    ...(phone ? [pairOf(parts, ring, id, PHONE_SPACE, open(phone, 'phone'))] : []),
    ...(pseudonym ? [pairOf(parts, ring, id, PSEUDONYM_SPACE, open(pseudonym, 'pseudonym'))] : []),
  ];
}

function numberPairs(
  parts: ReindexParts,
  ring: store.LookupRing,
  { citizenId, id, kind, number }: store.SealedDocument,
): store.Pair[] {
  const opened = parts.sealer.open(number, 'citizens.document.number', id);
  return [pairOf(parts, ring, citizenId, documentSpace(kind), opened)];
}

function likenessPairs(
  parts: ReindexParts,
  ring: store.LookupRing,
  { citizenId, id, kind, name, birthdate }: store.SealedDocument,
): store.Pair[] {
  const text = likenessText(
    parts.sealer.open(name, 'citizens.document.name', id),
    birthdate ? parts.sealer.open(birthdate, 'citizens.document.birthdate', id) : undefined,
  );
  return [{ ...pairOf(parts, ring, citizenId, LIKENESS_SPACE, text), of: kind }];
}

function pairOf(
  { index }: ReindexParts,
  ring: store.LookupRing,
  citizenId: CitizenId,
  space: string,
  value: string,
): store.Pair {
  const [held, next] = [ring.arbiter, ring.follower ?? ''].map((key) => index.under(key, space, value));
  if (!held || !next) throw new Error('a key that counts for lookups is not in the ring');
  return { of: space, citizenId, held, next };
}

/**
 * Every account was looked at. Claims write both digests in one transaction, so the difference can only shrink from
 * here on, and a count without a lock is as good as one under it.
 */
async function decide(
  { postgres, audit }: ReindexParts,
  ring: store.LookupRing,
  faults: Faults,
): Promise<boolean> {
  const counts = await postgres.tx(store.countLookups);
  const { follower } = ring;
  if (follower === null) throw new Error('nothing is being filled');
  const missing = (counts.get(ring.arbiter) ?? 0) - (counts.get(follower) ?? 0);
  if (missing !== 0 || ring.stuck > 0) {
    faults.push(`citizens.lookup: ${missing} lookups have no digest under the next key; the old one stays`);
    await store.moveRing(postgres, ring, { ...ring, after: [], stuck: 0 });
    return false;
  }
  return await audit.change(async (tx) => {
    await store.turnRing(tx);
    const next = { arbiter: follower, follower: null, phase: 'sweeping', after: [], stuck: 0 } as const;
    const decided = await store.moveRing(tx, ring, next);
    if (decided)
      tx.record({ type: 'key.reindexed', data: { keyId: follower, stage: 'decides' }, actor: 'system' });
    else tx.unchanged();
    return decided;
  });
}

/** First the lookups, then the likenesses; from the beginning when somebody held one of them. */
async function sweep({ postgres }: ReindexParts, ring: store.LookupRing): Promise<boolean> {
  const [table = 'lookup', ...after] = ring.after;
  const sweepPage = table === 'lookup' ? store.sweepLookups : store.sweepLikeness;
  const next = await sweepPage(postgres, ring.arbiter, after, DIGESTS_PER_PAGE);
  const move = (to: Partial<store.LookupRing>): Promise<boolean> =>
    store.moveRing(postgres, ring, { ...ring, ...to });
  if (next) return move({ after: [table, ...next] });
  if (table === 'lookup') return move({ after: ['likeness'] });
  for (const count of [store.countLookups, store.countLikenesses]) {
    const counts = await postgres.tx(count);
    if (total(counts) !== (counts.get(ring.arbiter) ?? 0)) {
      await move({ after: [] });
      return false;
    }
  }
  return move({ phase: 'kept', after: [] });
}
