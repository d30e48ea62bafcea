// What operators see of the tree of units, and what they change of it. Nobody sees or touches anything outside the own
// subtree. Not here: the tree itself (units/), host names (domains/), people (operators/).
import { randomInt } from 'node:crypto';
import { types } from 'node:util';
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { may, scopesOf, within, type Act, type Actor } from '../operators/roles.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import * as units from '../units/store.ts';
import { unitOf, type Unit } from '../units/units.ts';
import { readContacts, type Contact } from './contacts.ts';
import * as store from './store.ts';

/** A unit as its neighbours are listed. */
export interface Branch extends Unit {
  /** Clients of it and of everything below, without the retired ones. */
  readonly clients: number;
  readonly hasBelow: boolean;
  /** One of its own host names was not shown yet, or was lost. */
  readonly waiting: boolean;
}

export interface ShownUnit extends Unit {
  /** From the outermost unit that the actor sees down to the one above. */
  readonly way: readonly Unit[];
  readonly contacts: readonly Contact[];
  /** Of the unit itself. */
  readonly clients: number;
  readonly people: number;
}

export interface UnitsWanted {
  /** A part of a name in either language, or the beginning of a code. */
  readonly search?: string | undefined;
  /** Only this unit and what is below it. */
  readonly under?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** 1 to 500; 50 when it is left out. */
  readonly limit?: number | undefined;
}

export interface NewUnit {
  readonly parentId: string;
  readonly name: Bilingual;
  /** Lower-case letters, digits and hyphens: it ends the identifier (`330100-gjj`). Random when it is left out. */
  readonly code?: string | undefined;
}

export interface Tree {
  /** The outermost units that the actor sees, from the root downwards. */
  roots(actor: Actor): Promise<readonly Unit[]>;
  /** How many units the actor sees. */
  count(actor: Actor): Promise<number>;
  /** Faults: `not_found` for what is not there or not in reach, as for every other function here. */
  show(actor: Actor, id: string): Promise<ShownUnit>;
  /** What hangs directly below, divisions first; at most 500, the rest is found by `list`. */
  below(actor: Actor, id: string): Promise<readonly Branch[]>;
  /** In the order of the tree, always within reach. Faults: `bad_request`, `not_found` (of `under`). */
  list(
    actor: Actor,
    wanted: UnitsWanted,
  ): Promise<{ readonly rows: readonly Unit[]; readonly next: string | undefined }>;
  /** A department below a unit. Faults: `not_found`, `forbidden`, `bad_request`, `conflict` (the code is in use). */
  add(actor: Actor, unit: NewUnit): Promise<Unit>;
  /**
   * Names of divisions come from the list and stay. Who renames stands above the unit, and a name that citizens meet
   * at an approved client is changed by who approves. Faults: `not_found`, `forbidden`, `passkey_needed`,
   * `bad_request`, `conflict` (somebody changed the unit after `version`).
   */
  rename(actor: Actor, id: string, version: number, name: Bilingual): Promise<void>;
  /**
   * Takes away a department that was added by mistake: at which nothing hangs and nothing ever hung, no unit, client,
   * post, invitation or host name. Faults: `not_found`, `forbidden`, `conflict`.
   */
  remove(actor: Actor, id: string, version: number): Promise<void>;
  /** At most five offices. Faults: `not_found`, `forbidden`, `bad_request`, `conflict`. */
  setContacts(actor: Actor, id: string, version: number, contacts: unknown): Promise<void>;
}

export interface TreeParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly clock: Clock;
}

const MOST_ROWS = 500;

