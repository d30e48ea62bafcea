// Lists of requests: what waits for somebody, and what became of the others. A filter narrows; nothing widens the reach.
import { scopesOf, type Actor } from '../../operators/roles.ts';
import type { ChangeParts, Request } from '../request.ts';
import type { RequestState, Stage } from '../workflow.ts';
import * as store from './store.ts';

export type { Waiting } from './store.ts';

export const QUEUE_VIEWS = ['mine', 'today', 'sensitive', 'open', 'done', 'all'] as const;
export type QueueView = (typeof QUEUE_VIEWS)[number];
export const QUEUE_SORTS = ['due', '-due', 'submitted', '-submitted', '-updated', 'unit'] as const;
export type QueueSort = (typeof QUEUE_SORTS)[number];

export interface QueueFilter {
  readonly view: QueueView;
  readonly sort: QueueSort;
  /** Part of the number, the client_id, the name or the domain. */
  readonly q?: string | undefined;
  readonly unitPath?: string | undefined;
  readonly stage?: Stage | undefined;
  readonly state?: RequestState | undefined;
  /** A member that differs (`redirect_uris`, `tongxing_claims`). */
  readonly member?: string | undefined;
  readonly clientId?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

export interface QueuePage {
  readonly rows: readonly Request[];
  /** All that match, counted to COUNTED at most: that many means as many or more. */
  readonly total: number;
  /** The number of the next page. */
  readonly next: number | undefined;
}

export const QUEUE_PAGE = 20;
/** Nobody reads page 50; counting all of a year would cost more than it tells. */
export const COUNTED = 1_000;

export async function list(
  { postgres, clock }: ChangeParts,
  actor: Actor,
  filter: QueueFilter,
): Promise<QueuePage> {
  const reach = reachOf(actor);
  const page = Math.max(1, Math.min(filter.page ?? 1, COUNTED / QUEUE_PAGE));
  const window = { offset: (page - 1) * QUEUE_PAGE, limit: QUEUE_PAGE };
  const now = clock.now();
  const [rows, total] = await Promise.all([
    store.listRequests(postgres, filter, reach, now, window),
    store.countRequests(postgres, filter, reach, now, COUNTED),
  ]);
  return { rows, total, next: window.offset + rows.length < total ? page + 1 : undefined };
}

export async function waiting({ postgres, clock }: ChangeParts, actor: Actor): Promise<store.Waiting> {
  return await store.countWaiting(postgres, reachOf(actor), clock.now());
}

const reachOf = (actor: Actor): store.QueueReach => ({
  name: actor.name,
  read: scopesOf(actor, 'registry.read'),
  review: scopesOf(actor, 'request.review'),
  approve: scopesOf(actor, 'request.approve'),
});
