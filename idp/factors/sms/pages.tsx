// The pages of the text message code: the number, the code, and the button that sends one.
import type { VNode } from 'preact';
import type { Phone } from '../../citizens/citizens.ts';
import { maskPhone } from '../../platform/base/secret.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FirstState } from '../factors.ts';
import { Buttons, Field, More, StepForm } from '../markup.tsx';
import { M } from './messages.ts';

export interface Times {
  readonly codeLifeSeconds: number;
  readonly resendSeconds: number;
}

/** Asks for the number. */
export function phoneScreen(locale: Locale, state: FirstState): Screen {
  const task = state.registering ? 'register' : 'signin';
  return {
    title: M.text(locale, task),
    body: (frame) => (
      <>
        <h1>{M.text(locale, task)}</h1>
        {frame.lead}
        <p>{M.text(locale, `${task}_intro`)}</p>
        <StepForm frame={frame}>
          <Field
            frame={frame}
            name="phone"
            label={M.text(locale, 'phone')}
            hint={M.text(locale, 'phone_hint')}
            input={{
              type: 'tel',
              inputMode: 'tel',
              autocomplete: 'tel',
              value: frame.values['phone'] ?? state.hint ?? '',
            }}
          />
          <Buttons main={M.text(locale, 'get_code')}>{frame.beside}</Buttons>
        </StepForm>
      </>
    ),
  };
}

export interface CodeScreenOptions extends Times {
  /** The query that begins this way anew; undefined where the number is the account's and not to be changed here. */
  readonly anew: Readonly<Record<string, string>> | undefined;
}

/** Asks for the code. The heading is the label, so that it is read once. */
export function codeScreen(locale: Locale, phone: Phone, options: CodeScreenOptions): Screen {
  const min = Math.floor(options.codeLifeSeconds / 60);
  return {
    title: M.text(locale, 'code_title'),
    ...(options.anew ? { back: `?${new URLSearchParams(options.anew).toString()}` } : {}),
    body: (frame) => (
      <>
        <h1>
          <label for="code">{M.text(locale, 'code_title')}</label>
        </h1>
        <p id="code-sent">{M.text(locale, 'code_sent', { phone: maskPhone(phone), min })}</p>
        <StepForm frame={frame}>
          <Field
            frame={frame}
            name="code"
            hint={M.text(locale, 'code_hint')}
            alsoDescribedBy="code-sent"
            input={{ class: 'input code', inputMode: 'numeric', autocomplete: 'one-time-code' }}
          />
          <Buttons main={M.text(locale, 'go_on')} />
        </StepForm>
        <NotReceived frame={frame} options={options} />
      </>
    ),
  };
}

function NotReceived({
  frame,
  options,
}: {
  readonly frame: Frame;
  readonly options: CodeScreenOptions;
}): VNode {
  const text = (key: 'check_phone' | 'change_number' | 'resend' | 'not_received'): string =>
    M.text(frame.locale, key);
  return (
    <More summary={text('not_received')}>
      <ul class="bullets">
        <li>{text('check_phone')}</li>
        <li>{M.text(frame.locale, 'old_code_works', { s: options.resendSeconds })}</li>
        {options.anew && (
          <li>
            <a href={frame.link(options.anew)}>{text('change_number')}</a>
          </li>
        )}
      </ul>
      <StepForm frame={frame}>
        <input type="hidden" name="resend" value="1" />
        <button class="button second" type="submit">
          {text('resend')}
        </button>
      </StepForm>
    </More>
  );
}

/** Offers to send a code to the account's own phone. */
export function sendScreen(locale: Locale, phone: Phone): Screen {
  return {
    title: M.text(locale, 'second_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'second_title')}</h1>
        <p>{M.text(locale, 'second_intro', { phone: maskPhone(phone) })}</p>
        {frame.lead}
        <StepForm frame={frame}>
          <Buttons main={M.text(locale, 'send')}>{frame.beside}</Buttons>
        </StepForm>
      </>
    ),
  };
}
