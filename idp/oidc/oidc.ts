// Everything that knows the protocol engine: its configuration, state, keys and pages. The sign-in pages ask here
// what a service wants and hand back who the citizen is. Not here: the pages themselves (signin/), who may be a
// client (registry/).
import type Koa from 'koa';
import type { Middleware, ParameterizedContext } from 'koa';
import { Provider, errors, type Interaction, type KoaContextWithOIDC } from 'oidc-provider';
import { reached } from '../assurance/assurance.ts';
import type { CitizenId, SignOut } from '../citizens/citizens.ts';
import { epochSeconds } from '../platform/base/clock.ts';
import { seconds } from '../platform/base/duration.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Feature, RequestState } from '../platform/http/feature.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { Client, Watch } from '../registry/registry.ts';
import type { Audit, Records } from '../audit/audit.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import { keepClients } from './edge/clients.ts';
import { finishAnswers, protocol } from './edge/edge.ts';
import {
  ANEW_PARAM,
  engineConfiguration,
  pairwiseSubject,
  type ConfigurationParts,
  type OidcSettings,
} from './configuration.ts';
import { createAnew } from './edge/anew.ts';
import { createConsents, type Consents, type Wanted } from './consent.ts';
import { acceptSecrets } from './edge/credentials.ts';
import { listenToEngine } from './edge/events.ts';
import { rehearseFaults } from './edge/rehearsal.ts';
import { watchEngine } from './edge/watching.ts';
import { stands } from './find-account.ts';
import { claimNames } from './ida/claims-parameter.ts';
import { createLogoutQueue, type LogoutParts } from './logout.ts';
import { demandOfRequest, type Asked } from './policy.ts';
import { callerOf, type Caller } from './programs/api-token.ts';
import { createReads } from './reads.ts';
import { oidcRecords } from './retention/records.ts';
import { createSessions, type Sessions } from './retention/sessions.ts';
import { signOut } from './retention/sign-out.ts';
import { createOidcStore } from './store.ts';

export { oidcSettings, type OidcSettings, type Pages } from './configuration.ts';
export { answeredBefore, consentAsk, type ConsentAsk, type Consents, type Wanted } from './consent.ts';
export { claimValues, type ClaimName } from './claims.ts';
export { TRY_CALLBACK } from './adapter.ts';
export { withoutProof } from './policy.ts';
export { API_SCOPES, apiResource, type ApiScope, type Caller } from './programs/api-token.ts';

type Context = ParameterizedContext<RequestState>;

/** What a service asks for, as the sign-in pages see it. */
export interface SigninRequest {
  readonly uid: string;
  readonly client: Client;
  readonly demand: Asked;
  readonly wanted: Wanted;
  /** `prompt=consent`: ask again, whatever was agreed before. */
  readonly askConsentAgain: boolean;
  /** `prompt=login`, a too old session, or a hint at another citizen: who is signed in must sign in again. */
  readonly reauthenticate: boolean;
  /**
   * One of our own pages is about to change how the account is signed in to: whoever is here shows everything that the
   * account can show, in this very sign-in (ASVS 5.0 7.5.1). Never of a service.
   */
  readonly allAnew: boolean;
  /** The console asks for a passkey in this very sign-in, of whoever has one. Never of a service. */
  readonly passkeyAnew: boolean;
  /** Who is signed in in this browser, if anyone. */
  readonly session: SignedIn | undefined;
  readonly loginHint: string | undefined;
  readonly uiLocales: string | undefined;
  readonly uiMode: string | undefined;
  /** Origin of the validated redirect URI, for `form-action`. */
  readonly returnOrigin: string;
  /** The pairwise subject that an ID token hint names, if any. */
  readonly expectedSubject: string | undefined;
}

export interface SignedIn {
  readonly citizenId: CitizenId;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number;
}

export interface Outcome {
  readonly citizenId: CitizenId;
  readonly amr: readonly string[];
  readonly ial: 0 | 1 | 2 | 3 | 4;
  /** Undefined: nobody signed in anew, the session goes on as it is. */
  readonly authenticatedAt: Date | undefined;
  readonly grantId: string | undefined;
  /** The citizen was asked for what the service wishes, and goes on without it. */
  readonly declined: boolean;
}

