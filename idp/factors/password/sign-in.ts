// Account and password on one form, checked in one order for known and unknown accounts: the same reads, the same
// computation, the same counters.
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Challenge } from '../../platform/challenge/challenge.tsx';
import type { Form, Problem, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { FirstState, Shown } from '../factors.ts';
import type { TriesByDevice } from '../tries.ts';
import { lookUp, parseAccount, subjectOf, type Account, type ParseDocument } from './account.ts';
import { PROOF_ASKED, proofWasAsked, type Door } from './guard/door.ts';
import type { Hashing } from './hashing.ts';
import { M } from './messages.ts';
import { signInScreen } from './pages.tsx';
import { isTooLong } from './policy.ts';
import type { KeptPassword, PasswordStore } from './store.ts';
import type { Watch } from './guard/watch.ts';

/** Which devices belong to which account. */
export interface KnownDevice {
  /** One read, the same for an account that is not there. `device`: the value of the step's context. */
  knows(citizenId: CitizenId, device: string): Promise<boolean>;
}

export interface SignInParts {
  readonly store: PasswordStore;
  readonly hashing: Hashing;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly door: Door;
  readonly watch: Watch;
  readonly challenge: Challenge;
  readonly knownDevice: KnownDevice;
  readonly tries: TriesByDevice;
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
    async show(context) {
      const pressed = parts.watch.pressed();
      const due = pressed || proofWasAsked(context);
      const proof = due ? await parts.challenge.field(context, pressed) : undefined;
      return signInScreen(context.locale, context.state.hint, proof);
    },
    async submit(context, form) {
      const typed = read(form, context.locale, parts.parseDocument);
      if ('is' in typed) return typed;
      return checkPassword(parts, context, typed, () => parts.door.prove(context, form));
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

/**
 * Takes a try, compares, counts. `prove`: true when a try that has to bring proof did. Throws Faults `locked`, `too_many`,
 * `unavailable`.
 */
export async function checkPassword(
  parts: SignInParts,
  context: StepContext<FirstState>,
  { account, password }: Typed,
  prove: () => Promise<boolean>,
): Promise<Submitted<Shown>> {
  const dueEarly = await parts.door.knock(context, password);
  // Without a device nobody can be known: under attack whoever brings no proof is turned away before anything is read.
  const stranger = context.device === undefined;
  if (dueEarly && stranger && !(await prove())) return askProof(context.locale);
  const [dueNow, citizenId] = await Promise.all([parts.door.enter(context), lookUp(account, parts.citizens)]);
  const { kept, device } = await readAccount(parts, context, citizenId);
  // The account's own device needs no proof: an attack on everybody must not slow its owner.
  const stillDue = device === undefined && (dueEarly ? !stranger : dueNow);
  if (stillDue && !(await prove())) return askProof(context.locale);
  const subject = subjectOf(account);
  const tries = parts.tries.from(device);
  await tries.refuseLocked(subject, citizenId);
  const left = await tries.take(subject);
  if (!(await parts.hashing.fits(password, kept)) || !citizenId || !kept) {
    noteFailure(parts.audit, citizenId, kept);
    await Promise.all([parts.watch.failed(password), tries.wrong(subject, left, citizenId)]);
    return wrong(context.locale, left);
  }
  await tries.right(subject, left, citizenId);
  await parts.renew(citizenId, password, kept);
  return { is: 'done', value: { citizenId, phone: undefined, amr: PASSWORD_AMR, needsSecond: !kept.alone } };
}

interface Found {
  readonly kept: KeptPassword | undefined;
  /** The device, when it is known to belong to this account. */
  readonly device: string | undefined;
}

/** The same reads for an account that is not there. */
async function readAccount(
  { store, knownDevice }: SignInParts,
  { device }: StepContext<FirstState>,
  citizenId: CitizenId | undefined,
): Promise<Found> {
  const [kept, knows] = await Promise.all([
    store.find(citizenId ?? NOBODY),
    device !== undefined && knownDevice.knows(citizenId ?? NOBODY, device),
  ]);
  return { kept, device: knows && citizenId !== undefined ? device : undefined };
}

/** The next page brings the challenge along. */
function askProof(locale: Locale): Submitted<Shown> {
  return {
    is: 'again',
    problems: [{ field: 'password', text: M.text(locale, 'proof_due') }],
    forget: ['password'],
    scratch: PROOF_ASKED,
  };
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
