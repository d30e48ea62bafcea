// The form of an invitation, and the link that comes of it.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { ROLES, type Role } from '../../registry/registry.ts';
import { Note } from '../frame/icons.tsx';
import { M as F } from '../frame/messages.ts';
import { M } from './messages.ts';
import { PATH } from './pages.tsx';

interface InviteProps {
  readonly locale: Locale;
  readonly hidden: VNode;
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
  /** Units in which the inviting person holds a post. */
  readonly units: readonly (readonly [id: string, name: string])[];
}

const wrong = (problems: readonly FieldProblem[], field: string) =>
  problems.some((problem) => problem.field === field) ? { 'aria-invalid': 'true' as const } : {};

export function InviteForm({ locale, hidden, values, problems, units }: InviteProps): VNode {
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'invite')}</h1>
      <p>{M.text(locale, 'invite.lead')}</p>
      <form method="post" action={`${PATH}/invite`} class="stack">
        {hidden}
        <div class="fld">
          <label for="unit">{M.text(locale, 'invite.unit')}</label>
          <p class="hint" id="unit-hint">
            {M.text(locale, 'invite.unit.hint')}
          </p>
          <input
            id="unit"
            name="unit"
            list="units"
            value={values['unit']}
            aria-describedby="unit-hint"
            {...wrong(problems, 'unit')}
          />
          <datalist id="units">
            {units.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </datalist>
        </div>
        <Roles locale={locale} chosen={values['role']} />
        <Leaving locale={locale} value={values['leaves']} problems={problems} />
        <p class="row">
          <button class="btn p" type="submit">
            {M.text(locale, 'invite.button')}
          </button>
          <a href={PATH}>{M.text(locale, 'invited.back')}</a>
        </p>
      </form>
    </section>
  );
}

function Roles({ locale, chosen }: { locale: Locale; chosen: string | undefined }): VNode {
  return (
    <fieldset class="fld" id="role">
      <legend>{M.text(locale, 'role')}</legend>
      <div>
        {ROLES.map((role) => (
          <label key={role} class="check">
            <input type="radio" name="role" value={role} checked={role === chosen} />
            <span>{F.text(locale, `role.${role}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface LeavingProps {
  readonly locale: Locale;
  readonly value: string | undefined;
  readonly problems: readonly FieldProblem[];
}

function Leaving({ locale, value, problems }: LeavingProps): VNode {
  return (
    <div class="fld">
      <label for="leaves">{M.text(locale, 'invite.leaves')}</label>
      <p class="hint" id="leaves-hint">
        {M.text(locale, 'invite.leaves.hint')}
      </p>
      <input
        id="leaves"
        name="leaves"
        type="date"
        value={value}
        aria-describedby="leaves-hint"
        {...wrong(problems, 'leaves')}
      />
    </div>
  );
}

export function Invited({
  locale,
  link,
  unit,
  role,
}: {
  locale: Locale;
  link: string;
  unit: string;
  role: Role;
}): VNode {
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'invited.title')}</h1>
      <p>{M.text(locale, 'invited.who', { unit, role: F.text(locale, `role.${role}`) })}</p>
      <Note is="warn">{M.text(locale, 'invited.once')}</Note>
      <p class="once">
        <code>{link}</code>
      </p>
      <p>
        <a href={PATH}>{M.text(locale, 'invited.back')}</a>
      </p>
    </section>
  );
}
