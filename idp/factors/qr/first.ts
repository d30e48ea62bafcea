// The computer's side: shows a code, waits, and takes the approval that belongs to this flow and no other.
import { servesElsewhere, ELSEWHERE } from '../../assurance/assurance.ts';
import type { Citizens } from '../../citizens/citizens.ts';
import { addSeconds, epochSeconds } from '../../platform/base/clock.ts';
import type { Form, Screen, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { Limit, Limits } from '../../platform/limits/limits.ts';
import type { FirstState, Shown as Proven } from '../factors.ts';
import { CONFIRM_SECONDS, type Approval, type ShownCodes, type Shown, type Stage } from './codes.ts';
import { M } from './messages.ts';
import { codeScreen, instead, pausedScreen, type Pause } from './pages.tsx';

export interface FirstParts {
  readonly codes: ShownCodes;
  readonly citizens: Citizens;
  readonly limits: Limits;
  readonly perFlow: Limit;
  readonly perAddress: Limit;
  readonly lifeSeconds: number;
  readonly issuer: URL;
}

type Context = StepContext<FirstState>;

/** RFC 8176 section 2: approved over another channel. */
export const QR_AMR = [ELSEWHERE] as const;

export function createFirst(parts: FirstParts): Step<FirstState, Proven> {
  return {
    id: 'qr',
    show: (context) => show(parts, context),
    submit: (context, form) => submit(parts, context, form),
  };
}

async function show(parts: FirstParts, context: Context): Promise<Screen> {
  const { asking } = context.state;
  if (!asking || !servesElsewhere(asking.level)) return instead(context.locale, 'too_high');
  const shown = await parts.codes.current(context.flow);
  const stage = shown && (await parts.codes.stage(shown.watch));
  if (shown && stage) {
    const paused = pauseOf(parts, context, shown, stage);
    if (paused) return pausedScreen(context.locale, shown, paused);
    if (isAlive(parts, context, shown)) return draw(parts, context, shown);
  }
  if (!(await maySee(parts, context))) return instead(context.locale, 'too_many');
  const { address, device, agent = '' } = context;
  const computer = { clientId: asking.clientId, address, device, agent };
  return draw(parts, context, await parts.codes.show(context.flow, computer));
}

const isAlive = ({ lifeSeconds }: FirstParts, { now }: Context, { shownAt }: Shown): boolean =>
  addSeconds(shownAt, lifeSeconds) > now;

/** What the page waits for once there is nothing to scan any more. */
function pauseOf(parts: FirstParts, { now }: Context, shown: Shown, stage: Stage): Pause | undefined {
  if (stage === 'refused') return 'refused';
  if (stage !== 'picked' && stage !== 'approved') return undefined;
  return addSeconds(shown.shownAt, parts.lifeSeconds + CONFIRM_SECONDS) > now ? stage : undefined;
}

/** A89: nobody is shown codes without end, neither in one flow nor by starting flow after flow. */
async function maySee({ limits, perFlow, perAddress }: FirstParts, context: Context): Promise<boolean> {
  const spent = await Promise.all([
    limits.trySpend(perFlow, context.flow),
    limits.trySpend(perAddress, context.address),
  ]);
  return spent.every(({ remaining }) => remaining >= 0);
}

function draw({ issuer, lifeSeconds }: FirstParts, { locale, now }: Context, shown: Shown): Screen {
  const left = Math.ceil((addSeconds(shown.shownAt, lifeSeconds).getTime() - now.getTime()) / 1000);
  return codeScreen(locale, { shown, address: new URL(`/scan/${shown.id}`, issuer).href, left });
}

async function submit(parts: FirstParts, context: Context, form: Form): Promise<Submitted<Proven>> {
  const { codes } = parts;
  if (form['fresh'] !== undefined) {
    await codes.drop(context.flow);
    return { is: 'next', scratch: null };
  }
  const approval = await codes.take(context.flow);
  if (approval && (await stillStands(parts, approval))) {
    await codes.drop(context.flow);
    const { citizenId } = approval;
    return { is: 'done', value: { citizenId, phone: undefined, amr: QR_AMR, needsSecond: false } };
  }
  const shown = await codes.current(context.flow);
  const stage = shown && (await codes.stage(shown.watch));
  // The page itself says how it ended.
  if (stage === 'refused') return { is: 'next', scratch: null };
  const waits = shown && stage && (pauseOf(parts, context, shown, stage) ?? isAlive(parts, context, shown));
  return again(M.text(context.locale, waits ? 'not_yet' : 'expired'));
}

const again = (text: string): Submitted<never> => ({ is: 'again', problems: [{ field: undefined, text }] });

/** Whoever signed out everywhere meant this computer too. */
async function stillStands({ citizens }: FirstParts, { citizenId, at }: Approval): Promise<boolean> {
  const citizen = await citizens.find(citizenId);
  return citizen !== undefined && epochSeconds(at) >= epochSeconds(citizen.sessionsNotBefore);
}
