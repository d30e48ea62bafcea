// Sending and checking one code, the same for every page that asks for one.
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { Form, StepContext, Submitted } from '../../platform/http/step.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Tries } from '../tries.ts';
import type { CodeFor, Codes } from './codes.ts';
import { parseCode } from './input.ts';
import { M } from './messages.ts';
import type { Sending, ToSend } from './sending/sending.ts';

export interface CheckingParts {
  readonly codes: Codes;
  readonly sending: Sending;
  readonly tries: Readonly<Record<CodeFor['purpose'], Tries>>;
  readonly audit: Audit;
  readonly notify: Notify;
}

type Refused = Extract<Submitted<never>, { readonly is: 'again' }>;
/** What every page with a code knows of its context. */
export type Asked = Pick<StepContext<unknown>, 'locale' | 'flow' | 'address' | 'service'>;

/** RFC 8176 section 2. */
export const SMS_AMR = ['sms'] as const;

/** From so many tries left on, they are told. */
const TELL_FROM = 3;

/** Where a refusal to send is told, and how the code is to come. */
export interface Place {
  readonly field: string | undefined;
  /** The person pressed for another message, and must learn that none went out. */
  readonly again: boolean;
  /** Read out in a call instead of sent. */
  readonly voice: boolean;
}

/**
 * Sends a code; undefined when the person may go on to type one. Throws Faults `locked`, `too_many`, `unavailable`.
 */
export async function sendCode(
  parts: CheckingParts,
  asked: Asked,
  of: CodeFor,
  wording: ToSend['wording'],
  place: Place,
): Promise<Refused | undefined> {
  // A message whose code cannot be used would only mislead.
  await parts.tries[of.purpose].refuseLocked(of.phone);
  const { address, locale, service } = asked;
  const sent = await parts.sending.send({ of, wording, address, locale, service, voice: place.voice });
  if (sent.is === 'off')
    return { is: 'again', problems: [{ field: place.field, text: M.text(locale, 'off') }] };
  if (sent.is === 'sent' || (sent.is === 'still_works' && !place.again)) return undefined;
  return { is: 'again', problems: [{ field: place.field, text: waitText(asked, sent.retryAfterSeconds) }] };
}

/** Undefined when the code was right, and then it is used. Throws Faults `locked` and `too_many`. */
export async function checkCode(
  parts: CheckingParts,
  asked: Asked,
  of: CodeFor,
  form: Form,
  citizenId: CitizenId | undefined,
): Promise<Refused | undefined> {
  const typed = parseCode(form['code'] ?? '');
  if (typed.is !== 'code')
    return again(M.text(asked.locale, typed.is === 'empty' ? 'code_empty' : 'code_format'));
  const tries = parts.tries[of.purpose];
  await tries.refuseLocked(of.phone);
  // Nothing to guess: strangers must not spend the tries of a number by guessing at nothing.
  if (!(await parts.codes.waiting(of))) return again(M.text(asked.locale, 'code_wrong'));
  const left = await tries.take(of.phone);
  if (await parts.codes.use(of, typed.code)) {
    await Promise.all([tries.right(of.phone, left), parts.sending.used(of)]);
    return undefined;
  }
  parts.audit.note({
    type: 'signin.failed',
    data: { factor: 'sms', reason: 'wrong_code' },
    actor: 'system',
    ...(citizenId === undefined ? {} : { citizenId }),
  });
  await tries.wrong(of.phone, left, citizenId);
  return again(
    left <= TELL_FROM
      ? M.text(asked.locale, 'code_wrong_left', { n: left })
      : M.text(asked.locale, 'code_wrong'),
  );
}

/** What an earlier screen remembered under `key`, when it is a text. */
export function remembered(scratch: Json | undefined, key: string): string | undefined {
  if (typeof scratch !== 'object' || scratch === null || !(key in scratch)) return undefined;
  const value = (scratch as { readonly [key: string]: Json | undefined })[key];
  return typeof value === 'string' ? value : undefined;
}

/** How the person asks for the code once more, if they do. */
export function askedAgain(form: Form): 'text' | 'voice' | undefined {
  if (form['voice'] !== undefined) return 'voice';
  return form['resend'] === undefined ? undefined : 'text';
}

type Timed = Pick<StepContext<unknown>, 'scratch' | 'now'>;

/** What the step keeps of when it last sent a message, for the countdown; the limit itself is kept elsewhere. */
export const sentNow = ({ now }: Timed): string => now.toISOString();

/** Whole seconds since `sentNow` was kept; 0 when it was not. */
export function sentSecondsAgo({ scratch, now }: Timed): number {
  const at = Date.parse(remembered(scratch, 'sentAt') ?? now.toISOString());
  return Math.max(0, Math.floor((now.getTime() - at) / 1000));
}

function again(text: string): Refused {
  return { is: 'again', problems: [{ field: 'code', text }], forget: ['code'] };
}

function waitText({ locale }: Asked, waitSeconds: number): string {
  if (waitSeconds <= 120) return M.text(locale, 'wait', { s: waitSeconds });
  const minutes = Math.ceil(waitSeconds / 60);
  const time =
    minutes <= 90
      ? M.text(locale, 'minutes', { n: minutes })
      : M.text(locale, 'hours', { n: Math.ceil(minutes / 60) });
  return M.text(locale, 'wait_long', { time });
}
