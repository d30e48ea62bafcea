// How a production client comes to run, changes and ends: drafts, requests, decisions, suspension. Not here: what is
// checked (checks/), sandbox clients and the history of versions (clients/).
import { Fault } from '../../platform/base/errors.ts';
import type { Complaint } from '../checks/checks.ts';
import { givenOf, type Given } from '../clients/given.ts';
import type { OwnedRow } from '../clients/store.ts';
import { demandOwned, historyOf, type VersionNote } from '../clients/versions.ts';
import type { Bilingual } from '../registry.ts';
import type { Actor } from '../operators/roles.ts';
import { decide, type Decided, type Verdict } from './decisions.ts';
import * as drafts from './drafts.ts';
import * as life from './life.ts';
import { list, waiting, type QueueFilter, type QueuePage, type Waiting } from './queue/queue.ts';
import { detailOf, type RequestDetail } from './request.ts';
import * as store from './store.ts';

/** Every function asks for the actor's posts first; Faults `not_found`, `forbidden`, `passkey_needed` are theirs. */
export interface Changes {
  /**
   * Reserves a `client_id` and opens a draft for it. The number of the request. Faults: `bad_request` with complaints,
   * `conflict` when too many drafts wait or one is open from that sandbox client, `forbidden` for a trial unit.
   */
  launch(actor: Actor, wish: drafts.Launch): Promise<string>;
  /** Opens a change beside the running client. Fault `conflict` when one is open: one at a time. */
  begin(actor: Actor, clientId: string, given?: unknown): Promise<string>;
  /** Keeps a draft that may be incomplete. The new version. Faults: `conflict`, `too_large`, `bad_request` (secrets). */
  save(actor: Actor, id: string, given: unknown, version: number): Promise<number>;
  /** What stands against the draft now, at its members. */
  complaints(actor: Actor, id: string): Promise<readonly Complaint[]>;
  /** Faults: `bad_request` with complaints, `conflict`. */
  submit(actor: Actor, id: string, version: number): Promise<drafts.Submitted>;
  withdraw(actor: Actor, id: string, version: number): Promise<void>;
  /** See decisions.ts. */
  decide(actor: Actor, id: string, verdict: Verdict): Promise<Decided>;
  find(actor: Actor, id: string): Promise<RequestDetail>;
  /** A client as pages of its life name it. */
  clientOf(actor: Actor, clientId: string): Promise<OwnedClient>;
  /** The number of the open request about a client, or begun from a sandbox client. */
  openOf(actor: Actor, clientId: string): Promise<string | undefined>;
  list(actor: Actor, filter: QueueFilter): Promise<QueuePage>;
  waiting(actor: Actor): Promise<Waiting>;
  effectOf(actor: Actor, clientId: string): Promise<life.Effect>;
  /** The new version of the client. */
  suspend(actor: Actor, clientId: string, reason: string): Promise<number>;
  askResumption(actor: Actor, clientId: string, reason: string): Promise<void>;
  confirmResumption(actor: Actor, clientId: string): Promise<number>;
  resumptionOf(actor: Actor, clientId: string): Promise<store.Resumption | undefined>;
  retire(actor: Actor, clientId: string, reason: string): Promise<number>;
  /** Newest first; `before`: the version that the page before ended with. */
  history(
    actor: Actor,
    clientId: string,
    before?: number,
  ): Promise<{ readonly rows: readonly VersionNote[]; readonly next: number | undefined }>;
}

/** A client with its unit and its life. */
export interface OwnedClient extends Omit<OwnedRow, 'registration'> {
  readonly name: Bilingual;
  readonly domain: string;
  readonly given: Given;
}

export function createChanges(parts: life.LifeParts): Changes {
  const known = (id: string): string => {
    if (!/^R-\d{8}-\d{4,6}$/.test(id)) throw new Fault('not_found', { note: 'a request' });
    return id;
  };
  return {
    launch: (actor, wish) => drafts.launch(parts, actor, wish),
    begin: (actor, clientId, given) => drafts.begin(parts, actor, clientId, given),
    save: async (actor, id, given, version) => await drafts.save(parts, actor, known(id), given, version),
    complaints: async (actor, id) => await drafts.complaintsOf(parts, actor, known(id)),
    submit: async (actor, id, version) => await drafts.submit(parts, actor, known(id), version),
    withdraw: async (actor, id, version) => await drafts.withdraw(parts, actor, known(id), version),
    decide: async (actor, id, verdict) => await decide(parts, actor, known(id), verdict),
    find: async (actor, id) => await detailOf(parts, actor, known(id)),
    async clientOf(actor, clientId) {
      const client = await demandOwned(parts, actor, 'registry.read', clientId);
      const { registration, ...owned } = client;
      return { ...owned, name: registration.name, domain: registration.domain, given: givenOf(registration) };
    },
    async openOf(actor, clientId) {
      await demandOwned(parts, actor, 'registry.read', clientId);
      return await store.openOf(parts.postgres, clientId);
    },
    list: (actor, filter) => list(parts, actor, filter),
    waiting: (actor) => waiting(parts, actor),
    effectOf: (actor, clientId) => life.effectOf(parts, actor, clientId),
    suspend: (actor, clientId, reason) => life.suspend(parts, actor, clientId, reason),
    askResumption: (actor, clientId, reason) => life.askResumption(parts, actor, clientId, reason),
    confirmResumption: (actor, clientId) => life.confirmResumption(parts, actor, clientId),
    resumptionOf: (actor, clientId) => life.resumptionOf(parts, actor, clientId),
    retire: (actor, clientId, reason) => life.retire(parts, actor, clientId, reason),
    history: (actor, clientId, before) => historyOf(parts, actor, clientId, before),
  };
}