export function createTree(parts: TreeParts): Tree {
  const { postgres, audit } = parts;
  return {
    async roots(actor) {
      const scopes = scopesOf(actor, 'registry.read').map((path) => (path === '' ? 'cn/' : path));
      return (await store.unitsByPaths(postgres, scopes)).map(unitOf);
    },
    count: (actor) => store.countBelow(postgres, scopesOf(actor, 'registry.read')),
    show: (actor, id) => show(parts, actor, id),
    async below(actor, id) {
      const unit = await seen(parts, actor, id);
      const rows = await store.branchesBelow(postgres, unit.id, MOST_ROWS);
      return rows.map((row) => ({ ...row, ...unitOf(row) }));
    },
    list: (actor, wanted) => list(parts, actor, wanted),
    add: (actor, unit) => add(parts, actor, unit),
    rename: (actor, id, version, name) => rename(parts, actor, id, version, name),
    remove: (actor, id, version) => remove(parts, actor, id, version),
    async setContacts(actor, id, version, given) {
      const unit = await found(parts, id);
      parts.access.demand(actor, 'unit.write', unit.path, id);
      const contacts = readContacts(given);
      await audit.change(async (tx) => {
        const saved = await store.saveContacts(tx, id, version, contacts);
        changed(tx, saved, actor, { unitId: id, changed: 'contacts', version: version + 1 });
      });
    },
  };
}

async function found({ postgres }: TreeParts, id: string): Promise<units.UnitRow> {
  const unit = await units.findUnit(postgres, id);
  if (!unit) throw new Fault('not_found', { note: `unit ${id.slice(0, 128)}` });
  return unit;
}

async function seen(parts: TreeParts, actor: Actor, id: string): Promise<units.UnitRow> {
  const unit = await found(parts, id);
  parts.access.demand(actor, 'registry.read', unit.path, id);
  return unit;
}

async function show(parts: TreeParts, actor: Actor, id: string): Promise<ShownUnit> {
  const { postgres } = parts;
  const row = await seen(parts, actor, id);
  const scopes = scopesOf(actor, 'registry.read');
  const above = row.path.split('/').slice(0, -2);
  const [way, contacts, tally] = await Promise.all([
    store.unitsByIds(postgres, above),
    store.contactsOf(postgres, id),
    store.tallyOf(postgres, id),
  ]);
  const reached = way.filter(({ path }) => scopes.some((scope) => within(path, scope)));
  return { ...unitOf(row), ...tally, contacts, way: reached.map(unitOf) };
}

