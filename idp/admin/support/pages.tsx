// The form of a support call, and the state that it shows: no form stands on that page.
import type { ComponentChildren, VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { Note, Status, type Tone } from '../frame/icons.tsx';
import { M } from './messages.ts';
import type { AccountState } from './state.ts';

export const REASONS = [
  'no_code',
  'cannot_sign_in',
  'lost_phone',
  'unknown_sign_in',
  'real_name',
  'other',
] as const;
export type Reason = (typeof REASONS)[number];

interface AskProps {
  readonly locale: Locale;
  readonly hidden: VNode;
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

export function Ask({ locale, hidden, values, problems }: AskProps): VNode {
  const text = (name: 'who' | 'case'): VNode => (
    <div class="fld">
      <label for={name}>{M.text(locale, name)}</label>
      <p class="hint" id={`${name}-hint`}>
        {M.text(locale, `${name}.hint`)}
      </p>
      <input
        id={name}
        name={name}
        value={values[name]}
        autocomplete="off"
        maxlength={32}
        aria-describedby={`${name}-hint`}
        {...(problems.some(({ field }) => field === name) ? { 'aria-invalid': 'true' as const } : {})}
      />
    </div>
  );
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'title')}</h1>
      <p>{M.text(locale, 'lead')}</p>
      <form method="post" action="/admin/support" class="stack">
        {hidden}
        {text('who')}
        <fieldset class="fld" id="reason">
          <legend>{M.text(locale, 'reason')}</legend>
          <div>
            {REASONS.map((reason) => (
              <label key={reason} class="check">
                <input type="radio" name="reason" value={reason} checked={values['reason'] === reason} />
                <span>{M.text(locale, `reason.${reason}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {text('case')}
        <p>
          <button class="btn p" type="submit">
            {M.text(locale, 'button')}
          </button>
        </p>
        <p class="q">{M.text(locale, 'recorded')}</p>
      </form>
    </section>
  );
}

const TONES: Readonly<Record<AccountState['status'], Tone>> = {
  active: 'ok',
  frozen: 'bad',
  closed: 'off',
  deceased: 'off',
};

interface FoundProps {
  readonly locale: Locale;
  readonly now: Date;
  /** Undefined: there is no such account. */
  readonly state: AccountState | undefined;
  readonly caseNumber: string;
  readonly reason: Reason;
}

export function Found({ locale, now, state, caseNumber, reason }: FoundProps): VNode {
  return (
    <section class="card">
      <div class="in stack">
        <h1>{M.text(locale, 'found.title')}</h1>
        <p class="q">
          {M.text(locale, 'found.case', { number: caseNumber, reason: M.text(locale, `reason.${reason}`) })}
        </p>
        {state ? (
          <Note is="info">{M.text(locale, 'found.told')}</Note>
        ) : (
          <Note is="warn">{M.text(locale, 'found.none')}</Note>
        )}
      </div>
      {state && (
        <dl class="sum-l">
          {linesOf(locale, now, state).map(([term, text]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="in">
        <a href="/admin/support">{M.text(locale, 'found.again')}</a>
      </p>
    </section>
  );
}

function linesOf(
  locale: Locale,
  now: Date,
  state: AccountState,
): readonly (readonly [string, ComponentChildren])[] {
  const until = (
    at: Date | undefined,
    key: 'lock.until' | 'recovery.from',
    none: 'lock.none' | 'recovery.none',
  ) => (at ? M.text(locale, key, { at: formatInstant(at, now, locale) }) : M.text(locale, none));
  return [
    [
      M.text(locale, 'account'),
      <Status key="account" is={TONES[state.status]}>
        {M.text(locale, `account.${state.status}`)}
      </Status>,
    ],
    [M.text(locale, 'real_name'), M.text(locale, state.realName ? 'real_name.yes' : 'real_name.no')],
    [M.text(locale, 'ways'), state.ways.join(locale === 'en' ? ', ' : '、') || M.text(locale, 'ways.none')],
    [M.text(locale, 'last'), M.text(locale, `last.${state.lastSignIn}`)],
    [M.text(locale, 'lock'), until(state.lockedUntil, 'lock.until', 'lock.none')],
    [
      M.text(locale, 'password'),
      M.text(locale, state.passwordStopped ? 'password.stopped' : 'password.sound'),
    ],
    [M.text(locale, 'recovery'), until(state.recoveryFrom, 'recovery.from', 'recovery.none')],
  ];
}
