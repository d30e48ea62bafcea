// A forgotten password, with the phone in hand: the phone is confirmed, then one thing more is shown, and only then a new
// password is chosen. What is shown here opens nothing else, and a session that begins with it has no more than that.
import { TOLD_IN, tellHolder, type CitizenId, type Phone } from '../../citizens/citizens.ts';
import { aalOf } from '../../assurance/assurance.ts';
import type { Factor } from '../../factors/factors.ts';
import { addSeconds } from '../../platform/base/clock.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  bind,
  forget,
  RECOVERY,
  type Current,
  type DispatchParts,
  type Progress,
  type Standing,
} from '../current.ts';
import type { Flow } from '../flow.ts';
import { M } from './messages.ts';
import { howStep, telling } from './pages.tsx';

type Begun = NonNullable<Flow['recovery']>;
type Known = Begun & { readonly citizenId: CitizenId };

/** A match that shows the person. */
const REAL_PERSON = 3;
const PROVE = 'prove';

const leave = (flow: Flow): Progress => ({ is: 'flow', flow: forget(flow, RECOVERY) });

export async function recover(
  parts: DispatchParts,
  { flow }: Standing,
  reference: string,
): Promise<Current | Progress> {
  const begun = flow.recovery;
  if (!begun) return confirmPhone(parts, flow);
  const found = await goOn(parts, flow, begun, reference);
  return 'show' in found ? { ...found, recovery: 'goes_on' } : found;
}

async function goOn(
  parts: DispatchParts,
  flow: Flow,
  begun: Begun,
  reference: string,
): Promise<Current | Progress> {
  const { citizenId } = begun;
  if (citizenId === undefined) return bind(noneStep, undefined, flow, () => leave(flow));
  const known: Known = { ...begun, citizenId };
  const citizen = await parts.citizens.find(citizenId);
  // Frozen or closed: the page that says so, and its ways out, are those of a sign-in with this phone.
  if (citizen?.status !== 'active') return asSignin(flow, known, known.at);
  // Begun before everything was ended: whoever ended it did not mean this to go on.
  if (known.at < citizen.sessionsNotBefore.getTime()) return leave(flow);
  if (known.complete === true) return choosePassword(parts, flow, known, reference);
  const ways = await waysOf(parts, known);
  if (ways.length === 0) return wait(parts, flow, known);
  const by = ways.length === 1 ? ways[0]?.id : known.by;
  const factor = parts.factors.list.find(({ id }) => id === by);
  if (by === PROVE) return proveAgain(parts, flow, known);
  if (factor?.second) return secondHalf(flow, known, factor, factor.second);
  return bind(howStep, { ways }, flow, (chosen): Progress => ({
    is: 'flow',
    flow: { ...flow, recovery: { ...known, by: chosen } },
  }));
}

/** Known and unknown numbers go the same way until control of one was shown (threats A70). */
function confirmPhone(parts: DispatchParts, flow: Flow): Current {
  const step = parts.factors.list.find((factor) => factor.recover)?.recover;
  if (!step) throw new Error('no factor that is on can begin a recovery');
  const state = { hint: undefined, registering: false };
  const begin = bind(step, state, flow, ({ citizenId, phone, amr }): Progress => {
    if (phone === undefined) throw new Error('a recovery begins with a phone');
    const recovery = { phone, amr, at: parts.clock.now().getTime(), ...(citizenId ? { citizenId } : {}) };
    return { is: 'flow', flow: { ...forget(flow, step.id), recovery } };
  });
  return { ...begin, recovery: 'begins' };
}

const noneStep = telling('recover-none', (locale) => ({
  icon: 'question',
  title: M.text(locale, 'none.title'),
  paragraphs: [M.text(locale, 'none.body')],
  buttons: [{ answer: 'leave', text: M.text(locale, 'none.go') }],
}));

/** The factor that is set up anew: the one that every account begins with. */
const replacedBy = ({ factors }: Pick<DispatchParts, 'factors'>): Factor | undefined =>
  factors.list.find((factor) => factor.enrol);

interface Way {
  readonly id: string;
  readonly label: (locale: Locale) => string;
}

/** Whatever adds something to the phone, but not the password that is being replaced; and the proof of the name. */
async function waysOf(parts: DispatchParts, known: Known): Promise<readonly Way[]> {
  const { citizens, factors } = parts;
  const replaced = replacedBy(parts);
  const able = await Promise.all(
    factors.list.map(async (factor): Promise<readonly Way[]> => {
      if (!factor.second || factor === replaced || factor.recover) return [];
      const brings = await factor.brings(known.citizenId);
      return brings.length > 0 ? [{ id: factor.id, label: (locale) => factor.label(locale) }] : [];
    }),
  );
  // Not the level, which expires: whoever was proven once is not given away to a phone.
  const [documents, pseudonym] = await Promise.all([
    citizens.documents(known.citizenId),
    citizens.pseudonym(known.citizenId),
  ]);
  const proven = documents.length > 0 || pseudonym !== undefined;
  const prove: Way = { id: PROVE, label: (locale) => M.text(locale, 'how.by.prove') };
  return [...able.flat(), ...(proven ? [prove] : [])];
}

