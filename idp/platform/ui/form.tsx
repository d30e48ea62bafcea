// Forms: label, hint, error, input, always in this order; one submit per form; nothing that needs a script.
import { h, type ComponentChildren, type VNode } from 'preact';
import type { Locale } from '../i18n/messages.ts';
import { Icon } from './parts.tsx';
import { M } from './messages.ts';

/** A complaint about one field. */
export interface FieldProblem {
  readonly field: string | undefined;
  readonly text: string;
}

/** An input with those attributes that are there: one that is `undefined` is none. */
function input(attributes: Readonly<Record<string, string | boolean | undefined>>): VNode {
  return h(
    'input',
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
  );
}

/** What a form needs to know of its page: a step's frame has it, and so can any other page. */
export interface FormFrame {
  readonly locale: Locale;
  readonly action: string;
  readonly hidden: VNode;
  readonly problems: readonly FieldProblem[];
  readonly values: Readonly<Record<string, string>>;
}

interface PostFormProps {
  readonly frame: Pick<FormFrame, 'action' | 'hidden'>;
  readonly children: ComponentChildren;
}

export function PostForm({ frame, children }: PostFormProps): VNode {
  return (
    <form method="post" action={frame.action} noValidate>
      {frame.hidden}
      {children}
    </form>
  );
}

