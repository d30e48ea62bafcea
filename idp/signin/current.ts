// What the files of the dispatcher share: the state of a sign-in, and a step with its state bound, which the host shows
// and submits without knowing its types.
import type { Audit } from '../audit/audit.ts';
import type { Citizen, CitizenId, Citizens, Recoveries } from '../citizens/citizens.ts';
import type { Devices } from '../devices/devices.ts';
import type { Factor, Factors, Shown } from '../factors/factors.ts';
import type { Oidc, SigninRequest } from '../oidc/oidc.ts';
import type { Clock } from '../platform/base/clock.ts';
import type { Form, Screen, Step, StepContext, Submitted } from '../platform/http/step.ts';
import type { Notify } from '../platform/notify/notify.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { Proofing } from '../proofing/proofing.ts';
import type { Flow } from './flow.ts';
import { citizenOf, type AuthenticateWhy, type NextStep, type Situation } from './next-step.ts';
import { refusedStep, type RefusedWhy } from './steps/refused.tsx';

export interface DispatchParts {
  readonly oidc: Oidc;
  readonly citizens: Citizens;
  readonly factors: Factors;
  readonly proofing: Proofing;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly notify: Pick<Notify, 'text'>;
  readonly log: Log;
  /** Seconds after which an account that was never proven is given back on what little it has. */
  readonly unprovenWaitSeconds: number;
  readonly recoveries: Recoveries;
  readonly issuer: URL;
  readonly clock: Clock;
}

export interface Standing {
  readonly request: SigninRequest;
  readonly flow: Flow;
  readonly situation: Situation;
  readonly next: NextStep;
  readonly citizen: Citizen | undefined;
}

/** What a step's answer leads to: a changed flow, or the end of the sign-in. */
export type Progress =
  | { readonly is: 'flow'; readonly flow: Flow }
  | { readonly is: 'finish'; readonly grantId: string | undefined }
  | { readonly is: 'refuse'; readonly error: string; readonly description: string };

/** The name under which a recovery is entered and left: `?way=recover`, `?restart=recover`. */
export const RECOVERY = 'recover';

/** A step with its state bound: what the host shows and submits without knowing its types. */
export interface Current {
  readonly id: string;
  readonly factor: Factor | undefined;
  /** Present where the citizen may go on without this step (a mere wish, an offer): what going on leads to. */
  readonly decline?: (() => Promise<Progress>) | undefined;
  /** Other factors that would do as well. */
  readonly others?: readonly Factor[];
  /** Part of a recovery: its first page, or one after it. */
  readonly recovery?: 'begins' | 'goes_on';
  /** Why a further factor is asked. */
  readonly why?: AuthenticateWhy;
  show(context: Base): Promise<Screen>;
  submit(context: Base, form: Form): Promise<Submitted<Progress>>;
}

export type Base = Omit<StepContext<unknown>, 'state' | 'scratch'>;

export function bind<State, Done>(
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

/** A finished step's memory goes: going there again starts at its first screen. */
export function forget({ recovery, ...flow }: Flow, stepId: string): Flow {
  return {
    ...flow,
    ...(recovery && stepId !== RECOVERY ? { recovery } : {}),
    scratch: Object.fromEntries(Object.entries(flow.scratch ?? {}).filter(([id]) => id !== stepId)),
  };
}

/** `by`: the factor, when it is the first one of this sign-in. */
export function shownFlow(at: Date, flow: Flow, shown: Shown, stepId: string, by = flow.shown?.by): Progress {
  const { citizenId, phone, amr, needsSecond } = shown;
  const kept = {
    amr,
    needsSecond,
    at: at.getTime(),
    ...(by === undefined ? {} : { by }),
    ...(citizenId ? { citizenId } : {}),
    ...(phone ? { phone } : {}),
  };
  return { is: 'flow', flow: { ...forget(flow, stepId), shown: kept } };
}

/** Whose sign-in this is. Throws a plain Error before anyone is identified. */
export function who({ situation }: Pick<Standing, 'situation'>): CitizenId {
  const id = citizenOf(situation);
  if (id === undefined) throw new Error('nobody is identified yet');
  return id as CitizenId;
}

const ERRORS: Readonly<Record<RefusedWhy, { readonly error: string; readonly description: string }>> = {
  account_blocked: { error: 'access_denied', description: 'the account cannot be used' },
  outsider: { error: 'access_denied', description: 'a test service is for its own team' },
  wrong_citizen: { error: 'login_required', description: 'another citizen is signed in' },
  sms_not_enough: {
    error: 'access_denied',
    description: 'a text message alone does not count under these circumstances',
  },
  other_way: {
    error: 'access_denied',
    description: 'what was shown does not count under these circumstances',
  },
  no_second_way: {
    error: 'unmet_authentication_requirements',
    description: 'the account has no further factor for the requested level',
  },
};

export function refused(why: RefusedWhy, flow: Flow): Current {
  return bind(refusedStep, { why }, flow, (answer) =>
    answer === 'anew' ? { is: 'flow', flow: { anew: true } } : { is: 'refuse', ...ERRORS[why] },
  );
}
