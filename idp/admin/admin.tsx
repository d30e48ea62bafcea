// The console and the developer portal: the pages of those who manage relying parties, and the same as an API. Not
// here: what may be done (registry/), how somebody signs in (signin/).
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../platform/base/duration.ts';
import type { Feature, Routes } from '../platform/http/feature.ts';
import { ownClient, type Client } from '../registry/registry.ts';
import { auditRoutes } from './audit/audit.tsx';
import { clientRoutes } from './clients/client.tsx';
import { clientsRoutes } from './clients/clients.tsx';
import { credentialsRoutes } from './credentials/credentials.tsx';
import { supportRoutes } from './support/support.tsx';
import { systemRoutes } from './system/system.tsx';
import { operatorsRoutes } from './operators/operators.tsx';
import { programsRoutes, type ProgramPageParts } from './programs/programs.tsx';
import { developersRoutes, type PortalParts } from './developers/developers.tsx';
import { entranceRoutes } from './frame/entrance.tsx';
import { CONSOLE_CLIENT, type AdminParts } from './frame/frame.tsx';
import { M } from './frame/messages.ts';
import { unitsRoutes } from './units/units.tsx';
import { launchRoutes } from './launch/launch.tsx';
import { requestsRoutes } from './requests/requests.tsx';

export { INSPECTOR_ASSETS } from './developers/developers.tsx';
export type { AdminParts } from './frame/frame.tsx';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const adminSettings = z.strictObject({
  sessionIdle: duration
    .refine((text) => isDuration(text, 900), 'must be a duration of at most 15m')
    .describe('A console session ends after this long without a request; at most 15m.'),
  sessionLife: duration
    .refine((text) => isDuration(text, 28_800), 'must be a duration of at most 8h')
    .describe('A console session ends this long after signing in, whatever happens; at most 8h.'),
});

export function consoleClient(issuer: URL): Client {
  const name = { 'zh-CN': M.text('zh-CN', 'client.name'), en: M.text('en', 'client.name') };
  // A verified real name; the passkey is asked for by `anew`.
  return ownClient(issuer, {
    clientId: CONSOLE_CLIENT,
    name,
    minimumLevel: 'l2',
    signedIn: '/admin/signed-in',
  });
}

export function createAdmin(parts: AdminParts & PortalParts & ProgramPageParts): Feature {
  return {
    name: 'admin',
    routes(router: Routes) {
      entranceRoutes(router, parts);
      unitsRoutes(router, parts);
      auditRoutes(router, parts);
      supportRoutes(router, parts);
      systemRoutes(router, parts);
      clientsRoutes(router, parts);
      clientRoutes(router, parts);
      requestsRoutes(router, parts);
      launchRoutes(router, parts);
      operatorsRoutes(router, parts);
      programsRoutes(router, parts);
      developersRoutes(router, parts);
      credentialsRoutes(router, parts);
    },
  };
}
