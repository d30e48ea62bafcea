// Where the engine keeps its state. Three races of the engine are closed here: two redemptions of one code or refresh
// token, two uses of one jti, and parallel sign-ins that overwrite one another's session.
import { createHash } from 'node:crypto';
import { Provider, errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { epochSeconds, type Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import { keyOf, type Ephemeral, type Json } from '../platform/store/ephemeral.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Client, Registering, Registry } from '../registry/registry.ts';
import { noteAsking } from './edge/credentials.ts';
import { initialAccessToken } from './programs/initial-access-token.ts';
import type { Reads } from './reads.ts';
import type { OidcStore } from './store.ts';

/** Seconds by which the clocks of services may be off. */
export const CLOCK_TOLERANCE_SECONDS = 15;

export interface AdapterParts {
  readonly issuer: URL;
  readonly clock: Clock;
  readonly ephemeral: Ephemeral;
  readonly store: OidcStore;
  readonly reads: Reads;
  readonly sealer: Sealer;
  readonly registry: Registry;
  readonly registering: Registering;
  /** Told when a code or refresh token is presented a second time. */
  readonly onReplay: (kind: 'code' | 'refresh_token', payload: AdapterPayload) => void;
}

interface Methods extends Pick<Adapter, 'find' | 'destroy'> {
  /** The engine always names a life in seconds for what is kept here. */
  upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<unknown>;
  findByUid?: Adapter['findByUid'];
  consume?: Adapter['consume'];
  revokeByGrantId?: Adapter['revokeByGrantId'];
}

/** Binds a sealed record, or one of a session's two copies, to its identifier, which is a secret. */
const digest = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** A consent is found by the two it binds; its identifier is just the pair. */
export const grantIdOf = (citizenId: string, clientId: string): string => `${citizenId}.${clientId}`;

export function partsOfGrantId(grantId: string): { citizenId: string; clientId: string } | undefined {
  const dot = grantId.indexOf('.');
  return dot === 36 ? { citizenId: grantId.slice(0, 36), clientId: grantId.slice(37) } : undefined;
}

const groupOf = (grantId: string): string => keyOf('grant', grantId);

/** The engine would answer 500 to an outage; it is a 503 that the caller may repeat. */
export function outage(fault: Fault): Error {
  const error = new errors.TemporarilyUnavailable('the service is busy, try again shortly');
  error.status = 503;
  error.statusCode = 503;
  // Nobody is sent back to a service with a half-answered request: the page says to try again.
  error.allow_redirect = false;
  error.cause = fault;
  Provider.ctx?.set('Retry-After', String(fault.detail.retryAfterSeconds ?? 5));
  return error;
}

function guarded(methods: Methods): Adapter {
  const absent = (name: string) => (): Promise<never> =>
    Promise.reject(new Error(`${name} is not used by this model`));
  const all = {
    findByUserCode: absent('findByUserCode'),
    findByUid: absent('findByUid'),
    consume: absent('consume'),
    revokeByGrantId: absent('revokeByGrantId'),
    ...methods,
  };
  const wrapped = Object.entries(all).map(
    ([name, method]: [string, (...args: never[]) => Promise<unknown>]) => [
      name,
      async (...args: never[]) => {
        try {
          return await method(...args);
        } catch (error) {
          throw error instanceof Fault && error.code === 'unavailable' ? outage(error) : error;
        }
      },
    ],
  );
  return Object.fromEntries(wrapped);
}

/** Builds the adapter of one engine model; the engine calls it once for each. */
export function createAdapter(parts: AdapterParts): (model: string) => Adapter {
  return (model) => {
    switch (model) {
      case 'Client':
        return guarded(clients(parts));
      case 'InitialAccessToken':
        return guarded(permissions(parts));
      case 'Grant':
        return guarded(grants(parts));
      case 'RefreshToken':
        return guarded(refreshTokens(parts));
      case 'Session':
        return guarded(sessions(parts));
      case 'ReplayDetection':
        return guarded(replayMarks(parts));
      case 'Interaction':
      case 'PushedAuthorizationRequest':
        return guarded(sealedRecords(parts, model));
      default:
        return guarded(records(parts, model));
    }
  };
}

const inSector = new WeakMap<Client, AdapterPayload>();

/** Where the developer portal ends a login that was tried. On our own origin, so no service can receive there. */
export const TRY_CALLBACK = '/developers/try/callback';

/**
 * The engine wants one sector where redirect hosts differ (OIDC Core 8.1). Ours is the owning unit, whatever the hosts,
 * so the address is only a name and never fetched. The same object for the same client: the engine keys on its content.
 */
export function engineMetadata(client: Client, issuer: URL): AdapterPayload {
  const made = inSector.get(client) ?? {
    ...client.metadata,
    ...tried(client, issuer),
    sector_identifier_uri: `https://sector.invalid/${encodeURIComponent(client.unitId)}`,
  };
  inSector.set(client, made);
  return made;
}

/** Every sandbox client that signs people in may be tried without registering anything. */
function tried({ environment, metadata }: Client, issuer: URL): AdapterPayload {
  const registered = metadata['redirect_uris'];
  if (environment !== 'sandbox' || !Array.isArray(registered) || registered.length === 0) return {};
  return { redirect_uris: [...(registered as string[]), new URL(TRY_CALLBACK, issuer).href] };
}

function clients({ registry, issuer }: AdapterParts): Methods {
  const readOnly = (): Promise<never> =>
    Promise.reject(new Error('clients are written through the registry'));
  return {
    // Dynamic registration: the registry has written the client before the engine wishes to.
    upsert: () => (Provider.ctx?.oidc.route === 'registration' ? Promise.resolve() : readOnly()),
    destroy: readOnly,
    async find(id) {
      const client = await registry.find(id);
      if (client) noteAsking(client);
      return client?.enabled ? engineMetadata(client, issuer) : undefined;
    },
  };
}

/** Initial access tokens: made in the console, kept as digests, used by the registry with the client that they bring. */
function permissions({ registering }: AdapterParts): Methods {
  const readOnly = (): Promise<never> => Promise.reject(new Error('permissions are made by operators'));
  return { upsert: readOnly, destroy: readOnly, find: (token) => initialAccessToken(registering, token) };
}

function grants({ reads }: AdapterParts): Methods {
  return {
    // Written by consent.ts inside an audited transaction, never by the engine.
    upsert: () => Promise.reject(new Error('consents are written by the consent page')),
    destroy: () => Promise.reject(new Error('consents are withdrawn by the citizen')),
    async find(id) {
      const pair = partsOfGrantId(id);
      return pair && (await reads.consent(pair.citizenId, pair.clientId));
    },
  };
}

function refreshTokens({ store, reads, ephemeral, onReplay }: AdapterParts): Methods {
  return {
    async upsert(id, payload, expiresIn) {
      const { accountId, clientId } = payload;
      if (!accountId || !clientId) throw new Error('a refresh token belongs to a citizen and a client');
      await store.saveRefreshToken(id, accountId, clientId, payload, expiresIn);
    },
    async find(id) {
      const kept = await store.refreshToken(id);
      if (!kept) return undefined;
      // The consent came with the token, in one statement.
      const { accountId = '', clientId = '' }: AdapterPayload = kept.payload;
      reads.know(accountId, clientId, kept.consent);
      if (redeems()) reads.begin({ accountId });
      return kept.payload;
    },
    async consume(id) {
      // The new access token goes to the other store: a token used up for an answer that never came would look like a
      // theft when it is sent again, and end the whole chain.
      await ephemeral.ping();
      if (await store.consumeRefreshToken(id)) return;
      onReplay('refresh_token', (await store.refreshToken(id))?.payload ?? {});
      throw new errors.InvalidGrant('refresh token already used');
    },
    destroy: (id) => store.deleteRefreshToken(id),
    async revokeByGrantId(grantId) {
      const pair = revocable(grantId);
      if (pair) await store.deleteRefreshTokensOf(pair.citizenId, pair.clientId);
    },
  };
}

/**
 * At logout the engine revokes by grant, which is shared by all of a citizen's devices. Tokens of the ended session
 * die with it already; the other devices stay signed in.
 */
function revocable(grantId: string): { citizenId: string; clientId: string } | undefined {
  return Provider.ctx?.oidc.route === 'end_session_confirm' ? undefined : partsOfGrantId(grantId);
}

/** Routes on which the engine goes on from a token to its consent, account and session. */
const redeems = (): boolean => ['token', 'userinfo'].includes(Provider.ctx?.oidc.route ?? '');

function records(parts: AdapterParts, model: string): Methods {
  const { ephemeral, onReplay } = parts;
  const grouped = model === 'AccessToken';
  return {
    upsert: (id, payload, expiresIn) =>
      ephemeral.put(
        keyOf(model, id),
        { ...payload, jti: undefined } as Json,
        expiresIn,
        grouped && payload.grantId ? groupOf(payload.grantId) : undefined,
      ),
    async find(id) {
      const kept = await ephemeral.get(keyOf(model, id));
      if (!kept) return undefined;
      // The second holder of a code is a thief or robbed by one (RFC 6749 4.1.2): the engine revokes what came of it.
      const value = kept.value as AdapterPayload;
      if (kept.claimed && model === 'AuthorizationCode') onReplay('code', value);
      if (redeems()) beginReads(parts, value);
      return { ...value, jti: id, ...(kept.claimed ? { consumed: true } : {}) };
    },
    async consume(id) {
      if ((await ephemeral.claim(keyOf(model, id))) !== 'claimed')
        throw new errors.InvalidGrant('already consumed');
    },
    destroy: (id) => ephemeral.delete(keyOf(model, id)),
    async revokeByGrantId(grantId) {
      if (grouped && revocable(grantId)) await ephemeral.dropGroup(groupOf(grantId));
    },
  };
}

/** Requests in progress carry login hints: a phone or a number may stand in them. */
function sealedRecords({ ephemeral, sealer }: AdapterParts, model: string): Methods {
  const place = `oidc.${model}`;
  return {
    upsert: (id, payload, expiresIn) =>
      ephemeral.put(
        keyOf(model, id),
        sealer.seal(JSON.stringify(payload), place, digest(id)).toString('base64'),
        expiresIn,
      ),
    async find(id) {
      const kept = await ephemeral.get(keyOf(model, id));
      if (typeof kept?.value !== 'string') return undefined;
      const opened = sealer.open(Buffer.from(kept.value, 'base64'), place, digest(id));
      return { ...(JSON.parse(opened) as AdapterPayload), ...(kept.claimed ? { consumed: true } : {}) };
    },
    async consume(id) {
      if ((await ephemeral.claim(keyOf(model, id))) !== 'claimed')
        throw new errors.InvalidRequestUri('request_uri was used already');
    },
    destroy: (id) => ephemeral.delete(keyOf(model, id)),
  };
}

/** As long as proofs of possession and most assertions live, with room for a clock that is late. */
const MARK_SECONDS = 330;

/**
 * Looking for a mark sets it, so that of two parallel uses one is refused, with the engine's own words for the place
 * where it happens. One round trip, and a second one for an assertion that lives longer.
 */
function replayMarks({ ephemeral, clock }: AdapterParts): Methods {
  const key = (id: string): string => keyOf('ReplayDetection', id);
  return {
    async find(id) {
      if (await ephemeral.once(key(id), 1, MARK_SECONDS)) return undefined;
      return { kind: 'ReplayDetection', jti: id, exp: epochSeconds(clock.now()) + MARK_SECONDS };
    },
    async upsert(id, _payload, expiresIn) {
      if (expiresIn + CLOCK_TOLERANCE_SECONDS > MARK_SECONDS)
        await ephemeral.put(key(id), 1, expiresIn + CLOCK_TOLERANCE_SECONDS);
    },
    destroy: (id) => ephemeral.delete(key(id)),
  };
}

/** Where a session is found by the uid that tokens carry. */
export const byUid = (uid: string): string => keyOf('SessionUid', uid);

/** Session, consent and account of a token, side by side. */
function beginReads({ ephemeral, reads }: AdapterParts, token: AdapterPayload): void {
  const { sessionUid } = token;
  if (sessionUid !== undefined) void reads.once(byUid(sessionUid), () => ephemeral.get(byUid(sessionUid)));
  reads.begin(token);
}

/**
 * A session is kept twice, by its secret (the cookie) and by its public uid (which tokens carry), so that either is
 * one read. Both writes merge `authorizations` and travel in one round trip.
 */
function sessions({ ephemeral, reads }: AdapterParts): Methods {
  return {
    async upsert(id, payload, expiresIn) {
      const value = { ...payload, jti: undefined, of: digest(id) } as Record<string, Json | undefined>;
      const write = (key: string): Promise<void> =>
        ephemeral.merge(key, value, expiresIn, 'authorizations', 'of');
      await Promise.all([write(keyOf('Session', id)), ...(payload.uid ? [write(byUid(payload.uid))] : [])]);
    },
    async find(id) {
      const kept = await ephemeral.get(keyOf('Session', id));
      return kept && { ...(kept.value as AdapterPayload), jti: id };
    },
    async findByUid(uid) {
      const kept = await reads.once(byUid(uid), () => ephemeral.get(byUid(uid)));
      return kept && (kept.value as AdapterPayload);
    },
    async destroy(id) {
      const gone = (await ephemeral.take(keyOf('Session', id))) as AdapterPayload | undefined;
      const rotated = Provider.ctx?.oidc.session !== undefined && Provider.ctx.oidc.session.jti !== id;
      if (gone?.uid && !rotated) await ephemeral.delete(byUid(gone.uid));
    },
  };
}
