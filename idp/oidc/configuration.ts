// The engine's configuration, whole. What is on, what is off, and how long things live.
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { LADDER, type Level } from '../assurance/assurance.ts';
import { DURATION_RULE, isDuration, seconds } from '../platform/base/duration.ts';
import { epochSeconds } from '../platform/base/clock.ts';
import { hmacSha256 } from '../platform/base/keyed.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { USERINFO_ALGS, USERINFO_ENCS, VERIFIED_CLAIMS } from '../registry/registry.ts';
import { signinClaims } from './access-token.ts';
import { CLOCK_TOLERANCE_SECONDS, createAdapter, type AdapterParts } from './adapter.ts';
import { SCOPE_CLAIMS } from './claims.ts';
import { createLoadExistingGrant } from './consent.ts';
import { createRehearsalParam, REHEARSE_PARAM } from './edge/rehearsal.ts';
import { createFindAccount, type AccountParts } from './find-account.ts';
import { createClaimsParameter, type ClaimsParameterParts } from './ida/claims-parameter.ts';
import { identityAssuranceMetadata } from './ida/verified-claims.ts';
import { cookieSigning, engineJwks } from './keys.ts';
import { mutualTls, noteKey, type CredentialParts } from './edge/credentials.ts';
import { createPolicy, type PolicyParts } from './policy.ts';
import { apiResource, apiServer } from './programs/api-token.ts';
import { registrationFeature } from './programs/registration.ts';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const oidcSettings = z.strictObject({
  accessTokenLife: duration
    .refine((text) => isDuration(text, 600), 'must be a duration of at most 10m')
    .describe('Life of access and ID tokens; at most 10m.'),
  codeLife: duration
    .refine((text) => isDuration(text, 60), 'must be a duration of at most 60s')
    .describe('Life of an authorization code; at most 60s.'),
  signinLife: duration.describe(
    'How long a citizen may take from the first page to the return to the service.',
  ),
  sessionIdle: duration.describe('A session ends after this long without a visit to any service.'),
  sessionLife: duration.describe('A session ends this long after sign-in, whatever happens.'),
  refreshTokenLife: duration.describe('Absolute life of a chain of refresh tokens.'),
  consentLife: duration.describe('A consent is asked again after this long.'),
  keepConsentsDays: z
    .int()
    .min(1095)
    .max(36_500)
    .describe('Days that a consent which ran out is kept as a proof; at least 3 years.'),
  jwksMaxAge: duration.describe('How long services may keep our key set before asking again.'),
  clientCertificateHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]*$/)
    .describe(
      'Header in which our proxy hands on the verified certificate of a service (RFC 9440, or PEM percent-encoded), written over what the caller sent; empty: tls_client_auth is off.',
    ),
  resourceServers: z
    .array(
      z.strictObject({
        uri: z.url().describe('Resource indicator (RFC 8707) and audience of the JWT access tokens.'),
        scopes: z.string().describe('Scopes of this API, separated by spaces.'),
      }),
    )
    .describe('APIs that receive JWT access tokens (RFC 9068).'),
});

export type OidcSettings = z.infer<typeof oidcSettings>;

export interface ConfigurationParts
  extends AdapterParts, AccountParts, ClaimsParameterParts, CredentialParts {
  readonly settings: OidcSettings;
  readonly keyring: Keyring;
  /** How the authorities that are on prove an identity, for discovery. */
  readonly methods: readonly string[];
  readonly attainable: (level: Level) => boolean;
  readonly admits: PolicyParts['admits'];
  readonly pages: Pages;
  /** Every outgoing request of the engine: SSRF-safe, and logouts are queued. */
  readonly fetch: (url: string | URL, options: RequestInit) => Promise<Response>;
}

/** The engine's own pages, drawn in our frame. */
export interface Pages {
  error(
    ctx: KoaContextWithOIDC,
    out: { error: string; error_description?: string | undefined },
    cause: Error,
  ): void;
  logout(ctx: KoaContextWithOIDC): Promise<void>;
  loggedOut(ctx: KoaContextWithOIDC): Promise<void>;
  /** Another citizen signed in over a session: asks before that session is ended. */
  changeCitizen(ctx: KoaContextWithOIDC): void;
}

/**
 * Of our own pages only. `anew=all`: everything that the account can show has to be shown in this very sign-in;
 * `anew=passkey`: a passkey, by whoever has one.
 */
export const ANEW_PARAM = 'anew';

/** Endpoints under /oidc/; discovery stands at the root (OpenID Connect Discovery 4). */
export const ROUTES = {
  authorization: '/oidc/authorize',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  jwks: '/oidc/jwks',
  pushed_authorization_request: '/oidc/par',
  introspection: '/oidc/introspect',
  revocation: '/oidc/revoke',
  registration: '/oidc/register',
  end_session: '/oidc/logout',
} as const;

/** Signature algorithms accepted from services: no `none`, nothing symmetric, no PKCS #1 v1.5 (RFC 8725). */
const CLIENT_ALGORITHMS = ['ES256', 'PS256', 'EdDSA'] as const;

const own = (
  _ctx: KoaContextWithOIDC,
  client: { clientId: string },
  token: { clientId?: string | undefined },
): boolean => token.clientId === client.clientId;

