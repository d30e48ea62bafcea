// Both back ends of short-lived state, for describe.each: what holds over one must hold over the other.
import type { Ephemeral } from '../../idp/platform/store/ephemeral.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import { testDatabase } from './postgres.ts';
import { testRedis } from './redis.ts';

export interface BackEnd {
  readonly name: 'PostgreSQL' | 'Redis';
  /** An empty store; `close` ends its connections. */
  readonly open: () => Promise<Ephemeral>;
}

const onPostgres: BackEnd = {
  name: 'PostgreSQL',
  async open() {
    const database = await testDatabase(20);
    return { ...createPostgresEphemeral(database.postgres), close: () => database.close() };
  },
};

const onRedis: BackEnd = { name: 'Redis', open: () => Promise.resolve(testRedis()) };

/** The quick run (TONGXING_TEST_QUICK=1) leaves Redis out. */
export const redisIsIncluded = (): boolean => process.env['TONGXING_TEST_QUICK'] !== '1';

/** describe.each(backEnds())('...on $name', ({ open }) => ...) */
export function backEnds(): readonly BackEnd[] {
  return redisIsIncluded() ? [onPostgres, onRedis] : [onPostgres];
}