export interface Oidc {
  /** Answers protocol requests; hands everything else on. Stands before the pages' own middlewares. */
  readonly middleware: Middleware;
  readonly feature: Feature;
  readonly consents: Consents;
  /** What is kept about a citizen's services. */
  readonly records: Records;
  /** Out of all sessions on all devices, and all services told. Faults: `unavailable`. */
  signOut(citizenId: CitizenId): Promise<SignOut>;
  /** One read (two in a live session). Throws Fault `flow_expired` or `other_browser`. */
  request(ctx: Context): Promise<SigninRequest>;
  /** Ends the sign-in in one resume of the engine: login and consent together. Sends the 303. */
  finish(ctx: Context, request: SigninRequest, outcome: Outcome): Promise<void>;
  /** Ends the sign-in with an OAuth error for the service. Sends the 303. */
  refuse(ctx: Context, request: SigninRequest, error: string, description: string): Promise<void>;
  /** The session of this browser for our own pages, or undefined. */
  session(ctx: Context): Promise<SignedIn | undefined>;
  /** True when this session began, no longer than `seconds` ago, with a sign-in of `allAnew`. */
  shownAllAnew(who: SignedIn, seconds: number): Promise<boolean>;
  /** The same of a sign-in with a passkey, as the console asks for. */
  shownPasskey(who: SignedIn, seconds: number): Promise<boolean>;
  /** False when the service was approved by nobody and this citizen is not of its team. */
  admits(request: SigninRequest, citizenId: CitizenId): Promise<boolean>;
  /** False when the request insists on another citizen (id_token_hint, OIDC Core 3.1.2.1). */
  expects(request: SigninRequest, citizenId: CitizenId): boolean;
  /** Whose program calls the console's API, by the access token of the request. One read. */
  programOf(ctx: Context): Promise<Caller>;
  /** Rejects with the engine's own words when it could not work with this client metadata. */
  checkClient(metadata: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface OidcParts extends Omit<ConfigurationParts, 'store' | 'reads' | 'fetch' | 'onReplay'> {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly log: Log;
  readonly settings: OidcSettings;
  readonly outbound: LogoutParts['outbound'];
  readonly countError: (error: string) => void;
  /** Told what the requests of services did. */
  readonly activity: Watch;
}

/** Builds the engine and everything around it. */
export function createOidc(parts: OidcParts): Oidc {
  const { settings, keyring, audit, clock, ephemeral } = parts;
  const store = createOidcStore(parts.postgres);
  const reads = createReads({ ...parts, store, request: () => Provider.ctx });
  const consentSeconds = seconds(settings.consentLife);
  const dropTokens = (grantId: string): Promise<void> => engine.current.AccessToken.revokeByGrantId(grantId);
  const consents = createConsents({ store, audit, clock, consentSeconds, dropTokens });
  const logouts = createLogoutQueue({ ...parts, store, engine: () => engine.current });
  const sessions = createSessions({ ephemeral, clock, lifeSeconds: seconds(settings.sessionLife) });
  const { keepConsentsDays } = settings;
  const anew = createAnew(parts);
  const engine = keepEngine(
    { ...parts, ephemeral, store, reads, fetch: logouts.fetch, onReplay: replayed(audit) },
    { ...parts, sessions },
  );
  const interactions = new WeakMap<SigninRequest, Interaction>();
  const interactionBehind = (request: SigninRequest): Interaction => {
    const interaction = interactions.get(request);
    if (!interaction) throw new Error('finish and refuse take the very request that `request` returned');
    return interaction;
  };
  return {
    middleware: protocol(parts.issuer, () => engine.answer),
    feature: { name: 'oidc', jobs: [logouts.job] },
    consents,
    records: oidcRecords({ ...parts, keepConsentsDays }),
    signOut: (citizenId) => signOut({ ...parts, store, sessions, dropTokens }, citizenId),
    async request(ctx) {
      const interaction = await interactionOf(engine.current, ctx);
      const request = await signinRequest(parts, interaction);
      interactions.set(request, interaction);
      return request;
    },
    async finish(ctx, request, outcome) {
      noteSignin(audit, ctx, request, outcome);
      if (request.allAnew) await anew.note('all', outcome);
      if (outcome.amr.includes('user') && request.passkeyAnew) await anew.note('passkey', outcome);
      await resume(ctx, interactionBehind(request), resultOf(outcome));
    },
    refuse: (ctx, request, error, error_description) =>
      resume(ctx, interactionBehind(request), { error, error_description }),
    session: (ctx) => signedIn(engine.current, parts, ctx),
    shownAllAnew: (who, within) => anew.holds('all', who, within),
    shownPasskey: (who, within) => anew.holds('passkey', who, within),
    admits: ({ client }, citizenId) => parts.admits(client, citizenId),
    expects: (request, citizenId) =>
      request.expectedSubject === undefined ||
      request.expectedSubject === pairwiseSubject(keyring, request.client.unitId, citizenId),
    programOf: (ctx) => callerOf(engine.current, parts.issuer, ctx.get('authorization')),
    checkClient: (metadata) =>
      engine.current.Client.validate({
        ...metadata,
        sector_identifier_uri: 'https://sector.invalid/',
      } as Parameters<Provider['Client']['validate']>[0]),
  };
}

const replayed =
  (audit: Audit): ConfigurationParts['onReplay'] =>
  (kind, payload) =>
    audit.note({
      type: 'token.replayed',
      data: { kind },
      actor: payload.clientId ? `client:${payload.clientId}` : 'system',
      ...(payload.accountId ? { citizenId: payload.accountId } : {}),
      ...(payload.clientId ? { clientId: payload.clientId } : {}),
    });

interface Engine {
  readonly current: Provider;
  readonly answer: ReturnType<Provider['callback']>;
}

/** The engine takes its keys only when it is made: a key change replaces it. All its state is in the stores. */
function keepEngine(
  configuration: ConfigurationParts,
  parts: OidcParts & { readonly sessions: Sessions },
): Engine {
  const build = (): Engine => {
    const provider = new Provider(parts.issuer.href.replace(/\/$/, ''), engineConfiguration(configuration));
    acceptSecrets(provider, configuration);
    // The host of every address comes from our settings: protocol() writes it into these headers.
    provider.proxy = true;
    keepClients(provider);
    provider.use(
      finishAnswers({ pages: parts.pages, jwksMaxAgeSeconds: seconds(parts.settings.jwksMaxAge) }),
    );
    const referenceOf = (ctx: KoaContextWithOIDC): string => String(ctx.res.getHeader('x-reference') ?? '');
    listenToEngine(provider, { ...parts, referenceOf });
    watchEngine(provider, parts.activity);
    rehearseFaults(provider, parts);
    (provider as Koa).on('error', (error: unknown) => parts.log.error('the engine failed', error));
    return { current: provider, answer: provider.callback() };
  };
  const kept = { ...build() };
  parts.keyring.onChange(() => Object.assign(kept, build()));
  return kept;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The subject that the request insists on; the engine has verified the hint already. */
function expectedSubject(params: Readonly<Record<string, unknown>>): string | undefined {
  const hint = textOf(params['id_token_hint']);
  if (hint !== undefined) {
    const payload = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      sub?: string;
    };
    return payload.sub;
  }
  const claims = textOf(params['claims']);
  const parsed =
    claims === undefined ? {} : (JSON.parse(claims) as { id_token?: { sub?: { value?: string } | null } });
  return parsed.id_token?.sub?.value;
}

async function interactionOf(engine: Provider, ctx: Context): Promise<Interaction> {
  const interaction = await engine.interactionDetails(ctx.req, ctx.res).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound)
      throw new Fault('flow_expired', { note: error.error_description ?? '' });
    throw outageOf(error);
  });
  if (interaction.uid !== ctx['params'].uid) throw new Fault('other_browser');
  return interaction;
}

