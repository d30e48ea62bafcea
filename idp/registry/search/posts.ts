// Lists of posts: who works where, what is to be confirmed this quarter, who was invited. Not here: changing them
// (operators/), what their holders are called (citizens/).
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { CERTIFY_SECONDS, LAPSE_SECONDS } from '../operators/operators.ts';
import { scopesOf, type Actor, type OperatorId, type Role } from '../operators/roles.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import { limitOf, paged, reachOf, textOf, type Listed } from './reach.ts';
import * as store from './store.ts';

/** `due`: to be confirmed, those that lapsed too; `leaving`: ends within 30 days; `lapsed`: counts no more. */
export const POST_VIEWS = ['standing', 'due', 'leaving', 'lapsed'] as const;
export type PostView = (typeof POST_VIEWS)[number];

export interface PostsWanted {
  /** A part of a unit's name. Names of people are sealed: nobody can search them. */
  readonly q?: string | undefined;
  /** A unit and everything below it. */
  readonly unit?: string | undefined;
  readonly role?: Role | undefined;
  readonly view?: PostView | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Rows of a page, 1 to 1000; 50 when left out. */
  readonly limit?: number | undefined;
}

export interface ListedPost {
  readonly id: string;
  readonly operatorId: OperatorId;
  /** Undefined: the account is closed. */
  readonly citizenId: string | undefined;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly role: Role;
  readonly grantedBy: string;
  readonly grantedAt: Date;
  readonly leavesAt: Date | undefined;
  readonly certifiedAt: Date;
  readonly certification: 'sound' | 'due' | 'lapsed';
}

export interface OpenInvitation {
  readonly id: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly role: Role;
  readonly invitedBy: string;
  readonly leavesAt: Date | undefined;
  readonly expiresAt: Date;
}

export type PostCounts = Readonly<Record<PostView, number>>;

export interface PostSearch {
  /** One page of posts that were not ended and have not run out, by place; needs `operator.read`. Faults: see clients. */
  posts(actor: Actor, wanted: PostsWanted): Promise<Listed<ListedPost>>;
  /** One of them. Fault `not_found` for any other. */
  post(actor: Actor, id: string): Promise<ListedPost>;
  /** The accounts behind those of these operators who hold or held a post in the actor's reach, by operator. */
  holders(actor: Actor, operatorIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** How many posts each view has. */
  postCounts(actor: Actor): Promise<PostCounts>;
  /** Invitations that still open something, oldest first, at most 200. */
  invitations(actor: Actor): Promise<readonly OpenInvitation[]>;
}

export interface PostSearchParts {
  readonly postgres: Postgres;
  readonly clock: Clock;
}

const LEAVING_SECONDS = 30 * 86_400;
const NONE: PostCounts = { standing: 0, due: 0, leaving: 0, lapsed: 0 };

/** The instants that a post's own ones are compared with. */
const instants = (now: Date): store.Instants => ({
  now,
  due: addSeconds(now, -CERTIFY_SECONDS),
  lapsed: addSeconds(now, -LAPSE_SECONDS),
  leaving: addSeconds(now, LEAVING_SECONDS),
});

export function createPostSearch({ postgres, clock }: PostSearchParts): PostSearch {
  return {
    async posts(actor, wanted) {
      const limit = limitOf(wanted.limit);
      const q = textOf(wanted.q);
      const scopes = await reachOf(postgres, scopesOf(actor, 'operator.read'), wanted.unit);
      if (scopes.length === 0) return { rows: [], next: undefined };
      const at = instants(clock.now());
      const rows = await store.listPosts(postgres, { ...wanted, q, scopes, at, limit: limit + 1 });
      const listed = rows.map((row) => listedPost(row, at));
      return paged(listed, limit, ({ id }) => id);
    },
    async post(actor, id) {
      const scopes = scopesOf(actor, 'operator.read');
      const at = instants(clock.now());
      const [row] = scopes.length === 0 ? [] : await store.listPosts(postgres, { id, scopes, at, limit: 1 });
      if (!row) throw new Fault('not_found', { note: 'a post' });
      return listedPost(row, at);
    },
    async holders(actor, operatorIds) {
      const scopes = scopesOf(actor, 'operator.read');
      if (scopes.length === 0 || operatorIds.length === 0) return new Map();
      const rows = await store.holdersOf(postgres, operatorIds, scopes);
      return new Map(rows.map(({ operatorId, citizenId }) => [operatorId, citizenId]));
    },
    async postCounts(actor) {
      const scopes = scopesOf(actor, 'operator.read');
      return scopes.length === 0 ? NONE : await store.countPosts(postgres, scopes, instants(clock.now()));
    },
    async invitations(actor) {
      const scopes = scopesOf(actor, 'operator.read');
      const rows = scopes.length === 0 ? [] : await store.openInvitations(postgres, scopes, clock.now());
      return rows.map((row) => ({ ...row, leavesAt: row.leavesAt ?? undefined }));
    },
  };
}

function listedPost(row: store.PostRow, { due, lapsed }: store.Instants): ListedPost {
  const { certifiedAt } = row;
  return {
    ...row,
    citizenId: row.citizenId ?? undefined,
    leavesAt: row.leavesAt ?? undefined,
    certification: certifiedAt <= lapsed ? 'lapsed' : certifiedAt <= due ? 'due' : 'sound',
  };
}
