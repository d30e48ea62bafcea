// The pages of the password: signing in with it, choosing it.
import type { Phone } from '../../citizens/citizens.ts';
import type { Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Buttons, Field, More, StepForm } from '../markup.tsx';
import { M } from './messages.ts';

/** Account and password. `hint`: what was typed on another way's form. */
export function signInScreen(locale: Locale, hint: string | undefined): Screen {
  return {
    title: M.text(locale, 'signin'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'signin')}</h1>
        {frame.lead}
        <StepForm frame={frame}>
          <Field
            frame={frame}
            name="phone"
            label={M.text(locale, 'account')}
            hint={M.text(locale, 'account_hint')}
            input={{
              autocomplete: 'username webauthn',
              autocapitalize: 'none',
              spellcheck: false,
              value: frame.values['phone'] ?? hint ?? '',
            }}
          />
          <Field
            frame={frame}
            name="password"
            label={M.text(locale, 'password')}
            input={{ type: 'password', autocomplete: 'current-password', spellcheck: false }}
          />
          <Buttons main={M.text(locale, 'signin_button')}>{frame.beside}</Buttons>
        </StepForm>
      </>
    ),
  };
}

/** The heading is the label; the hidden account lets a password manager file the new password. */
export function enrolScreen(locale: Locale, phone: Phone): Screen {
  return {
    title: M.text(locale, 'set_title'),
    body: (frame) => (
      <>
        <h1>
          <label for="password">{M.text(locale, 'set_title')}</label>
        </h1>
        <StepForm frame={frame}>
          <input
            class="vh"
            type="text"
            name="username"
            autocomplete="username"
            value={phone.replace(/^\+86/, '')}
            readonly
            tabindex={-1}
            aria-hidden="true"
          />
          <Field
            frame={frame}
            name="password"
            hint={M.text(locale, 'set_hint')}
            input={{ type: 'password', autocomplete: 'new-password', spellcheck: false }}
          />
          <Buttons main={M.text(locale, 'set_button')}>{frame.beside}</Buttons>
        </StepForm>
        <More summary={M.text(locale, 'which_not')}>
          <ul class="bullets">
            {(['not_common', 'not_personal', 'not_pattern', 'not_service'] as const).map((key) => (
              <li>{M.text(locale, key)}</li>
            ))}
          </ul>
        </More>
      </>
    ),
  };
}