function secondHalf(
  flow: Flow,
  known: Known,
  factor: Factor,
  second: NonNullable<Factor['second']>,
): Current {
  return bind(second, { citizenId: known.citizenId, aal: 1 }, flow, (shown): Progress => {
    if (shown.citizenId !== known.citizenId) throw new Error(`${factor.id} showed somebody else`);
    const amr = [...new Set([...known.amr, ...shown.amr])];
    return {
      is: 'flow',
      flow: { ...forget(flow, second.id), recovery: { ...known, by: factor.id, amr, complete: true } },
    };
  });
}

function proveAgain(parts: DispatchParts, flow: Flow, known: Known): Current {
  const { step } = parts.proofing;
  const state = { citizenId: known.citizenId, wanted: REAL_PERSON, since: new Date(known.at) } as const;
  return bind(step, state, flow, (proved): Progress =>
    proved.is === 'start_over'
      ? leave(flow)
      : // A face is no factor of the session: what it proved is the right to choose a password (ASVS 5.0 6.4.4).
        { is: 'flow', flow: { ...forget(flow, step.id), recovery: { ...known, by: PROVE, complete: true } } },
  );
}

/** Nobody proved a name here, and nothing but the phone is left: time takes the place of a second thing. */
async function wait(parts: DispatchParts, flow: Flow, known: Known): Promise<Current | Progress> {
  const standing = await parts.recoveries.find(known.citizenId);
  const now = parts.clock.now();
  if (standing && standing.effectiveAt <= now)
    return {
      is: 'flow',
      flow: {
        ...flow,
        recovery: { ...known, by: 'wait', openedAt: standing.openedAt.getTime(), complete: true },
      },
    };
  if (standing) return bind(waitingStep(standing.effectiveAt, now), undefined, flow, () => leave(flow));
  return bind(askStep, undefined, flow, async (answer): Promise<Progress> => {
    if (answer === 'leave') return leave(flow);
    await open(parts, known.citizenId);
    return { is: 'flow', flow };
  });
}

const askStep = telling('recover-wait', (locale) => ({
  icon: 'clock',
  title: M.text(locale, 'wait.title'),
  paragraphs: [M.text(locale, 'wait.body'), M.text(locale, 'wait.meanwhile')],
  buttons: [
    { answer: 'ask', text: M.text(locale, 'wait.begin') },
    { answer: 'leave', text: M.text(locale, 'forgot.back') },
  ],
}));

const waitingStep = (until: Date, now: Date) =>
  telling('recover-waiting', (locale) => ({
    icon: 'clock',
    title: M.text(locale, 'waiting.title'),
    paragraphs: [M.text(locale, 'waiting.body', { time: formatInstant(until, now, locale) })],
    buttons: [{ answer: 'leave', text: M.text(locale, 'waiting.go') }],
  }));

async function open(parts: DispatchParts, citizenId: CitizenId): Promise<void> {
  const { audit, recoveries, clock, issuer, unprovenWaitSeconds } = parts;
  const link = await audit.change((tx) => recoveries.open(tx, citizenId, unprovenWaitSeconds));
  // Opened by another request: that one has told.
  if (!link) return;
  const now = clock.now();
  const until = addSeconds(now, unprovenWaitSeconds);
  await tellHolder(
    parts,
    citizenId,
    M.text(TOLD_IN, 'notice.recovery', {
      time: formatInstant(until, now, TOLD_IN),
      link: new URL(`/recovery/${link.reveal()}`, issuer).href,
    }),
  );
}

/** The new password, with the end of everything that the old one had opened. */
function choosePassword(parts: DispatchParts, flow: Flow, known: Known, reference: string): Current {
  const step = replacedBy(parts)?.enrol;
  if (!step) throw new Error('no factor that is on can be set up after a recovery');
  const { citizenId, phone, amr } = known;
  return bind(step, { citizenId, phone, aal: aalOf(amr) }, flow, async (enrolment): Promise<Progress> => {
    const { audit, citizens, oidc, recoveries, clock } = parts;
    const leaving = await oidc.signOut(citizenId);
    const at = clock.now();
    const changed = await audit.change(async (tx) => {
      // Cancelled between the page and its form: then nothing is chosen, also when it was asked for again since.
      if (known.by === 'wait') {
        const openedAt = new Date(known.openedAt ?? 0);
        if (!(await recoveries.close(tx, citizenId, { openedAt }))) {
          tx.unchanged();
          return false;
        }
      } else await recoveries.end(tx, citizenId);
      await enrolment.write(tx, citizenId);
      await citizens.endSessions(tx, citizenId, at);
      await leaving.tell(tx);
      const actor = `citizen:${citizenId}`;
      const data = { by: known.by ?? amr.join(' ') };
      tx.record({ type: 'citizen.recovered', data, citizenId, actor, reference });
      return true;
    });
    if (!changed) return leave(flow);
    await leaving.end();
    await tellHolder(parts, citizenId, M.text(TOLD_IN, 'notice.recovered'));
    return asSignin(forget(flow, step.id), known, at.getTime());
  });
}

/** Goes on as a sign-in that has shown what was shown, and no more: the password just chosen counts next time (A83). */
function asSignin(
  flow: Flow,
  { citizenId, phone, amr }: Known & { readonly phone: Phone },
  at: number,
): Progress {
  return {
    is: 'flow',
    flow: {
      ...forget(flow, RECOVERY),
      recovered: true,
      shown: { citizenId, phone, amr, needsSecond: false, at },
    },
  };
}
