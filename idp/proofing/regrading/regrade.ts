// A method was found weak (an authority was deceived, a vendor broken): what rests on it is worth less from now on.
// Account by account, each in a transaction of its own, so that it can be stopped and begun again.
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { bestLeft, citizensWith, gradeDown, type Weak } from './store.ts';

export type { Weak } from './store.ts';

export interface RegradeParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly clock: Clock;
}

export interface Regraded {
  /** Accounts with such evidence. */
  readonly accounts: number;
  /** Those among them whose level fell; their sessions ended. */
  readonly lowered: number;
}

const BATCH = 200;
const FIRST = '00000000-0000-0000-0000-000000000000' as CitizenId;

/** `dry`: counts and changes nothing; `lowered` then tells how many would fall. */
export async function regrade(parts: RegradeParts, weak: Weak, dry: boolean): Promise<Regraded> {
  let [accounts, lowered] = [0, 0];
  let after = FIRST;
  for (;;) {
    const batch = await citizensWith(parts.postgres, weak, after, BATCH);
    for (const id of batch) if (await regradeOne(parts, weak, id, dry)) lowered += 1;
    accounts += batch.length;
    const last = batch.at(-1);
    if (last === undefined) return { accounts, lowered };
    after = last;
  }
}

class Dry extends Error {
  readonly falls: boolean;
  constructor(falls: boolean) {
    super('nothing is written');
    this.falls = falls;
  }
}

/** True when the account's level fell. */
async function regradeOne(parts: RegradeParts, weak: Weak, id: CitizenId, dry: boolean): Promise<boolean> {
  const { audit, citizens, clock } = parts;
  const at = clock.now();
  const standing = await citizens.find(id);
  const from = standing?.ial ?? 0;
  try {
    return await audit.change(async (tx) => {
      const facts = await gradeDown(tx, id, weak, at);
      // Somebody else graded it down in the meantime.
      if (facts === 0) {
        tx.unchanged();
        return false;
      }
      const left = await bestLeft(tx, id, at);
      // What has no end of its own ends with the level that rested on it.
      const level = { ial: left?.ial ?? 0, ialExpiresAt: left?.expiresAt ?? standing?.ialExpiresAt };
      const fell = await citizens.lower(tx, id, level, at);
      if (dry) throw new Dry(fell);
      const { method } = weak;
      tx.record({
        type: 'evidence.regraded',
        data: { method, to: weak.to, facts },
        citizenId: id,
        actor: 'operator:cli',
      });
      if (fell)
        tx.record({
          type: 'citizen.level_lowered',
          data: { from, to: level.ial, method, reason: 'regrade' },
          citizenId: id,
          actor: 'operator:cli',
        });
      return fell;
    });
  } catch (error) {
    // Rolled back on purpose: what would have happened is known, and nothing did.
    if (error instanceof Dry) return error.falls;
    throw error;
  }
}
