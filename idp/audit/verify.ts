// Reads the whole audit and recomputes it: a batch of at most 1,000 events in memory at a time.
import type { Postgres, Tx } from '../platform/store/postgres.ts';
import type { AuditVerdict } from './audit.ts';
import { digestOf, leafOf, merkleRoot, NO_BATCH, type Seals } from './seal.ts';
import type { Stamped } from './stamp.ts';
import * as store from './store.ts';

/** A forged table can hold any number of faults; the first ones tell enough. */
const FAULTS_AT_MOST = 1_000;

interface Findings {
  readonly faults: string[];
  /** Events that already have a fault, so that one edit is one line. */
  readonly blamed: Set<string>;
  events: number;
  batches: number;
  unsealed: number;
  head: Buffer;
  headFound: boolean;
}

/** Verifies events, batches, chain and what waits, in one snapshot; never blocks a writer. See Audit.verify. */
export async function verifyAll(postgres: Postgres, seals: Seals, head?: string): Promise<AuditVerdict> {
  return await postgres.tx(async (tx) => {
    await store.beginReading(tx);
    const found: Findings = {
      faults: [],
      blamed: new Set(),
      events: 0,
      batches: 0,
      unsealed: 0,
      head: NO_BATCH,
      headFound: head === undefined,
    };
    await readChain(tx, seals, found, head?.toLowerCase());
    if (!found.headFound)
      found.faults.push(`head ${head}: removed, it stands nowhere in the chain (the tail was cut off)`);
    await readUnsealed(tx, seals, found);
    for (const id of await store.strayEvents(tx))
      if (!found.blamed.has(id)) found.faults.push(`event ${id}: inserted, it stands in no batch`);
    for (const id of await store.repeatedEvents(tx))
      found.faults.push(`event ${id}: inserted a second time into what is sealed`);
    return {
      sound: found.faults.length === 0,
      events: found.events,
      batches: found.batches,
      unsealed: found.unsealed,
      head: found.batches === 0 ? '' : found.head.toString('hex'),
      faults: found.faults.slice(0, FAULTS_AT_MOST),
    };
  });
}

async function readChain(tx: Tx, seals: Seals, found: Findings, head: string | undefined): Promise<void> {
  let expected = 1;
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const batch = await store.batchAfter(tx, after);
    if (!batch) return;
    if (batch.number > expected)
      found.faults.push(
        batch.number === expected + 1
          ? `batch ${expected}: removed`
          : `batches ${expected} to ${batch.number - 1}: removed`,
      );
    if (!batch.previous.equals(found.head))
      found.faults.push(`batch ${batch.number}: broken chain, it does not follow the batch before it`);
    const rows = await rowsOf(tx, batch);
    found.faults.push(...checkBatch(batch, rows, seals, found.blamed));
    found.events += rows.size;
    found.batches += 1;
    found.head = batch.digest;
    found.headFound ||= batch.digest.toString('hex') === head;
    after = batch.number;
    expected = batch.number + 1;
  }
}

/** The events of a batch by identifier; those that are not at their instant are searched for everywhere. */
async function rowsOf(tx: Tx, batch: store.Batch): Promise<ReadonlyMap<string, Stamped>> {
  const instants = [...batch.eventAts].sort();
  const first = instants[0];
  const last = instants.at(-1);
  if (first === undefined || last === undefined) return new Map();
  const near = await store.eventsBetween(tx, batch.eventIds, first, last);
  const rows = new Map(near.map((row) => [row.id, row]));
  // A copy at another instant must not hide the original.
  const listed = new Set(batch.eventIds.map((id, place) => `${id} ${batch.eventAts[place]}`));
  for (const row of near) if (listed.has(`${row.id} ${row.at}`)) rows.set(row.id, row);
  const lost = batch.eventIds.filter((id) => !rows.has(id));
  if (lost.length > 0) for (const row of await store.eventsAnywhere(tx, lost)) rows.set(row.id, row);
  return rows;
}

/** What is wrong with one batch, given the rows that stand for its events. Pure, but for `blamed`. */
function checkBatch(
  batch: store.Batch,
  rows: ReadonlyMap<string, Stamped>,
  seals: Seals,
  blamed: Set<string>,
): readonly string[] {
  const header = { ...batch, count: batch.eventIds.length };
  const listed = batch.eventIds.map((id) => rows.get(id)).filter((row) => row !== undefined);
  const complete = listed.length === batch.eventIds.length;
  const rootHolds = complete && merkleRoot(listed.map(leafOf)).equals(batch.root);
  const faults: string[] = [];
  const blame = (id: string, what: string): void => {
    blamed.add(id);
    faults.push(`batch ${batch.number}, event ${id}: ${what}`);
  };
  for (const id of batch.eventIds) {
    const row = rows.get(id);
    if (!row) blame(id, 'removed');
    else if (!seals.eventHolds(row))
      blame(id, rootHolds ? 'inserted or edited before it was sealed' : 'edited');
  }
  if (!digestOf(header).equals(batch.digest) || !seals.batchHolds(batch.digest, batch))
    faults.push(`batch ${batch.number}: edited, its digest or seal does not fit`);
  const rightInstants = listed.every((row, place) => row.at === batch.eventAts[place]);
  if (faults.length === 0 && complete && (!rootHolds || !rightInstants)) {
    for (const id of batch.eventIds) blamed.add(id);
    faults.push(`batch ${batch.number}: ${inOrder(listed) ? 'edited, its list of events' : 'reordered'}`);
  }
  return faults;
}

/** Events are sealed in the order of instant and identifier. */
function inOrder(rows: readonly Stamped[]): boolean {
  return rows.every((row, place) => {
    const before = rows[place - 1];
    return !before || before.at < row.at || (before.at === row.at && before.id < row.id);
  });
}

async function readUnsealed(tx: Tx, seals: Seals, found: Findings): Promise<void> {
  let last: { at: string; eventId: string } | undefined;
  for (;;) {
    const page = await store.unsealedAfter(tx, last);
    for (const { mac, ...row } of page) {
      found.unsealed += 1;
      if (mac === null) {
        found.faults.push(`event ${row.eventId}: removed before it was sealed`);
        continue;
      }
      found.events += 1;
      if (!seals.eventHolds({ ...row, mac })) {
        found.blamed.add(row.id);
        found.faults.push(`event ${row.id}: inserted or edited before it was sealed`);
      }
    }
    last = page.at(-1);
    if (!last) return;
  }
}
