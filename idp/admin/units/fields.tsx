// A field of the console's forms: label, hint, error, input, in this order.
import { h, type VNode } from 'preact';
import { fieldId, type FieldProblem } from '../../platform/ui/form.tsx';
import { Status } from '../frame/icons.tsx';

export interface Typed {
  readonly problems: readonly FieldProblem[];
  /** What was typed before it was refused. */
  readonly values: Readonly<Record<string, string>>;
}

export const NOTHING_TYPED: Typed = { problems: [], values: {} };

export interface FldProps {
  readonly typed: Typed;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What stands there when nothing was typed yet. */
  readonly value?: string;
  readonly inputMode?: 'tel' | 'email' | 'url';
}

export function Fld({ typed, name, label, hint, value = '', inputMode }: FldProps): VNode {
  const id = fieldId(name);
  const problem = typed.problems.find(({ field }) => field === name)?.text;
  const describedBy = [hint && `${id}-hint`, problem && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="fld">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem !== undefined && (
        <span id={`${id}-error`}>
          <Status is="bad">{problem}</Status>
        </span>
      )}
      {h('input', {
        id,
        name,
        type: 'text',
        autocomplete: 'off',
        spellcheck: 'false',
        value: typed.values[name] ?? value,
        ...(inputMode === undefined ? {} : { inputmode: inputMode }),
        ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
        ...(problem === undefined ? {} : { 'aria-invalid': 'true' }),
      })}
    </div>
  );
}
