// From a sign-in in progress to the step that stands now, with what each step's answer changes.
import { ELSEWHERE, rungOf, servesElsewhere } from '../assurance/assurance.ts';
import type { Citizen, CitizenId, Phone } from '../citizens/citizens.ts';
import type { Enrolment } from '../factors/factors.ts';
import { answeredBefore, consentAsk, type SigninRequest } from '../oidc/oidc.ts';
import { epochSeconds } from '../platform/base/clock.ts';
import { unreachable } from '../platform/base/errors.ts';
import type { ProofingReason } from '../proofing/proofing.ts';
import {
  bind,
  forget,
  RECOVERY,
  refused,
  shownFlow,
  who,
  type Current,
  type DispatchParts,
  type Progress,
  type Standing,
} from './current.ts';
import type { Flow } from './flow.ts';
import { judge, seen, type Comer } from './judged.ts';
import { amrOf, citizenOf, nextStep, type Situation } from './next-step.ts';
import { authenticate, forChanges, offer, offerDue, passkeys } from './second.ts';
import { recover } from './recovery/forgotten.ts';
import { unfreeze } from './recovery/unfreeze.ts';
import { consentStep } from './steps/consent.tsx';

/** Everything the pure decision needs, read in as few round trips as there are unknowns. */
export async function standing(
  parts: DispatchParts,
  request: SigninRequest,
  given: Flow,
  comer: Comer,
): Promise<Standing> {
  const before = told(parts, request, given);
  const id = citizenOf(before) as CitizenId | undefined;
  const judging = { request, flow: given, comer, amr: amrOf({ ...before, risk: riskOf(given) }) };
  const [citizen, earlier, found] = id
    ? await Promise.all([
        parts.citizens.find(id),
        parts.oidc.consents.earlier(id, request.client.clientId),
        seen(parts, judging),
      ])
    : [];
  // The page that says what a proof has ended is still to be read.
  const proving = given.scratch?.[parts.proofing.step.id] !== undefined;
  if (citizen && !proving && isOutlived(given, citizen))
    return standing(parts, request, begunAnew(given), comer);
  const flow = await judge(parts, judging, citizen, found);
  const situation: Omit<Situation, 'offerDue'> = {
    ...before,
    citizen: citizen && {
      active: citizen.status === 'active',
      frozen: citizen.status === 'frozen',
      ial: citizen.ial,
    },
    demand: request.demand,
    declined:
      flow.declined === true || (before.session !== undefined && !before.shown && cannotGrow(request)),
    provenUntold: proving,
    risk: riskOf(flow),
    trustedDevice: flow.judged?.citizenId === id && flow.judged?.trusted === true,
    changing: request.allAnew && id ? await forChanges(parts.factors.list, id, before.shown?.amr ?? []) : 0,
    passkey: request.passkeyAnew && id !== undefined && (await passkeys(parts.factors.list, id)).length > 0,
    wrongCitizen: id !== undefined && !parts.oidc.expects(request, id),
    outsider: id !== undefined && !(await parts.oidc.admits(request, id)),
    consentAnswered:
      request.client.firstParty ||
      (!request.askConsentAgain && answeredBefore(earlier, request.client, request.wanted)),
  };
  const whole = { ...situation, offerDue: await offerDue(parts, flow, situation) };
  return { request, flow, situation: whole, next: nextStep(whole), citizen };
}

/**
 * True where the level takes more than an approval elsewhere and nothing was ever shown in this browser that more could be
 * added to. A demand then begins signing in anew instead of ending nowhere; a mere wish is let go.
 */
function cannotGrow({ session, demand }: Pick<SigninRequest, 'session' | 'demand'>): boolean {
  return session?.amr.every((method) => method === ELSEWHERE) === true && !servesElsewhere(demand.level);
}

const NO_RISK: Situation['risk'] = { floor: 0, discounted: [] };

