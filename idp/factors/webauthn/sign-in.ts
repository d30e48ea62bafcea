// A passkey used: as the first thing in a sign-in, where it says whose it is, or asked of a citizen who is known.
// Round trips: 3 (mark and look-up side by side, the account's keys, the use), and 2 where the citizen is known.
import type { Audit } from '../../audit/audit.ts';
import { aalOf } from '../../assurance/assurance.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Form, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { Limit, Limits } from '../../platform/limits/limits.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { AmbientFrame, FirstState, SecondState, Shown } from '../factors.ts';
import type { ChallengeFor, Challenges } from './ceremony/challenge.ts';
import { readAssertion, type Presented } from './ceremony/input.ts';
import { requestOptions } from './ceremony/options.ts';
import { verifyAssertion, type Asserted, type Party } from './ceremony/verify.ts';
import { M } from './messages.ts';
import { ambientForm, confirmScreen, signInScreen } from './pages.tsx';
import { amrOf, wentBack, type Passkey } from './passkey.ts';
import * as store from './store.ts';

export interface SignInParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly challenges: Challenges;
  readonly party: Party;
  readonly limits: Limits;
  readonly perAddress: Limit;
}

type Why = 'failed' | 'expired' | 'unknown' | 'stopped' | 'weak';

/** A use of a passkey that counts, or why it does not. */
type Outcome =
  | { readonly is: 'used'; readonly passkey: Passkey }
  | { readonly is: 'refused'; readonly why: Why; readonly reason: string; readonly citizenId?: CitizenId };

const refuse = (why: Why, reason: string, citizenId?: CitizenId): Outcome => ({
  is: 'refused',
  why,
  reason,
  ...(citizenId === undefined ? {} : { citizenId }),
});

type Context<State> = Omit<StepContext<State>, 'scratch'>;

const firstOf = ({ flow }: Context<unknown>): ChallengeFor => ({
  purpose: 'first',
  flow,
  citizenId: undefined,
});
const secondOf = ({ flow, state }: Context<SecondState>): ChallengeFor => ({
  purpose: 'second',
  flow,
  citizenId: state.citizenId,
});

const optionsFor = (parts: SignInParts, of: ChallengeFor, allowed: readonly Passkey[] = []) =>
  requestOptions(parts.party, parts.challenges.make(of), allowed);

export function createFirst(parts: SignInParts): Step<FirstState, Shown> {
  return {
    id: 'passkey',
    show: async (context) => signInScreen(context.locale, await optionsFor(parts, firstOf(context))),
    submit: (context, form) => submit(parts, context, form, firstOf(context), () => true),
  };
}

/** The form in which the browser offers a passkey on another way's page; on 注册 only what tells that it could. */
export async function ambient(
  parts: SignInParts,
  context: StepContext<FirstState>,
  frame: AmbientFrame,
): Promise<ReturnType<typeof ambientForm>> {
  const options = context.state.registering ? undefined : await optionsFor(parts, firstOf(context));
  return ambientForm(frame, options);
}

export function createSecond(parts: SignInParts): Step<SecondState, Shown> {
  const enough = ({ state }: Context<SecondState>, passkey: Passkey): boolean =>
    aalOf(amrOf(passkey, parts.clock.now())) >= state.aal;
  return {
    id: 'passkey-second',
    async show(context) {
      const held = await store.findAll(parts.postgres, context.state.citizenId);
      const allowed = held.filter((passkey) => enough(context, passkey));
      return confirmScreen(context.locale, await optionsFor(parts, secondOf(context), allowed));
    },
    submit: (context, form) =>
      submit(parts, context, form, secondOf(context), (passkey) => enough(context, passkey)),
  };
}

