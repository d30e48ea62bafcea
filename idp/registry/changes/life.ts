// What happens to a client outside of a request: stopped at once by one, brought back by two, ended for good.
import { Fault } from '../../platform/base/errors.ts';
import * as clients from '../clients/store.ts';
import { demandOwned } from '../clients/versions.ts';
import { by } from '../operators/operators.ts';
import type { Act, Actor } from '../operators/roles.ts';
import { reasonOf, type ChangeParts } from './request.ts';
import * as store from './store.ts';

/** Who would notice: counted now, not kept. */
export interface Effect {
  /** Undefined: not counted cheaply enough. */
  readonly sessions: number | undefined;
  readonly consents: number | undefined;
}

export interface LifeParts extends ChangeParts {
  readonly effectOf: (clientId: string) => Promise<Effect>;
}

/** Faults: `not_found`, `forbidden`, `passkey_needed`. */
export async function effectOf(parts: LifeParts, actor: Actor, clientId: string): Promise<Effect> {
  await demandOwned(parts, actor, 'registry.read', clientId);
  return await parts.effectOf(clientId);
}

/**
 * Nobody signs in there from now on. One person is enough: harm grows by the minute. Faults: `not_found`, `forbidden`,
 * `passkey_needed`, `bad_request` (the reason), `conflict` when it is not live.
 */
export async function suspend(
  parts: LifeParts,
  actor: Actor,
  clientId: string,
  reason: string,
): Promise<number> {
  return await turn(parts, actor, clientId, {
    act: 'client.suspend',
    from: ['live'],
    to: 'suspended',
    reason: reasonOf(reason),
  });
}

/** Ends a client for good; its open request ends with it. Faults as of `suspend`. */
export async function retire(
  parts: LifeParts,
  actor: Actor,
  clientId: string,
  reason: string,
): Promise<number> {
  return await turn(parts, actor, clientId, {
    act: 'client.retire',
    from: ['draft', 'live', 'suspended'],
    to: 'retired',
    reason: reasonOf(reason),
  });
}

interface Turn {
  readonly act: Act;
  readonly from: readonly ('draft' | 'live' | 'suspended')[];
  readonly to: 'suspended' | 'retired';
  readonly reason: string;
}

async function turn(
  parts: LifeParts,
  actor: Actor,
  clientId: string,
  { act, from, to, reason }: Turn,
): Promise<number> {
  const client = await demandOwned(parts, actor, act, clientId);
  return await parts.audit.change(async (tx) => {
    const at = parts.clock.now();
    const version = await clients.setState(tx, clientId, { from, to, version: client.version }, at);
    if (version === undefined) throw notSo(clientId, client.state);
    await clients.keepVersion(tx, clientId, { act: to, by: actor.name, reason });
    tx.record({ type: `client.${to}`, data: { version }, clientId, ...by(actor) });
    if (to === 'suspended') return version;
    for (const { id } of await store.withdrawAll(tx, clientId, at)) {
      await store.insertStep(tx, id, { act: 'withdrawn', by: actor.name, at, reason });
      tx.record({ type: 'request.withdrawn', data: { request: id }, clientId, ...by(actor) });
    }
    return version;
  });
}

/**
 * The first of two who bring a client back. Faults: `not_found`, `forbidden`, `passkey_needed`, `bad_request` (the
 * reason), `conflict` when it is not suspended or somebody asked already.
 */
export async function askResumption(
  parts: LifeParts,
  actor: Actor,
  clientId: string,
  reason: string,
): Promise<void> {
  const client = await demandPerson(parts, actor, clientId);
  const kept = reasonOf(reason);
  if (client.state !== 'suspended') throw notSo(clientId, client.state);
  await parts.audit.change(async (tx) => {
    const asked = { askedBy: actor.name, askedAt: parts.clock.now(), reason: kept };
    if ((await store.askResumption(tx, clientId, client.version, asked)) === 0)
      throw new Fault('conflict', {
        note: `client "${clientId}": somebody asked already; a second person confirms`,
      });
    tx.record({
      type: 'client.resumption_asked',
      data: { version: client.version },
      clientId,
      ...by(actor),
    });
  });
}

/**
 * The second of two; the client works again at once. Faults as of `askResumption`; `forbidden` for whoever asked, and
 * `conflict` when nobody asked or another confirmed first.
 */
export async function confirmResumption(parts: LifeParts, actor: Actor, clientId: string): Promise<number> {
  const client = await demandPerson(parts, actor, clientId);
  const asked = await store.resumptionOf(parts.postgres, clientId, client.version);
  if (client.state !== 'suspended' || !asked) throw notSo(clientId, client.state);
  if (asked.askedBy === actor.name) throw barred(parts, actor, client.path, clientId);
  return await parts.audit.change(async (tx) => {
    const taken = await store.takeResumption(tx, clientId, client.version, actor.name);
    const move = { from: ['suspended'], to: 'live', version: client.version } as const;
    const version = taken && (await clients.setState(tx, clientId, move, parts.clock.now()));
    if (!taken || version === undefined) throw notSo(clientId, 'live');
    const reason = taken.reason;
    await clients.keepVersion(tx, clientId, { act: 'resumed', by: actor.name, reason });
    tx.record({
      type: 'client.resumed',
      data: { version, askedBy: taken.askedBy },
      clientId,
      ...by(actor),
    });
    return version;
  });
}

/** Who asked that a suspended client comes back; undefined when nobody did. */
export async function resumptionOf(
  parts: LifeParts,
  actor: Actor,
  clientId: string,
): Promise<store.Resumption | undefined> {
  const client = await demandOwned(parts, actor, 'registry.read', clientId);
  return await store.resumptionOf(parts.postgres, clientId, client.version);
}

/** Two persons: a program or a command line is neither of them. */
async function demandPerson(parts: LifeParts, actor: Actor, clientId: string): Promise<clients.OwnedRow> {
  const client = await demandOwned(parts, actor, 'client.resume', clientId);
  if (actor.kind !== 'person') throw barred(parts, actor, client.path, clientId);
  return client;
}

function barred(parts: LifeParts, actor: Actor, path: string, about: string): Fault {
  parts.audit.note({
    type: 'access.refused',
    data: { act: 'client.resume alone', path, about },
    clientId: about,
    ...by(actor),
  });
  return new Fault('forbidden', { note: `client "${about}": comes back by two different persons` });
}

const notSo = (clientId: string, state: string): Fault =>
  new Fault('conflict', {
    note: `client "${clientId}": is ${state}, or was changed meanwhile; read it again`,
  });