/** What was judged of one citizen says nothing of another who took the place. */
function riskOf({ shown, judged, recovered }: Flow): Situation['risk'] {
  const risk = judged && judged.citizenId === shown?.citizenId ? judged : NO_RISK;
  return recovered === true ? { ...risk, discounted: [...risk.discounted, 'pwd'] } : risk;
}

/** Shown before everything that had been shown was ended: a new password, a freeze, a sign-out everywhere. */
const isOutlived = ({ shown }: Flow, { sessionsNotBefore }: Citizen): boolean =>
  shown !== undefined && shown.at < sessionsNotBefore.getTime();

function begunAnew(flow: Flow): Flow {
  const { shown: _shown, judged: _judged, trusts: _trusts, ...rest } = flow;
  return rest;
}

/** What the session and the pages of this sign-in have told so far. */
function told(
  parts: DispatchParts,
  request: SigninRequest,
  flow: Flow,
): Pick<Situation, 'session' | 'shown'> {
  return {
    session: request.reauthenticate || flow.anew === true ? undefined : measured(parts, request),
    shown: flow.shown && {
      citizenId: flow.shown.citizenId,
      phoneConfirmed: flow.shown.phone !== undefined,
      amr: flow.shown.amr,
      needsSecond: flow.shown.needsSecond,
    },
  };
}

/** The session with whether it is fresh enough for the demanded level (assurance/table.ts). */
function measured({ clock }: DispatchParts, { session, demand }: SigninRequest): Situation['session'] {
  if (!session) return undefined;
  if (demand.essential && cannotGrow({ session, demand })) return undefined;
  const { freshSeconds } = rungOf(demand.level);
  const fresh = freshSeconds === undefined || epochSeconds(clock.now()) - session.authTime <= freshSeconds;
  return { ...session, fresh };
}

/** The step that stands now; `way` is the tab, honoured only while nobody is identified. */
export async function currentStep(
  parts: DispatchParts,
  now: Standing,
  way: string | undefined,
  reference: string,
): Promise<Current | Progress> {
  const { next, flow, request } = now;
  if (flow.recovery || (next.is === 'identify' && way === RECOVERY)) return recover(parts, now, reference);
  switch (next.is) {
    case 'identify':
      return identify(parts, request, flow, way);
    case 'enrol':
      return enrol(parts, flow, reference);
    case 'authenticate':
      return declinable(now, await authenticate(parts, { ...now, next }, way));
    case 'offer':
      return offer(parts, now);
    case 'prove':
      return declinable(
        now,
        bind(
          parts.proofing.step,
          { citizenId: who(now), wanted: rungOf(request.demand.level).ial },
          flow,
          (proved) => ({
            is: 'flow',
            // Whoever is here is not the holder of the account: nothing that was shown counts.
            flow: proved.is === 'start_over' ? { anew: true } : forget(flow, parts.proofing.step.id),
          }),
        ),
      );
    case 'consent':
      return consent(parts, now, reference);
    case 'refused':
      return refused(next.why, flow);
    case 'frozen':
      return unfreeze(parts, now, way, reference);
    case 'done':
      return { is: 'finish', grantId: undefined };
    default:
      return unreachable(next);
  }
}

/** A wish may be left; a demand, or what this very sign-in lacks, may not. */
function declinable({ request, flow, next }: Standing, step: Current): Current {
  if (request.demand.essential || (next.is === 'authenticate' && next.why !== 'service')) return step;
  return { ...step, decline: () => Promise.resolve({ is: 'flow', flow: { ...flow, declined: true } }) };
}

/** What a service is told that a citizen leaves at the proof which it asked for; undefined at any other step. */
export async function proofReason(
  { proofing }: DispatchParts,
  now: Standing,
): Promise<ProofingReason | undefined> {
  const { next, request } = now;
  if (next.is !== 'prove' || request.client.firstParty) return undefined;
  return proofing.reason(who(now), rungOf(request.demand.level).ial);
}

