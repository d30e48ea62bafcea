// The password of a citizen: how it is chosen, kept and checked. Not here: what level it reaches (assurance/), the lock
// of other ways (each has its own).
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Factor } from '../factors.ts';
import { createTries, type Tries } from '../tries.ts';
import type { ParseDocument } from './account.ts';
import { createEnrol, enrolment } from './enrol.ts';
import { createHashing, type Hashing } from './hashing.ts';
import { M } from './messages.ts';
import { LENGTHS, lengthOf } from './policy.ts';
import type { PasswordSettings } from './settings.ts';
import { createSignIn, PASSWORD_AMR } from './sign-in.ts';
import { createSecond } from './second/second.tsx';
import { createListing } from './retention/listing.ts';
import { createPasswordStore, type KeptPassword, type PasswordStore } from './store.ts';

export { passwordSettings, type PasswordSettings } from './settings.ts';

export interface PasswordParts {
  readonly postgres: Postgres;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log?: Log;
  /** Reads a typed ID number: people sign in by phone or by ID number. */
  readonly parseDocument: ParseDocument;
  readonly settings: PasswordSettings;
}

export interface PasswordFactor extends Factor {
  /** Sets a password without judging it, for seeded accounts. Throws Fault `unavailable` when too many hash. */
  set(tx: AuditedTx, citizenId: CitizenId, password: string): Promise<void>;
}

/** A password of 15 code points or more signs in alone, a shorter one with a second factor (SP 800-63B-4 3.1.1.2). */
export function createPasswordFactor(parts: PasswordParts): PasswordFactor {
  const { citizens, audit, clock, limits, settings } = parts;
  const store = createPasswordStore(parts.postgres);
  const hashing = createHashing(parts);
  const perAddress = limits.declare({
    name: 'password.address',
    per: 'address',
    burst: settings.perAddress,
    periodSeconds: 60,
    why: 'stuffing leaked passwords from one machine is stopped before anything is hashed',
  });
  const signIn = {
    store,
    hashing,
    citizens,
    audit,
    limits,
    perAddress,
    parseDocument: parts.parseDocument,
    tries: declareTries(parts),
    renew: createRenewal(parts, store, hashing),
  };
  return {
    id: 'password',
    amr: PASSWORD_AMR,
    label: (locale) => M.text(locale, 'label'),
    brings: async (citizenId) => ((await store.find(citizenId)) ? [PASSWORD_AMR] : []),
    first: createSignIn(signIn),
    second: createSecond(signIn),
    enrol: createEnrol({ store, hashing, citizens, clock }),
    account: createListing(parts.postgres),
    confirmsPhone: false,
    async set(tx, citizenId, password) {
      const ready = await enrolment({ store, hashing, clock }, password, lengthOf(password) >= LENGTHS.alone);
      await ready.write(tx, citizenId);
    },
  };
}

function declareTries({ limits, audit, clock, settings }: PasswordParts): Tries {
  const limit = limits.declare({
    name: 'password.account',
    per: 'account',
    burst: settings.tries,
    periodSeconds: seconds(settings.window),
    why: 'nobody guesses a password in six tries; the lock leaves the other ways open',
  });
  const slow = limits.declare({
    name: 'password.account_slow',
    per: 'account',
    burst: settings.slowTries,
    periodSeconds: seconds(settings.slowWindow),
    why: 'who guesses slowly enough to escape the first count is met here (SP 800-63B-4 3.2.2: at most 100)',
  });
  return createTries({
    limits,
    audit,
    clock,
    space: 'signin',
    limit,
    lockSeconds: seconds(settings.lock),
    slow: { limit: slow, lockSeconds: seconds(settings.slowLock) },
  });
}

/**
 * A right password whose hash has old parameters or an old pepper is hashed again, as an audited change of its own. A
 * failure is logged and left to the next sign-in: the password was right.
 */
function createRenewal(
  { audit, clock, log }: PasswordParts,
  store: PasswordStore,
  hashing: Hashing,
): (citizenId: CitizenId, password: string, kept: KeptPassword) => Promise<void> {
  return async (citizenId, password, kept) => {
    if (!hashing.outdated(kept)) return;
    try {
      const made = await hashing.make(password);
      await audit.change(async (tx) => {
        const renewed = await store.renew(tx, citizenId, kept, made, clock.now());
        // A sign-in beside this one renewed it, or the password was just changed.
        if (!renewed) return tx.unchanged();
        return tx.record({ type: 'factor.password_rehashed', data: {}, citizenId, actor: 'system' });
      });
    } catch (error) {
      log?.error('password hash not renewed', error, { citizenId });
    }
  };
}
