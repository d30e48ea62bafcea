// The routes of the four stand-in servers. Personas and the outbox stand on every port, to be easy for scripts.
import { Router } from '@koa/router';
import { Fault } from '../platform/base/errors.ts';
import { isBehaviour, isStandIn, type Behaviours } from './behaviour.ts';
import { SHEET, show } from './document.tsx';
import type { Outbox } from './outbox.ts';
import { controlPage, outboxPage, personasPage, type Addresses } from './pages.tsx';
import { PERSONAS } from './personas.ts';
import { ownForm, type SignedRoute } from './stand-in.ts';
import { isHappening, type Sims } from './vendors/sims.ts';

export interface Shared {
  readonly outbox: Outbox;
  readonly addresses: Addresses;
  readonly behaviours: Behaviours;
  readonly sims: Sims;
}

/** GET /personas.json, /outbox, /outbox.json?phone=, /health/live. */
export function sharedRoutes({ outbox }: Shared): Router {
  const router = new Router();
  router.get('/sandbox.css', (ctx) => {
    ctx.type = 'text/css';
    ctx.body = SHEET;
  });
  router.get('/health/live', (ctx) => void (ctx.body = { status: 'ok' }));
  router.get('/personas.json', (ctx) => void (ctx.body = PERSONAS));
  router.get('/outbox.json', (ctx) => void (ctx.body = outbox.list(one(ctx.query['phone']))));
  router.get('/outbox', (ctx) => {
    const refreshing = ctx.query['still'] === undefined;
    if (refreshing) ctx.set('refresh', '5');
    show(ctx, '短信 · Text messages', outboxPage(outbox.list(one(ctx.query['phone'])), refreshing));
  });
  return router;
}

/** GET /, GET and POST /control, GET /control.json, POST /sims. */
export function hubRoutes(shared: Shared): Router {
  const router = sharedRoutes(shared);
  router.get('/', (ctx) => show(ctx, '试用的人 · Personas', personasPage(shared.addresses)));
  router.get('/control', (ctx) => show(ctx, '外部系统 · Outside systems', controlPage(shared.behaviours)));
  router.get('/control.json', (ctx) => void (ctx.body = shared.behaviours.all()));
  router.post('/control', async (ctx) => {
    const form = await ownForm(ctx);
    const target = form.get('target');
    const behaviour = form.get('behaviour');
    if (!isStandIn(target) || !isBehaviour(target, behaviour)) throw new Fault('bad_request');
    shared.behaviours.set(target, behaviour);
    ctx.status = 303;
    ctx.redirect('/control');
  });
  router.post('/sims', async (ctx) => {
    const form = await ownForm(ctx);
    const [phone, what] = [form.get('phone') ?? '', form.get('happened')];
    if (!/^1\d{10}$/.test(phone) || !isHappening(what)) throw new Fault('bad_request');
    shared.sims.happen(phone, what);
    ctx.status = 303;
    ctx.redirect('/control');
  });
  return router;
}

/** POST `path` for signed questions, and GET /requests.json: what was asked lately, newest last. */
export function standInRoutes(shared: Shared, path: string, route: SignedRoute): Router {
  const router = sharedRoutes(shared);
  router.get('/', (ctx) => ctx.redirect(shared.addresses.hub));
  router.get('/requests.json', (ctx) => void (ctx.body = route.asked()));
  router.post(path, route.handle);
  return router;
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