/** The first factor that can begin; on `register` the first that confirms a phone. */
function identify(
  parts: DispatchParts,
  request: SigninRequest,
  flow: Flow,
  way: string | undefined,
): Current {
  const registering = way === 'register';
  const able = parts.factors.list.filter(
    (factor) =>
      factor.first &&
      (!registering || factor.confirmsPhone) &&
      // Whoever approves on another device cannot see whose hands change the account here (RFC 10027).
      !(request.allAnew && factor.amr.every((method) => method === ELSEWHERE)),
  );
  const factor = able.find((candidate) => candidate.id === way) ?? able[0];
  if (!factor?.first) throw new Error('no factor that is on can begin a sign-in');
  const { first } = factor;
  const asking = { clientId: request.client.clientId, level: request.demand.level };
  const state = { hint: request.loginHint, registering, asking };
  return bind(
    first,
    state,
    flow,
    (shown) => shownFlow(parts.clock.now(), flow, shown, first.id, factor.id),
    factor,
  );
}

/** A confirmed phone without an account: the account is made with its first factor, in one transaction. */
function enrol(parts: DispatchParts, flow: Flow, reference: string): Current {
  const phone = flow.shown?.phone;
  const step = parts.factors.list.find((factor) => factor.enrol)?.enrol;
  if (phone === undefined || !step) throw new Error('no factor that is on can be set up for a new account');
  return bind(step, { citizenId: undefined, phone, aal: 1 }, flow, async (enrolment) => {
    const made = await createAccount(parts, phone, enrolment, reference);
    const before = keep(flow);
    // Whoever found an account that another registration had just made has set up nothing there.
    const amr = made.isNew ? [...before.amr, ...enrolment.amr] : before.amr;
    // From now on: the account begins after its phone was confirmed.
    const at = parts.clock.now().getTime();
    const shown = { ...before, amr, at, citizenId: made.citizenId };
    return { is: 'flow', flow: { ...forget(flow, step.id), shown } };
  });
}

function keep(flow: Flow): NonNullable<Flow['shown']> {
  if (!flow.shown) throw new Error('nothing was shown yet');
  return flow.shown;
}

/** Of parallel registrations one makes the account; the others find it and are signed in to it. */
async function createAccount(
  parts: DispatchParts,
  phone: Phone,
  enrolment: Enrolment,
  reference: string,
): Promise<{ readonly citizenId: CitizenId; readonly isNew: boolean }> {
  const taken = new Error('taken');
  try {
    const citizenId = await parts.audit.change(async (tx) => {
      const made = await parts.citizens.register(tx, phone, parts.clock.now());
      if (made.is === 'phone_taken') throw taken;
      const actor = `citizen:${made.id}`;
      tx.record({
        type: 'citizen.registered',
        data: { method: 'sms' },
        citizenId: made.id,
        actor,
        reference,
      });
      await enrolment.write(tx, made.id);
      return made.id;
    });
    return { citizenId, isNew: true };
  } catch (error) {
    const owner = error === taken ? await parts.citizens.findByPhone(phone) : undefined;
    if (owner === undefined) throw error;
    return { citizenId: owner, isNew: false };
  }
}

async function consent(parts: DispatchParts, now: Standing, reference: string): Promise<Current> {
  const { request, flow, citizen } = now;
  if (!citizen) throw new Error('nobody is identified yet');
  const { client, wanted } = request;
  const ask = consentAsk(client, wanted);
  const asksStatus = [...ask.required, ...ask.optional].includes('proofing_status');
  const [attributes, proofing] = await Promise.all([
    parts.citizens.attributes(citizen.id),
    asksStatus ? parts.proofing.reason(citizen.id) : undefined,
  ]);
  return bind(
    consentStep,
    { client, ask, citizen, attributes, proofing, now: parts.clock.now() },
    flow,
    async (answer) => {
      if (answer.is === 'denied')
        return { is: 'refuse', error: 'access_denied', description: 'the citizen did not agree to share' };
      const { refused } = answer;
      const grantId = await parts.oidc.consents.give({
        citizenId: citizen.id,
        client,
        wanted,
        refused,
        reference,
      });
      return { is: 'finish', grantId };
    },
  );
}
