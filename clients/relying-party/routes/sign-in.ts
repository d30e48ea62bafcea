// To the provider and back: authorization code with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 9700 2.1).
import type Router from '@koa/router';
import * as client from 'openid-client';
import type { RelyingParty } from '../party.ts';
import { remember, type Departure, type SignedIn } from '../visits.ts';
import { acrOf, acrsFrom } from '../words/levels.ts';
import { refusalFor, refusalOf } from '../words/refusals.ts';
import { sendRefusal } from './page.tsx';
import { beginVisit, languageOf, visitOf } from './request.ts';

export const CALLBACK = '/callback';

export function signInRoutes(router: Router, party: RelyingParty): void {
  router.get('/login', async (ctx) => {
    try {
      const configuration = await party.provider.configuration();
      const visit = visitOf(ctx, party) ?? beginVisit(ctx, party);
      const departure = { nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const state = client.randomState();
      remember(visit, state, departure);
      const parameters = await parametersOf(party, departure, state, languageOf(ctx, party));
      ctx.set('Cache-Control', 'no-store');
      ctx.redirect(client.buildAuthorizationUrl(configuration, parameters).href);
      ctx.status = 303;
    } catch (error) {
      sendRefusal(ctx, party, refusalFor(error));
    }
  });

  router.get(CALLBACK, async (ctx) => {
    const state = ctx.query['state'];
    const visit = visitOf(ctx, party);
    const departure = typeof state === 'string' ? visit?.departures.get(state) : undefined;
    if (typeof state !== 'string' || !departure) return sendRefusal(ctx, party, refusalOf('login_expired'));
    // Once only: the same answer, coming twice, must not be tried twice.
    visit?.departures.delete(state);
    try {
      const signedIn = await redeem(party, new URL(ctx.url, party.settings.origin), departure, state);
      if (party.asks.essential && !acrsFrom(party.asks.level).includes(signedIn.acr))
        return sendRefusal(ctx, party, refusalOf('unmet_authentication_requirements'));
      beginVisit(ctx, party, signedIn);
      ctx.redirect('/');
      ctx.status = 303;
    } catch (error) {
      sendRefusal(ctx, party, refusalFor(error));
    }
  });
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
    ...level,
  };
}

/** Code -> tokens -> userinfo. What the two say together is what was received. */
async function redeem(party: RelyingParty, url: URL, departure: Departure, state: string): Promise<SignedIn> {
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
