// The few shapes that the factors' forms are made of.
import type { ComponentChildren, InputHTMLAttributes, VNode } from 'preact';
import type { Frame } from '../platform/http/step.ts';
import { catalogue } from '../platform/i18n/messages.ts';

const M = catalogue({ error: '错误：' }, { error: 'Error: ' });

/** One form of a step, with what every form must carry. */
export function StepForm(props: { readonly frame: Frame; readonly children: ComponentChildren }): VNode {
  return (
    <form method="post" action={props.frame.action} novalidate>
      {props.frame.hidden}
      {props.children}
    </form>
  );
}

export interface FieldProps {
  readonly frame: Frame;
  readonly name: string;
  /** Undefined when the heading of the page is the label. */
  readonly label?: string;
  readonly hint?: string;
  /** An element above that belongs to the description. */
  readonly alsoDescribedBy?: string;
  readonly input: InputHTMLAttributes;
}

/** Label, hint, error, input, in this order, tied together for screen readers. */
export function Field({ frame, name, label, hint, alsoDescribedBy, input }: FieldProps): VNode {
  const problem = frame.problems.find((candidate) => candidate.field === name);
  const described = [alsoDescribedBy, hint && `${name}-hint`, problem && `${name}-error`].filter(Boolean);
  return (
    <div class={problem ? 'field bad' : 'field'}>
      {label && (
        <label class="label" for={name}>
          {label}
        </label>
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="error" id={`${name}-error`}>
          <span>
            <span class="vh">{M.text(frame.locale, 'error')}</span>
            {problem.text}
          </span>
        </p>
      )}
      <input
        class="input"
        id={name}
        name={name}
        type="text"
        {...input}
        {...(described.length > 0 ? { 'aria-describedby': described.join(' ') } : {})}
        {...(problem ? { 'aria-invalid': 'true' } : {})}
      />
    </div>
  );
}

/** The one main button, and what else can be done here. */
export function Buttons(props: { readonly main: string; readonly children?: ComponentChildren }): VNode {
  return (
    <div class="buttons">
      <button class="button" type="submit">
        {props.main}
      </button>
      {props.children}
    </div>
  );
}

/** What most people need not read. */
export function More(props: { readonly summary: string; readonly children: ComponentChildren }): VNode {
  return (
    <details class="details">
      <summary>{props.summary}</summary>
      <div class="body">{props.children}</div>
    </details>
  );
}
