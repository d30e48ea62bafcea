// Dead ends, each with a way out: nothing here can be done on this page.
import type { VNode } from 'preact';
import { unreachable } from '../../platform/base/errors.ts';
import type { Frame, Screen, Step } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import { Disc, Steps } from '../../platform/ui/parts.tsx';
import { M } from '../messages.ts';

export type RefusedWhy =
  | 'account_blocked'
  | 'wrong_citizen'
  | 'outsider'
  | 'no_second_way'
  /** What was shown does not count this time, and another way to sign in may. */
  | 'sms_not_enough'
  | 'other_way';

const mayBeginAnew = (why: RefusedWhy): boolean => why === 'sms_not_enough' || why === 'other_way';

export interface RefusedState {
  readonly why: RefusedWhy;
}

interface Refusal extends RefusedState {
  readonly service: string;
}

function words(
  { why, service }: Refusal,
  locale: Locale,
): { title: string; body: string; ways: readonly string[] } {
  const phone = M.text(locale, 'refused.call');
  const counter = M.text(locale, 'refused.counter');
  switch (why) {
    case 'account_blocked':
      return {
        title: M.text(locale, 'refused.blocked.title'),
        body: M.text(locale, 'refused.blocked.body'),
        ways: [phone, counter],
      };
    case 'wrong_citizen':
      return {
        title: M.text(locale, 'refused.wrong.title'),
        body: M.text(locale, 'refused.wrong.body', { service }),
        ways: [M.text(locale, 'refused.wrong.back')],
      };
    case 'outsider':
      return {
        title: M.text(locale, 'refused.outsider.title'),
        body: M.text(locale, 'refused.outsider.body', { service }),
        ways: [M.text(locale, 'refused.outsider.back')],
      };
    case 'no_second_way':
      return {
        title: M.text(locale, 'second.none.title'),
        body: M.text(locale, 'second.none.body', { service }),
        ways: [phone, counter],
      };
    case 'sms_not_enough':
    case 'other_way':
      return {
        title: M.text(locale, 'refused.other.title'),
        body: M.text(locale, why === 'other_way' ? 'refused.other.body' : 'refused.sms.body'),
        ways: [M.text(locale, 'refused.other.way'), phone, counter],
      };
    default:
      return unreachable(why);
  }
}

function Page({ refusal, frame }: { refusal: Refusal; frame: Frame }): VNode {
  const { title, body, ways } = words(refusal, frame.locale);
  return (
    <>
      <Disc icon="lock" tone="warn" />
      <h1>{title}</h1>
      <p>{body}</p>
      <Steps>
        {ways.map((way) => (
          <li key={way}>
            <p>{way}</p>
          </li>
        ))}
      </Steps>
      {mayBeginAnew(refusal.why) && (
        <PostForm frame={frame}>
          <HiddenField name="anew" value="yes" />
          <Button>{M.text(frame.locale, 'refused.other.go')}</Button>
        </PostForm>
      )}
      <PostForm frame={frame}>
        <Buttons>
          <Button kind={mayBeginAnew(refusal.why) ? 'second' : 'primary'}>
            {M.text(frame.locale, 'refused.return', { service: refusal.service })}
          </Button>
        </Buttons>
      </PostForm>
    </>
  );
}

/** Back to the service, which is told the OAuth error; or, where that may help, to the beginning. */
export const refusedStep: Step<RefusedState, RefusedWhy | 'anew'> = {
  id: 'refused',
  show: ({ state, service = '', locale }): Promise<Screen> =>
    Promise.resolve({
      title: words({ ...state, service }, locale).title,
      status: 403,
      body: (frame) => <Page refusal={{ ...state, service }} frame={frame} />,
    }),
  submit: ({ state }, form) =>
    Promise.resolve({
      is: 'done',
      value: mayBeginAnew(state.why) && form['anew'] === 'yes' ? 'anew' : state.why,
    }),
};
