// The relying-party side of a government service, as both demo services use it: sign in, what was received, sign out
// here and everywhere. Knows the identity provider by its issuer alone. Not here: a service's own words, look and
// registration (provincial-portal/, city-housing-fund/).
import Koa from 'koa';
import { Router } from '@koa/router';
import { apiRoutes } from './routes/api.ts';
import { backchannelRoutes } from './routes/backchannel.ts';
import { hardening } from './routes/hardening.ts';
import { homeRoutes } from './routes/home.tsx';
import { matterRoutes } from './routes/matter.tsx';
import { createProvider } from './provider.ts';
import { createVisits } from './visits.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { signOutRoutes } from './routes/sign-out.tsx';
import type { RelyingParty, Service } from './party.ts';

export type { RelyingParty, Service } from './party.ts';
export { readSettings, type Settings } from './settings.ts';
export { serve } from './serve.ts';

/** The whole application of one service. Makes no request until someone signs in. */
export function createRelyingParty(service: Service): Koa {
  const party: RelyingParty = {
    ...service,
    provider: createProvider(service.settings),
    visits: createVisits({ clock: service.clock, lifeSeconds: 8 * 3600, capacity: 10_000 }),
  };
  const router = new Router();
  homeRoutes(router, party);
  signInRoutes(router, party);
  signOutRoutes(router, party);
  apiRoutes(router, party);
  matterRoutes(router, party);
  backchannelRoutes(router, party);
  const app = new Koa();
  app.use(hardening(party));
  app.use(router.routes());
  return app;
}
