// Asking for more: a further factor of a citizen who is identified, or the offer to set one up. Only what is missing is
// asked, and only what can help.
import { aalOf, type Aal } from '../assurance/assurance.ts';
import { TOLD_IN, tellHolder, type CitizenId } from '../citizens/citizens.ts';
import type { Factor, Shown } from '../factors/factors.ts';
import {
  bind,
  forget,
  refused,
  shownFlow,
  who,
  type Current,
  type DispatchParts,
  type Progress,
  type Standing,
} from './current.ts';
import type { Flow } from './flow.ts';
import { M } from './messages.ts';
import type { RefusedWhy } from './steps/refused.tsx';
import { amrOf, citizenOf, type NextStep, type Situation } from './next-step.ts';

type Asked = Standing & { readonly next: Extract<NextStep, { is: 'authenticate' }> };

interface Has {
  readonly amr: readonly string[];
  readonly discounted: readonly string[];
  /** Identifiers of factors. */
  readonly refuses?: readonly string[];
}

/** What each factor could add now: discounted methods are nothing, refused factors are not there. */
async function brought(
  factors: readonly Factor[],
  citizenId: CitizenId,
  { discounted, refuses = [] }: Has,
): Promise<readonly { readonly factor: Factor; readonly sets: readonly (readonly string[])[] }[]> {
  const able = factors.filter(({ id, second }) => second && !refuses.includes(id));
  return Promise.all(
    able.map(async (factor) => {
      const all = await factor.brings(citizenId);
      return { factor, sets: all.map((amr) => amr.filter((method) => !discounted.includes(method))) };
    }),
  );
}

/** The factor level that this account could reach from what was shown, with everything that it has. */
export async function reachable(factors: readonly Factor[], citizenId: CitizenId, has: Has): Promise<Aal> {
  const all = await brought(factors, citizenId, has);
  return aalOf([...has.amr, ...all.flatMap(({ sets }) => sets.flat())]);
}

/**
 * The factors that can bring this sign-in to the level asked, in the order of the list: those that do it alone, or, when
 * none does, those that are a part of it. Empty when all together would not: then nobody is sent round in circles.
 */
export async function helpful(
  factors: readonly Factor[],
  citizenId: CitizenId,
  has: Has,
  aal: number,
): Promise<readonly Factor[]> {
  const all = await brought(factors, citizenId, has);
  const reach = (added: readonly string[]): number => aalOf([...has.amr, ...added]);
  if (reach(all.flatMap(({ sets }) => sets.flat())) < aal) return [];
  const best = all.map(({ factor, sets }) => ({ factor, most: Math.max(0, ...sets.map(reach)) }));
  const alone = best.filter(({ most }) => most >= aal);
  const chosen = alone.length > 0 ? alone : best.filter(({ most }) => most > reach([]));
  return chosen.map(({ factor }) => factor);
}

/** The factors that bring a key whose holder is verified; empty for an account without one. */
export async function passkeys(factors: readonly Factor[], citizenId: CitizenId): Promise<readonly Factor[]> {
  const all = await brought(factors, citizenId, { amr: [], discounted: [] });
  return all.filter(({ sets }) => sets.some((amr) => amr.includes('user'))).map(({ factor }) => factor);
}

function deadEnd({ next, situation }: Asked): RefusedWhy {
  if (next.why !== 'risk') return 'no_second_way';
  return situation.risk.discounted.includes('sms') ? 'sms_not_enough' : 'other_way';
}

/**
 * The factor level that a change to the ways of signing in takes: two factors of whoever has two (ASVS 5.0 7.5.1). Not
 * more: who has lost a key must be able to take it off the account, and a key that is set up on two factors counts for
 * the highest level only days later.
 */
export async function forChanges(
  factors: readonly Factor[],
  citizenId: CitizenId,
  shown: readonly string[],
): Promise<Aal> {
  const brought = await Promise.all(
    factors.filter(({ second }) => second).map((factor) => factor.brings(citizenId)),
  );
  return Math.min(2, aalOf([...shown, ...brought.flat(2)])) as Aal;
}

