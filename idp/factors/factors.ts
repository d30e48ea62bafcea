// The ways to show who you are. A factor is one folder that implements Factor; listing it in app.ts makes it appear
// in sign-in, step-up and the account centre. Not here: what levels factors add up to (assurance/).
import type { CitizenId, Phone } from '../citizens/citizens.ts';
import type { Aal, Level } from '../assurance/assurance.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { Step, StepContext } from '../platform/http/step.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import type { Asset } from '../platform/ui/assets.ts';
import type { VNode } from 'preact';

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
  /** The service that asks and the level it asks; absent for a form that only stands on another way's page. */
  readonly asking?: { readonly clientId: string; readonly level: Level };
}

export interface SecondState {
  readonly citizenId: CitizenId;
  /** The factor level that the sign-in has to reach with it. */
  readonly aal: Aal;
}

export interface EnrolState {
  /** The account, or undefined while it is being created. */
  readonly citizenId: CitizenId | undefined;
  /** The confirmed phone of the account, if it has one: a password must not contain it. */
  readonly phone: Phone | undefined;
  /** The factor level at which this happens: what is set up on a weak sign-in must not count for more than that. */
  readonly aal: Aal;
}

/** What an enrolment wants written when the account is written, in the same transaction. */
export interface Enrolment {
  /** What setting it up has shown (RFC 8176): a password just chosen is a password known. */
  readonly amr: readonly string[];
  /** True when what was there before opens the account no more: whoever came in by it has to go. */
  readonly replaces?: boolean;
  /** Throws Fault `conflict` when somebody else has it meanwhile. */
  write(tx: AuditedTx, citizenId: CitizenId): Promise<void>;
}

/** One thing that a citizen holds for a factor, as the account centre lists it; texts in the reader's language. */
export interface Held {
  /** Opaque; stands in addresses of the account centre. */
  readonly id: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly canRename: boolean;
  readonly canRemove: boolean;
}

/** How a factor appears under 安全. Its set-up pages are its `enrol` step. */
export interface FactorAccount {
  heading(locale: Locale): string;
  list(citizenId: CitizenId, locale: Locale, now: Date): Promise<readonly Held[]>;
  /** Words of the link to `enrol` (添加, 修改); undefined where there is nothing to set up now. */
  add(locale: Locale, held: readonly Held[]): string | undefined;
  /** False: no such thing of this citizen. Throws Fault `bad_request` for a name that cannot be. */
  rename?(tx: AuditedTx, citizenId: CitizenId, id: string, name: string): Promise<boolean>;
  /** False: no such thing of this citizen. */
  remove?(tx: AuditedTx, citizenId: CitizenId, id: string): Promise<boolean>;
}

/** A factor that is offered after a sign-in to those who could use it: at most once, then again after a long while. */
export interface FactorOffer {
  /** True when the citizen has none and has not declined lately. One point read. */
  due(citizenId: CitizenId): Promise<boolean>;
  declined(citizenId: CitizenId): Promise<void>;
}

/** What the host gives a form that stands on another way's page. */
export interface AmbientFrame {
  readonly locale: Locale;
  readonly action: string;
  readonly hidden: VNode;
}

export interface Factor {
  readonly id: string;
  /** What it adds to a session's `amr` (RFC 8176); a second factor must add something new. */
  readonly amr: readonly string[];
  /** Name of the tab, in both languages. */
  label(locale: Locale): string;
  /**
   * What this citizen could add to a session's `amr` with it: one entry for each kind of key held, empty when it is not
   * set up. One point read at most.
   */
  brings(citizenId: CitizenId): Promise<readonly (readonly string[])[]>;
  /** Identifies and authenticates: usable as the first thing on the sign-in page. */
  readonly first?: Step<FirstState, Shown>;
  /** Authenticates a citizen who is already identified. */
  readonly second?: Step<SecondState, Shown>;
  /** Confirms, for an account whose password was forgotten, what the account is found by. Good for nothing else. */
  readonly recover?: Step<FirstState, Shown>;
  /** Sets the factor up. */
  readonly enrol?: Step<EnrolState, Enrolment>;
  /** Part of every first page: a passkey that the browser offers inside the account field. Its form posts to `first`. */
  readonly ambient?: (context: StepContext<FirstState>, frame: AmbientFrame) => Promise<VNode>;
  /** Its place in the account centre; absent: nothing to see or change there. */
  readonly account?: FactorAccount;
  readonly offer?: FactorOffer;
  /** True when `first` can confirm a phone that no account has, so that an account can be created with it. */
  readonly confirmsPhone: boolean;
  /** Files that its pages load. */
  readonly assets?: readonly Asset[];
}

/** Set to `1` in every form by a browser that can hold a passkey: nothing is offered that would be a dead button. */
export const CAPABLE_FIELD = 'passkeys';

export interface Factors {
  /** In the order of the tabs. */
  readonly list: readonly Factor[];
  byId(id: string): Factor | undefined;
}

/** The factors that are on, in the order of their tabs. */
export function createFactors(list: readonly Factor[]): Factors {
  return { list, byId: (id) => list.find((factor) => factor.id === id) };
}
