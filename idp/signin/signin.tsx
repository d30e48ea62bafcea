// /signin/:uid, from "who are you" back to the service. The host of all steps: it loads the sign-in, asks next-step
// which step stands, draws the frame, and moves on. Not here: the steps' own pages, the protocol (oidc/).
import { z } from 'zod';
import type { ParameterizedContext } from 'koa';
import { DURATION_RULE, isDuration, seconds } from '../platform/base/duration.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import { csrf } from '../platform/http/guards.ts';
import { readForm } from '../platform/http/body.ts';
import { randomToken } from '../platform/base/ids.ts';
import { deviceCookieName, setCookie } from '../platform/http/cookies.ts';
import { preferLocale } from '../platform/http/presentation.ts';
import type { Feature, RequestState, Routes } from '../platform/http/feature.ts';
import type { Form, Submitted } from '../platform/http/step.ts';
import type { CitizenId } from '../citizens/citizens.ts';
import { CAPABLE_FIELD } from '../factors/factors.ts';
import type { Ephemeral } from '../platform/store/ephemeral.ts';
import { withoutProof, type SigninRequest } from '../oidc/oidc.ts';
import type { Watch } from '../registry/registry.ts';
import {
  forget,
  type Base,
  type Current,
  type DispatchParts,
  type Progress,
  type Standing,
} from './current.ts';
import { currentStep, proofReason, standing } from './dispatch.ts';
import { createFlows, type Flow, type Flows } from './flow.ts';
import { addressOf, draw, type Drawn } from './frame.tsx';
import type { Comer } from './judged.ts';
import { amrOf } from './next-step.ts';
import { cancelRoutes } from './recovery/cancel.tsx';
import { lockedScreen } from './steps/locked.tsx';
import { leaveStep } from './steps/leave.tsx';
import { TRUST_FIELD } from './steps/second.tsx';

export const signinSettings = z.strictObject({
  flowLife: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe('How long the answers given on the sign-in pages are kept; at least oidc.signinLife.'),
  newPhoneWait: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe(
      'How long the old phone has to say no before a person who was proven again gets the account back on a new phone (duration).',
    ),
  unprovenWait: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe(
      'How long the owner of an account that was never proven has to say no before it is given back on little: a forgotten password, a frozen account (duration).',
    ),
});

export interface SigninParts extends Omit<DispatchParts, 'unprovenWaitSeconds'> {
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
  readonly settings: z.infer<typeof signinSettings>;
  /** Told how far citizens come on the way to a service. */
  readonly activity: Pick<Watch, 'counted'>;
  /** True: the bar 测试环境 stands on every page. */
  readonly sandbox: boolean;
}

type Parts = SigninParts & DispatchParts;
type Context = ParameterizedContext<RequestState>;

/** One visit: the sign-in as it stands, and the step to show. */
interface Visit {
  readonly now: Standing;
  readonly flow: Flow;
  readonly way: string | undefined;
}

export function createSignin(given: SigninParts): Feature {
  const parts: Parts = { ...given, unprovenWaitSeconds: seconds(given.settings.unprovenWait) };
  const flows = createFlows({ ...parts, ttlSeconds: seconds(parts.settings.flowLife) });
  return {
    name: 'signin',
    routes(router: Routes) {
      router.get('/signin/:uid', (ctx) => show(parts, flows, ctx));
      router.get('/signin/:uid/leave', (ctx) => showLeave(parts, flows, ctx));
      router.post('/signin/:uid/leave', csrf, (ctx) => leave(parts, flows, ctx));
      cancelRoutes(router, parts);
      router.post('/signin/:uid/:step', csrf, (ctx) => submit(parts, flows, ctx));
    },
  };
}

const query = (ctx: Context, name: string): string | undefined => {
  const value = ctx.query[name];
  return typeof value === 'string' ? value : undefined;
};

async function visit(parts: Parts, flows: Flows, ctx: Context): Promise<Visit> {
  // Side by side: `request` refuses when the address names another sign-in than this browser's.
  const [request, flow] = await Promise.all([parts.oidc.request(ctx), flows.load(ctx['params'].uid)]);
  preferLocale(ctx, request.uiLocales, request.uiMode);
  return { now: await standing(parts, request, flow, comerOf(ctx)), flow, way: query(ctx, 'way') };
}

const comerOf = ({ state: { address, device, reference } }: Context): Comer => ({
  address,
  device,
  reference,
});

const EMPTY: Drawn = { problems: [], values: {} };

const isStep = (found: Current | Progress): found is Current => 'show' in found;

