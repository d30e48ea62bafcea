// The registry as a node runs it: clients in memory, told of every change.
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { clientOf } from '../client.ts';
import { keepVersion } from '../clients/store.ts';
import { readCredentials } from '../credentials/keeping.ts';
import { aged } from '../credentials/live.ts';
import { importAll } from '../importing.ts';
import { findProgramClient, isProgramId } from '../programs/programs.ts';
import { isClientId } from '../registration.ts';
import type { Client, Registry, RegistryParts } from '../registry.ts';
import * as store from '../store.ts';
import { createCache } from './cache.ts';

/** A change must be live everywhere within this time even if its announcement is lost. */
const CACHE_SECONDS_AT_MOST = 60;

/** Builds the registry over the `registry` schema and begins to listen for changes of other nodes. */
export async function createRegistry(parts: RegistryParts): Promise<Registry> {
  const { postgres, clock, cacheSeconds } = parts;
  if (cacheSeconds > CACHE_SECONDS_AT_MOST) throw new Error('cacheSeconds must be at most 60');
  const builtIn = new Map<string, Client>(parts.builtIn.map((client) => [client.clientId, client]));
  const cache = createCache({
    clock,
    freshSeconds: cacheSeconds,
    load: (clientId, known) => load(parts, clientId, known),
  });
  const proof = createProof(parts, (at) => cache.heardAllUntil(at));
  const stop = await postgres.listen(store.CHANNEL, (heard) => {
    if (heard === '') cache.expireAll();
    else if (!proof.heard(heard)) cache.expire(heard);
  });
  const turn = async (clientId: string, enabled: boolean, actor: string): Promise<boolean> => {
    if (builtIn.has(clientId)) throw new Fault('bad_request', { note: `client "${clientId}": is built in` });
    const turned = await setEnabled(parts, clientId, enabled, actor);
    cache.expire(clientId);
    return turned;
  };

  const lookedAt = new Map<string, number>();
  const find = async (clientId: string): Promise<Client | undefined> => {
    const known = builtIn.get(clientId);
    if (known) return known;
    return isClientId(clientId) || isProgramId(clientId) ? await cache.get(clientId) : undefined;
  };

  return {
    find,
    async findNow(clientId) {
      // Wrong secrets of anybody must not take the client out of memory at every guess.
      const now = clock.now().getTime();
      if (now - (lookedAt.get(clientId) ?? -Infinity) < 1_000) return await find(clientId);
      if (lookedAt.size >= 10_000) lookedAt.clear();
      lookedAt.set(clientId, now);
      cache.expire(clientId);
      return await find(clientId);
    },
    async import(metadata, actor) {
      const imported = await importAll(parts, metadata, actor, new Set(builtIn.keys()));
      // This node need not wait to hear of its own change.
      for (const { clientId } of imported) cache.expire(clientId);
      return imported;
    },
    async list() {
      const rows = await store.listClients(postgres);
      return [...parts.builtIn, ...rows.map((row) => clientOf(row, undefined))];
    },
    disable: (clientId, actor) => turn(clientId, false, actor),
    enable: (clientId, actor) => turn(clientId, true, actor),
    prove: () => proof.send(),
    close: stop,
  };
}

/** Words of this node on the channel, with the time they were sent. No client_id has a colon. */
function createProof(
  { postgres, clock }: Pick<RegistryParts, 'postgres' | 'clock'>,
  heardUntil: (at: Date) => void,
) {
  let sent: { readonly word: string; readonly at: Date } | undefined;
  return {
    async send(): Promise<void> {
      const at = clock.now();
      const word = `heard:${randomToken(9)}`;
      sent = { word, at };
      await store.announce(postgres, word);
    },
    /** True for a word, of whichever node. */
    heard(text: string): boolean {
      if (text === sent?.word) heardUntil(sent.at);
      return text.startsWith('heard:');
    },
  };
}

async function load(
  parts: RegistryParts,
  clientId: string,
  known: Client | undefined,
): Promise<Client | undefined> {
  if (isProgramId(clientId)) return await findProgramClient(parts, clientId, known);
  const { postgres, sealer, clock } = parts;
  const row = await store.findClient(postgres, clientId);
  // A draft is nobody's client yet: for the protocol its identifier is unknown.
  if (!row || row.state === 'draft') return undefined;
  // The same object while nothing changed: others remember what they derived from it.
  const same =
    known?.version === row.version &&
    known.credentialsVersion === row.credentialsVersion &&
    isDeepStrictEqual(known.unitName, row.unitName);
  const now = clock.now();
  if (same && !aged(known.credentials ?? [], now)) return known;
  const credentials = await readCredentials(postgres, sealer, clientId, now);
  const standing = credentials.filter(({ revoked }) => !revoked);
  return clientOf(row, standing, randomToken(32));
}

async function setEnabled(
  { audit, clock }: RegistryParts,
  clientId: string,
  enabled: boolean,
  actor: string,
): Promise<boolean> {
  return await audit.change(async (tx) => {
    const version = await store.setEnabled(tx, clientId, enabled, clock.now());
    if (version === undefined) tx.unchanged();
    else {
      const act = enabled ? 'enabled' : 'disabled';
      await keepVersion(tx, clientId, { act, by: actor });
      tx.record({ type: `client.${act}`, data: { version }, clientId, actor });
    }
    return version !== undefined;
  });
}