/** Outside a protocol request an outage is a Fault again, with a page of its own. */
function outageOf(error: unknown): unknown {
  return error instanceof errors.TemporarilyUnavailable && error.cause instanceof Fault ? error.cause : error;
}

async function signinRequest(parts: OidcParts, interaction: Interaction): Promise<SigninRequest> {
  const { params, prompt } = interaction;
  const client = await parts.registry.find(String(params['client_id']));
  if (!client?.enabled) throw new Fault('flow_expired', { note: 'the client was disabled meanwhile' });
  const reasons = new Set(prompt.reasons);
  const allAnew = client.firstParty && params[ANEW_PARAM] === 'all';
  const passkeyAnew = client.firstParty && params[ANEW_PARAM] === 'passkey';
  const again = ['login_prompt', 'max_age', 'id_token_hint', 'claims_id_token_sub_value', 'account_gone'];
  const supported = new Set(['openid', 'offline_access', 'profile', 'phone', 'id_number']);
  return {
    uid: interaction.uid,
    client,
    demand: demandOfRequest(client.minimumLevel, params, parts.attainable),
    wanted: {
      scopes: (textOf(params['scope']) ?? 'openid').split(' ').filter((scope) => supported.has(scope)),
      claims: claimNames(params['claims']),
    },
    askConsentAgain: (textOf(params['prompt']) ?? '').split(' ').includes('consent'),
    reauthenticate: allAnew || passkeyAnew || again.some((reason) => reasons.has(reason)),
    allAnew,
    passkeyAnew,
    session: sessionOf(interaction.session),
    loginHint: textOf(params['login_hint']),
    uiLocales: textOf(params['ui_locales']),
    uiMode: textOf(params['ui_mode']),
    returnOrigin: new URL(String(params['redirect_uri'])).origin,
    expectedSubject: expectedSubject(params),
  };
}

