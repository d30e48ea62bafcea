// Dead ends, each with a way out: nothing here can be done on this page.
import type { VNode } from 'preact';
import { unreachable } from '../../platform/base/errors.ts';
import type { Frame, Screen, Step } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, PostForm } from '../../platform/ui/form.tsx';
import { Disc, Steps } from '../../platform/ui/parts.tsx';
import { M } from '../messages.ts';

export type RefusedWhy = 'account_blocked' | 'wrong_citizen' | 'no_second_way';

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
    case 'no_second_way':
      return {
        title: M.text(locale, 'second.none.title'),
        body: M.text(locale, 'second.none.body', { service }),
        ways: [phone, counter],
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
      <PostForm frame={frame}>
        <Buttons>
          <Button>{M.text(frame.locale, 'refused.return', { service: refusal.service })}</Button>
        </Buttons>
      </PostForm>
    </>
  );
}

/** One button: back to the service, which is told the OAuth error. */
export const refusedStep: Step<RefusedState, RefusedWhy> = {
  id: 'refused',
  show: ({ state, service = '', locale }): Promise<Screen> =>
    Promise.resolve({
      title: words({ ...state, service }, locale).title,
      status: 403,
      body: (frame) => <Page refusal={{ ...state, service }} frame={frame} />,
    }),
  submit: ({ state }) => Promise.resolve({ is: 'done', value: state.why }),
};