function features(parts: ConfigurationParts): NonNullable<Configuration['features']> {
  const { settings, keyring, pages } = parts;
  const nonceSecret = hmacSha256(keyring.active('cookie').material).update('dpop nonce').digest();
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret, requireNonce: () => false },
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true, assertClaimsParameter: createClaimsParameter(parts) },
    clientCredentials: { enabled: true },
    encryption: { enabled: true },
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    introspection: { enabled: true, allowedPolicy: own },
    jwtUserinfo: { enabled: true },
    ...(settings.clientCertificateHeader === ''
      ? {}
      : { mTLS: mutualTls(settings.clientCertificateHeader, parts) }),
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: (_ctx, uri, client) =>
        uri === apiResource(parts.issuer)
          ? apiServer(parts.issuer, client.clientId)
          : resourceServer(settings, uri),
    },
    registration: registrationFeature(parts),
    revocation: { enabled: true, allowedPolicy: own },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => pages.logout(ctx),
      postLogoutSuccessSource: (ctx) => pages.loggedOut(ctx),
    },
    userinfo: { enabled: true },
  };
}

function resourceServer(settings: OidcSettings, uri: string) {
  const known = settings.resourceServers.find((server) => server.uri === uri);
  if (!known) throw new errors.InvalidTarget();
  return {
    scope: known.scopes,
    audience: uri,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: 'ES256' as const } },
  };
}

function lives({ settings, clock }: ConfigurationParts): NonNullable<Configuration['ttl']> {
  const access = seconds(settings.accessTokenLife);
  const idle = seconds(settings.sessionIdle);
  const absolute = seconds(settings.sessionLife);
  const refresh = seconds(settings.refreshTokenLife);
  return {
    AccessToken: access,
    ClientCredentials: access,
    AuthorizationCode: seconds(settings.codeLife),
    IdToken: access,
    Interaction: seconds(settings.signinLife),
    Grant: seconds(settings.consentLife),
    // ASVS 10.4.8: the chain ends at a fixed hour, however often it is rotated.
    RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? refresh,
    Session: (_ctx, session) => {
      const now = epochSeconds(clock.now());
      return Math.max(1, Math.min(idle, (session.loginTs ?? now) + absolute - now));
    },
  };
}

function cookies({ issuer, keyring }: ConfigurationParts): NonNullable<Configuration['cookies']> {
  const secure = issuer.protocol === 'https:';
  const options = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  return {
    // __Host- (RFC 6265bis 4.1.3.2) only works over https; the other two are bound to a path and cannot carry it.
    names: { session: secure ? '__Host-session' : 'session', interaction: 'signin', resume: 'resume' },
    long: { ...options, path: '/' },
    short: options,
    keys: cookieSigning(keyring),
  };
}

/** The `sub` of a citizen at a service: one per owning organisation, never derived from a number (OIDC Core 8.1). */
export function pairwiseSubject(keyring: Keyring, unitId: string, citizenId: string): string {
  return hmacSha256(keyring.active('pairwise').material)
    .update(`pairwise\0${unitId}\0${citizenId}`)
    .digest('base64url');
}

function authMethods({
  clientCertificateHeader,
}: OidcSettings): NonNullable<Configuration['clientAuthMethods']> {
  const always = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
  return clientCertificateHeader === '' ? [...always] : [...always, 'tls_client_auth'];
}

/** Everything the engine is told. Made anew whenever keys change. */
export function engineConfiguration(parts: ConfigurationParts): Configuration {
  const { settings, keyring, registry, clock, pages, attainable } = parts;
  const loadExistingGrant = createLoadExistingGrant({ registry });
  return {
    adapter: createAdapter(parts),
    acrValues: LADDER.filter((rung) => attainable(rung.level)).map((rung) => rung.acr),
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: noteKey(parts),
    claims: SCOPE_CLAIMS,
    clientAuthMethods: authMethods(settings),
    clientBasedCORS: () => false,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    cookies: cookies(parts),
    discovery: {
      ui_locales_supported: ['zh-CN', 'en'],
      service_documentation: undefined,
      ...identityAssuranceMetadata(parts.issuer, parts.methods, VERIFIED_CLAIMS),
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
      userinfoEncryptionAlgValues: [...USERINFO_ALGS],
      userinfoEncryptionEncValues: [...USERINFO_ENCS],
      // Only userinfo is encrypted.
      idTokenEncryptionAlgValues: [],
      idTokenEncryptionEncValues: [],
      clientAuthSigningAlgValues: [...CLIENT_ALGORITHMS],
      dPoPSigningAlgValues: [...CLIENT_ALGORITHMS],
    },
    extraParams: { ui_mode: null, [ANEW_PARAM]: null, [REHEARSE_PARAM]: createRehearsalParam(parts) },
    extraTokenClaims: (ctx) => signinClaims(ctx),
    features: features(parts),
    fetch: parts.fetch as NonNullable<Configuration['fetch']>,
    findAccount: createFindAccount(parts),
    interactions: {
      policy: createPolicy(parts),
      url: (_ctx, interaction) => `/signin/${interaction.uid}`,
    },
    jwks: engineJwks(keyring, seconds(settings.sessionLife), clock.now()),
    loadExistingGrant,
    pairwiseIdentifier: async (_ctx, citizenId, client) => {
      const registered = await registry.find(client.clientId);
      return pairwiseSubject(keyring, registered?.unitId ?? client.clientId, citizenId);
    },
    // RFC 9700 2.1.1: for every client, confidential ones too.
    pkce: { required: () => true },
    renderError: (ctx, out, error) => pages.error(ctx, out, error),
    responseTypes: ['code', 'none'],
    // A consent belongs to the citizen: replays and logouts end tokens, never the consent itself.
    revokeGrantPolicy: () => false,
    rotateRefreshToken: () => true,
    routes: ROUTES,
    scopes: ['openid', 'offline_access'],
    sectorIdentifierUriValidate: () => false,
    subjectTypes: ['pairwise'],
    ttl: lives(parts),
  };
}
