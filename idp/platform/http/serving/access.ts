// One log line and one measurement for each request, by route pattern: paths hold identifiers of sign-ins.
import type { ParameterizedContext } from 'koa';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { RequestState } from '../feature.ts';

type Context = ParameterizedContext<RequestState>;

/** Methods that anything here answers to; the rest is refused before routing and measured as one. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** Closed, because a label that callers can write would fill the memory of the metrics. */
const PROTOCOL =
  /^\/oidc\/(authorize|token|userinfo|jwks|par|introspect|revoke|logout|register|device|challenge)(\/.*)?$/;
const WELL_KNOWN = new Set([
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-federation',
]);

/** The pattern that a request is counted under: the router's, a protocol path, or `unmatched`. */
export function routeOf(ctx: Pick<Context, 'path'> & { readonly _matchedRoute?: unknown }): string {
  const { _matchedRoute: matched } = ctx;
  if (typeof matched === 'string') return matched;
  if (WELL_KNOWN.has(ctx.path)) return ctx.path;
  const [, act, rest] = PROTOCOL.exec(ctx.path) ?? [];
  if (act === undefined) return 'unmatched';
  return `/oidc/${act}${rest === undefined ? '' : '/*'}`;
}

/** Status 499 stands for a caller who left before the answer was out. */
const ABANDONED = 499;

/** Returns how to watch one request; it reports when the response is out or the connection is gone. */
export function createAccess(log: Log, metrics: Metrics): (ctx: Context) => void {
  const observe = metrics.histogram('http_request_seconds', 'Time to answer a request', [
    'method',
    'route',
    'status',
  ]);
  return (ctx) => {
    const begun = performance.now();
    ctx.res.once('close', () => {
      const ms = performance.now() - begun;
      const status = ctx.res.writableFinished ? ctx.res.statusCode : ABANDONED;
      const method = METHODS.has(ctx.method) ? ctx.method : 'other';
      const route = routeOf(ctx);
      observe(ms / 1000, method, route, String(status));
      log.info('request', { reference: ctx.state.reference, method, route, status, ms: Math.round(ms) });
    });
  };
}
