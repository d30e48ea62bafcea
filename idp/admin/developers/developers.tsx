// The developer portal: a sandbox client in two minutes, and everything that shows how it is doing. Not here: production
// clients and their approval (the console).
import type { Routes } from '../../platform/http/feature.ts';
import { csrf } from '../../platform/http/guards.ts';
import { visiting, type Handler } from '../frame/frame.tsx';
import { checklist, look } from './checklist.tsx';
import { clientPage } from './client.tsx';
import { explainPage } from './explained.tsx';
import { create, home } from './home.tsx';
import { inspector } from './inspector/inspector.tsx';
import type { PortalParts } from './own.ts';
import { result } from './try/result.tsx';
import { begin, callback } from './try/try.ts';

export { INSPECTOR_ASSETS } from './inspector/inspector.tsx';
export type { PortalParts } from './own.ts';

type Page = (parts: PortalParts, ...rest: Parameters<Handler>) => Promise<void>;

export function developersRoutes(router: Routes, parts: PortalParts): void {
  const page = (draws: Page) => visiting(parts, (ctx, visitor) => draws(parts, ctx, visitor));
  router.get('/developers', page(home));
  router.post('/developers/clients', csrf, page(create));
  router.get('/developers/explain', page(explainPage));
  router.post('/developers/explain', csrf, page(explainPage));
  router.get('/developers/inspector', page(inspector));
  router.get('/developers/clients/:id', page(clientPage));
  router.get('/developers/clients/:id/checklist', page(checklist));
  router.post('/developers/clients/:id/checklist', csrf, page(look));
  router.post('/developers/clients/:id/try', csrf, page(begin));
  router.get('/developers/try/callback', page(callback));
  router.get('/developers/try/:try', page(result));
}
