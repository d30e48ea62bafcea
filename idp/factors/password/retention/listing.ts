// The password as the account centre lists it: that there is one, and since when.
import { formatInstant } from '../../../platform/i18n/format.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { FactorAccount } from '../../factors.ts';
import { M } from '../messages.ts';
import { passwordOf } from './store.ts';

export function createListing(postgres: Postgres): FactorAccount {
  return {
    heading: (locale) => M.text(locale, 'heading'),
    async list(citizenId, locale, now) {
      const kept = await passwordOf(postgres, citizenId);
      if (!kept) return [];
      const line = M.text(locale, 'set_on', { date: formatInstant(kept.setAt, now, locale) });
      const name = M.text(locale, 'label');
      return [{ id: 'password', name, lines: [line], canRename: false, canRemove: false }];
    },
    add: (locale, held) => M.text(locale, held.length > 0 ? 'change' : 'choose'),
  };
}
