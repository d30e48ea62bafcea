// The ways to show who you are. A factor is one folder that implements Factor; listing it in app.ts makes it appear
// in sign-in, step-up and the account centre. Not here: what levels factors add up to (assurance/).
import type { CitizenId, Phone } from '../citizens/citizens.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { Step } from '../platform/http/step.ts';
import type { Locale } from '../platform/i18n/messages.ts';

/**
 * What a completed step shows: who, and by what. Whether that account may be used (frozen, closed) is for the host to
 * say, on its own page and only now: someone who guesses learns nothing about an account's state.
 */
export interface Shown {
  /** The account, or undefined when control of a phone was shown that no account has. */
  readonly citizenId: CitizenId | undefined;
  /** A phone whose control was just shown, if any. */
  readonly phone: Phone | undefined;
  /** RFC 8176. */
  readonly amr: readonly string[];
  /** True when this factor alone is not enough and another must follow (a password of 8 to 14 characters). */
  readonly needsSecond: boolean;
}

export interface FirstState {
  /** What was typed on another way's form, to spare typing it again. Never trusted. */
  readonly hint: string | undefined;
  /** True on 注册: the wording says "create account". */
  readonly registering: boolean;
}

export interface SecondState {
  readonly citizenId: CitizenId;
}

export interface EnrolState {
  /** The account, or undefined while it is being created. */
  readonly citizenId: CitizenId | undefined;
  /** The confirmed phone of the account: a password must not contain it. */
  readonly phone: Phone;
}

/** What an enrolment wants written when the account is written, in the same transaction. */
export interface Enrolment {
  write(tx: AuditedTx, citizenId: CitizenId): Promise<void>;
}

export interface Factor {
  readonly id: string;
  /** What it adds to a session's `amr` (RFC 8176); a second factor must add something new. */
  readonly amr: readonly string[];
  /** Name of the tab, in both languages. */
  label(locale: Locale): string;
  enrolled(citizenId: CitizenId): Promise<boolean>;
  /** Identifies and authenticates: usable as the first thing on the sign-in page. */
  readonly first?: Step<FirstState, Shown>;
  /** Authenticates a citizen who is already identified. */
  readonly second?: Step<SecondState, Shown>;
  /** Sets the factor up. */
  readonly enrol?: Step<EnrolState, Enrolment>;
  /** True when `first` can confirm a phone that no account has, so that an account can be created with it. */
  readonly confirmsPhone: boolean;
}

export interface Factors {
  /** In the order of the tabs. */
  readonly list: readonly Factor[];
  byId(id: string): Factor | undefined;
}

/** The factors that are on, in the order of their tabs. */
export function createFactors(list: readonly Factor[]): Factors {
  return { list, byId: (id) => list.find((factor) => factor.id === id) };
}
