// The pages of getting back into an account: what stands, and one or two buttons.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Frame, Screen, Step } from '../../platform/http/step.ts';
import { Button, Buttons, HiddenField, PostForm, RadioField } from '../../platform/ui/form.tsx';
import { Details, Disc, type IconName } from '../../platform/ui/parts.tsx';
import { M } from './messages.ts';

export interface Told<Answer extends string> {
  readonly icon: IconName;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** The first is the one to press. */
  readonly buttons: readonly { readonly answer: Answer; readonly text: string }[];
  readonly status?: number;
}

/** A page that tells something and takes one of few answers, each a form of its own. */
export function telling<Answer extends string>(
  id: string,
  words: (locale: Locale, service: string) => Told<Answer>,
): Step<undefined, Answer> {
  return {
    id,
    show({ locale, service = '' }): Promise<Screen> {
      const told = words(locale, service);
      return Promise.resolve({
        title: told.title,
        ...(told.status === undefined ? {} : { status: told.status }),
        body: (frame) => <Page told={told} frame={frame} />,
      });
    },
    submit({ locale, service = '' }, form) {
      const { buttons, title } = words(locale, service);
      const chosen = buttons.find(({ answer }) => answer === form['answer']);
      return Promise.resolve(
        chosen
          ? { is: 'done', value: chosen.answer }
          : { is: 'again', problems: [{ field: undefined, text: title }] },
      );
    },
  };
}

function Page<Answer extends string>({ told, frame }: { told: Told<Answer>; frame: Frame }): VNode {
  return (
    <>
      <Disc icon={told.icon} tone="warn" />
      <h1>{told.title}</h1>
      {told.paragraphs.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {told.buttons.map(({ answer, text }, at) => (
        <PostForm key={answer} frame={frame}>
          <HiddenField name="answer" value={answer} />
          <Buttons>
            <Button kind={at === 0 ? 'primary' : 'second'}>{text}</Button>
          </Buttons>
        </PostForm>
      ))}
    </>
  );
}

export interface HowState {
  readonly ways: readonly { readonly id: string; readonly label: (locale: Locale) => string }[];
}

/** How the second half is to be shown. */
export const howStep: Step<HowState, string> = {
  id: 'recover-how',
  show: ({ locale, state }) =>
    Promise.resolve({
      title: M.text(locale, 'how.title'),
      body: (frame) => <How frame={frame} state={state} />,
    }),
  submit({ locale, state }, form) {
    const chosen = state.ways.find(({ id }) => id === form['by']);
    return Promise.resolve(
      chosen
        ? { is: 'done', value: chosen.id }
        : { is: 'again', problems: [{ field: 'by', text: M.text(locale, 'how.missing') }] },
    );
  },
};

function How({ frame, state }: { frame: Frame; state: HowState }): VNode {
  const { locale } = frame;
  const choices = state.ways.map(({ id, label }) => ({
    value: id,
    label: label(locale),
    ...(id === 'prove' ? { hint: M.text(locale, 'how.by.prove.hint') } : {}),
  }));
  return (
    <>
      <h1>{M.text(locale, 'how.title')}</h1>
      <p>{M.text(locale, 'how.body')}</p>
      <PostForm frame={frame}>
        <RadioField frame={frame} name="by" legend={M.text(locale, 'how.legend')} choices={choices} />
        <Buttons>
          <Button>{M.text(locale, 'how.go')}</Button>
        </Buttons>
      </PostForm>
    </>
  );
}

/** Under the form for the phone: what there is for those who have lost it too. */
export function LostPhone({ locale }: { readonly locale: Locale }): VNode {
  return (
    <Details summary={M.text(locale, 'forgot.lost')}>
      <p>{M.text(locale, 'forgot.lost.body')}</p>
      <p>{M.text(locale, 'forgot.lost.code')}</p>
    </Details>
  );
}
