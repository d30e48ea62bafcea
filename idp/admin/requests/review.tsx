// One request: where it stands, what the checks say, what differs, what a citizen would see, the decision, the history.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { Bar, Complaint, RequestDetail, Stage, Step } from '../../registry/registry.ts';
import { Icon, Note, Status, type Tone } from '../frame/icons.tsx';
import { Differences, Seen } from './difference.tsx';
import { M } from './messages.ts';
import { dueWords, instant, memberName, whoName } from './words.ts';

export interface ReviewProps {
  readonly locale: Locale;
  readonly now: Date;
  /** As the trail names this person. */
  readonly self: string;
  readonly request: RequestDetail;
  /** What stands against it now; undefined when nobody would act on it any more. */
  readonly complaints: readonly Complaint[] | undefined;
  readonly hidden: VNode;
  /** What was typed, when it has to be put right. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
  /** The decision did not count because of this step. */
  readonly lost?: Step | undefined;
}

const TONES: Readonly<Record<RequestDetail['state'], Tone>> = {
  draft: 'off',
  reviewing: 'wait',
  returned: 'warn',
  refused: 'bad',
  withdrawn: 'off',
  live: 'ok',
};

export function Review(props: ReviewProps): VNode {
  const { request, lost, locale } = props;
  return (
    <>
      {lost && <Lost {...props} step={lost} />}
      <Head {...props} />
      <Progress {...props} />
      <div class="cols">
        <div>
          {props.complaints && <PreCheck locale={locale} complaints={props.complaints} />}
          <Changed {...props} />
          {request.proposal && (
            <section class="card" aria-labelledby="s-view">
              <header>
                <h2 id="s-view">{M.text(locale, 'view.title')}</h2>
                <p>{M.text(locale, 'view.what')}</p>
              </header>
              <Seen
                locale={locale}
                name={request.proposal.name[locale]}
                domain={request.proposal.domain}
                claims={request.proposal.claims}
              />
            </section>
          )}
        </div>
        <aside class="stick" aria-label={M.text(locale, 'decide.title')}>
          {request.yours && <DecisionForm {...props} />}
          <Standing {...props} />
          <Past {...props} />
        </aside>
      </div>
    </>
  );
}

function Lost({ locale, now, self, step }: ReviewProps & { readonly step: Step }): VNode {
  return (
    <Note is="warn">
      <h2>{M.text(locale, 'conflict.title')}</h2>
      <p>
        {step.act === 'submitted' || step.act === 'begun'
          ? M.text(locale, 'conflict.changed')
          : M.text(locale, 'conflict.text', {
              who: whoName(locale, step.by, self),
              when: instant(step.at, now, locale),
              act: M.text(locale, `act.${step.act}`),
            })}
      </p>
    </Note>
  );
}

function Head({ locale, now, self, request }: ReviewProps): VNode {
  const { state, stage, dueAt, submittedAt, submittedBy, authors, baseVersion } = request;
  const due = dueAt ? dueWords(locale, dueAt, now) : undefined;
  const unit = request.unitName[locale];
  return (
    <div class="head">
      <div>
        <p class="crumb">
          <a href="/admin">{M.text(locale, 'review.crumb')}</a>
        </p>
        <h1>
          {request.name[locale]}{' '}
          <Status is={TONES[state]} pill>
            {M.text(locale, stage ? `stage.${stage}` : `state.${state}`)}
          </Status>
        </h1>
        <p>
          {submittedAt && submittedBy
            ? M.text(locale, 'review.by', {
                unit,
                who: whoName(locale, submittedBy, self),
                when: instant(submittedAt, now, locale),
              })
            : M.text(locale, 'review.draft_of', {
                unit,
                who: whoName(locale, authors[0] ?? 'system', self),
              })}{' '}
          <span class="m">{request.id}</span> ·{' '}
          {baseVersion === undefined
            ? M.text(locale, 'review.first')
            : M.text(locale, 'review.against', { version: baseVersion })}
        </p>
      </div>
      {due && dueAt && (
        <div class="acts">
          <Status is={due.tone} pill>
            {`${instant(dueAt, now, locale)} · ${due.text}`}
          </Status>
        </div>
      )}
    </div>
  );
}