/** What a form carries without showing it. */
export function HiddenField({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return <input type="hidden" name={name} value={value} />;
}

/** Lets a password manager file the new password under its account; nobody sees it, no key reaches it. */
export function AccountOfPassword({ account }: { readonly account: string }): VNode {
  return (
    <input
      class="vh"
      type="text"
      name="username"
      autocomplete="username"
      value={account}
      readonly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}

export interface FieldProps {
  readonly frame: Pick<FormFrame, 'locale' | 'problems' | 'values'>;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Ids of texts outside the field that describe it too. */
  readonly describedBy?: string;
  /** The page's <h1> is this label: screen readers hear it once. */
  readonly labelIsHeading?: boolean;
  readonly optional?: boolean;
}

interface Wiring {
  readonly id: string;
  readonly problem: string | undefined;
  readonly describedBy: string | undefined;
}

/** The id of a field's input; the error summary links to it. */
export const fieldId = (name: string): string => name.replaceAll('_', '-');

function wire({ frame, name, hint, describedBy }: FieldProps): Wiring {
  const id = fieldId(name);
  const problem = frame.problems.find(({ field }) => field === name)?.text;
  const described = [
    describedBy,
    hint === undefined ? undefined : `${id}-hint`,
    problem === undefined ? undefined : `${id}-error`,
  ];
  return { id, problem, describedBy: described.filter(Boolean).join(' ') || undefined };
}

const described = ({ describedBy, problem }: Wiring) => ({
  'aria-describedby': describedBy,
  'aria-invalid': problem === undefined ? undefined : 'true',
});

function FieldError({ locale, wiring }: { locale: Locale; wiring: Wiring }): VNode | null {
  if (wiring.problem === undefined) return null;
  return (
    <p class="error" id={`${wiring.id}-error`}>
      <Icon name="warning" />
      <span>
        <span class="vh">{M.text(locale, 'error.word')}</span>
        {wiring.problem}
      </span>
    </p>
  );
}

function Field(props: FieldProps & { wiring: Wiring; children: ComponentChildren }): VNode {
  const { frame, label, hint, labelIsHeading, optional, wiring, children } = props;
  const { id, problem } = wiring;
  return (
    <div class={problem === undefined ? 'field' : 'field bad'}>
      {labelIsHeading !== true && (
        <label class="label" for={id}>
          {label}
          {optional === true && <span class="opt">{M.text(frame.locale, 'optional')}</span>}
        </label>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError locale={frame.locale} wiring={wiring} />
      {children}
    </div>
  );
}

export interface TextFieldProps extends FieldProps {
  readonly type?: 'text' | 'tel';
  readonly inputMode?: 'text' | 'numeric' | 'tel';
  readonly autocomplete?: string;
  readonly autocapitalize?: 'none' | 'characters';
  readonly size?: 'code' | 'id' | 'name';
  /** What stands in the field when nothing was typed yet. */
  readonly value?: string;
  /** Stands beside the input (a countdown). */
  readonly beside?: ComponentChildren;
}

export function TextField(props: TextFieldProps): VNode {
  const {
    frame,
    name,
    type = 'text',
    inputMode,
    autocomplete = 'off',
    autocapitalize,
    size,
    value,
    beside,
  } = props;
  const wiring = wire(props);
  const field = input({
    class: size === undefined ? 'input' : `input ${size}`,
    id: wiring.id,
    name,
    type,
    inputmode: inputMode,
    autocomplete,
    autocapitalize,
    spellcheck: 'false',
    value: frame.values[name] ?? value,
    ...described(wiring),
  });
  return (
    <Field {...props} wiring={wiring}>
      {beside === undefined ? field : <div class="inline">{[field, beside]}</div>}
    </Field>
  );
}

export interface PasswordFieldProps extends FieldProps {
  readonly autocomplete: 'current-password' | 'new-password';
}

/** Never filled back in. The button that shows what was typed is added by script, where it works. */
export function PasswordField(props: PasswordFieldProps): VNode {
  const wiring = wire(props);
  const { locale } = props.frame;
  return (
    <Field {...props} wiring={wiring}>
      <div
        class="password"
        data-show={M.text(locale, 'password.show')}
        data-hide={M.text(locale, 'password.hide')}
      >
        {input({
          class: 'input',
          id: wiring.id,
          name: props.name,
          type: 'password',
          autocomplete: props.autocomplete,
          spellcheck: 'false',
          ...described(wiring),
        })}
      </div>
    </Field>
  );
}

export interface CheckFieldProps extends Pick<FieldProps, 'frame' | 'name' | 'label' | 'hint'> {
  readonly value?: string;
  /** Heading of the group, where the box needs one to be understood. */
  readonly legend?: string;
}

/** A single box, never ticked beforehand. */
export function CheckField(props: CheckFieldProps): VNode {
  const { frame, legend } = props;
  const wiring = wire(props);
  const inside = [
    <FieldError key="error" locale={frame.locale} wiring={wiring} />,
    <Choice key="choice" {...props} wiring={wiring} />,
  ];
  const shape = wiring.problem === undefined ? 'field' : 'field bad';
  if (legend === undefined) return <div class={shape}>{inside}</div>;
  return (
    <fieldset class={shape}>
      <legend>{legend}</legend>
      {inside}
    </fieldset>
  );
}

function Choice(props: CheckFieldProps & { wiring: Wiring }): VNode {
  const { frame, name, label, hint, value = 'yes', wiring } = props;
  return (
    <div class="choice">
      {input({
        type: 'checkbox',
        id: wiring.id,
        name,
        value,
        checked: frame.values[name] === value,
        ...described(wiring),
      })}
      <label for={wiring.id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${wiring.id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export interface RadioFieldProps extends Pick<FieldProps, 'frame' | 'name'> {
  readonly legend: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
}

/** One of several, none chosen beforehand. The first one carries the group's id: the error summary leads there. */
export function RadioField({ frame, name, legend, choices }: RadioFieldProps): VNode {
  const wiring = wire({ frame, name, label: legend });
  return (
    <fieldset class={wiring.problem === undefined ? 'field' : 'field bad'}>
      <legend>{legend}</legend>
      <FieldError locale={frame.locale} wiring={wiring} />
      <div class="choices">
        {choices.map(({ value, label, hint }, index) => {
          const id = index === 0 ? wiring.id : `${wiring.id}-${value.toLowerCase()}`;
          return (
            <div class="choice" key={value}>
              {input({
                type: 'radio',
                id,
                name,
                value,
                checked: frame.values[name] === value,
                'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
              })}
              <label for={id}>{label}</label>
              {hint !== undefined && (
                <p class="hint" id={`${id}-hint`}>
                  {hint}
                </p>
              )}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}

type Kind = 'primary' | 'second' | 'equal' | 'warning';
const classOf = (kind: Kind): string => (kind === 'primary' ? 'button' : `button ${kind}`);

export function Button({ kind = 'primary', children }: { kind?: Kind; children: ComponentChildren }): VNode {
  return (
    <button class={classOf(kind)} type="submit">
      {children}
    </button>
  );
}

interface LinkButtonProps {
  readonly href: string;
  readonly kind?: Kind;
  readonly children: ComponentChildren;
}

export function LinkButton({ href, kind = 'primary', children }: LinkButtonProps): VNode {
  return (
    <a class={classOf(kind)} href={href}>
      {children}
    </a>
  );
}

/** A row of buttons: primary, secondary, way out, in this order. */
export function Buttons({ children }: { children: ComponentChildren }): VNode {
  return <div class="buttons">{children}</div>;
}