async function list(parts: TreeParts, actor: Actor, wanted: UnitsWanted) {
  const { search = '', under, after = '', limit = 50 } = wanted;
  if (search.length > 60 || after.length > 500 || !Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS)
    throw new Fault('bad_request', { note: 'search: at most 60 characters; limit: 1 to 500' });
  const own = scopesOf(actor, 'registry.read');
  // Asked for one part of the tree, the answer is that part or 404: never the rest of what is in reach.
  const scopes = under === undefined ? own : [(await seen(parts, actor, under)).path];
  const text = search.trim();
  const code = /^[a-z0-9.-]+$/.test(text) ? text : '';
  const rows = await store.listUnits(parts.postgres, { scopes, name: text, code, after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return { rows: page.map(unitOf), next: rows.length > limit ? page.at(-1)?.path : undefined };
}

/** True for what can end an identifier, and for nothing at all: then one is made. */
export const isUnitCode = (code: string): boolean =>
  /^([a-z0-9]+(-[a-z0-9]+)*)?$/.test(code) && code.length <= 32;

async function add(parts: TreeParts, actor: Actor, { parentId, name, code }: NewUnit): Promise<Unit> {
  const { audit, access, clock } = parts;
  const parent = await found(parts, parentId);
  access.demand(actor, 'unit.write', parent.path, parentId);
  if (parent.level === 'trial') throw new Fault('forbidden', { note: 'a trial unit has nothing below it' });
  if (code !== undefined && (code === '' || !isUnitCode(code)))
    throw new Fault('bad_request', {
      note: `code "${code.slice(0, 64)}": must be 1 to 32 lower-case letters, digits and single hyphens; shorten or respell it`,
    });
  const id = `${divisionOf(parent.path)}-${code ?? randomCode()}`;
  const row = {
    id,
    name: readName(name),
    level: 'department' as const,
    parentId: parent.id,
    path: `${parent.path}${id}/`,
    at: clock.now(),
  };
  await audit.change(async (tx) => {
    if ((await units.insertUnit(tx, row)) === 0)
      throw new Fault('conflict', { note: `code "${id}": is in use; choose another` });
    tx.record({ type: 'unit.added', data: { unitId: id, parentId: parent.id }, ...by(actor) });
  });
  return { ...row, id: id as UnitId, parentId: parent.id as UnitId, version: 1 };
}

/** The nearest division above, so that codes of one place do not meet those of another. */
const divisionOf = (path: string): string =>
  path.split('/').findLast((id) => id === 'cn' || /^\d{6}$/.test(id)) ?? 'cn';

/** Without letters that are mistaken for digits: codes are read out. */
const READABLE = 'abcdefghjkmnpqrstvwxyz23456789';
const randomCode = (): string =>
  Array.from({ length: 8 }, () => READABLE[randomInt(READABLE.length)]).join('');

/** Divisions are the standard's; about a department those decide who stand above it, not the team itself. */
async function standsAbove(parts: TreeParts, actor: Actor, id: string, act: Act): Promise<void> {
  const { audit, access } = parts;
  const unit = await found(parts, id);
  access.demand(actor, 'unit.write', unit.path, id);
  if (unit.level !== 'department')
    throw new Fault('forbidden', { note: `unit ${id}: a ${unit.level} stands in the list of divisions` });
  const above = unit.path.slice(0, -(id.length + 1));
  if (!may(actor, act, above)) {
    audit.note({ type: 'access.refused', data: { act, path: above, about: id }, ...by(actor) });
    throw new Fault('forbidden', { note: `${act} above unit ${id}` });
  }
  access.demand(actor, act, above, id);
}

async function remove(parts: TreeParts, actor: Actor, id: string, version: number): Promise<void> {
  await standsAbove(parts, actor, id, 'unit.write');
  try {
    await parts.audit.change(async (tx) => {
      if ((await store.deleteUnit(tx, id, version)) === 0)
        throw new Fault('conflict', { note: `unit ${id}: was changed meanwhile; look at it again` });
      tx.record({ type: 'unit.removed', data: { unitId: id }, ...by(actor) });
    });
  } catch (error) {
    if (!isHeld(error)) throw error;
    throw new Fault('conflict', { note: `unit ${id}: has a history; it stays`, cause: error });
  }
}

/** SQLSTATE 23503: a row of another table names it. Every table with units holds its rows by a foreign key. */
const isHeld = (error: unknown): boolean =>
  types.isNativeError(error) && 'code' in error && error.code === '23503';

async function rename(parts: TreeParts, actor: Actor, id: string, version: number, given: Bilingual) {
  const { postgres, audit } = parts;
  // A team that names itself could call itself a ministry on the page where citizens agree.
  const shown = await store.isShownToCitizens(postgres, id);
  await standsAbove(parts, actor, id, shown ? 'request.approve' : 'unit.write');
  const name = readName(given);
  await audit.change(async (tx) => {
    const saved = await store.renameUnit(tx, id, version, name);
    changed(tx, saved, actor, { unitId: id, changed: 'name', version: version + 1 });
    await units.announceUnits(tx, [id]);
  });
}

function changed(
  tx: AuditedTx,
  saved: number,
  actor: Actor,
  data: { readonly unitId: string; readonly changed: string; readonly version: number },
): void {
  if (saved === 0)
    throw new Fault('conflict', { note: `unit ${data.unitId}: was changed meanwhile; look at it again` });
  tx.record({ type: 'unit.changed', data, ...by(actor) });
}

/** Shown on consent pages: one line, no invisible characters (Trojan Source, CVE-2021-42574). */
function readName(given: Bilingual): Bilingual {
  const name = { 'zh-CN': given['zh-CN'].trim(), en: given.en.trim() };
  for (const [language, text] of Object.entries(name))
    if (text === '' || text.length > 60 || /[\p{C}\p{Zl}\p{Zp}]/u.test(text))
      throw new Fault('bad_request', {
        note: `name (${language}): must be 1 to 60 visible characters on one line; correct it`,
      });
  return name;
}
