// How far a list may look, and how a page of it ends.
import { Fault } from '../../platform/base/errors.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { within } from '../operators/roles.ts';
import * as units from '../units/store.ts';

/** One page of a list. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** What `after` is for the page that follows; undefined on the last one. */
  readonly next: string | undefined;
}

export const MOST_ROWS = 1_000;
const USUAL_ROWS = 50;
const MOST_TEXT = 100;

/** The scopes themselves, or the one unit below them that was asked for. Fault `not_found` for a unit outside them. */
export async function reachOf(
  postgres: Postgres,
  scopes: readonly string[],
  unitId: string | undefined,
): Promise<readonly string[]> {
  if (unitId === undefined || scopes.length === 0) return scopes;
  const unit = await units.findUnit(postgres, unitId);
  // CWE-639: a unit of another province tells no more than one that does not exist.
  if (!unit || !scopes.some((scope) => within(unit.path, scope)))
    throw new Fault('not_found', { note: 'unit' });
  return [unit.path];
}

/** Throws Fault `bad_request` for what is no number of rows. */
export function limitOf(limit: number = USUAL_ROWS): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS)
    throw new Fault('bad_request', { note: `limit: must be 1 to ${MOST_ROWS}` });
  return limit;
}

/** In small letters, as it is searched; undefined when nothing was typed. Throws Fault `bad_request` for a long text. */
export function textOf(q: string | undefined): string | undefined {
  const text = q?.trim().toLowerCase();
  if (text !== undefined && (text.length > MOST_TEXT || text.includes('\0')))
    throw new Fault('bad_request', { note: `q: must be at most ${MOST_TEXT} characters` });
  return text === '' ? undefined : text;
}

/** One row more than the page was read: that there is one says that another page follows. */
export function paged<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string): Listed<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last ? keyOf(last) : undefined };
}
