// Leaving for the provider, and what the code brings: a sign-in, or a token for the service's own API.
import type { Context } from 'koa';
import * as client from 'openid-client';
import type { RelyingParty } from '../party.ts';
import { remember, type Departure, type Matter, type SignedIn } from '../visits.ts';
import { acrOf, acrsFrom } from '../words/levels.ts';
import { apiOf } from './api.ts';
import { beginVisit, languageOf, visitOf } from './request.ts';

export const CALLBACK = '/callback';

/** Sends the browser off. `matter`: for a token of our own API instead of a sign-in. Throws ProviderUnreachable. */
export async function depart(ctx: Context, party: RelyingParty, matter: Matter | undefined): Promise<void> {
  const configuration = await party.provider.configuration();
  const visit = visitOf(ctx, party) ?? beginVisit(ctx, party);
  const departure = { nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), matter };
  const state = client.randomState();
  remember(visit, state, departure);
  const parameters = await parametersOf(party, departure, state, languageOf(ctx, party));
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(client.buildAuthorizationUrl(configuration, parameters).href);
  ctx.status = 303;
}

/** What a challenge asks goes into the request as it came (RFC 9470 section 4). */
function challenged({ challenge }: Matter): Record<string, string> {
  const { acrValues, maxAge } = challenge ?? {};
  return {
    ...(acrValues === undefined ? {} : { acr_values: acrValues }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
  };
}

async function parametersOf(
  { settings, asks }: RelyingParty,
  departure: Departure,
  state: string,
  language: string,
): Promise<Record<string, string>> {
  // A wish may go unmet and the token says so; a condition may not (OIDC Core 5.5.1.1).
  const level: Record<string, string> = asks.essential
    ? { claims: JSON.stringify({ id_token: { acr: { essential: true, values: acrsFrom(asks.level) } } }) }
    : { acr_values: acrOf(asks.level) };
  return {
    redirect_uri: settings.origin + CALLBACK,
    scope: settings.scope,
    state,
    nonce: departure.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(departure.verifier),
    code_challenge_method: 'S256',
    ui_locales: language,
    ...(departure.matter ? { resource: apiOf(settings), ...challenged(departure.matter) } : level),
  };
}

/** Code -> an access token that is good at our own API and nowhere else (RFC 8707). */
export async function tokenForApi(
  party: RelyingParty,
  url: string,
  departure: Departure,
  state: string,
): Promise<string> {
  const { access_token: token } = await client.authorizationCodeGrant(
    await party.provider.configuration(),
    new URL(url, party.settings.origin),
    { pkceCodeVerifier: departure.verifier, expectedNonce: departure.nonce, expectedState: state },
    { resource: apiOf(party.settings) },
  );
  return token;
}

/** Code -> tokens -> userinfo. What the two say together is what was received. */
export async function redeem(
  party: RelyingParty,
  url: URL,
  departure: Departure,
  state: string,
): Promise<SignedIn> {
  const configuration = await party.provider.configuration();
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: departure.verifier,
    expectedNonce: departure.nonce,
    expectedState: state,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims || tokens.id_token === undefined) throw new Error('no ID token came with the access token');
  const info = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  const amr: unknown = claims['amr'];
  return {
    sub: claims.sub,
    sid: typeof claims['sid'] === 'string' ? claims['sid'] : undefined,
    idToken: tokens.id_token,
    acr: typeof claims['acr'] === 'string' ? claims['acr'] : '',
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    claims: { ...claims, ...info },
    at: party.clock.now(),
  };
}
