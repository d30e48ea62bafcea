// The provider tells us, server to server, that a citizen signed out somewhere else.
import type Router from '@koa/router';
import { only, readForm } from './form.ts';
import { BadLogoutToken, createLogoutTokens } from '../logout-token.ts';
import type { RelyingParty } from '../party.ts';

/** POST /backchannel-logout (OpenID Connect Back-Channel Logout 1.0, section 2.8: 200, or 400 with a reason). */
export function backchannelRoutes(router: Router, party: RelyingParty): void {
  const { settings, clock, visits, provider } = party;
  let tokens: ReturnType<typeof createLogoutTokens> | undefined;

  router.post('/backchannel-logout', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const form = await readForm(ctx);
    const token = form && only(form, 'logout_token');
    const refuse = (why: string): void => {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: why };
    };
    if (token === undefined) return refuse('logout_token must be sent once, as a form');
    try {
      const { issuer } = (await provider.configuration()).serverMetadata();
      tokens ??= createLogoutTokens({ issuer, clientId: settings.clientId, clock });
      visits.endAll(await tokens.verify(token, await provider.keys()));
      ctx.status = 200;
      ctx.body = '';
    } catch (error) {
      if (error instanceof BadLogoutToken) return refuse(error.message);
      ctx.status = 503;
      ctx.set('Retry-After', '5');
      ctx.body = { error: 'temporarily_unavailable', error_description: 'the keys could not be fetched' };
    }
  });
}
