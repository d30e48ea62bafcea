// The passkeys as records of a citizen: which ones, since when, under the names that the citizen gave them.
import type { Records } from '../../../audit/audit.ts';
import type { CitizenId } from '../../../citizens/citizens.ts';
import { shanghaiTime } from '../../../platform/base/calendar.ts';
import type { Sealer } from '../../../platform/crypto/seal.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import { NAME_PLACE, type Passkey } from '../passkey.ts';
import { providerOf } from '../providers.ts';
import { findAll } from '../store.ts';
import * as store from './store.ts';

const WHY = 'it opens nothing any more (PIPL 47)';

export function passkeyRecords(parts: { readonly postgres: Postgres; readonly sealer: Sealer }): Records {
  const told = ({ id, name, aaguid, synced, createdAt, usedAt, suspectAt }: Passkey) => ({
    ...(name ? { name: parts.sealer.open(name, NAME_PLACE, id) } : {}),
    kept_in: providerOf(aaguid) ?? null,
    synced,
    set_at: shanghaiTime(createdAt),
    ...(usedAt ? { used_at: shanghaiTime(usedAt) } : {}),
    stopped: suspectAt !== null,
  });
  return {
    name: 'passkeys',
    rules: [
      {
        table: 'factors.webauthn_credential',
        keeps: 'as long as the account, or until the citizen removes it',
        why: WHY,
      },
      { table: 'factors.webauthn_lookup', keeps: 'as long as the passkey that it leads to', why: WHY },
      {
        table: 'factors.webauthn_declined',
        keeps: 'as long as the account: when a passkey was last declined',
        why: 'nobody is asked again each time; removed with the account (PIPL 47)',
      },
    ],
    exportOf: async (id) => (await findAll(parts.postgres, id as CitizenId)).map(told),
    erase: (tx, id) => store.removeAll(tx, id),
  };
}
