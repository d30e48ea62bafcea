// The phone is lost: whoever registers with a new one and shows their face turns out to have an account already. The new
// phone goes to it, but only after a while in which the old phone can say no.
import type { Audit } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Secret } from '../../platform/base/secret.ts';
import type { Feature } from '../../platform/http/feature.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { CitizenId, Citizens, SignOut } from '../citizens.ts';
import { TOLD_IN, tellPhone } from '../tell.ts';
import { M } from './messages.ts';
import type { Recoveries } from './recovery.ts';

export interface Moves {
  /** Seconds that the old phone has to say no. */
  readonly waitSeconds: number;
  /**
   * Two accounts of one person were found: begins the wait and tells the old phone. Nothing when a recovery of that
   * account stands already. A transaction of its own: no connection is waited for while another one is held.
   */
  open(from: CitizenId, into: CitizenId): Promise<void>;
}

export interface MovesParts {
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly recoveries: Recoveries;
  readonly notify: Pick<Notify, 'text'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly issuer: URL;
  readonly waitSeconds: number;
}

export function createMoves(parts: MovesParts): Moves {
  const { recoveries, waitSeconds } = parts;
  return {
    waitSeconds,
    async open(from, into) {
      const link = await parts.audit.change((tx) => recoveries.open(tx, into, waitSeconds, from));
      if (link) await tellOld(parts, into, link);
    },
  };
}

async function tellOld(parts: MovesParts, into: CitizenId, link: Secret): Promise<void> {
  const { citizens, clock, issuer, waitSeconds } = parts;
  const now = clock.now();
  const until = addSeconds(now, waitSeconds);
  const { phone } = await citizens.attributes(into);
  const text = M.text(TOLD_IN, 'old.phone', {
    time: formatInstant(until, now, TOLD_IN),
    link: new URL(`/recovery/${link.reveal()}`, issuer).href,
  });
  await tellPhone(parts, phone, text);
}

export interface MovingParts extends Omit<MovesParts, 'waitSeconds' | 'issuer'> {
  readonly signOut: (id: CitizenId) => Promise<SignOut>;
}

const MOVES_A_RUN = 50;

/** The job that carries out what nobody cancelled. */
export function movesFeature(parts: MovingParts): Feature {
  const run = async (): Promise<void> => {
    for (const { from, into } of await parts.recoveries.due(MOVES_A_RUN))
      await move(parts, from, into).catch((error: unknown) =>
        parts.log.error('a phone could not be moved to its account', error, { job: 'recovery.moves' }),
      );
  };
  return {
    name: 'recovery',
    jobs: [{ name: 'recovery.moves', everySeconds: 60, exclusive: true, run }],
  };
}

async function move(parts: MovingParts, from: CitizenId, into: CitizenId): Promise<void> {
  const { audit, citizens, recoveries, clock, signOut } = parts;
  const leaving = await signOut(into);
  const moved = await audit.change(async (tx) => {
    // Cancelled in this very moment, or done by another node.
    if (!(await recoveries.close(tx, into, { source: from }))) {
      tx.unchanged();
      return false;
    }
    const actor = 'system';
    const merged = await citizens.merge(tx, from, into, clock.now());
    // Frozen or closed meanwhile: what was asked for is over.
    if (!merged) tx.record({ type: 'citizen.recovery_cancelled', data: {}, citizenId: into, actor });
    else {
      await leaving.tell(tx);
      tx.record({ type: 'citizen.recovered', data: { by: 'new_phone' }, citizenId: into, actor });
      tx.record({ type: 'citizen.merged', data: { caseId: '', into }, citizenId: from, actor });
    }
    return merged;
  });
  if (!moved) return;
  await leaving.end();
  await tellPhone(parts, (await citizens.attributes(into)).phone, M.text(TOLD_IN, 'new.phone'));
}
