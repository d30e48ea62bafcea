// The web server: what happens to every request before a feature sees it, in one readable order.
import type { RequestListener, Server } from 'node:http';
import { Router } from '@koa/router';
import Koa, { type Middleware, type Next, type ParameterizedContext } from 'koa';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import { referenceNumber } from '../base/ids.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { callerAddress } from './addresses/caller.ts';
import { answerFault, faultOf, isGone } from './faults.ts';
import type { Feature, RequestState } from './feature.ts';
import { armGuards, type CookieKeys } from './guards.ts';
import { baseHeaders } from './headers.ts';
import { presentation } from './presentation.ts';
import { createAccess, METHODS } from './serving/access.ts';
import { healthFeature } from './serving/health.ts';
import { closePort, openPort, urlOf } from './serving/ports.ts';

const port = z.number().int().min(0).max(65_535);

export const httpSettings = z.strictObject({
  host: z.string().min(1).describe('Address that the public port and the metrics port listen on.'),
  port: port.describe('Public TCP port; 0 takes any free one.'),
  metricsPort: port.describe('TCP port of /metrics, not for the public; 0 takes any free one.'),
  trustedProxyHops: z
    .number()
    .int()
    .min(0)
    .max(5)
    .describe(
      'How many proxies of ours stand before the server and append to X-Forwarded-For; 0 ignores the header.',
    ),
  drainSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .describe('Seconds that requests in flight have to finish when the server stops.'),
});

export type HttpSettings = z.infer<typeof httpSettings>;

export interface ServerParts {
  readonly settings: HttpSettings;
  /** The issuer: its scheme decides on Secure cookies and HSTS, its origin on who may post forms. */
  readonly publicUrl: URL;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly features: readonly Feature[];
  readonly clock: Clock;
  readonly keyring: CookieKeys;
  readonly sandbox: boolean;
  /** The protocol engine: stands before languages, cookies and routes, because most requests are its. */
  readonly before: Middleware;
}

export interface Listening {
  /** `http://host:port` of the public port. */
  readonly url: string;
  /** Stops accepting, lets requests finish within `drainSeconds`, closes both ports. */
  close(): Promise<void>;
}

export interface WebServer {
  readonly app: Koa;
  /** Opens both ports. Rejects with one line that names the setting when a port is taken. */
  listen(): Promise<Listening>;
}

type Context = ParameterizedContext<RequestState>;

/** Whether the server is on its way out; read by readiness and by every answer. */
interface Draining {
  on: boolean;
}

/** Builds the server; nothing listens yet. */
export function createServer(parts: ServerParts): WebServer {
  const draining: Draining = { on: false };
  const app = new Koa<RequestState>();
  app.on('error', (error: unknown) => {
    if (!isGone(error) && !faultOf(error)) parts.log.error('response failed', error);
  });
  app.use(everyAnswer(parts, draining));
  app.use(caller(parts.settings.trustedProxyHops));
  app.use(knownMethod);
  app.use(parts.before);
  app.use(presentation(parts.publicUrl.protocol === 'https:'));
  app.use(pageDefaults);
  const router = routerOf(parts, draining);
  app.use(router.routes());
  app.use(unmatched);
  const answer = app.callback();
  return {
    app,
    listen: () => listen(parts, draining, (req, res) => void answer(req, res)),
  };
}

/** Reference number, headers, measurement, and the one place where errors become answers. */
function everyAnswer(parts: ServerParts, draining: Draining) {
  const headers = baseHeaders(parts.publicUrl.protocol === 'https:');
  const watch = createAccess(parts.log, parts.metrics);
  const forgery = { keys: parts.keyring, origin: parts.publicUrl.origin };
  return async (ctx: Context, next: Next): Promise<void> => {
    ctx.state.reference = referenceNumber();
    armGuards(ctx.state, forgery);
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    ctx.res.setHeader('X-Reference', ctx.state.reference);
    if (draining.on) ctx.res.setHeader('Connection', 'close');
    watch(ctx);
    try {
      await next();
    } catch (error) {
      // Half an answer cannot be taken back: Koa cuts the connection and tells the log.
      if (ctx.headerSent) throw error;
      ctx.respond = true;
      answerFault(ctx, error, parts);
    }
  };
}

function caller(hops: number) {
  return (ctx: Context, next: Next): Promise<unknown> => {
    const forwarded = ctx.req.headers['x-forwarded-for'];
    const text = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    ctx.state.address = callerAddress(ctx.req.socket.remoteAddress ?? '', text, hops);
    return next();
  };
}

/** TRACE would echo cookies; nobody needs the rest. */
function knownMethod(ctx: Context, next: Next): Promise<unknown> {
  if (METHODS.has(ctx.method)) return next();
  ctx.set('Allow', [...METHODS].join(', '));
  throw new Fault('method_not_allowed');
}

/** What routes answer is not for caches unless they say so; a route that answers nothing has not found anything. */
async function pageDefaults(ctx: Context, next: Next): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  await next();
  const silent = ctx.respond !== false && !ctx.headerSent && ctx.status === 404;
  if (silent && (ctx.body === undefined || ctx.body === null)) throw new Fault('not_found');
}

function routerOf({ features, log }: ServerParts, draining: Draining): Router<RequestState> {
  const router = new Router<RequestState>();
  const checks = features.flatMap((feature) => feature.health ?? []);
  for (const feature of [healthFeature(checks, log, () => draining.on), ...features])
    feature.routes?.(router);
  return router;
}

/** The path is known under other methods: 405 with Allow (RFC 9110 15.5.6). Else 404. */
function unmatched(ctx: Context & { matched?: readonly { methods: readonly string[] }[] }): never {
  const allowed = new Set((ctx.matched ?? []).flatMap(({ methods }) => methods));
  if (allowed.size === 0) throw new Fault('not_found');
  ctx.set('Allow', [...allowed].join(', '));
  throw new Fault('method_not_allowed');
}

function metricsAnswer({ metrics, log }: ServerParts): RequestListener {
  return (req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => res.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      (error: unknown) => {
        log.error('metrics failed', error);
        res.writeHead(500).end();
      },
    );
  };
}

async function listen(parts: ServerParts, draining: Draining, answer: RequestListener): Promise<Listening> {
  const { host, port, metricsPort, drainSeconds } = parts.settings;
  const open = await openPort({ setting: 'http.port', host, port }, answer);
  let metrics: Server;
  try {
    metrics = await openPort({ setting: 'http.metricsPort', host, port: metricsPort }, metricsAnswer(parts));
  } catch (error) {
    await closePort(open, 0);
    throw error;
  }
  return {
    url: urlOf(open),
    async close() {
      draining.on = true;
      await closePort(open, drainSeconds);
      await closePort(metrics, 0);
    },
  };
}
