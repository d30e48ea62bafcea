// A real server with one small feature, and raw requests to it: fetch would hide the headers that matter here.
import { request, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../../idp/platform/base/errors.ts';
import { readForm, readText } from '../../../idp/platform/http/body.ts';
import type { Feature } from '../../../idp/platform/http/feature.ts';
import { csrf, csrfToken, forPrograms, type CookieKeys } from '../../../idp/platform/http/guards.ts';
import { allowFormAction } from '../../../idp/platform/http/headers.ts';
import { preferLocale } from '../../../idp/platform/http/presentation.ts';
import { createServer, type HttpSettings, type Listening } from '../../../idp/platform/http/server.ts';
import type { Log, LogFields } from '../../../idp/platform/telemetry/log.ts';
import { createMetrics } from '../../../idp/platform/telemetry/metrics.ts';
import { fakeClock } from '../../support/clock.ts';

export interface Line extends LogFields {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

export function memoryLog(): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const log: Log = {
    info: (message, fields) => void lines.push({ level: 'info', message, ...fields }),
    warn: (message, fields) => void lines.push({ level: 'warn', message, ...fields }),
    error: (message, _error, fields) => void lines.push({ level: 'error', message, ...fields }),
  };
  return { log, lines };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly cookies: readonly string[];
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const req = request(url, { method, headers: { ...length, ...headers }, agent: false }, (res) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('error', reject);
    res.on('end', () =>
      resolve({
        status: res.statusCode ?? 0,
        headers: res.headers,
        text: Buffer.concat(chunks).toString('utf8'),
        cookies: res.headers['set-cookie'] ?? [],
      }),
    );
  });
  req.on('error', reject);
  req.end(body);
  return promise;
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export function keysOf(...states: readonly ['next' | 'active' | 'retired', number][]): CookieKeys {
  const keys = states.map(([state, byte]) => ({ state, material: Buffer.alloc(32, byte) }));
  return {
    active: () => keys.find(({ state }) => state === 'active') ?? { material: Buffer.alloc(0) },
    all: () => keys,
  };
}

/** What the tests of the server look at: an echo, refusals of each kind, a bug, something slow. */
export const probe: Feature = {
  name: 'probe',
  routes(router) {
    router.get('/echo/:uid', (ctx) => {
      const { address, locale, display, browser, reference } = ctx.state;
      ctx.body = { address, locale, display, browser, reference, token: csrfToken(ctx) };
    });
    router.get('/asked', (ctx) => {
      preferLocale(ctx, 'fr en', 'elder');
      ctx.body = { locale: ctx.state.locale, display: ctx.state.display };
    });
    router.get('/page', (ctx) => {
      allowFormAction(ctx, 'https://service.example');
      ctx.type = 'html';
      ctx.body = '<!doctype html><title>x</title>';
    });
    router.post('/guarded', csrf, async (ctx) => {
      ctx.body = await readForm(ctx);
    });
    router.post('/form', async (ctx) => {
      ctx.body = await readForm(ctx);
    });
    router.post('/program', forPrograms, async (ctx) => {
      ctx.body = { text: await readText(ctx, 'application/x-words') };
    });
    router.get('/locked', () => {
      throw new Fault('locked', { until: new Date('2026-01-05T08:10:00Z') });
    });
    router.get('/down', () => {
      throw new Fault('unavailable', { retryAfterSeconds: 5, note: 'postgres' });
    });
    router.get('/bug', () => {
      throw new Error('secret inside');
    });
    router.get('/silent', () => undefined);
    router.get('/slow', async (ctx) => {
      await sleep(400);
      ctx.body = 'done';
    });
    router.get('/stuck', async () => {
      await sleep(20_000, undefined, { ref: false });
    });
  },
};

export interface Serving extends Listening {
  readonly lines: Line[];
  readonly metrics: ReturnType<typeof createMetrics>;
}

export interface ServeOptions {
  readonly settings?: Partial<HttpSettings>;
  readonly publicUrl?: string;
  readonly features?: readonly Feature[];
  readonly keys?: CookieKeys;
}

export function webServer({
  settings,
  publicUrl = 'http://login.example',
  features = [probe],
  keys,
}: ServeOptions = {}) {
  const { log, lines } = memoryLog();
  const metrics = createMetrics();
  const server = createServer({
    settings: {
      host: '127.0.0.1',
      port: 0,
      metricsPort: 0,
      trustedProxyHops: 0,
      drainSeconds: 2,
      ...settings,
    },
    publicUrl: new URL(publicUrl),
    log,
    metrics,
    features,
    clock: fakeClock(new Date('2026-01-05T08:00:00Z')),
    keyring: keys ?? keysOf(['active', 1]),
    sandbox: false,
    before: async (ctx, next) => {
      if (ctx.path.startsWith('/oidc/')) {
        ctx.respond = false;
        ctx.res.end('engine');
      } else {
        await next();
      }
    },
  });
  return { server, lines, metrics };
}

export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const { server, lines, metrics } = webServer(options);
  return { ...(await server.listen()), lines, metrics };
}