async function show(parts: Parts, flows: Flows, ctx: Context): Promise<void> {
  const { now, way } = await visit(parts, flows, ctx);
  const restart = query(ctx, 'restart');
  const flow = restart === undefined ? now.flow : forget(now.flow, restart);
  if (restart !== undefined) await flows.save(now.request.uid, flow);
  const found = await currentStep(parts, { ...now, flow }, way, ctx.state.reference);
  if (!isStep(found)) return advance(parts, flows, ctx, now, found);
  if (found.decline && query(ctx, 'later') !== undefined)
    return advance(parts, flows, ctx, now, await found.decline());
  const base = baseOf(parts, ctx, now.request);
  const screen = await found.show(base);
  await draw(parts, ctx, now.request, { found, way, screen, base, drawn: EMPTY });
}

async function submit(parts: Parts, flows: Flows, ctx: Context): Promise<void> {
  const form = await readForm(ctx);
  const visited = await visit(parts, flows, ctx);
  const { way } = visited;
  const now = hearing(visited.now, form);
  const found = await currentStep(parts, now, wayOf(parts, ctx, way), ctx.state.reference);
  if (!isStep(found)) return advance(parts, flows, ctx, now, found);
  // A form of a step that does not stand (back button, second press, skipped step) changes nothing.
  if (found.id !== ctx['params'].step) return seeOther(ctx, `/signin/${now.request.uid}`);
  const base = baseOf(parts, ctx, now.request);
  await answer(parts, flows, ctx, { now, found, way, base, form });
}

/** What the browser says of itself with a form is kept with the answers. */
function hearing(now: Standing, form: Form): Standing {
  if (form[CAPABLE_FIELD] !== '1' || now.flow.capable === true) return now;
  return { ...now, flow: { ...now.flow, capable: true } };
}

/** The form itself says which of several ways it belongs to. */
function wayOf(parts: Parts, ctx: Context, way: string | undefined): string | undefined {
  const posted: unknown = ctx['params'].step;
  return (
    way ?? parts.factors.list.find(({ first, second }) => first?.id === posted || second?.id === posted)?.id
  );
}

interface Submission {
  readonly now: Standing;
  readonly found: Current;
  readonly way: string | undefined;
  readonly base: Base;
  readonly form: Form;
}

/**
 * A refusal with a page of its own (too many, unavailable) leads back to this sign-in, where other ways are. A locked way
 * is answered here, with those ways.
 */
async function submitTo(found: Current, base: Base, form: Form): Promise<Submitted<Progress> | Fault> {
  try {
    return await found.submit(base, form);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'locked' && error.detail.until) return error;
    throw new Fault(error.code, { onward: addressOf(base.flow, undefined), ...error.detail });
  }
}

async function answer(parts: Parts, flows: Flows, ctx: Context, submission: Submission): Promise<void> {
  const { now, found, way, base, form } = submission;
  const submitted = await submitTo(found, base, form);
  if (submitted instanceof Fault) return drawLocked(parts, ctx, submission, submitted);
  const { uid } = now.request;
  if (submitted.is === 'done') return advance(parts, flows, ctx, now, trusting(found, form, submitted.value));
  const scratch = submitted.scratch;
  const flow: Flow =
    scratch === undefined ? now.flow : { ...now.flow, scratch: { ...now.flow.scratch, [found.id]: scratch } };
  if (flow !== now.flow) await flows.save(uid, flow);
  if (submitted.is === 'next') return seeOther(ctx, addressOf(uid, way));
  const again = await currentStep(parts, { ...now, flow }, wayOf(parts, ctx, way), ctx.state.reference);
  if (!isStep(again)) return advance(parts, flows, ctx, now, again);
  const forgotten = new Set(['password', 'code', '_csrf', ...(submitted.forget ?? [])]);
  const values = Object.fromEntries(Object.entries(form).filter(([name]) => !forgotten.has(name)));
  const screen = await again.show(base);
  const drawn = { problems: submitted.problems, values };
  await draw(parts, ctx, now.request, { found: again, way, screen, base, drawn });
}

/** Never the way that is locked: the others, of a first or of a further factor. */
async function drawLocked(
  parts: Parts,
  ctx: Context,
  { now, found, base }: Submission,
  { detail }: Fault,
): Promise<void> {
  const { until = base.now } = detail;
  const firsts = parts.factors.list.filter(({ first }) => first && first.id !== found.id);
  const ways = found.others ?? firsts;
  const seconds = Math.max(1, Math.ceil((until.getTime() - base.now.getTime()) / 1000));
  ctx.set('Retry-After', String(seconds));
  const screen = lockedScreen({ locale: base.locale, now: base.now, until, ways });
  const locked = { id: 'locked', factor: undefined };
  await draw(parts, ctx, now.request, { found: locked, way: undefined, screen, base, drawn: EMPTY });
}

