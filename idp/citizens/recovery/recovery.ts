// A recovery that waits: who asks has shown little, so the account's owner is told and has time to say no. Not here: what
// was shown, and what becomes possible afterwards (signin/recovery).
import { createHash } from 'node:crypto';
import type { AuditedTx, Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { CitizenId } from '../citizens.ts';
import * as store from './store.ts';

export type Waiting = store.Waiting;

export interface Recoveries {
  /** The one that stands; undefined when there is none, or when nobody came back for it in time. */
  find(citizenId: CitizenId): Promise<Waiting | undefined>;
  /**
   * Opens one: of a new password, or of the phone of the account `from`. The end of the cancelling link; undefined, and
   * `tx.unchanged()` said, when one stands already. Records its event itself.
   */
  open(
    tx: AuditedTx,
    citizenId: CitizenId,
    waitSeconds: number,
    from?: CitizenId,
  ): Promise<Secret | undefined>;
  /** Whose recovery this link cancels, while that stands. */
  holder(link: string): Promise<CitizenId | undefined>;
  /** Of any number of parallel callers one gets true. Records its event itself. */
  cancel(tx: AuditedTx, link: string): Promise<boolean>;
  /** Moves whose time has come. */
  due(limit: number): Promise<readonly { readonly from: CitizenId; readonly into: CitizenId }[]>;
  /**
   * Uses the one that was opened at this instant, or that brings the phone of this account. False when its time has not
   * come, or when it was cancelled meanwhile, even if another one was opened since.
   */
  close(
    tx: AuditedTx,
    citizenId: CitizenId,
    of: { readonly openedAt: Date } | { readonly source: CitizenId },
  ): Promise<boolean>;
  /** Ends whatever waits: more was shown than waiting stands for. */
  end(tx: AuditedTx, citizenId: CitizenId): Promise<void>;
}

/** So long after its time has come it can be used; then who asked has to ask again. */
const USABLE_DAYS = 7;
const USABLE_SECONDS = USABLE_DAYS * 86_400;

const digestOf = (link: string): Buffer => createHash('sha256').update(link).digest();

/** A link names its account, so that one partition is read, and holds 192 random bits (ASVS 5.0 6.5.1). */
function linkOf(citizenId: CitizenId): string {
  return `${Buffer.from(citizenId.replaceAll('-', ''), 'hex').toString('base64url')}.${randomToken()}`;
}

function holderOf(link: string): CitizenId | undefined {
  const hex = Buffer.from(link.split('.')[0] ?? '', 'base64url').toString('hex');
  if (!/^[\da-f]{32}$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as CitizenId;
}

export function createRecoveries(parts: { readonly postgres: Postgres; readonly clock: Clock }): Recoveries {
  const { postgres, clock } = parts;
  const lapsed = (): Date => addSeconds(clock.now(), -USABLE_SECONDS);
  return {
    async find(citizenId) {
      const waiting = await store.find(postgres, citizenId);
      return waiting && waiting.effectiveAt >= lapsed() ? waiting : undefined;
    },
    async open(tx, citizenId, waitSeconds, from) {
      const link = linkOf(citizenId);
      const openedAt = clock.now();
      const effectiveAt = addSeconds(openedAt, waitSeconds);
      if (
        !(await store.open(
          tx,
          citizenId,
          { openedAt, effectiveAt, source: from ?? null },
          digestOf(link),
          lapsed(),
        ))
      ) {
        tx.unchanged();
        return undefined;
      }
      tx.record({
        type: 'citizen.recovery_opened',
        data: { until: effectiveAt.toISOString() },
        citizenId,
        actor: 'system',
      });
      return secret(link);
    },
    async holder(link) {
      const citizenId = holderOf(link);
      const found = citizenId && (await store.stands(postgres, citizenId, digestOf(link)));
      return found === true ? citizenId : undefined;
    },
    async cancel(tx, link) {
      const citizenId = holderOf(link);
      if (!citizenId || !(await store.cancel(tx, citizenId, digestOf(link)))) {
        tx.unchanged();
        return false;
      }
      tx.record({ type: 'citizen.recovery_cancelled', data: {}, citizenId, actor: 'system' });
      return true;
    },
    due: async (limit) =>
      (await store.due(postgres, clock.now(), limit)).map(({ source, target }) => ({
        from: source as CitizenId,
        into: target as CitizenId,
      })),
    close: (tx, citizenId, of) => store.close(tx, citizenId, of, clock.now()),
    end: (tx, citizenId) => store.end(tx, citizenId),
  };
}

export function recoveryRecords({ postgres }: { readonly postgres: Postgres }): Records {
  return {
    name: 'recovery',
    rules: [
      {
        table: 'citizens.recovery',
        keeps: 'until it is used or cancelled, or a week after its time has come',
        why: 'what nobody came back for is nobody’s wish any more (PIPL 47)',
        removal: {
          days: USABLE_DAYS,
          due: (before) => store.countLapsed(postgres, before),
          remove: store.removeLapsed,
        },
      },
    ],
    async exportOf(id) {
      const waiting = await store.find(postgres, id);
      return waiting
        ? { opened_at: shanghaiTime(waiting.openedAt), takes_effect_at: shanghaiTime(waiting.effectiveAt) }
        : null;
    },
    async erase(tx, id) {
      await store.erase(tx, id);
    },
  };
}
