// The pages of the password: signing in with it, choosing it.
import type { VNode } from 'preact';
import type { Phone } from '../../citizens/citizens.ts';
import type { Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  AccountOfPassword,
  Button,
  Buttons,
  PasswordField,
  PostForm,
  TextField,
} from '../../platform/ui/form.tsx';
import { Bullets, Details } from '../../platform/ui/parts.tsx';
import { M } from './messages.ts';

/** Account and password. `hint`: what was typed on another way's form. `proof`: the field of a challenge, if one is due. */
export function signInScreen(locale: Locale, hint: string | undefined, proof: VNode | undefined): Screen {
  return {
    title: M.text(locale, 'signin'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'signin')}</h1>
        {frame.lead}
        <PostForm frame={frame}>
          <TextField
            frame={frame}
            name="phone"
            label={M.text(locale, 'account')}
            hint={M.text(locale, 'account_hint')}
            autocomplete="username webauthn"
            autocapitalize="none"
            {...(hint === undefined ? {} : { value: hint })}
          />
          <PasswordField
            frame={frame}
            name="password"
            label={M.text(locale, 'password')}
            autocomplete="current-password"
          />
          {proof}
          <Buttons>
            <Button>{M.text(locale, 'signin_button')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}

const NOT_THESE = ['not_common', 'not_personal', 'not_pattern', 'not_service'] as const;

/** The heading is the label. */
export function enrolScreen(locale: Locale, phone: Phone | undefined): Screen {
  return {
    title: M.text(locale, 'set_title'),
    body: (frame) => (
      <>
        <h1>
          <label for="password">{M.text(locale, 'set_title')}</label>
        </h1>
        <PostForm frame={frame}>
          {phone !== undefined && <AccountOfPassword account={phone.replace(/^\+86/, '')} />}
          <PasswordField
            frame={frame}
            name="password"
            label={M.text(locale, 'password')}
            hint={M.text(locale, 'set_hint')}
            labelIsHeading
            autocomplete="new-password"
          />
          <Buttons>
            <Button>{M.text(locale, 'set_button')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
        <Details summary={M.text(locale, 'which_not')}>
          <Bullets>
            {NOT_THESE.map((key) => (
              <li key={key}>{M.text(locale, key)}</li>
            ))}
          </Bullets>
        </Details>
      </>
    ),
  };
}
