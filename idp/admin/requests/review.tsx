// One request: where it stands, what the checks say, what differs, what a citizen would see, the decision, the history.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Bar, Complaint, RequestDetail, Step } from '../../registry/registry.ts';
import { Note, Status, type Tone } from '../frame/icons.tsx';
import { Past, Progress, type CourseProps } from './course.tsx';
import { CommentField, DecisionForm, type DecisionProps } from './decision.tsx';
import { Differences, Seen } from './difference.tsx';
import { M } from './messages.ts';
import { dueWords, instant, memberName, whoName } from './words.ts';

export interface ReviewProps extends CourseProps, DecisionProps {
  /** What stands against it now; undefined when nobody would act on it any more. */
  readonly complaints: readonly Complaint[] | undefined;
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
