// Confirming a number for something else than signing in: the same codes, good for that alone, under words of its own.
import type { Locale } from '../../../platform/i18n/messages.ts';
import type { Screen, Step, StepContext, Submitted } from '../../../platform/http/step.ts';
import { Button, Buttons, PostForm, TextField } from '../../../platform/ui/form.tsx';
import type { FirstState, Shown } from '../../factors.ts';
import { remembered } from '../checking.ts';
import { createFirst, type FirstParts, type Use } from '../first.ts';
import { M } from '../messages.ts';

const asFirst = <State,>(context: StepContext<State>): StepContext<FirstState> => ({
  ...context,
  state: { hint: undefined, registering: false },
});

/** `confirmed`: what a right code leads to. */
export function createNumberStep<State, Done>(
  parts: Omit<FirstParts, 'use'>,
  use: Use,
  confirmed: (context: StepContext<State>, shown: Shown) => Submitted<Done>,
): Step<State, Done> {
  const number = createFirst({ ...parts, use });
  return {
    id: use.id,
    show: (context) =>
      remembered(context.scratch, 'phone') === undefined
        ? Promise.resolve(numberScreen(context.locale, use.wording))
        : number.show(asFirst(context)),
    async submit(context, form) {
      const submitted = await number.submit(asFirst(context), form);
      return submitted.is === 'done' ? confirmed(context, submitted.value) : submitted;
    },
  };
}

/** Whoever forgot the password confirms the phone of the account; with what it belongs to is told only then. */
export function createRecovery(parts: Omit<FirstParts, 'use'>): Step<FirstState, Shown> {
  const use = { id: 'recover-phone', purpose: 'recover', wording: 'recover', way: 'recover' } as const;
  return createNumberStep<FirstState, Shown>(parts, use, (_, value) => ({ is: 'done', value }));
}

function numberScreen(locale: Locale, wording: Use['wording']): Screen {
  const title = M.text(locale, `${wording}_title`);
  return {
    title,
    body: (frame) => (
      <>
        <h1>{title}</h1>
        <p>{M.text(locale, `${wording}_intro`)}</p>
        <PostForm frame={frame}>
          <TextField
            frame={frame}
            name="phone"
            label={M.text(locale, `${wording}_phone`)}
            hint={M.text(locale, 'phone_hint')}
            type="tel"
            inputMode="tel"
            autocomplete="tel"
          />
          <Buttons>
            <Button>{M.text(locale, 'get_code')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
        {frame.lead}
      </>
    ),
  };
}
