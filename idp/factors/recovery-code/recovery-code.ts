// Ten codes on paper, for the day on which the phone is not at hand: each stands in for a text message code once. Not
// here: what a citizen who has lost everything does (signin/recovery).
import type { Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Factor, FactorAccount } from '../factors.ts';
import { createTries } from '../tries.ts';
import { createEnrol } from './enrol.tsx';
import { M } from './messages.ts';
import { createSecond, RECOVERY_AMR, type SecondParts } from './second.tsx';
import * as store from './store.ts';

export interface RecoveryCodeParts extends Omit<SecondParts, 'tries'> {
  readonly limits: Limits;
}

/** 60 bits stand no guessing; the pause is for whoever tries all the same. */
const TRIES = 5;
const WINDOW_SECONDS = 600;

export function createRecoveryCodeFactor(parts: RecoveryCodeParts): Factor {
  const { postgres, limits } = parts;
  const tries = createTries({
    ...parts,
    space: 'recovery-code',
    lockSeconds: WINDOW_SECONDS,
    limit: limits.declare({
      name: 'recovery-code.account',
      per: 'account',
      burst: TRIES,
      periodSeconds: WINDOW_SECONDS,
      why: 'a code is read off paper: more than a few slips are somebody else',
    }),
  });
  return {
    id: 'recovery-code',
    amr: RECOVERY_AMR,
    label: (locale) => M.text(locale, 'label'),
    brings: async (id) => (((await store.findSet(postgres, id))?.left ?? 0) > 0 ? [RECOVERY_AMR] : []),
    second: createSecond({ ...parts, tries }),
    enrol: createEnrol(parts),
    account: listing(parts),
    confirmsPhone: false,
  };
}

function listing({ postgres }: RecoveryCodeParts): FactorAccount {
  return {
    heading: (locale) => M.text(locale, 'heading'),
    async list(citizenId, locale, now) {
      const kept = await store.findSet(postgres, citizenId);
      if (!kept) return [];
      const date = formatInstant(kept.madeAt, now, locale);
      const line =
        kept.left > 0
          ? M.text(locale, 'left', { n: kept.left, date })
          : M.text(locale, 'none_left', { date });
      const name = M.text(locale, 'held_name');
      return [{ id: 'set', name, lines: [line], canRename: false, canRemove: true }];
    },
    add: (locale, held) => M.text(locale, held.length > 0 ? 'replace' : 'add'),
    async remove(tx, citizenId, id) {
      if (id !== 'set' || (await store.removeSet(tx, citizenId)) === 0) return false;
      const actor = `citizen:${citizenId}`;
      tx.record({ type: 'factor.recovery_codes_removed', data: {}, citizenId, actor });
      return true;
    },
  };
}

export function recoveryCodeRecords({ postgres }: Pick<RecoveryCodeParts, 'postgres'>): Records {
  return {
    name: 'recovery_codes',
    rules: [
      {
        table: 'factors.recovery_code',
        keeps: 'until a new set replaces it; removed when the account is closed',
        why: 'what was used once opens nothing any more (PIPL 47)',
      },
    ],
    async exportOf(id) {
      const kept = await store.findSet(postgres, id);
      return kept ? { set_at: shanghaiTime(kept.madeAt), codes_left: kept.left } : null;
    },
    async erase(tx, id) {
      await store.removeSet(tx, id);
    },
  };
}
