// Failures in a row, counted in Postgres. Counted apart: those of a device that is known to belong to the account, which
// strangers can neither spend nor end.
import { addSeconds, type Clock } from '../base/clock.ts';
import type { Postgres, Queryable } from '../store/postgres.ts';
import type { SubjectKey, SubjectKeys } from './limits.ts';
import {
  deleteQuiet,
  deleteStreak,
  lengthenStreak,
  readStreak,
  stopStreak,
  type StreakRow,
  type StreakState,
} from './store.ts';

/** Whose secret is guessed, and by whom. */
export interface Streak {
  /** One per kind of secret. */
  readonly space: string;
  /** May be personal: it is keyed by HMAC before it leaves the process. */
  readonly subject: string;
  /** A known device; undefined: anybody. */
  readonly guesser: string | undefined;
}

export interface Streaks {
  /** Adds one failure and answers how many there are in a row now. */
  lengthen(streak: Streak): Promise<number>;
  read(streak: Streak): Promise<StreakState>;
  /** It is at its end: from now on it stands until `end` or `endAll`. `within`: the transaction that records why. */
  stop(streak: Streak, within: Queryable): Promise<void>;
  /** After a success. */
  end(streak: Streak): Promise<void>;
  /** The secret is another one: the streaks of everybody end. `within`: the transaction that changed it. */
  endAll(streak: Omit<Streak, 'guesser'>, within: Queryable): Promise<void>;
  sweep(): Promise<number>;
}

/** A guesser who waits a year between two tries is let off the first one. */
const QUIET_SECONDS = 365 * 86_400;
const ANYBODY = Buffer.alloc(0);

interface StreaksParts {
  readonly postgres: Postgres;
  readonly keyring: SubjectKeys;
  readonly clock: Clock;
  readonly digest: (key: SubjectKey, space: string, subject: string) => Buffer;
}

export function createStreaks({ postgres, keyring, clock, digest }: StreaksParts): Streaks {
  // Like a counter, a streak goes with the index key that it stands under: one set of tries more when that key is
  // removed, years later. While the key is in the ring all of them count.
  const under = (space: string, text: string): [Buffer, ...Buffer[]] => {
    const active = keyring.active('index');
    const older = keyring.all('index').filter((key) => key.id !== active.id);
    return [digest(active, space, text), ...older.map((key) => digest(key, space, text))];
  };
  const rowOf = ({ space, subject, guesser }: Streak): StreakRow => ({
    space,
    subjects: under(`streak ${space}`, subject),
    guessers: guesser === undefined ? [ANYBODY] : under(`streak ${space} guesser`, guesser),
  });
  return {
    lengthen: (streak) => lengthenStreak(postgres, rowOf(streak), clock.now()),
    read: (streak) => readStreak(postgres, rowOf(streak)),
    stop: (streak, within) => stopStreak(within, rowOf(streak), clock.now()),
    end: (streak) => deleteStreak(postgres, rowOf(streak)),
    endAll: (streak, within) =>
      deleteStreak(within, { ...rowOf({ ...streak, guesser: undefined }), guessers: undefined }),
    sweep: () => deleteQuiet(postgres, addSeconds(clock.now(), -QUIET_SECONDS)),
  };
}
