// A citizen with an authenticator, at the steps of the passkey factor.
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import type { Enrolment, EnrolState, Factor, SecondState, Shown } from '../../../idp/factors/factors.ts';
import {
  authenticator,
  optionsOf,
  type Authenticator,
  type AuthenticatorKind,
  type CreationOptions,
  type Forged,
  type RequestOptions,
} from './authenticator.ts';
import {
  flowOf,
  ISSUER,
  type FactorsFixture,
  type Flow,
  type FlowOptions,
  type Outcome,
} from '../fixture.ts';

export const device = (kind: Partial<AuthenticatorKind> = {}): Authenticator =>
  authenticator({ origin: ISSUER.origin, ...kind });

export const firstFlow = (factor: Factor, options?: FlowOptions): Flow<Shown> =>
  flowOf(factor.first, { hint: undefined, registering: false }, options);
export const secondFlow = (factor: Factor, state: SecondState, options?: FlowOptions): Flow<Shown> =>
  flowOf(factor.second, state, options);
export const enrolFlow = (
  factor: Factor,
  state: Partial<EnrolState>,
  options?: FlowOptions,
): Flow<Enrolment> =>
  flowOf(factor.enrol, { citizenId: undefined, phone: undefined, aal: 2, ...state }, options);

export const requested = async (flow: Flow<Shown>): Promise<RequestOptions> => optionsOf(await flow.html());
export const offered = async (flow: Flow<Enrolment>): Promise<CreationOptions> =>
  optionsOf(await flow.html());

/** Opens the page and answers it. */
export async function use(flow: Flow<Shown>, key: Authenticator, forged?: Forged): Promise<Outcome<Shown>> {
  return flow.submit({ credential: key.get(await requested(flow), forged) });
}

export async function setUp(
  flow: Flow<Enrolment>,
  key: Authenticator,
  forged?: Forged,
): Promise<Outcome<Enrolment>> {
  return flow.submit({ credential: key.create(await offered(flow), forged) });
}

/** Sets the key up for this citizen, written and all. */
export async function enrolled(
  { audit }: FactorsFixture,
  factor: Factor,
  citizenId: CitizenId,
  key: Authenticator,
  aal: EnrolState['aal'] = 2,
): Promise<Enrolment> {
  const outcome = await setUp(enrolFlow(factor, { citizenId, aal }), key);
  if (outcome.is !== 'done') throw new Error(JSON.stringify(outcome));
  await audit.change((tx) => outcome.value.write(tx, citizenId));
  return outcome.value;
}
