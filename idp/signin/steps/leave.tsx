// The way out that stands on every page: back to the service without signing in.
import type { VNode } from 'preact';
import type { Frame, Step } from '../../platform/http/step.ts';
import { Button, Buttons, LinkButton, PostForm } from '../../platform/ui/form.tsx';
import type { ProofingReason } from '../../proofing/proofing.ts';
import { M } from '../messages.ts';

export interface LeaveState {
  readonly service: string;
  /** What the service will be told of the proof that it asked for; undefined: nothing. */
  readonly proofing: ProofingReason | undefined;
}

function Page({ service, proofing, frame }: LeaveState & { frame: Frame }): VNode {
  const status = proofing && M.text(frame.locale, `proofing.${proofing}`);
  return (
    <>
      <h1>{M.text(frame.locale, 'leave.title')}</h1>
      {status === undefined ? (
        <p>{M.text(frame.locale, 'leave.body', { service })}</p>
      ) : (
        <>
          <p>{M.text(frame.locale, 'leave.told', { service, status })}</p>
          <p>{M.text(frame.locale, 'leave.onward')}</p>
        </>
      )}
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

export const leaveStep: Step<LeaveState, 'left'> = {
  id: 'leave',
  show: ({ state, locale }) =>
    Promise.resolve({
      title: M.text(locale, 'leave.title'),
      body: (frame) => <Page {...state} frame={frame} />,
    }),
  submit: () => Promise.resolve({ is: 'done', value: 'left' }),
};
