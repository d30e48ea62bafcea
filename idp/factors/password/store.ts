// The passwords of citizens, as hashes: one row per citizen, one point read per sign-in.
import type { AuditedTx } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { sql, type Postgres } from '../../platform/store/postgres.ts';
import type { Kept } from './hashing.ts';

export interface KeptPassword extends Kept {
  /** True when it may sign in without a second factor. */
  readonly alone: boolean;
}

export interface PasswordStore {
  find(citizenId: CitizenId): Promise<KeptPassword | undefined>;
  /** Sets or replaces. */
  save(tx: AuditedTx, citizenId: CitizenId, kept: KeptPassword, at: Date): Promise<void>;
  /** Replaces the hash of an unchanged password; false when the password was changed meanwhile. */
  renew(tx: AuditedTx, citizenId: CitizenId, from: Kept, to: Kept, at: Date): Promise<boolean>;
}

export function createPasswordStore(postgres: Postgres): PasswordStore {
  return {
    find: (citizenId) =>
      postgres.row<KeptPassword>(
        sql`select hash, pepper_key as "pepperKey", alone from factors.password where citizen_id = ${citizenId}`,
      ),
    async save(tx, citizenId, kept, at) {
      await tx.run(sql`
        insert into factors.password (citizen_id, hash, pepper_key, alone, set_at, hashed_at)
        values (${citizenId}, ${kept.hash}, ${kept.pepperKey}, ${kept.alone}, ${at}, ${at})
        on conflict (citizen_id) do update
          set hash = excluded.hash, pepper_key = excluded.pepper_key, alone = excluded.alone,
              set_at = excluded.set_at, hashed_at = excluded.hashed_at`);
    },
    async renew(tx, citizenId, from, to, at) {
      const rows = await tx.run(sql`
        update factors.password set hash = ${to.hash}, pepper_key = ${to.pepperKey}, hashed_at = ${at}
        where citizen_id = ${citizenId} and hash = ${from.hash}`);
      return rows === 1;
    },
  };
}
