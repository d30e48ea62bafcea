// The password of a citizen: how it is chosen, kept and checked. Not here: what level it reaches (assurance/), the lock
// of other ways (each has its own).
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Challenges } from '../../platform/challenge/challenge.tsx';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import type { Factor } from '../factors.ts';
import { createTriesByDevice, type TriesByDevice } from '../tries.ts';
import type { ParseDocument } from './account.ts';
import { createDoor } from './guard/door.ts';
import { createEnrol, enrolment } from './enrol.ts';
import { createHashing, type Hashing } from './hashing.ts';
import { M } from './messages.ts';
import { LENGTHS, lengthOf } from './policy.ts';
import type { PasswordSettings } from './settings.ts';
import { createSignIn, PASSWORD_AMR, type KnownDevice } from './sign-in.ts';
import { createSecond } from './second/second.tsx';
import { createListing } from './retention/listing.ts';
import { createPasswordStore, type KeptPassword, type PasswordStore } from './store.ts';
import { createWatch } from './guard/watch.ts';

export { passwordSettings, type PasswordSettings } from './settings.ts';
export type { KnownDevice } from './sign-in.ts';

export interface PasswordParts {
  readonly postgres: Postgres;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly ephemeral: Ephemeral;
  readonly challenges: Challenges;
  readonly keyring: Keyring;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log?: Log;
  /** Says which devices belong to an account; without it none does. */
  readonly knownDevice?: KnownDevice;
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
  const tries = declareTries(parts);
  const watch = createWatch(parts);
  const challenge = parts.challenges.before('password');
  const signIn = {
    store,
    hashing,
    citizens,
    audit,
    watch,
    challenge,
    door: createDoor({ limits, watch, challenge, settings }),
    knownDevice: parts.knownDevice ?? NO_DEVICE,
    parseDocument: parts.parseDocument,
    tries,
    renew: createRenewal(parts, store, hashing),
  };
  const choosing = { store, hashing, citizens, clock, tries };
  return {
    id: 'password',
    amr: PASSWORD_AMR,
    label: (locale) => M.text(locale, 'label'),
    brings: async (citizenId) => ((await store.find(citizenId)) ? [PASSWORD_AMR] : []),
    first: createSignIn(signIn),
    second: createSecond(signIn),
    enrol: createEnrol(choosing),
    account: createListing(parts.postgres),
    confirmsPhone: false,
    async set(tx, citizenId, password) {
      const ready = await enrolment(choosing, password, lengthOf(password) >= LENGTHS.alone);
      await ready.write(tx, citizenId);
    },
  };
}

const NO_DEVICE: KnownDevice = { knows: () => Promise.resolve(false) };

function declareTries({ limits, audit, clock, settings }: PasswordParts): TriesByDevice {
  const rate = { burst: settings.tries, periodSeconds: seconds(settings.window) };
  const limit = limits.declare({
    ...rate,
    name: 'password.account',
    per: 'account',
    why: 'nobody guesses a password in six tries; the lock leaves the other ways open',
  });
  const deviceLimit = limits.declare({
    ...rate,
    name: 'password.account_device',
    per: 'account and device known to belong to it',
    why: 'strangers who lock an account must not lock out its owner (ASVS 5.0 6.1.1)',
  });
  return createTriesByDevice({
    limits,
    audit,
    clock,
    space: 'signin',
    limit,
    deviceLimit,
    lockSeconds: seconds(settings.lock),
    stopAfter: settings.stopAfter,
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