/** Nobody can be talked out of a key: where this browser can use one, it is asked for before a code. */
const first = (able: readonly Factor[], { capable }: Flow): Factor | undefined =>
  (capable === true ? able.find(({ amr }) => amr.includes('user')) : undefined) ?? able[0];

/** A further factor; `way` names one of several. */
export async function authenticate(
  { factors, clock }: DispatchParts,
  now: Asked,
  way: string | undefined,
): Promise<Current> {
  const { flow, situation, next } = now;
  const amr = amrOf(situation);
  const able = next.passkey
    ? await passkeys(factors.list, who(now))
    : await helpful(factors.list, who(now), { amr, ...situation.risk }, next.aal);
  const factor = able.find(({ id, second }) => id === way || second?.id === way) ?? first(able, flow);
  // Other ways to begin may still be open: somebody whose text message does not count may know a password.
  if (!factor?.second) return refused(deadEnd(now), flow);
  const { second } = factor;
  const done = (value: Shown): Progress => {
    const shown = { ...value, amr: [...new Set([...(flow.shown?.amr ?? []), ...value.amr])] };
    return shownFlow(clock.now(), flow, shown, second.id);
  };
  return {
    ...bind(second, { citizenId: who(now), aal: next.aal }, flow, done, factor),
    others: able.filter((other) => other !== factor),
    why: next.why,
  };
}

const offering = ({ factors }: Pick<DispatchParts, 'factors'>): Factor | undefined =>
  factors.list.find(({ offer: offered, enrol }) => offered && enrol);

/** What these pages have shown, as far as it counts. */
const counted = ({ shown, risk }: Omit<Situation, 'offerDue'>): readonly string[] =>
  (shown?.amr ?? []).filter((method) => !risk.discounted.includes(method));

/**
 * True when a factor is to be offered: to someone who has just shown two factors on these pages (ASVS 5.0 7.5.1: nothing
 * is set up on less), in a browser that said it can hold one, once.
 */
export async function offerDue(
  parts: Pick<DispatchParts, 'factors'>,
  flow: Flow,
  situation: Omit<Situation, 'offerDue'>,
): Promise<boolean> {
  const id = citizenOf(situation);
  const offered = offering(parts)?.offer;
  if (!offered || id === undefined || flow.capable !== true || flow.offered === true) return false;
  if (situation.shown === undefined || aalOf(counted(situation)) < 2) return false;
  return offered.due(id as CitizenId);
}

/** The offer: taken, it adds to what this sign-in has shown; left, it is not made again for a long while. */
export function offer(parts: DispatchParts, now: Standing): Current {
  const { flow, situation } = now;
  const factor = offering(parts);
  if (!factor?.enrol || !factor.offer) throw new Error('no factor that is on is offered');
  const { enrol, offer: offered } = factor;
  const [citizenId, amr] = [who(now), amrOf(situation)];
  const over: Flow = { ...forget(flow, enrol.id), offered: true };
  const step = bind(
    enrol,
    { citizenId, phone: flow.shown?.phone, aal: aalOf(amr) },
    flow,
    async (enrolment): Promise<Progress> => {
      await parts.audit.change(async (tx) => {
        await enrolment.write(tx, citizenId);
      });
      await tellHolder(parts, citizenId, M.text(TOLD_IN, 'notice.added', { way: factor.label(TOLD_IN) }));
      if (!flow.shown) throw new Error('nothing was shown yet');
      const shown = { ...flow.shown, amr: [...new Set([...flow.shown.amr, ...enrolment.amr])] };
      return { is: 'flow', flow: { ...over, shown } };
    },
    factor,
  );
  return {
    ...step,
    decline: async () => {
      await offered.declined(citizenId);
      return { is: 'flow', flow: over };
    },
  };
}