async function submit(
  parts: SignInParts,
  context: Context<unknown>,
  form: Form,
  of: ChallengeFor,
  enough: (passkey: Passkey) => boolean,
): Promise<Submitted<Shown>> {
  const outcome = await use(parts, form['credential'] ?? '', of, enough);
  if (outcome.is === 'used') {
    const { citizenId } = outcome.passkey;
    const amr = amrOf(outcome.passkey, parts.clock.now());
    return { is: 'done', value: { citizenId, phone: undefined, amr, needsSecond: false } };
  }
  const { reason, citizenId } = outcome;
  // A success costs no round trip for it: nobody guesses a key, and who fails fills the records.
  await parts.limits.spend(parts.perAddress, context.address);
  parts.audit.note({
    type: 'signin.failed',
    data: { factor: 'passkey', reason },
    actor: 'system',
    ...(citizenId === undefined ? {} : { citizenId }),
  });
  const problem = { field: undefined, text: M.text(context.locale, outcome.why) };
  return { is: 'again', problems: [problem], forget: ['credential'] };
}

async function use(
  parts: SignInParts,
  posted: string,
  of: ChallengeFor,
  enough: (passkey: Passkey) => boolean,
): Promise<Outcome> {
  const presented = readAssertion(posted);
  if (!presented) return refuse('failed', 'malformed');
  const judged = parts.challenges.judge(of, presented.challenge);
  if (judged !== 'good') return refuse(judged === 'expired' ? 'expired' : 'failed', `challenge ${judged}`);
  // Used up before anything is looked at: of two requests with one assertion the other learns nothing more.
  const [fresh, citizenId] = await Promise.all([
    parts.challenges.use(presented.challenge),
    of.citizenId ?? store.findHolder(parts.postgres, presented.credentialId),
  ]);
  if (!fresh) return refuse('failed', 'challenge used');
  const held = citizenId ? await store.findAll(parts.postgres, citizenId) : [];
  const passkey = held.find(({ credentialId }) => credentialId.equals(presented.credentialId));
  if (!passkey) return refuse('unknown', 'unknown credential', of.citizenId);
  if (!isOfAccount(presented, passkey, of)) return refuse('failed', 'user handle', passkey.citizenId);
  const asserted = await verifyAssertion(parts.party, presented, passkey);
  if ('refused' in asserted) return refuse('failed', 'verification', passkey.citizenId);
  return settle(parts, passkey, asserted, enough);
}

/** L3 7.2 step 6: a key that names an account must name this one, and where nobody is known yet it must name one. */
function isOfAccount(
  { response }: Presented<{ readonly response: { readonly userHandle?: string } }>,
  passkey: Passkey,
  { purpose }: ChallengeFor,
): boolean {
  const { userHandle } = response.response;
  if (userHandle === undefined) return purpose !== 'first';
  return Buffer.from(userHandle, 'base64url').equals(passkey.userHandle);
}

/** The signature is right: what the key has said of itself counts from here on. */
async function settle(
  parts: SignInParts,
  passkey: Passkey,
  { signCount, backedUp }: Asserted,
  enough: (passkey: Passkey) => boolean,
): Promise<Outcome> {
  const { citizenId } = passkey;
  const at = parts.clock.now();
  if (passkey.suspectAt) return refuse('stopped', 'suspect', citizenId);
  if (wentBack(signCount, passkey)) {
    await suspect(parts, passkey, signCount, at);
    return refuse('stopped', 'counter went back', citizenId);
  }
  if (!(await store.markUsed(parts.postgres, passkey, { signCount, backedUp, at })))
    return refuse('failed', 'used meanwhile', citizenId);
  return enough(passkey) ? { is: 'used', passkey } : refuse('weak', 'not enough', citizenId);
}

async function suspect({ audit }: SignInParts, passkey: Passkey, signCount: number, at: Date): Promise<void> {
  const { id, citizenId } = passkey;
  await audit.change(async (tx) => {
    if (!(await store.markSuspect(tx, passkey, at))) return tx.unchanged();
    const data = { passkey: id, had: passkey.signCount, came: signCount };
    return tx.record({ type: 'factor.passkey_suspect', data, citizenId, actor: 'system' });
  });
}
