// From a sign-in in progress to the step that stands now, with what each step's answer changes.
import type { Audit } from '../audit/audit.ts';
import { rungOf } from '../assurance/assurance.ts';
import type { Citizen, CitizenId, Citizens, Phone } from '../citizens/citizens.ts';
import type { Enrolment, Factor, Factors, Shown } from '../factors/factors.ts';
import { answeredBefore, consentAsk, type Oidc, type SigninRequest } from '../oidc/oidc.ts';
import type { Form, Screen, Step, StepContext, Submitted } from '../platform/http/step.ts';
import type { Clock } from '../platform/base/clock.ts';
import { unreachable } from '../platform/base/errors.ts';
import type { Proofing, ProofingReason } from '../proofing/proofing.ts';
import type { Flow } from './flow.ts';
import { amrOf, citizenOf, nextStep, type NextStep, type Situation } from './next-step.ts';
import { consentStep } from './steps/consent.tsx';
import { refusedStep, type RefusedWhy } from './steps/refused.tsx';

export interface DispatchParts {
  readonly oidc: Oidc;
  readonly citizens: Citizens;
  readonly factors: Factors;
  readonly proofing: Proofing;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** What a step's answer leads to: a changed flow, or the end of the sign-in. */
export type Progress =
  | { readonly is: 'flow'; readonly flow: Flow }
  | { readonly is: 'finish'; readonly grantId: string | undefined }
  | { readonly is: 'refuse'; readonly error: string; readonly description: string };

/** A step with its state bound: what the host shows and submits without knowing its types. */
export interface Current {
  readonly id: string;
  readonly factor: Factor | undefined;
  /** The service merely wishes for this step: the citizen may go on without it. */
  readonly mayDecline?: boolean;
  show(context: Base): Promise<Screen>;
  submit(context: Base, form: Form): Promise<Submitted<Progress>>;
}

export type Base = Omit<StepContext<unknown>, 'state' | 'scratch'>;

export interface Standing {
  readonly request: SigninRequest;
  readonly flow: Flow;
  readonly situation: Situation;
  readonly next: NextStep;
  readonly citizen: Citizen | undefined;
}

/** Everything the pure decision needs, read in as few round trips as there are unknowns. */
export async function standing(parts: DispatchParts, request: SigninRequest, flow: Flow): Promise<Standing> {
  const session = request.reauthenticate || flow.anew === true ? undefined : request.session;
  const shown = flow.shown && {
    citizenId: flow.shown.citizenId,
    phoneConfirmed: flow.shown.phone !== undefined,
    amr: flow.shown.amr,
    needsSecond: flow.shown.needsSecond,
  };
  const id = citizenOf({ session, shown }) as CitizenId | undefined;
  const [citizen, earlier] = id
    ? await Promise.all([parts.citizens.find(id), parts.oidc.consents.earlier(id, request.client.clientId)])
    : [];
  const situation: Situation = {
    session,
    shown,
    citizen: citizen && { active: citizen.status === 'active', ial: citizen.ial },
    demand: request.demand,
    declined: flow.declined === true,
    provenUntold: flow.scratch?.[parts.proofing.step.id] !== undefined,
    wrongCitizen: id !== undefined && !parts.oidc.expects(request, id),
    consentAnswered:
      request.client.firstParty ||
      (!request.askConsentAgain && answeredBefore(earlier, request.client, request.wanted)),
  };
  return { request, flow, situation, next: nextStep(situation), citizen };
}

function bind<State, Done>(
  step: Step<State, Done>,
  state: State,
  flow: Flow,
  done: (value: Done) => Promise<Progress> | Progress,
  factor?: Factor,
): Current {
  const full = (base: Base): StepContext<State> => ({ ...base, state, scratch: flow.scratch?.[step.id] });
  return {
    id: step.id,
    factor,
    show: (base) => step.show(full(base)),
    async submit(base, form) {
      const submitted = await step.submit(full(base), form);
      return submitted.is === 'done' ? { is: 'done', value: await done(submitted.value) } : submitted;
    },
  };
}

/** The step that stands now; `way` is the tab, honoured only while nobody is identified. */
export async function currentStep(
  parts: DispatchParts,
  now: Standing,
  way: string | undefined,
  reference: string,
): Promise<Current | Progress> {
  const { next, flow, request } = now;
  switch (next.is) {
    case 'identify':
      return identify(parts, request, flow, way);
    case 'enrol':
      return enrol(parts, flow, reference);
    case 'authenticate':
      return declinable(now, await authenticate(parts, now));
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
    case 'done':
      return { is: 'finish', grantId: undefined };
    default:
      return unreachable(next);
  }
}

/** A wish may be left; a demand, or the second half of a sign-in with a short password, may not. */
function declinable({ request, flow }: Standing, step: Current): Current {
  return { ...step, mayDecline: !request.demand.essential && flow.shown?.needsSecond !== true };
}

function who({ situation }: Standing): CitizenId {
  const id = citizenOf(situation);
  if (id === undefined) throw new Error('nobody is identified yet');
  return id as CitizenId;
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

/** A finished step's memory goes: going there again starts at its first screen. */
export function forget(flow: Flow, stepId: string): Flow {
  return {
    ...flow,
    scratch: Object.fromEntries(Object.entries(flow.scratch ?? {}).filter(([id]) => id !== stepId)),
  };
}

function shownFlow(parts: DispatchParts, flow: Flow, shown: Shown, stepId: string): Progress {
  const at = parts.clock.now().getTime();
  const { citizenId, phone, amr, needsSecond } = shown;
  const kept = { amr, needsSecond, at, ...(citizenId ? { citizenId } : {}), ...(phone ? { phone } : {}) };
  return { is: 'flow', flow: { ...forget(flow, stepId), shown: kept } };
}

/** The first factor that can begin; on `register` the first that confirms a phone. */
function identify(
  parts: DispatchParts,
  request: SigninRequest,
  flow: Flow,
  way: string | undefined,
): Current {
  const registering = way === 'register';
  const able = parts.factors.list.filter((factor) => factor.first && (!registering || factor.confirmsPhone));
  const factor = able.find((candidate) => candidate.id === way) ?? able[0];
  if (!factor?.first) throw new Error('no factor that is on can begin a sign-in');
  const { first } = factor;
  const state = { hint: request.loginHint, registering };
  return bind(first, state, flow, (shown) => shownFlow(parts, flow, shown, first.id), factor);
}

/** A confirmed phone without an account: the account is made with its first factor, in one transaction. */
function enrol(parts: DispatchParts, flow: Flow, reference: string): Current {
  const phone = flow.shown?.phone;
  const step = parts.factors.list.find((factor) => factor.enrol)?.enrol;
  if (phone === undefined || !step) throw new Error('no factor that is on can be set up for a new account');
  return bind(step, { citizenId: undefined, phone }, flow, async (enrolment) => {
    const citizenId = await createAccount(parts, phone, enrolment, reference);
    return { is: 'flow', flow: { ...forget(flow, step.id), shown: { ...keep(flow), citizenId } } };
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
): Promise<CitizenId> {
  const taken = new Error('taken');
  try {
    return await parts.audit.change(async (tx) => {
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
  } catch (error) {
    const owner = error === taken ? await parts.citizens.findByPhone(phone) : undefined;
    if (owner === undefined) throw error;
    return owner;
  }
}

/** A second factor: the first one set up whose kind was not shown yet. */
async function authenticate(parts: DispatchParts, now: Standing): Promise<Current> {
  const { flow, situation } = now;
  const shown = new Set(amrOf(situation));
  for (const factor of parts.factors.list) {
    const { second } = factor;
    if (!second || factor.amr.some((method) => shown.has(method)) || !(await factor.enrolled(who(now))))
      continue;
    const done = (value: Shown): Progress =>
      shownFlow(
        parts,
        flow,
        { ...value, amr: [...new Set([...(flow.shown?.amr ?? []), ...value.amr])] },
        second.id,
      );
    return bind(second, { citizenId: who(now) }, flow, done, factor);
  }
  return refused('no_second_way', flow);
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

const ERRORS: Readonly<Record<RefusedWhy, { readonly error: string; readonly description: string }>> = {
  account_blocked: { error: 'access_denied', description: 'the account cannot be used' },
  wrong_citizen: { error: 'login_required', description: 'another citizen is signed in' },
  no_second_way: {
    error: 'unmet_authentication_requirements',
    description: 'the account has no further factor for the requested level',
  },
};

function refused(why: RefusedWhy, flow: Flow): Current {
  return bind(refusedStep, { why }, flow, () => ({ is: 'refuse', ...ERRORS[why] }));
}
