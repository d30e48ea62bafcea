// A code to the phone of an account that is already identified. Nothing is sent until a button is pressed: a page that
// sends when it is shown can be made to send by showing it.
import type { Citizens, Phone } from '../../citizens/citizens.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { SecondState, Shown } from '../factors.ts';
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
import { codeScreen, sendScreen, type Times } from './pages.tsx';

export interface SecondParts extends CheckingParts {
  readonly citizens: Citizens;
  readonly times: Times;
}

type Context = StepContext<SecondState>;

export function createSecond(parts: SecondParts): Step<SecondState, Shown> {
  const wasSent = (context: Context): boolean => remembered(context.scratch, 'sentAt') !== undefined;
  return {
    id: 'sms-second',
    async show(context) {
      const phone = await phoneOf(parts.citizens, context);
      return wasSent(context)
        ? codeScreen(context.locale, phone, {
            ...parts.times,
            sentSecondsAgo: sentSecondsAgo(context),
            called: remembered(context.scratch, 'by') === 'voice',
            voice: parts.notify.voice,
            anew: undefined,
            otherWay: undefined,
          })
        : sendScreen(context.locale, phone, await parts.notify.switch.stopped());
    },
    async submit(context, form): Promise<Submitted<Shown>> {
      const { citizenId } = context.state;
      const phone = await phoneOf(parts.citizens, context);
      const of: CodeFor = { purpose: 'second', flow: context.flow, phone };
      const by = wasSent(context) ? askedAgain(form) : 'text';
      if (by) {
        const place = { field: undefined, again: wasSent(context), voice: by === 'voice' };
        return (
          (await sendCode(parts, context, of, 'second', place)) ?? {
            is: 'next',
            scratch: { sentAt: sentNow(context), by },
          }
        );
      }
      const refused = await checkCode(parts, context, of, form, citizenId);
      if (refused) return refused;
      return { is: 'done', value: { citizenId, phone, amr: SMS_AMR, needsSecond: false } };
    },
  };
}

async function phoneOf(citizens: Citizens, context: Context): Promise<Phone> {
  const { phone } = await citizens.attributes(context.state.citizenId);
  if (!phone) throw new Fault('forbidden', { note: 'the account has no phone' });
  return phone.reveal() as Phone;
}
