// Phone number, then the code sent to it: identifies and authenticates, also a person who has no account yet.
import { parsePhone, type Citizens, type Phone } from '../../citizens/citizens.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Challenge } from '../../platform/challenge/challenge.tsx';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Form, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { FirstState, Shown } from '../factors.ts';
import {
  askedAgain,
  checkCode,
  remembered,
  sendCode,
  sentNow,
  sentSecondsAgo,
  SMS_AMR,
  type CheckingParts,
} from './checking.ts';
import type { CodeFor } from './codes.ts';
import { M } from './messages.ts';
import { codeScreen, phoneScreen, type Times } from './pages.tsx';
import type { ToSend } from './sending/sending.ts';

/** Confirming a number for something else than signing in. */
export interface Use {
  readonly id: string;
  readonly purpose: Exclude<CodeFor['purpose'], 'signin' | 'second'>;
  readonly wording: 'change' | 'recover';
  /** The way under which its host shows it, where it has several. */
  readonly way?: string;
}

export interface FirstParts extends CheckingParts {
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  readonly times: Times;
  /** What a confirmed number is used for, when it is not signing in. */
  readonly use?: Use;
  readonly challenge: Challenge;
}

type Context = StepContext<FirstState>;

/** The flow's record must not hold the number in clear. */
const PLACE = 'factors.sms.flow';

export function createFirst(parts: FirstParts): Step<FirstState, Shown> {
  const opened = (context: Context): Phone | undefined => {
    const sealed = remembered(context.scratch, 'phone');
    if (sealed === undefined) return undefined;
    return parts.sealer.open(Buffer.from(sealed, 'base64url'), PLACE, context.flow) as Phone;
  };
  return {
    id: parts.use?.id ?? 'sms',
    async show(context) {
      const phone = opened(context);
      const [stopped, proof] = await Promise.all([
        parts.notify.switch.stopped(),
        phone ? undefined : parts.challenge.field(context),
      ]);
      return phone
        ? codeScreen(context.locale, phone, {
            ...parts.times,
            sentSecondsAgo: sentSecondsAgo(context),
            called: remembered(context.scratch, 'by') === 'voice',
            voice: parts.notify.voice,
            anew: anew(parts, context),
            otherWay: context.state.registering || parts.use ? undefined : { restart: 'sms' },
          })
        : phoneScreen(context.locale, context.state, stopped, proof);
    },
    submit(context, form) {
      const phone = opened(context);
      // The first form again: the browser's back button, then another number.
      if (phone === undefined || (form['phone'] !== undefined && form['code'] === undefined))
        return begin(parts, context, form);
      const by = askedAgain(form);
      return by ? again(parts, context, phone, by) : finish(parts, context, form, phone);
    },
  };
}

/** Another number: what this step remembered is dropped, on the same way as before. */
const anew = ({ use }: FirstParts, context: Context): Readonly<Record<string, string>> =>
  use
    ? { restart: use.id, ...(use.way === undefined ? {} : { way: use.way }) }
    : { restart: 'sms', way: context.state.registering ? 'register' : 'sms' };
const codeFor = ({ use }: FirstParts, context: Context, phone: Phone): CodeFor => ({
  purpose: use?.purpose ?? 'signin',
  flow: context.flow,
  phone,
});
const wordingOf = ({ use }: FirstParts, context: Context): ToSend['wording'] =>
  use?.wording ?? (context.state.registering ? 'register' : 'signin');

async function begin(parts: FirstParts, context: Context, form: Form): Promise<Submitted<Shown>> {
  const typed = form['phone']?.trim() ?? '';
  const phone = parsePhone(typed);
  if (!phone) {
    const text = M.text(context.locale, typed === '' ? 'phone_empty' : 'phone_format');
    return { is: 'again', problems: [{ field: 'phone', text }] };
  }
  // A message costs money and annoys: who has hundreds sent does work for each of them.
  if (!(await parts.challenge.pass(context, form)))
    throw new Fault('too_many', { retryAfterSeconds: 60, note: 'no proof, and the way without is full' });
  const place = { field: 'phone', again: false, voice: false };
  const refused = await sendCode(
    parts,
    context,
    codeFor(parts, context, phone),
    wordingOf(parts, context),
    place,
  );
  if (refused) return refused;
  const sealed = parts.sealer.seal(phone, PLACE, context.flow).toString('base64url');
  return { is: 'next', scratch: { phone: sealed, sentAt: sentNow(context) } };
}

async function again(
  parts: FirstParts,
  context: Context,
  phone: Phone,
  by: 'text' | 'voice',
): Promise<Submitted<Shown>> {
  const place = { field: undefined, again: true, voice: by === 'voice' };
  const refused = await sendCode(
    parts,
    context,
    codeFor(parts, context, phone),
    wordingOf(parts, context),
    place,
  );
  if (refused) return refused;
  const kept = remembered(context.scratch, 'phone') ?? null;
  return { is: 'next', scratch: { phone: kept, sentAt: sentNow(context), by } };
}

async function finish(
  parts: FirstParts,
  context: Context,
  form: Form,
  phone: Phone,
): Promise<Submitted<Shown>> {
  const refused = await checkCode(parts, context, codeFor(parts, context, phone), form, undefined);
  if (refused) return refused;
  const citizenId = await parts.citizens.findByPhone(phone);
  return { is: 'done', value: { citizenId, phone, amr: SMS_AMR, needsSecond: false } };
}
