// Another phone for the account: the new number is confirmed by a code on it. That the account's owner asks is the
// host's to make sure, and so is telling the old number.
import type { Phone } from '../../../citizens/citizens.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import type { Step, StepContext, Submitted } from '../../../platform/http/step.ts';
import type { Enrolment, EnrolState, FactorAccount, Shown } from '../../factors.ts';
import { SMS_AMR } from '../checking.ts';
import type { FirstParts } from '../first.ts';
import { M } from '../messages.ts';
import { createNumberStep } from './number.tsx';

export interface ChangeParts extends Omit<FirstParts, 'use'> {
  readonly clock: Clock;
}

type Context = StepContext<EnrolState>;

const USE = { id: 'sms-change', purpose: 'change', wording: 'change' } as const;

export function createChange(parts: ChangeParts): Step<EnrolState, Enrolment> {
  return createNumberStep<EnrolState, Enrolment>(parts, USE, (context, shown) =>
    confirmed(parts, context, shown),
  );
}

/** Only now, when control of the number was shown: before, it would tell anybody who has an account. */
function confirmed(
  parts: ChangeParts,
  context: Context,
  { citizenId: holder, phone }: Shown,
): Submitted<Enrolment> {
  if (phone === undefined) throw new Error('a code was right, but of no phone');
  if (holder === undefined) return { is: 'done', value: enrolment(parts, phone) };
  const text = M.text(context.locale, holder === context.state.citizenId ? 'phone_same' : 'phone_taken');
  return { is: 'again', problems: [{ field: 'phone', text }], scratch: null };
}

function enrolment({ citizens, clock }: ChangeParts, phone: Phone): Enrolment {
  return {
    amr: SMS_AMR,
    replaces: true,
    async write(tx, citizenId) {
      const changed = await citizens.changePhone(tx, citizenId, phone, clock.now());
      if (changed.is === 'phone_taken')
        throw new Fault('conflict', { note: 'another account has just taken this phone' });
      tx.record({ type: 'factor.phone_changed', data: {}, citizenId, actor: `citizen:${citizenId}` });
    },
  };
}

/** The phone as the account centre lists it: masked, and it can be changed, never just removed. */
export function createListing({ citizens }: Pick<ChangeParts, 'citizens'>): FactorAccount {
  return {
    heading: (locale) => M.text(locale, 'heading'),
    async list(citizenId, locale) {
      const { phone } = await citizens.attributes(citizenId);
      if (!phone) return [];
      const name = M.text(locale, 'held_name');
      return [{ id: 'phone', name, lines: [String(phone)], canRename: false, canRemove: false }];
    },
    add: (locale, held) => M.text(locale, held.length > 0 ? 'change' : 'add_phone'),
  };
}
