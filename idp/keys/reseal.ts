// Seals anew what a retired key sealed: table by table in the order of the primary key, a page at a time, while the
// system runs. Where someone writes a row at the same time, that someone wins.
import type { Audit } from '../audit/audit.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { sealedUnder, type Sealer } from '../platform/crypto/seal.ts';
import type { SealedRow, SealedTable } from '../platform/crypto/sealed-table.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import * as store from './store.ts';

export interface ResealParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly sealer: Sealer;
  readonly tables: readonly SealedTable[];
}

/** One table, in values, not rows. */
export interface Resealed {
  readonly table: string;
  readonly resealed: number;
  /** Still under a retired key. */
  readonly left: number;
}

export interface Resealing {
  readonly tables: readonly Resealed[];
  /** Column, primary key and reason of values that do not open; at most 20, from this run. */
  readonly faults: readonly string[];
}

/** Rows of a page. Each is a statement of its own: no lock outlives a row. */
const PAGE = 200;
/** Rows written side by side: a commit is a wait, not work. */
const LANES = 4;
/** How often a page is read again when others wrote into it. */
const ROUNDS = 3;
const FAULTS_SHOWN = 20;

/** True when a key has retired and not every table was walked since. One small read, none when no key has retired. */
export async function isResealingDue(parts: ResealParts): Promise<boolean> {
  const { keyring, postgres, tables } = parts;
  if (!keyring.all('seal').some(({ state }) => state === 'retired')) return false;
  const walks = await store.findWalks(postgres, keyring.active('seal').id);
  return tables.some(({ name }) => !walks.some((walk) => walk.table === name && walk.done));
}

/**
 * Goes on where the last run stopped, as long as `more` says so; after the end it begins again. One at a time: the
 * caller holds the lock. Each table counts from the beginning of its walk.
 */
export async function reseal(parts: ResealParts, more: () => boolean): Promise<Resealing> {
  const keyId = parts.keyring.active('seal').id;
  const known = await store.findWalks(parts.postgres, keyId);
  const finished = parts.tables.every(({ name }) => known.some(({ table, done }) => table === name && done));
  const faults: string[] = [];
  const walks: store.Walk[] = [];
  for (const table of parts.tables) {
    const begun = finished ? undefined : known.find((walk) => walk.table === table.name);
    let walk = begun ?? { table: table.name, keyId, after: [], resealed: 0, stuck: 0, done: false };
    while (!walk.done && more()) {
      walk = await step(parts, table, walk, faults);
      const last = walk.done && walks.length === parts.tables.length - 1;
      if (last && walks.every(({ done }) => done)) await finish(parts, [...walks, walk]);
      else await store.saveWalk(parts.postgres, walk);
    }
    walks.push(walk);
  }
  const counted = walks.map(({ table, resealed, stuck }) => ({ table, resealed, left: stuck }));
  return { tables: counted, faults: faults.slice(0, FAULTS_SHOWN) };
}

async function finish({ audit }: ResealParts, walks: readonly store.Walk[]): Promise<void> {
  const sum = (of: 'resealed' | 'stuck'): number => walks.reduce((total, walk) => total + walk[of], 0);
  const [{ keyId } = { keyId: '' }] = walks;
  await audit.change(async (tx) => {
    for (const walk of walks) await store.saveWalk(tx, walk);
    tx.record({
      type: 'key.resealed',
      data: { keyId, values: sum('resealed'), left: sum('stuck') },
      actor: 'system',
    });
  });
}

interface Tally {
  readonly resealed: number;
  /** Values that do not open. */
  readonly broken: number;
  /** Values of rows that someone else wrote first. */
  readonly lost: number;
}

/** One page: sealed anew, and read again where somebody was faster, to see what they wrote. */
async function step(
  parts: ResealParts,
  table: SealedTable,
  walk: store.Walk,
  faults: string[],
): Promise<store.Walk> {
  let { resealed } = walk;
  for (let round = 1; ; round += 1) {
    const rows = await table.read(parts.postgres, walk.after, PAGE);
    const last = rows.at(-1);
    if (!last) return { ...walk, resealed, done: true };
    const seen: string[] = [];
    const tallies = await inLanes(rows, (row) => resealRow(parts, table, row, seen));
    const total = (of: keyof Tally): number => tallies.reduce((sum, tally) => sum + tally[of], 0);
    resealed += total('resealed');
    if (total('lost') > 0 && round < ROUNDS) continue;
    faults.push(...seen);
    const stuck = walk.stuck + total('broken') + total('lost');
    return { ...walk, after: last.key, resealed, stuck };
  }
}

async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const queue = items.values();
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (const item of queue) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

async function resealRow(
  { postgres, keyring, sealer }: ResealParts,
  table: SealedTable,
  row: SealedRow,
  faults: string[],
): Promise<Tally> {
  const fresh: Record<string, Buffer | null> = { ...row.values };
  let [moved, broken] = [0, 0];
  for (const column of table.columns) {
    const value = row.values[column];
    const place = `${table.name}.${column}`;
    const boundTo = row.key.at(-1) ?? '';
    try {
      if (!value || !isRetired(keyring, value)) continue;
      fresh[column] = sealer.seal(sealer.open(value, place, boundTo), place, boundTo);
      moved += 1;
    } catch (error) {
      // Told, and left as it is: one damaged value must not keep all others under the old key.
      faults.push(`${place} ${row.key.join('/')}: ${error instanceof Error ? error.message : String(error)}`);
      broken += 1;
    }
  }
  const written = moved > 0 ? await table.swap(postgres, row, fresh) : 0;
  return { resealed: written * moved, broken, lost: written === 0 ? moved : 0 };
}

/**
 * Retired, not merely another than the active one: a node that has not heard of a rotation must not seal back what the
 * others have sealed under the next key.
 */
const isRetired = (keyring: Keyring, value: Buffer): boolean =>
  keyring.byId('seal', sealedUnder(value))?.state === 'retired';

/** How many values a bulk run would seal anew. */
export function countLeft({ keyring, ...parts }: ResealParts): Promise<readonly Resealed[]> {
  return countSealed(parts, (keyId) => keyring.byId('seal', keyId)?.state === 'retired');
}

/** Sealed values that stand under this key, by table. Reads everything and writes nothing. */
export async function countSealed(
  { postgres, tables }: Pick<ResealParts, 'postgres' | 'tables'>,
  isCounted: (keyId: string) => boolean,
): Promise<readonly Resealed[]> {
  const counted: Resealed[] = [];
  for (const table of tables) {
    let left = 0;
    let after: readonly string[] | undefined = [];
    while (after) {
      const rows: readonly SealedRow[] = await table.read(postgres, after, PAGE);
      const values = rows.flatMap(({ values }) => Object.values(values)).filter((value) => value !== null);
      left += values.filter((value) => isCounted(sealedUnder(value))).length;
      after = rows.at(-1)?.key;
    }
    counted.push({ table: table.name, resealed: 0, left });
  }
  return counted;
}
