// The posts of a citizen as records: what somebody did in a post stays, whose account it was goes with the account.
import type { Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import * as store from './store.ts';

export function operatorRecords(parts: { readonly postgres: Postgres; readonly clock: Clock }): Records {
  return {
    name: 'posts',
    rules: [
      {
        table: 'registry.operator',
        keeps:
          'posts as long as the trail of what was done in them; the account behind it until it is closed',
        why: 'who approved a service must be explainable; after closing, nothing leads to the person (PIPL 47)',
      },
    ],
    async exportOf(id) {
      const posts = await store.postsOf(parts.postgres, id, parts.clock.now());
      return posts.map(({ unitId, role, grantedAt, leavesAt }) => ({
        unit: unitId,
        role,
        since: shanghaiTime(grantedAt),
        until: leavesAt && shanghaiTime(leavesAt),
      }));
    },
    async erase(tx, citizenId, at) {
      const operator = await store.forgetCitizen(tx, citizenId, at);
      if (operator)
        tx.record({
          type: 'operator.forgotten',
          data: { operator },
          citizenId,
          actor: `citizen:${citizenId}`,
        });
    },
  };
}
