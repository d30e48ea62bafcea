// Where a request stands on its way, and everything that was done with it.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { RequestDetail, Stage, Step } from '../../registry/registry.ts';
import { Icon, type Tone } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { instant, memberName, whoName } from './words.ts';

export interface CourseProps {
  readonly locale: Locale;
  readonly now: Date;
  /** As the trail names this person. */
  readonly self: string;
  readonly request: RequestDetail;
}

export function Progress({ locale, now, self, request }: CourseProps): VNode {
  const { stages, stage, steps, state, submittedAt, submittedBy, heldSince, sensitive } = request;
  const approvalOf = (of: Stage): Step | undefined =>
    steps.findLast((step) => step.act === 'approved' && step.stage === of);
  const said = ({ by, at }: Pick<Step, 'by' | 'at'>): string =>
    `${whoName(locale, by, self)} ${instant(at, now, locale)}`;
  return (
    <section class="card in" aria-label={M.text(locale, 'review.progress')}>
      <ol class="steps">
        <ProgressStep
          is={submittedAt ? 'done' : 'cur'}
          word={M.text(locale, submittedAt ? 'act.submitted' : 'state.draft')}
          small={submittedAt && submittedBy ? said({ by: submittedBy, at: submittedAt }) : ''}
        />
        {stages.map((look) => {
          const approval = approvalOf(look.stage);
          const name = M.text(locale, `stage.${look.stage}`);
          if (look.stage === stage)
            return (
              <ProgressStep
                key={look.stage}
                is="cur"
                word={name}
                small={M.text(locale, 'progress.since', {
                  when: heldSince ? instant(heldSince, now, locale) : '',
                })}
              />
            );
          return (
            <ProgressStep
              key={look.stage}
              is={approval ? 'done' : 'next'}
              word={approval ? `${name} ${M.text(locale, 'act.approved')}` : name}
              small={
                approval
                  ? said(approval)
                  : look.stage === 'nation' && sensitive.length > 0
                    ? M.text(locale, 'progress.sensitive')
                    : ''
              }
            />
          );
        })}
        <ProgressStep
          is={state === 'live' ? 'done' : 'next'}
          word={M.text(locale, 'progress.live')}
          small={request.kind === 'change' && state !== 'live' ? M.text(locale, 'progress.keeps') : ''}
        />
      </ol>
    </section>
  );
}

interface ProgressStepProps {
  readonly is: 'done' | 'cur' | 'next';
  readonly word: string;
  readonly small: string;
}

function ProgressStep({ is, word, small }: ProgressStepProps): VNode {
  const icon = { done: 'ok', cur: 'live', next: 'wait' } as const;
  return (
    <li class={is} {...(is === 'cur' ? { 'aria-current': 'step' as const } : {})}>
      <Icon name={icon[is]} />
      <span>
        <b>{word}</b>
        <small>{small}</small>
      </span>
    </li>
  );
}

const PAST: Readonly<Record<Step['act'], Tone>> = {
  begun: 'off',
  submitted: 'wait',
  approved: 'ok',
  returned: 'warn',
  refused: 'bad',
  withdrawn: 'off',
  live: 'live',
};

export function Past({ locale, now, self, request }: CourseProps): VNode {
  return (
    <section class="card" aria-labelledby="s-past">
      <header>
        <h2 id="s-past">{M.text(locale, 'history.title')}</h2>
        <a href={`/admin/clients/${request.clientId}/history`}>{request.name[locale]}</a>
      </header>
      <div class="in">
        <ol class="tl">
          {request.steps.toReversed().map((step) => (
            <li key={`${step.act} ${step.at.getTime()}`} class={PAST[step.act]}>
              <Icon name={PAST[step.act]} />
              <b>
                {step.stage && step.act !== 'submitted' && `${M.text(locale, `stage.${step.stage}`)} `}
                {M.text(locale, `act.${step.act}`)}
              </b>
              <small>{`${whoName(locale, step.by, self)} · ${instant(step.at, now, locale)}`}</small>
              {step.reason !== '' && (
                <small>{M.text(locale, 'history.reason', { reason: step.reason })}</small>
              )}
              {Object.entries(step.comments).map(([member, text]) => (
                <small key={member}>
                  {M.text(locale, 'history.to', { member: memberName(locale, member), text })}
                </small>
              ))}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
