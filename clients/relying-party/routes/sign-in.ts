// To the provider and back: authorization code with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 9700 2.1).
import type Router from '@koa/router';
import type { RelyingParty } from '../party.ts';
import { acrsFrom } from '../words/levels.ts';
import { refusalFor, refusalOf } from '../words/refusals.ts';
import { CALLBACK, depart, redeem, tokenForApi } from './departure.ts';
import { carryOut } from './matter.tsx';
import { sendRefusal } from './page.tsx';
import { beginVisit, visitOf } from './request.ts';

export function signInRoutes(router: Router, party: RelyingParty): void {
  router.get('/login', async (ctx) => {
    try {
      await depart(ctx, party, undefined);
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
      if (departure.matter) {
        const token = await tokenForApi(party, ctx.url, departure, state);
        return await carryOut(ctx, party, departure.matter, token);
      }
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
