// The password as a record of a citizen: that there is one and since when; what it is nobody knows.
import type { Records } from '../../../audit/audit.ts';
import { shanghaiTime } from '../../../platform/base/calendar.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import * as store from './store.ts';

export function passwordRecords({ postgres }: { readonly postgres: Postgres }): Records {
  return {
    name: 'password',
    rules: [
      {
        table: 'factors.password',
        keeps: 'as long as the account; removed when it is closed',
        why: 'it opens nothing any more (PIPL 47)',
      },
    ],
    async exportOf(id) {
      const kept = await store.passwordOf(postgres, id);
      return kept ? { set_at: shanghaiTime(kept.setAt), signs_in_alone: kept.alone } : null;
    },
    erase: (tx, id) => store.remove(tx, id),
  };
}
