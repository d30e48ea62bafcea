// The one form of proving: name, ID number, separate consent (Personal Information Protection Law articles 23 and 29:
// to whom, what, for what, and on its own).
import type { VNode } from 'preact';
import type { Personal } from '../../platform/base/secret.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { M } from '../messages.ts';
import { FieldError } from './parts.tsx';

/** What the account holds already; it is shown masked and not asked for again (WCAG 2.2, 3.3.7). */
export interface Known {
  readonly name: Personal;
  readonly number: Personal;
}

export interface FormOptions {
  readonly locale: Locale;
  /** The service that asks, or undefined in the account centre. */
  readonly service: string | undefined;
  readonly known: Known | undefined;
}

export function formScreen({ locale, service, known }: FormOptions): Screen {
  return {
    title: M.text(locale, 'form.title'),
    body: (frame) => (
      <>
        <p class="caption">{M.text(locale, 'form.step')}</p>
        <h1>{M.text(locale, 'form.title')}</h1>
        <p>
          {service === undefined ? undefined : M.text(locale, 'form.for_service', { service })}
          {M.text(locale, known ? 'form.known' : 'form.once')}
        </p>
        <form method="post" action={frame.action} noValidate>
          {frame.hidden}
          {known ? <KnownDetails locale={locale} known={known} /> : <Details frame={frame} />}
          <Consent frame={frame} />
          <div class="buttons">
            <button class="button" type="submit">
              {M.text(locale, 'form.submit')}
            </button>
          </div>
        </form>
        {known ? undefined : (
          <More summary={M.text(locale, 'help.rare')} body={M.text(locale, 'help.rare_body')} />
        )}
        <More summary={M.text(locale, 'help.other')} body={M.text(locale, 'help.other_body')} />
      </>
    ),
  };
}

function KnownDetails({ locale, known }: { readonly locale: Locale; readonly known: Known }): VNode {
  return (
    <dl class="summary">
      <div>
        <dt>{M.text(locale, 'name.label')}</dt>
        <dd>{String(known.name)}</dd>
      </div>
      <div>
        <dt>{M.text(locale, 'number.label')}</dt>
        <dd class="num">{String(known.number)}</dd>
      </div>
    </dl>
  );
}

function Details({ frame }: { readonly frame: Frame }): VNode {
  const { locale } = frame;
  return (
    <>
      <TextField
        frame={frame}
        field="name"
        label={M.text(locale, 'name.label')}
        hint={M.text(locale, 'name.hint')}
        input={{ class: 'input name', autocomplete: 'name' }}
      />
      <TextField
        frame={frame}
        field="id_number"
        label={M.text(locale, 'number.label')}
        hint={M.text(locale, 'number.hint')}
        input={{ class: 'input id', autocomplete: 'off', autocapitalize: 'characters', inputMode: 'text' }}
      />
    </>
  );
}

interface TextFieldParts {
  readonly frame: Frame;
  readonly field: 'name' | 'id_number';
  readonly label: string;
  readonly hint: string;
  readonly input: {
    readonly class: string;
    readonly autocomplete: 'name' | 'off';
    readonly autocapitalize?: 'characters';
    readonly inputMode?: 'text';
  };
}

const complained = (frame: Frame, field: string): boolean =>
  frame.problems.some((each) => each.field === field);

const describedBy = (frame: Frame, field: string): string =>
  complained(frame, field) ? `${field}-hint ${field}-error` : `${field}-hint`;

function TextField({ frame, field, label, hint, input }: TextFieldParts): VNode {
  const bad = complained(frame, field);
  return (
    <div class={bad ? 'field bad' : 'field'}>
      <label class="label" for={field}>
        {label}
      </label>
      <p class="hint" id={`${field}-hint`}>
        {hint}
      </p>
      <FieldError frame={frame} field={field} />
      <input
        {...input}
        id={field}
        name={field}
        type="text"
        spellcheck={false}
        value={frame.values[field] ?? ''}
        aria-invalid={bad ? 'true' : undefined}
        aria-describedby={describedBy(frame, field)}
      />
    </div>
  );
}

/** Never ticked in advance, and not after a mistake elsewhere on the page either. */
function Consent({ frame }: { readonly frame: Frame }): VNode {
  const { locale } = frame;
  const bad = complained(frame, 'consent');
  return (
    <fieldset class={bad ? 'field bad' : 'field'}>
      <legend>{M.text(locale, 'consent.legend')}</legend>
      <FieldError frame={frame} field="consent" />
      <div class="choices">
        <div class="choice">
          <input
            type="checkbox"
            id="consent"
            name="consent"
            value="yes"
            aria-invalid={bad ? 'true' : undefined}
            aria-describedby={describedBy(frame, 'consent')}
          />
          <label for="consent">{M.text(locale, 'consent.label')}</label>
          <p class="hint" id="consent-hint">
            {M.text(locale, 'consent.hint')}
          </p>
        </div>
      </div>
    </fieldset>
  );
}

function More({ summary, body }: { readonly summary: string; readonly body: string }): VNode {
  return (
    <details class="details">
      <summary>{summary}</summary>
      <div class="body">
        <p>{body}</p>
      </div>
    </details>
  );
}