function Progress({ locale, now, self, request }: ReviewProps): VNode {
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

export function PreCheck({
  locale,
  complaints,
}: {
  readonly locale: Locale;
  readonly complaints: readonly Complaint[];
}): VNode {
  return (
    <section class="card" aria-labelledby="s-pre">
      <header>
        <h2 id="s-pre">{M.text(locale, 'check.title')}</h2>
        <p>
          {complaints.length === 0 ? (
            <Status is="ok">{M.text(locale, 'check.ok')}</Status>
          ) : (
            <Status is="bad">{M.text(locale, 'check.bad', { count: complaints.length })}</Status>
          )}{' '}
          {M.text(locale, 'check.now')}
        </p>
      </header>
      {complaints.length > 0 && (
        <ul class="in">
          {complaints.map(({ member, text }) => (
            <li key={`${member} ${text.en}`}>
              {member !== '' && <b>{memberName(locale, member)} </b>}
              {text[locale]}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Changed(props: ReviewProps): VNode | null {
  const { locale, now, self, request, values } = props;
  const { differences, steps, yours } = request;
  if (differences.length === 0) return null;
  const under = (member: string): VNode | undefined => {
    const said = steps.filter(({ comments }) => comments[member] !== undefined);
    if (said.length === 0 && !yours) return undefined;
    return (
      <>
        {said.map((step) => (
          <div key={step.at.getTime()} class="say">
            <p class="q">
              <b>{whoName(locale, step.by, self)}</b> {step.stage && M.text(locale, `stage.${step.stage}`)}{' '}
              {instant(step.at, now, locale)}
            </p>
            <p>{step.comments[member]}</p>
          </div>
        ))}
        {yours && <CommentField locale={locale} member={member} value={values[`comment.${member}`] ?? ''} />}
      </>
    );
  };
  const title = request.baseVersion === undefined ? 'diff.first' : 'diff.title';
  const [before = '', after = ''] = M.text(locale, 'diff.legend', { ins: '\n', del: '\n' }).split('\n');
  const last = M.text(locale, 'diff.legend', { ins: '\n', del: '\n' }).split('\n')[2] ?? '';
  return (
    <section class="card" aria-labelledby="s-diff">
      <header>
        <h2 id="s-diff">{M.text(locale, title, { count: differences.length })}</h2>
        <p>
          {before}
          <ins>{M.text(locale, 'diff.legend.ins')}</ins>
          {after}
          <del>{M.text(locale, 'diff.legend.del')}</del>
          {last}
        </p>
      </header>
      <Differences locale={locale} all={differences} under={under} />
    </section>
  );
}

interface CommentProps {
  readonly locale: Locale;
  readonly member: string;
  readonly value: string;
}

function CommentField({ locale, member, value }: CommentProps): VNode {
  const id = `c-${member.replaceAll(/[^a-z0-9]/gi, '-')}`;
  return (
    <details open={value !== ''}>
      <summary>{M.text(locale, 'diff.comment')}</summary>
      <div class="fld">
        <label for={id}>{M.text(locale, 'diff.comment_on', { member: memberName(locale, member) })}</label>
        <textarea id={id} name={`comment.${member}`} form="decide" maxLength={1000}>
          {value}
        </textarea>
      </div>
    </details>
  );
}

function DecisionForm({ locale, request, hidden, values, problems }: ReviewProps): VNode {
  const { stages, stage, id, version } = request;
  const next = stages[stages.findIndex((look) => look.stage === stage) + 1];
  const hints = {
    approve: next
      ? M.text(locale, 'decide.approve.next', { stage: M.text(locale, `stage.${next.stage}`) })
      : M.text(locale, 'decide.approve.live'),
    return: M.text(locale, 'decide.return.hint'),
    refuse: M.text(locale, 'decide.refuse.hint'),
  };
  const problemOf = (field: string): string | undefined => problems.find((one) => one.field === field)?.text;
  return (
    <form class="card" id="decide" method="post" action={`/admin/requests/${id}/decision`} noValidate>
      {hidden}
      <input type="hidden" name="version" value={version} />
      <header>
        <h2>{M.text(locale, 'decide.title')}</h2>
      </header>
      <div class="in">
        <fieldset id="decision" aria-describedby={problemOf('decision') && 'decision-e'}>
          <legend class="sr">{M.text(locale, 'decide.title')}</legend>
          {problemOf('decision') && (
            <p id="decision-e">
              <Status is="bad">{problemOf('decision')}</Status>
            </p>
          )}
          {(['approve', 'return', 'refuse'] as const).map((decision) => (
            <label key={decision} class="check">
              <input
                type="radio"
                name="decision"
                value={decision}
                checked={values['decision'] === decision}
              />
              <span>
                <b>{M.text(locale, `decide.${decision}`)}</b>
                <span class="hint">{hints[decision]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <ReasonField
          locale={locale}
          hint={M.text(locale, 'decide.why.hint')}
          value={values['reason'] ?? ''}
          problem={problemOf('reason')}
        />
        <button class="btn p w" type="submit">
          {M.text(locale, 'decide.go')}
        </button>
        <p class="q">{M.text(locale, 'decide.passkey')}</p>
      </div>
    </form>
  );
}

interface ReasonProps {
  readonly locale: Locale;
  readonly hint: string;
  readonly value: string;
  readonly problem: string | undefined;
}

export function ReasonField({ locale, hint, value, problem }: ReasonProps): VNode {
  const describedBy = problem === undefined ? 'reason-h' : 'reason-h reason-e';
  return (
    <div class="fld">
      <label for="reason">{M.text(locale, 'decide.why')}</label>
      <span class="hint" id="reason-h">
        {hint}
      </span>
      {problem !== undefined && (
        <p id="reason-e">
          <Status is="bad">{problem}</Status>
        </p>
      )}
      <textarea
        id="reason"
        name="reason"
        maxLength={2000}
        aria-describedby={describedBy}
        {...(problem === undefined ? {} : { 'aria-invalid': 'true' as const })}
      >
        {value}
      </textarea>
    </div>
  );
}

function Standing({ locale, request }: ReviewProps): VNode | null {
  const { yours, bar, state, stage, holderName } = request;
  if (state !== 'reviewing' || stage === null) return null;
  const barred: Bar | undefined = bar;
  return (
    <section class="card in">
      {yours ? (
        <p>
          <Status is="ok">{M.text(locale, 'decide.yours')}</Status>
          <br />
          <span class="q">{M.text(locale, 'decide.race')}</span>
        </p>
      ) : (
        <p>
          {barred ? (
            <Status is="warn">{M.text(locale, `bar.${barred}`)}</Status>
          ) : (
            M.text(locale, 'not_yours', { holder: holderName?.[locale] ?? '' })
          )}
        </p>
      )}
    </section>
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

export function Past({
  locale,
  now,
  self,
  request,
}: Pick<ReviewProps, 'locale' | 'now' | 'self' | 'request'>): VNode {
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
