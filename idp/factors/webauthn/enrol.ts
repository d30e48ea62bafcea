// Setting up a passkey, for an account that exists and a citizen who has shown two factors.
import type { CitizenId, Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import { Fault } from '../../platform/base/errors.ts';
import { uuidv7 } from '../../platform/base/ids.ts';
import type { Form, Screen, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Enrolment, EnrolState } from '../factors.ts';
import { chanceOf, type ChallengeFor, type Challenges } from './ceremony/challenge.ts';
import { readRegistration } from './ceremony/input.ts';
import { creationOptions } from './ceremony/options.ts';
import { verifyRegistration, type Party, type Registered } from './ceremony/verify.ts';
import { M } from './messages.ts';
import { offerScreen } from './pages.tsx';
import { amrOf, fullFrom, type Passkey } from './passkey.ts';
import type { WebauthnSettings } from './settings.ts';
import * as store from './store.ts';

export interface EnrolParts {
  readonly postgres: Postgres;
  readonly citizens: Citizens;
  readonly clock: Clock;
  readonly challenges: Challenges;
  readonly party: Party;
  readonly settings: WebauthnSettings;
}

type Context = StepContext<EnrolState>;
type Why = 'set_failed' | 'set_taken' | 'set_full' | 'expired';

/** Enough for every device of a person; a list without end would be somebody's storage. */
export const MOST = 20;

/** One account has one handle as long as it has a passkey: an authenticator then lists it once. */
const handleOf = (held: readonly Passkey[]): Buffer | undefined => held[0]?.userHandle;

const registerOf = ({ flow }: Context, citizenId: CitizenId, held: readonly Passkey[]): ChallengeFor => ({
  purpose: 'register',
  flow,
  citizenId,
  handle: handleOf(held),
});

/** ASVS 5.0 7.5.1: a passkey is worth two factors, so who has shown one must not make one. */
function whose({ state }: Context): CitizenId {
  if (state.citizenId === undefined || state.aal < 2)
    throw new Fault('forbidden', { note: 'a passkey is set up by who has shown two factors' });
  return state.citizenId;
}

export function createEnrol(parts: EnrolParts): Step<EnrolState, Enrolment> {
  return {
    id: 'passkey-new',
    show: (context) => show(parts, context),
    submit: (context, form) => submit(parts, context, form),
  };
}

async function show(parts: EnrolParts, context: Context): Promise<Screen> {
  const { locale } = context;
  const citizenId = whose(context);
  const [held, { phone }] = await Promise.all([
    store.findAll(parts.postgres, citizenId),
    parts.citizens.attributes(citizenId),
  ]);
  const challenge = parts.challenges.make(registerOf(context, citizenId, held));
  // A phone prints as its mask. Nothing else stands there: the device shows it to whoever holds it.
  const masked = phone && { phone: String(phone) };
  const nameless = M.text(locale, 'user_nameless');
  const options = await creationOptions(parts.party, {
    challenge,
    handle: handleOf(held) ?? chanceOf(challenge),
    userName: masked ? M.text(locale, 'user', masked) : nameless,
    displayName: masked ? M.text(locale, 'user_display', masked) : nameless,
    held,
  });
  return offerScreen(locale, options);
}

async function submit(parts: EnrolParts, context: Context, form: Form): Promise<Submitted<Enrolment>> {
  const citizenId = whose(context);
  const again = (why: Why): Submitted<Enrolment> => {
    const text = M.text(context.locale, why, { n: MOST });
    return { is: 'again', problems: [{ field: undefined, text }], forget: ['credential'] };
  };
  const presented = readRegistration(form['credential'] ?? '');
  if (!presented) return again('set_failed');
  const held = await store.findAll(parts.postgres, citizenId);
  if (held.length >= MOST) return again('set_full');
  const judged = parts.challenges.judge(registerOf(context, citizenId, held), presented.challenge);
  if (judged !== 'good') return again(judged === 'expired' ? 'expired' : 'set_failed');
  const [fresh, holder] = await Promise.all([
    parts.challenges.use(presented.challenge),
    store.findHolder(parts.postgres, presented.credentialId),
  ]);
  if (!fresh) return again('set_failed');
  // L3 7.1 step 26: whoever has it already, this citizen too.
  if (holder !== undefined) return again('set_taken');
  const registered = await verifyRegistration(parts.party, presented);
  if ('refused' in registered) return again('set_failed');
  const userHandle = handleOf(held) ?? chanceOf(presented.challenge);
  return { is: 'done', value: enrolment(parts, context, registered, userHandle) };
}

function enrolment(
  { clock, settings }: EnrolParts,
  { state: { aal } }: Context,
  registered: Registered,
  userHandle: Buffer,
): Enrolment {
  const at = clock.now();
  const set = {
    ...registered,
    userHandle,
    id: uuidv7(at),
    name: null,
    createdAt: at,
    usedAt: null,
    boundAtAal: aal,
    fullFrom: fullFrom(at, aal, seconds(settings.fullAfter)),
    suspectAt: null,
  };
  return {
    amr: amrOf(set, at),
    async write(tx, citizenId) {
      // Two registrations of one credential at the same moment: both were told that it is free.
      if (!(await store.insert(tx, { ...set, citizenId })))
        throw new Fault('conflict', { note: 'the credential is registered already' });
      const data = { passkey: set.id, synced: set.synced };
      tx.record({ type: 'factor.passkey_added', data, citizenId, actor: `citizen:${citizenId}` });
    },
  };
}
