// The stores as parts of the running system: where short-lived state is kept, and what watches over stores and limits.
import type { Command, Feature } from './platform/http/feature.ts';
import type { Limits } from './platform/limits/limits.ts';
import { createPostgresEphemeral } from './platform/store/ephemeral-postgres.ts';
import type { Ephemeral } from './platform/store/ephemeral.ts';
import type { Postgres } from './platform/store/postgres.ts';
import { createRedisEphemeral } from './platform/store/redis/ephemeral-redis.ts';
import { openRedis } from './platform/store/redis/redis.ts';
import type { Log } from './platform/telemetry/log.ts';
import type { Settings } from './settings.ts';

export interface StoresParts {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly limits: Limits;
}

/** Redis, or a table on PostgreSQL with the job that sweeps it. */
export function openEphemeral(
  settings: Settings,
  postgres: Postgres,
  log: Log,
): { ephemeral: Ephemeral; sweep: Feature } {
  if (settings.redis.mode !== 'off') {
    const redis = openRedis(settings.redis, (error) => log.error('redis', error));
    return {
      ephemeral: createRedisEphemeral(redis, settings.redis),
      sweep: { name: 'redis' },
    };
  }
  const ephemeral = createPostgresEphemeral(postgres);
  const run = async (): Promise<void> => void (await ephemeral.sweep());
  return {
    ephemeral,
    sweep: { name: 'ephemeral', jobs: [{ name: 'ephemeral.sweep', everySeconds: 60, exclusive: true, run }] },
  };
}

/** Their health, the sweeping of what ended, and the list of limits. */
export function storesFeature({ postgres, ephemeral, limits }: StoresParts): Feature {
  const run = async (): Promise<void> => void (await limits.sweep());
  return {
    name: 'stores',
    jobs: [{ name: 'limits.sweep', everySeconds: 3600, exclusive: true, run }],
    commands: [limitsCommand(limits)],
    health: [
      { name: 'postgres', check: () => postgres.ping() },
      { name: 'ephemeral', check: () => ephemeral.ping() },
    ],
  };
}

function limitsCommand(limits: Limits): Command {
  return {
    name: 'limits',
    usage: '[--json]',
    summary: 'every declared limit: how much, per what, and why',
    run(args, io) {
      if (args.includes('--json')) io.out(JSON.stringify(limits.list()));
      else
        for (const { name, burst, periodSeconds, per, why } of limits.list())
          io.out(`${name}: ${burst} in ${periodSeconds} s per ${per} (${why})`);
      return Promise.resolve(0);
    },
  };
}
