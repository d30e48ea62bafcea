// What every version of a client was, who brought it, and why. Not here: how that was decided (changes/).
import { Fault } from '../../platform/base/errors.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { differences, type Difference } from './diff.ts';
import type { Access } from '../operators/access.ts';
import type { Act, Actor } from '../operators/roles.ts';
import * as store from './store.ts';

/** A draft was never approved; only a live client signs anyone in; a retired one never comes back. */
export type ClientState = 'draft' | 'live' | 'suspended' | 'retired';

export type ClientAct =
  | 'kept'
  | 'imported'
  | 'created'
  | 'changed'
  | 'live'
  | 'suspended'
  | 'resumed'
  | 'retired'
  | 'disabled'
  | 'enabled';

/** One version: what differs from the one before it. */
export interface VersionNote extends Omit<store.VersionRow, 'registration' | 'requestId'> {
  readonly requestId: string | undefined;
  readonly differences: readonly Difference[];
}

export interface VersionParts {
  readonly postgres: Postgres;
  readonly access: Access;
}

const PAGE = 20;

/** Newest first; `before`: the version that the page before ended with. Fault `not_found` beyond the actor's reach. */
export async function historyOf(
  parts: VersionParts,
  actor: Actor,
  clientId: string,
  before = Number.MAX_SAFE_INTEGER,
): Promise<{ readonly rows: readonly VersionNote[]; readonly next: number | undefined }> {
  await demandOwned(parts, actor, 'registry.read', clientId);
  // One more than is shown: the last line is compared with it.
  const versions = await store.versionsOf(parts.postgres, clientId, Math.min(before, 2 ** 31 - 1), PAGE + 1);
  const rows = versions.slice(0, PAGE).map(({ registration, requestId, ...row }, place) => ({
    ...row,
    requestId: requestId ?? undefined,
    differences: differences(versions[place + 1]?.registration, registration),
  }));
  return { rows, next: versions.length > PAGE ? rows.at(-1)?.version : undefined };
}

/** The client with its unit, once the actor may do that there. Faults as of Access.demand. */
export async function demandOwned(
  { postgres, access }: VersionParts,
  actor: Actor,
  act: Act,
  clientId: string,
): Promise<store.OwnedRow> {
  const client = await store.findOwned(postgres, clientId);
  if (!client) throw new Fault('not_found', { note: 'a client' });
  access.demand(actor, act, client.path, clientId);
  return client;
}
