// Seals committed events, a batch at a time, into the chain. Writers of events never wait for it.
import type { Clock } from '../platform/base/clock.ts';
import type { Postgres, Tx } from '../platform/store/postgres.ts';
import { digestOf, leafOf, merkleRoot, NO_BATCH, type Seals } from './seal.ts';
import * as store from './store.ts';

/** Seals until nothing waits, or another node is at it. Returns how many events were sealed. */
export async function sealAll(postgres: Postgres, seals: Seals, clock: Clock): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await postgres.tx((tx) => sealBatch(tx, seals, clock));
    if (count === 0) return sealed;
    sealed += count;
  }
}

async function sealBatch(tx: Tx, seals: Seals, clock: Clock): Promise<number> {
  if (!(await store.lockSealing(tx))) return 0;
  const events = await store.takeUnsealed(tx);
  if (events.length === 0) return 0;
  const last = await store.lastBatch(tx);
  const header = {
    number: (last?.number ?? 0) + 1,
    count: events.length,
    root: merkleRoot(events.map(leafOf)),
    previous: last?.digest ?? NO_BATCH,
    sealedAt: clock.now().toISOString().replace('Z', '000Z'),
  };
  const digest = digestOf(header);
  await store.insertBatch(tx, {
    ...header,
    eventIds: events.map((event) => event.id),
    eventAts: events.map((event) => event.at),
    digest,
    ...seals.batch(digest),
  });
  return events.length;
}
