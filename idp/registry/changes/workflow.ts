// The way of a request: which units look at it, in which order, what may happen next, and who may not decide. Pure.
import { addSeconds } from '../../platform/base/clock.ts';
import type { Claims } from '../claims.ts';
import { isSensitive } from '../clients/diff.ts';
import { ACTS, may, type Actor } from '../operators/roles.ts';
import type { UnitLevel } from '../units/units.ts';

export const STAGES = ['prefecture', 'province', 'nation'] as const;
export type Stage = (typeof STAGES)[number];

/** One look at a request, and the unit that takes it. */
export interface Look {
  readonly stage: Stage;
  /** Path of the unit that decides. */
  readonly path: string;
}

export type RequestState = 'draft' | 'reviewing' | 'returned' | 'refused' | 'withdrawn' | 'live';
export type RequestMove = 'submit' | 'withdraw' | Decision;
export type Decision = 'approve' | 'return' | 'refuse';

/** State -> what may happen to it -> state. A request goes live with the last approval. */
const MOVES: Readonly<Record<RequestState, Partial<Readonly<Record<RequestMove, RequestState>>>>> = {
  draft: { submit: 'reviewing', withdraw: 'withdrawn' },
  reviewing: { approve: 'reviewing', return: 'returned', refuse: 'refused', withdraw: 'withdrawn' },
  returned: { submit: 'reviewing', withdraw: 'withdrawn' },
  refused: {},
  withdrawn: {},
  live: {},
};

/** Where a move leads; undefined when it does not go from there. `left`: looks that are still to come after this one. */
export function moved(state: RequestState, move: RequestMove, left = 0): RequestState | undefined {
  return move === 'approve' && state === 'reviewing' && left === 0 ? 'live' : MOVES[state][move];
}

export const isOpen = (state: RequestState): boolean => MOVES[state].withdraw !== undefined;
/** The team may write on it. */
export const isWritable = (state: RequestState): boolean => MOVES[state].submit !== undefined;

/**
 * Who looks, in order. `ancestry`: the units from the root to the owner. Below a prefecture its reviewer looks first,
 * then the province; a unit of the nation goes to the nation, and so does whatever newly asks for a sensitive claim.
 * Empty for a unit outside of the tree: nothing of it goes live.
 */
export function looksOf(
  ancestry: readonly { readonly level: UnitLevel; readonly path: string }[],
  sensitive: boolean,
): readonly Look[] {
  const at = (stage: Stage): Look[] =>
    ancestry
      .filter(({ level }) => level === stage)
      .slice(0, 1)
      .map(({ path }) => ({ stage, path }));
  const below = [...at('prefecture'), ...at('province')];
  return below.length === 0 || sensitive ? [...below, ...at('nation')] : below;
}

/** The sensitive claims that a proposal asks for and the running registration does not. */
export function newlySensitive(before: Claims | undefined, after: Claims): readonly string[] {
  return Object.keys(after)
    .filter((claim) => isSensitive(claim) && !Object.hasOwn(before ?? {}, claim))
    .sort();
}

/** Each look has five days. While a request is returned the clock stands. */
export const LOOK_SECONDS = 5 * 86_400;
/** Whoever gets it back has at least a day, however late it was returned. */
const LEAST_SECONDS = 86_400;

/** Until when: a new look has its full time, a returned one what was left of it. */
export function dueAt(now: Date, leftSeconds: number | null): Date {
  return addSeconds(now, leftSeconds === null ? LOOK_SECONDS : Math.max(leftSeconds, LEAST_SECONDS));
}

export const actOfStage = (stage: Stage): 'request.review' | 'request.approve' =>
  stage === 'prefecture' ? 'request.review' : 'request.approve';

/** Why somebody may not decide, whatever the posts say. */
export type Bar = 'no_person' | 'author' | 'own_program' | 'other_look';

export interface Decided {
  readonly stage: Stage | null;
  readonly by: string;
  readonly act: string;
}

/**
 * Four eyes: nobody decides what they wrote or submitted, nor what a program of theirs may have written, and nobody
 * decides two looks at one request. A program and a command line have no eyes.
 */
export function barOf(
  actor: Pick<Actor, 'name' | 'kind' | 'posts'>,
  request: { readonly authors: readonly string[]; readonly unitPath: string; readonly stage: Stage | null },
  steps: readonly Decided[],
): Bar | undefined {
  if (actor.kind !== 'person') return 'no_person';
  if (request.authors.includes(actor.name)) return 'author';
  // Whoever holds the key of the unit's programs could have written it by one of them.
  const byProgram = request.authors.some((author) => author.startsWith('client:'));
  if (byProgram && may(actor, 'program.write', request.unitPath)) return 'own_program';
  const decided = steps.some(
    ({ act, by, stage }) => DECISIONS.has(act) && by === actor.name && stage !== request.stage,
  );
  return decided ? 'other_look' : undefined;
}

const DECISIONS: ReadonlySet<string> = new Set(['approved', 'returned', 'refused']);

/** True when the decision would count as this actor's, the passkey apart. */
export function mayDecide(actor: Pick<Actor, 'posts' | 'kind'>, look: Look): boolean {
  return may(actor, actOfStage(look.stage), look.path);
}

/** The roles that decide at a stage, for the page that says who holds a request. */
export const rolesOf = (stage: Stage): readonly string[] => ACTS[actOfStage(stage)].roles;
