// Reading the trail at the console: what people and programs in office did, and whether the chain still holds. Not
// here: who may read which part (registry/), a citizen's own history (audit.ts).
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Audit } from '../audit.ts';
import { createSeals, type Seals } from '../seal.ts';
import type { EventRow } from '../stamp.ts';
import * as store from './store.ts';

/** Everything of a subtree that an event can name. */
export interface EventScope {
  readonly paths: readonly string[];
  readonly clientIds: readonly string[];
  readonly unitIds: readonly string[];
  readonly operatorIds: readonly string[];
}

export interface EventsWanted {
  readonly from: Date;
  /** Not part of the range; at most 100 days after `from`. */
  readonly to: Date;
  /** An event must lie in each of them. Empty: everything. */
  readonly scopes: readonly EventScope[];
  /** A kind, or the beginning of some: `operator.`. */
  readonly type?: string | undefined;
  /** As events name them: `operator:<id>`. */
  readonly actor?: string | undefined;
  readonly clientId?: string | undefined;
  readonly reference?: string | undefined;
  /** `next` of the page before. */
  readonly before?: string | undefined;
  /** 1 to 1000; 50 when left out. */
  readonly limit?: number | undefined;
}

export interface EventFilter extends Omit<EventsWanted, 'before' | 'limit'> {
  readonly before: { readonly at: string; readonly id: string } | undefined;
}

/** The outcome of one reading of the whole chain. */
export interface Verification {
  readonly at: Date;
  readonly sound: boolean;
  readonly events: number;
  readonly batches: number;
  readonly head: string;
  readonly faults: number;
  /** The first lines of what was found. */
  readonly first: string;
}

export interface TrailState {
  readonly last: Verification | undefined;
  /** True: somebody asked for a check and it is not done yet. */
  readonly waiting: boolean;
}

export interface Trail {
  /** Newest first. Faults: `bad_request` for a range, cursor or limit that cannot be. */
  search(
    wanted: EventsWanted,
  ): Promise<{ readonly rows: readonly EventRow[]; readonly next: string | undefined }>;
  /** Whose account a request of the last three days was about, by its reference number. */
  citizenOf(reference: string): Promise<string | undefined>;
  /** The last check within a week. One whose own seal does not hold counts as broken. */
  state(): Promise<TrailState>;
  /** Asks for a check of the whole chain within a minute or so. */
  ask(actor: string, reference: string | undefined): Promise<void>;
  /** The job: checks when somebody asked, and once a day. Returns whether it did. */
  check(): Promise<boolean>;
}

export interface TrailParts {
  readonly postgres: Postgres;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Pick<Audit, 'verify' | 'change' | 'flush'>;
}

const MOST_DAYS = 100;
const DAY_SECONDS = 86_400;
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function createTrail(parts: TrailParts): Trail {
  const { postgres, clock, audit } = parts;
  const seals = createSeals(parts.keyring);
  const since = (days: number): Date => addSeconds(clock.now(), -days * DAY_SECONDS);
  const state = (): Promise<TrailState> => stateSince(postgres, seals, since(7));
  return {
    async search({ before, limit = 50, ...wanted }) {
      checkRange(wanted, limit);
      const rows = await store.searchEvents(postgres, {
        ...wanted,
        before: cursorOf(before),
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return { rows: shown, next: rows.length > limit && last ? `${last.at}_${last.id}` : undefined };
    },
    citizenOf: (reference) => store.citizenOf(postgres, reference, since(3)),
    state,
    ask: (actor, reference) =>
      audit.change((tx) => {
        tx.record({
          type: 'audit.check_asked',
          data: {},
          actor,
          ...(reference === undefined ? {} : { reference }),
        });
        return Promise.resolve();
      }),
    async check() {
      const { last, waiting } = await state();
      if (!waiting && last && last.at > since(1)) return false;
      // The last head that held, however often it was missed since: a tail that is gone stays gone.
      const held = await store.latest(postgres, 'audit.checked', since(MOST_DAYS), { sound: true });
      const head = held?.data['head'];
      await check(audit, typeof head === 'string' && head !== '' ? head : undefined);
      return true;
    },
  };
}

function checkRange({ from, to }: { from: Date; to: Date }, limit: number): void {
  const days = (to.getTime() - from.getTime()) / 86_400_000;
  if (!(days >= 0 && days <= MOST_DAYS))
    throw new Fault('bad_request', { note: `from and to: must lie at most ${MOST_DAYS} days apart` });
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new Fault('bad_request', { note: 'limit: must be 1 to 1000' });
}

function cursorOf(before: string | undefined): EventFilter['before'] {
  if (before === undefined) return undefined;
  const [, at = '', id = ''] = CURSOR.exec(before) ?? [];
  if (Number.isNaN(Date.parse(at))) throw new Fault('bad_request', { note: 'before: is no cursor of ours' });
  return { at, id };
}

async function stateSince(postgres: Postgres, seals: Seals, from: Date): Promise<TrailState> {
  const [done, asked] = await Promise.all([
    store.latest(postgres, 'audit.checked', from),
    store.latest(postgres, 'audit.check_asked', from),
  ]);
  const waiting = asked !== undefined && (done === undefined || asked.at > done.at);
  if (!done) return { last: undefined, waiting };
  const data = done.data as unknown as Omit<Verification, 'at'>;
  // Whoever can edit the chain could edit the word that it is sound.
  const sound = data.sound && seals.eventHolds(done);
  return { last: { ...data, at: new Date(done.at), sound }, waiting };
}

/** Against the head of the last check, so that a tail that was cut off shows. */
async function check(audit: TrailParts['audit'], head: string | undefined): Promise<void> {
  await audit.flush();
  const verdict = await audit.verify(head);
  await audit.change((tx) => {
    const data = {
      sound: verdict.sound,
      events: verdict.events,
      batches: verdict.batches,
      head: verdict.head,
      faults: verdict.faults.length,
      first: verdict.faults.slice(0, 5).join('\n'),
    };
    tx.record({ type: 'audit.checked', data, actor: 'system' });
    return Promise.resolve();
  });
}
