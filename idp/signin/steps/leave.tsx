// The way out that stands on every page: back to the service without signing in.
import type { VNode } from 'preact';
import type { Frame, Step } from '../../platform/http/step.ts';
import { Button, Buttons, LinkButton, PostForm } from '../../platform/ui/form.tsx';
import { M } from '../messages.ts';

function Page({ service, frame }: { service: string; frame: Frame }): VNode {
  return (
    <>
      <h1>{M.text(frame.locale, 'leave.title')}</h1>
      <p>{M.text(frame.locale, 'leave.body', { service })}</p>
      <PostForm frame={frame}>
        <Buttons>
          <Button>{M.text(frame.locale, 'leave.go')}</Button>
          <LinkButton href={frame.link({})} kind="second">
            {M.text(frame.locale, 'leave.stay')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

export const leaveStep: Step<{ readonly service: string }, 'left'> = {
  id: 'leave',
  show: ({ state, locale }) =>
    Promise.resolve({
      title: M.text(locale, 'leave.title'),
      body: (frame) => <Page service={state.service} frame={frame} />,
    }),
  submit: () => Promise.resolve({ is: 'done', value: 'left' }),
};
