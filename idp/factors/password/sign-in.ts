// Account and password on one form, checked in one order for known and unknown accounts: the same reads, the same
// computation, the same counters.
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Limit, Limits } from '../../platform/limits/limits.ts';
import type { Form, Problem, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { FirstState, Shown } from '../factors.ts';
import type { Tries } from '../tries.ts';
import { lookUp, parseAccount, subjectOf, type Account, type ParseDocument } from './account.ts';
import type { Hashing } from './hashing.ts';
import { M } from './messages.ts';
import { signInScreen } from './pages.tsx';
import { isTooLong } from './policy.ts';
import type { KeptPassword, PasswordStore } from './store.ts';

export interface SignInParts {
  readonly store: PasswordStore;
  readonly hashing: Hashing;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly perAddress: Limit;
  readonly tries: Tries;
  readonly parseDocument: ParseDocument;
  /** Brings an outdated hash up to date after a success; never throws. */
  renew(citizenId: CitizenId, password: string, kept: KeptPassword): Promise<void>;
}

/** RFC 8176 section 2. */
export const PASSWORD_AMR = ['pwd'] as const;

/** Asked instead of an account that is not there: costs the same read. */
const NOBODY = '00000000-0000-0000-0000-000000000000' as CitizenId;
/** From so many tries left on, they are told. */
const TELL_FROM = 3;

interface Typed {
  readonly account: Account;
  readonly password: string;
}

export function createSignIn(parts: SignInParts): Step<FirstState, Shown> {
  return {
    id: 'password',
    show: (context) => Promise.resolve(signInScreen(context.locale, context.state.hint)),
    async submit(context, form) {
      const typed = read(form, context.locale, parts.parseDocument);
      return 'is' in typed ? typed : checkPassword(parts, context, typed);
    },
  };
}

/** What is malformed is told at once: it counts as no try. */
function read(form: Form, locale: Locale, parseDocument: ParseDocument): Typed | Submitted<Shown> {
  const [phone, password] = [form['phone']?.trim() ?? '', form['password'] ?? ''];
  const account = parseAccount(phone, parseDocument);
  const problems: Problem[] = [];
  if (!account)
    problems.push({
      field: 'phone',
      text: M.text(locale, phone === '' ? 'account_empty' : 'account_format'),
    });
  if (password === '') problems.push({ field: 'password', text: M.text(locale, 'password_empty') });
  // A megabyte must not reach the hash, nor the normalisation before it.
  else if (isTooLong(password)) problems.push({ field: 'password', text: M.text(locale, 'flaw_too_long') });
  return account && problems.length === 0
    ? { account, password }
    : { is: 'again', problems, forget: ['password'] };
}

/** Takes a try, compares, counts. Throws Faults `locked`, `too_many`, `unavailable`. */
export async function checkPassword(
  parts: SignInParts,
  context: StepContext<FirstState>,
  { account, password }: Typed,
): Promise<Submitted<Shown>> {
  const subject = subjectOf(account);
  await parts.tries.refuseLocked(subject);
  await parts.limits.spend(parts.perAddress, context.address);
  const left = await parts.tries.take(subject);
  const citizenId = await lookUp(account, parts.citizens);
  const kept = await parts.store.find(citizenId ?? NOBODY);
  if (!(await parts.hashing.fits(password, kept)) || !citizenId || !kept) {
    noteFailure(parts.audit, citizenId, kept);
    await parts.tries.wrong(subject, left, citizenId);
    return wrong(context.locale, left);
  }
  await parts.tries.right(subject, left);
  await parts.renew(citizenId, password, kept);
  return { is: 'done', value: { citizenId, phone: undefined, amr: PASSWORD_AMR, needsSecond: !kept.alone } };
}

function wrong(locale: Locale, left: number): Submitted<Shown> {
  const text = left <= TELL_FROM ? M.text(locale, 'failed_left', { n: left }) : M.text(locale, 'failed');
  return { is: 'again', problems: [{ field: 'password', text }], forget: ['phone', 'password'] };
}

function noteFailure(audit: Audit, citizenId: CitizenId | undefined, kept: KeptPassword | undefined): void {
  const reason = kept ? 'wrong_password' : citizenId ? 'no_password' : 'unknown_account';
  audit.note({
    type: 'signin.failed',
    data: { factor: 'password', reason },
    actor: 'system',
    ...(citizenId === undefined ? {} : { citizenId }),
  });
}
