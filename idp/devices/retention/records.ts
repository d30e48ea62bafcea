// The devices as records of a citizen: what they are, where they were, until when.
import type { Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { KIND_WORDS } from '../browser.ts';
import { knownDevices } from '../known.ts';
import type { Places } from '../places.ts';
import * as store from '../store.ts';

export interface DeviceRecordsParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly places: Places;
  readonly keepDays: number;
}

export function deviceRecords(parts: DeviceRecordsParts): Records {
  const { postgres, places, keepDays } = parts;
  return {
    name: 'devices',
    rules: [
      {
        table: 'devices.device',
        keeps: 'a while after the last sign-in with it, at the longest as long as the account',
        why: 'tells a new device from a known one; a cookie that ran out can never come back (PIPL 19)',
        removal: {
          days: keepDays,
          due: (before) => store.countUnused(postgres, before),
          remove: store.removeUnused,
        },
      },
    ],
    async exportOf(id) {
      return (await knownDevices(parts, id)).map((known) => ({
        system: known.system,
        family: known.family,
        first_used_at: shanghaiTime(known.firstSeenAt),
        last_used_at: shanghaiTime(known.lastSeenAt),
        trusted_until: known.trustedUntil && shanghaiTime(known.trustedUntil),
        places: known.places.map((code) => places.named(code)?.name['zh-CN'] ?? code),
      }));
    },
    words: KIND_WORDS,
    erase: (tx, id) => store.removeAll(tx, id),
  };
}
