// Is the process alive, and can it serve: for load balancers and orchestrators. Names and ok/failed only, no reasons.
import type { Feature, HealthCheck } from '../feature.ts';
import type { Log } from '../../telemetry/log.ts';

const CHECK_MS = 2_000;

function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** Runs all checks side by side, each for at most two seconds. */
async function examine(checks: readonly HealthCheck[], log: Log): Promise<Record<string, 'ok' | 'failed'>> {
  const results = await Promise.all(
    checks.map(async (checked): Promise<[string, 'ok' | 'failed']> => {
      const { name } = checked;
      try {
        await within(CHECK_MS, checked.check());
        return [name, 'ok'];
      } catch (error) {
        log.error('health check failed', error, { part: name });
        return [name, 'failed'];
      }
    }),
  );
  return Object.fromEntries(results);
}

/**
 * `/health/live` answers while the process turns; `/health/ready` is 200 `ready` when every check passes, else 503
 * `not_ready` with `Retry-After`, and 503 from the moment the server drains.
 */
export function healthFeature(checks: readonly HealthCheck[], log: Log, draining: () => boolean): Feature {
  return {
    name: 'health',
    routes(router) {
      router.get('/health/live', (ctx) => {
        ctx.body = { status: 'live' };
      });
      router.get('/health/ready', async (ctx) => {
        const results = await examine(checks, log);
        const ready = !draining() && Object.values(results).every((result) => result === 'ok');
        ctx.status = ready ? 200 : 503;
        if (!ready) ctx.set('Retry-After', '5');
        ctx.body = { status: ready ? 'ready' : 'not_ready', checks: results };
      });
    },
  };
}