interface SessionLike {
  readonly accountId?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly loginTs?: number | undefined;
}

function sessionOf(session: SessionLike | undefined): SignedIn | undefined {
  if (session?.accountId === undefined) return undefined;
  return {
    citizenId: session.accountId as CitizenId,
    amr: session.amr ?? [],
    authTime: session.loginTs ?? 0,
  };
}

async function signedIn(engine: Provider, parts: OidcParts, ctx: Context): Promise<SignedIn | undefined> {
  const session = await engine.Session.get(ctx);
  const signed = sessionOf(session);
  if (!signed) return undefined;
  const citizen = await parts.citizens.find(signed.citizenId);
  return stands(citizen, signed.authTime) ? signed : undefined;
}

function noteSignin(audit: Audit, ctx: Context, request: SigninRequest, outcome: Outcome): void {
  const { citizenId, amr, ial, authenticatedAt } = outcome;
  if (!authenticatedAt) return;
  const stepUp = request.session?.citizenId === citizenId;
  audit.note({
    type: 'signin.completed',
    data: { acr: reached({ ial, amr })?.acr ?? '', amr: amr.join(' '), stepUp },
    citizenId,
    clientId: request.client.clientId,
    actor: `citizen:${citizenId}`,
    reference: ctx.state.reference,
  });
}

function resultOf({
  citizenId,
  amr,
  ial,
  authenticatedAt,
  grantId,
  declined,
}: Outcome): Interaction['result'] & object {
  const acr = reached({ ial, amr })?.acr ?? '';
  const login = authenticatedAt && {
    accountId: citizenId,
    acr,
    amr: [...amr],
    ts: epochSeconds(authenticatedAt),
  };
  return {
    // A browser session, not a kept one: public computers are shared.
    ...(login ? { login: { ...login, remember: false } } : {}),
    ...(grantId === undefined ? {} : { consent: { grantId } }),
    // Without a new sign-in nothing else tells that the wish was put to the citizen: it would be put again for ever.
    ...(declined ? { declined } : {}),
  };
}

/** What `interactionFinished` does, without reading the interaction a second time. */
async function resume(
  ctx: Context,
  interaction: Interaction,
  result: Interaction['result'] & object,
): Promise<void> {
  interaction.result = { ...('error' in result ? {} : interaction.lastSubmission), ...result };
  const remaining = Math.max(1, interaction.exp - Math.floor(Date.now() / 1000));
  await interaction.save(remaining).catch((error: unknown) => {
    throw outageOf(error);
  });
  ctx.redirect(interaction.returnTo);
  ctx.status = 303;
}