/** The box stands only where a short password asks for a second factor; ticked elsewhere it says nothing. */
function trusting({ why }: Current, form: Form, progress: Progress): Progress {
  if (progress.is !== 'flow' || why !== 'short_password' || form[TRUST_FIELD] !== 'yes') return progress;
  return { is: 'flow', flow: { ...progress.flow, trusts: true } };
}

async function advance(
  parts: Parts,
  flows: Flows,
  ctx: Context,
  now: Standing,
  progress: Progress,
): Promise<void> {
  const { request } = now;
  const { clientId } = request.client;
  const asksConsent = now.next.is === 'consent';
  switch (progress.is) {
    case 'refuse':
      parts.activity.counted(clientId, asksConsent ? 'consent' : 'login', progress.error);
      return parts.oidc.refuse(ctx, request, progress.error, progress.description);
    case 'finish':
      return finish(parts, ctx, now, progress.grantId);
    case 'flow': {
      const then = await standing(parts, request, progress.flow, comerOf(ctx));
      if (then.next.is === 'done') return finish(parts, ctx, then, undefined);
      await flows.save(request.uid, then.flow);
      // Who had a session already was counted when the request came in.
      if (then.next.is === 'consent' && !asksConsent) parts.activity.counted(clientId, 'login');
      return seeOther(ctx, addressOf(request.uid, undefined));
    }
  }
}

async function finish(parts: Parts, ctx: Context, now: Standing, grantId: string | undefined): Promise<void> {
  const { request, situation, citizen, flow } = now;
  if (!citizen) throw new Error('nobody is identified yet');
  if (now.next.is !== 'consent') parts.activity.counted(request.client.clientId, 'login');
  parts.activity.counted(request.client.clientId, 'consent');
  await parts.oidc.finish(ctx, request, {
    citizenId: citizen.id,
    ial: citizen.ial,
    amr: amrOf(situation),
    authenticatedAt: flow.shown ? new Date(flow.shown.at) : undefined,
    grantId,
    declined: situation.declined,
  });
  if (flow.shown) rememberDevice(parts, ctx, citizen.id, flow);
}

const YEAR_SECONDS = 31_536_000;

/** The cookie lives a year from the last sign-in with it; everything else happens after the answer. */
function rememberDevice(
  { devices, issuer }: SigninParts,
  ctx: Context,
  citizenId: CitizenId,
  { judged, trusts }: Flow,
): void {
  const { address, reference } = ctx.state;
  const device = ctx.state.device ?? randomToken();
  const secure = issuer.protocol === 'https:';
  setCookie(ctx.res, deviceCookieName(secure), device, { secure, maxAgeSeconds: YEAR_SECONDS });
  devices.signedIn({
    citizenId,
    device,
    address,
    reference,
    userAgent: ctx.req.headers['user-agent'],
    trusts: trusts === true,
    tells: judged?.tells === true,
  });
}

function seeOther(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

/** Longer than any browser's own; whoever sends more is not describing a browser. */
const AGENT_CHARACTERS = 300;

function baseOf({ clock, issuer }: Parts, ctx: Context, request: SigninRequest): Base {
  const { locale, address, device } = ctx.state;
  const here = new URL(addressOf(request.uid, undefined), issuer).href;
  const agent = ctx.get('user-agent').slice(0, AGENT_CHARACTERS);
  return {
    locale,
    address,
    device,
    ...(agent === '' ? {} : { agent }),
    here,
    flow: request.uid,
    service: request.client.name[locale],
    now: clock.now(),
  };
}

/** What the service will be told is on the page before the citizen presses the button. */
async function leaving(parts: Parts, { now }: Visit, ctx: Context): Promise<Current> {
  const proofing = await proofReason(parts, now);
  const state = { service: now.request.client.name[ctx.state.locale], proofing };
  return {
    id: leaveStep.id,
    factor: undefined,
    show: (base) => leaveStep.show({ ...base, state, scratch: undefined }),
    submit: () => Promise.reject(new Error('leaving is submitted on its own route')),
  };
}

async function showLeave(parts: Parts, flows: Flows, ctx: Context): Promise<void> {
  const visited = await visit(parts, flows, ctx);
  const { request } = visited.now;
  const found = await leaving(parts, visited, ctx);
  const base = baseOf(parts, ctx, request);
  const screen = await found.show(base);
  await draw(parts, ctx, request, { found, way: undefined, screen, base, drawn: EMPTY });
}

async function leave(parts: Parts, flows: Flows, ctx: Context): Promise<void> {
  const { now } = await visit(parts, flows, ctx);
  const reason = await proofReason(parts, now);
  const description = reason === undefined ? 'the citizen went back to the service' : withoutProof(reason);
  const stage = now.next.is === 'consent' ? 'consent' : 'login';
  parts.activity.counted(now.request.client.clientId, stage, 'access_denied');
  await parts.oidc.refuse(ctx, now.request, 'access_denied', description);
}
