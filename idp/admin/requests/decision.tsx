// The form of a decision: what is decided, why, and what is said to single members.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { RequestDetail } from '../../registry/registry.ts';
import { Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { memberName } from './words.ts';

export interface DecisionProps {
  readonly locale: Locale;
  readonly request: RequestDetail;
  readonly hidden: VNode;
  /** What was typed, when it has to be put right. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

interface CommentProps {
  readonly locale: Locale;
  readonly member: string;
  readonly value: string;
}

export function CommentField({ locale, member, value }: CommentProps): VNode {
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

export function DecisionForm({ locale, request, hidden, values, problems }: DecisionProps): VNode {
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
