// The pages of the text message code: the number, the code, and the button that sends one.
import type { VNode } from 'preact';
import type { Phone } from '../../citizens/citizens.ts';
import { maskPhone } from '../../platform/base/secret.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, HiddenField, PostForm, TextField } from '../../platform/ui/form.tsx';
import { Bullets, Details, Notice, Timer } from '../../platform/ui/parts.tsx';
import type { FirstState } from '../factors.ts';
import { M } from './messages.ts';

export interface Times {
  readonly codeLifeSeconds: number;
  readonly resendSeconds: number;
}

/**
 * Asks for the number. `stopped`: no message goes out now, and whoever comes should not type in vain. `proof`: the field
 * of a challenge.
 */
export function phoneScreen(
  locale: Locale,
  state: FirstState,
  stopped: boolean,
  proof: VNode | undefined,
): Screen {
  const task = state.registering ? 'register' : 'signin';
  return {
    title: M.text(locale, task),
    body: (frame) => (
      <>
        <h1>{M.text(locale, task)}</h1>
        {frame.lead}
        {stopped && <Notice tone="warning">{M.text(locale, 'off')}</Notice>}
        <p>{M.text(locale, `${task}_intro`)}</p>
        <PostForm frame={frame}>
          <TextField
            frame={frame}
            name="phone"
            label={M.text(locale, 'phone')}
            hint={M.text(locale, 'phone_hint')}
            type="tel"
            inputMode="tel"
            autocomplete="tel"
            {...(state.hint === undefined ? {} : { value: state.hint })}
          />
          {proof}
          <Buttons>
            <Button>{M.text(locale, 'get_code')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}

export interface CodeScreenOptions extends Times {
  readonly sentSecondsAgo: number;
  /** Whether the last code was read out in a call. */
  readonly called: boolean;
  /** Whether calls can be made. */
  readonly voice: boolean;
  /** The query that begins this way anew; undefined where the number is the account's and not to be changed here. */
  readonly anew: Readonly<Record<string, string>> | undefined;
  /** The query that leads to the other ways to sign in; undefined where there is none. */
  readonly otherWay: Readonly<Record<string, string>> | undefined;
}

/** Asks for the code. The heading is the label, so that it is read once. */
export function codeScreen(locale: Locale, phone: Phone, options: CodeScreenOptions): Screen {
  const min = Math.floor(options.codeLifeSeconds / 60);
  const wait = options.resendSeconds - options.sentSecondsAgo;
  return {
    title: M.text(locale, 'code_title'),
    ...(options.anew ? { back: `?${new URLSearchParams(options.anew).toString()}` } : {}),
    body: (frame) => (
      <>
        <h1>
          <label for="code">{M.text(locale, 'code_title')}</label>
        </h1>
        <p id="code-sent">
          {M.text(locale, options.called ? 'code_called' : 'code_sent', { phone: maskPhone(phone), min })}
        </p>
        <PostForm frame={frame}>
          <TextField
            frame={frame}
            name="code"
            label={M.text(locale, 'code_title')}
            hint={M.text(locale, 'code_hint')}
            describedBy="code-sent"
            labelIsHeading
            inputMode="numeric"
            autocomplete="one-time-code"
            size="code"
            {...(wait > 0
              ? {
                  beside: (
                    <Timer seconds={wait} text={M.text(locale, 'resend_after', { seconds: '{seconds}' })} />
                  ),
                }
              : {})}
          />
          {frame.within}
          <Buttons>
            <Button>{M.text(locale, 'go_on')}</Button>
            {/* Of a second step: the other factors of this account. A code may be long in coming. */}
            {options.anew === undefined && frame.beside}
          </Buttons>
        </PostForm>
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
  const text = (
    key: 'check_phone' | 'change_number' | 'other_way' | 'resend' | 'not_received' | 'call_me' | 'call_hint',
  ): string => M.text(frame.locale, key);
  return (
    <Details summary={text('not_received')}>
      <Bullets>
        <li>{text('check_phone')}</li>
        <li>{M.text(frame.locale, 'old_code_works', { s: options.resendSeconds })}</li>
        {options.anew && (
          <li>
            <a href={frame.link(options.anew)}>{text('change_number')}</a>
          </li>
        )}
        {options.otherWay && (
          <li>
            <a href={frame.link(options.otherWay)}>{text('other_way')}</a>
          </li>
        )}
        {options.voice && <li>{text('call_hint')}</li>}
      </Bullets>
      <PostForm frame={frame}>
        <HiddenField name="resend" value="1" />
        <Button kind="second">{text('resend')}</Button>
      </PostForm>
      {options.voice && (
        <PostForm frame={frame}>
          <HiddenField name="voice" value="1" />
          <Button kind="second">{text('call_me')}</Button>
        </PostForm>
      )}
    </Details>
  );
}

/** Offers to send a code to the account's own phone. */
export function sendScreen(locale: Locale, phone: Phone, stopped: boolean): Screen {
  return {
    title: M.text(locale, 'second_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'second_title')}</h1>
        {stopped && <Notice tone="warning">{M.text(locale, 'off')}</Notice>}
        <p>{M.text(locale, 'second_intro', { phone: maskPhone(phone) })}</p>
        {frame.lead}
        <PostForm frame={frame}>
          <Buttons>
            <Button>{M.text(locale, 'send')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}
