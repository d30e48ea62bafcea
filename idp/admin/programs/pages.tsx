// Programs of units and permits to register clients: two lists, two forms, and what is shown once.
import type { ComponentChildren, VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { PROGRAM_ROLES, type Page, type Permission, type Program } from '../../registry/registry.ts';
import { Note, Status } from '../frame/icons.tsx';
import { Card, Pages, Table } from '../frame/lists.tsx';
import { M as F } from '../frame/messages.ts';
import { M } from './messages.ts';

export const PATH = '/admin/programs';

interface Common {
  readonly locale: Locale;
  readonly now: Date;
  readonly hidden: VNode;
  readonly mayWrite: boolean;
}

interface ListsProps extends Common {
  readonly api: string;
  readonly programs: Page<Program>;
  readonly permissions: Page<Permission>;
  readonly query: { readonly after: string | undefined };
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
  readonly units: readonly (readonly [id: string, name: string])[];
}

export function Lists(props: ListsProps): VNode {
  const { locale, api, programs, permissions, query, mayWrite } = props;
  return (
    <>
      <div class="head">
        <div>
          <h1>{M.text(locale, 'title')}</h1>
          <p>{M.text(locale, 'lead', { api })}</p>
          <p>
            <a href="/admin/api/openapi.json">{M.text(locale, 'document')}</a>
          </p>
        </div>
      </div>
      <Card title={M.text(locale, 'programs')}>
        <ProgramTable {...props} rows={programs.rows} />
        <Pages locale={locale} path={PATH} query={query} next={programs.next} />
      </Card>
      <Card title={M.text(locale, 'permissions')} lead={M.text(locale, 'permissions.lead')}>
        <PermissionTable {...props} rows={permissions.rows} />
      </Card>
      {mayWrite && <ProgramForm {...props} />}
      {mayWrite && <PermissionForm {...props} />}
    </>
  );
}

function End({ locale, hidden, action, name }: Common & { action: string; name: string }): VNode {
  return (
    <form method="post" action={action}>
      {hidden}
      <button class="lk" type="submit" aria-label={M.text(locale, 'end', { name })}>
        {M.text(locale, 'end.short')}
      </button>
    </form>
  );
}

function ProgramTable(props: Common & { readonly rows: readonly Program[] }): VNode {
  const { locale, now, rows, mayWrite } = props;
  const heads = ['name', 'unit', 'roles', 'method', 'until', 'state', 'act'] as const;
  return (
    <Table
      locale={locale}
      caption={M.text(locale, 'programs')}
      columns={heads.map((head) => ({ head: M.text(locale, head), silent: head === 'act' }))}
      none={M.text(locale, 'none')}
      rows={rows.map((row) => ({
        key: row.clientId,
        cells: [
          <>
            {row.name} <code>{row.clientId}</code>
          </>,
          row.unitName[locale],
          row.roles.map((role) => F.text(locale, `role.${role}`)).join(' · '),
          <code>{row.method}</code>,
          formatInstant(row.expiresAt, now, locale),
          <Status is={row.works ? 'ok' : 'off'}>{M.text(locale, row.works ? 'works' : 'ended')}</Status>,
          mayWrite && row.works ? (
            <End {...props} action={`${PATH}/${row.clientId}/end`} name={row.name} />
          ) : null,
        ],
      }))}
    />
  );
}

function PermissionTable(props: Common & { readonly rows: readonly Permission[] }): VNode {
  const { locale, now, rows, mayWrite } = props;
  const heads = ['name', 'unit', 'until', 'state', 'act'] as const;
  const usable = (row: Permission): boolean => !row.ended && row.usesLeft > 0 && row.expiresAt > now;
  return (
    <Table
      locale={locale}
      caption={M.text(locale, 'permissions')}
      columns={heads.map((head) => ({ head: M.text(locale, head), silent: head === 'act' }))}
      none={M.text(locale, 'none')}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          row.name,
          row.unitName[locale],
          formatInstant(row.expiresAt, now, locale),
          <Status is={usable(row) ? 'ok' : 'off'}>
            {usable(row) ? M.text(locale, 'left', { count: row.usesLeft }) : M.text(locale, 'ended')}
          </Status>,
          mayWrite && usable(row) ? (
            <End {...props} action={`${PATH}/permits/${row.id}/end`} name={row.name} />
          ) : null,
        ],
      }))}
    />
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly problems: readonly FieldProblem[];
  readonly children: (attributes: Readonly<Record<string, string>>) => ComponentChildren;
}

function Field({ id, label, hint, problems, children }: FieldProps): VNode {
  const wrong = problems.some(({ field }) => field === id);
  return (
    <div class="fld">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        ...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }),
        ...(wrong ? { 'aria-invalid': 'true' } : {}),
      })}
    </div>
  );
}

/** Unit and name: what both forms begin with. `of` keeps the identifiers of two forms on one page apart. */
function Begin({ of, locale, values, problems, units }: ListsProps & { readonly of: string }): VNode {
  return (
    <>
      <Field
        id={`${of}unit`}
        label={M.text(locale, 'unit')}
        hint={M.text(locale, 'unit.hint')}
        problems={problems}
      >
        {(attributes) => (
          <input {...attributes} name="unit" list={`${of}units`} value={values['unit'] ?? units[0]?.[0]} />
        )}
      </Field>
      <datalist id={`${of}units`}>
        {units.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
      <Field id={`${of}name`} label={M.text(locale, 'name')} problems={problems}>
        {(attributes) => <input {...attributes} name="name" maxlength={80} value={values[`${of}name`]} />}
      </Field>
    </>
  );
}

function ProgramForm(props: ListsProps): VNode {
  const { locale, hidden, values, problems } = props;
  return (
    <section class="card in stack">
      <h2>{M.text(locale, 'make.program')}</h2>
      <form method="post" action={PATH} class="stack">
        {hidden}
        <Begin {...props} of="" />
        <fieldset class="fld" id="roles">
          <legend>{M.text(locale, 'roles')}</legend>
          {PROGRAM_ROLES.map((role) => (
            <label key={role} class="check">
              <input type="checkbox" name={`role.${role}`} value="yes" checked={`role.${role}` in values} />
              <span>{F.text(locale, `role.${role}`)}</span>
            </label>
          ))}
        </fieldset>
        <Field
          id="jwks"
          label={M.text(locale, 'jwks')}
          hint={M.text(locale, 'jwks.hint')}
          problems={problems}
        >
          {(attributes) => (
            <textarea {...attributes} name="jwks" rows={4} spellcheck={false}>
              {values['jwks']}
            </textarea>
          )}
        </Field>
        <button class="btn p" type="submit">
          {M.text(locale, 'make.program')}
        </button>
      </form>
    </section>
  );
}

function PermissionForm(props: ListsProps): VNode {
  const { locale, hidden, values, problems } = props;
  const number = (name: 'uses' | 'days', usual: string): VNode => (
    <Field id={`permit-${name}`} label={M.text(locale, name)} problems={problems}>
      {(attributes) => (
        <input {...attributes} name={name} inputmode="numeric" value={values[name] ?? usual} />
      )}
    </Field>
  );
  return (
    <section class="card in stack">
      <h2>{M.text(locale, 'make.permission')}</h2>
      <form method="post" action={`${PATH}/permits`} class="stack">
        {hidden}
        <Begin {...props} of="permit-" />
        {number('uses', '20')}
        {number('days', '30')}
        <button class="btn p" type="submit">
          {M.text(locale, 'make.permission')}
        </button>
      </form>
    </section>
  );
}

/** What stands in this answer alone. */
export function Made({
  locale,
  shown,
}: {
  readonly locale: Locale;
  readonly shown: readonly (readonly [label: 'made.id' | 'made.secret' | 'made.permission', value: string])[];
}): VNode {
  const secret = shown.some(([label]) => label !== 'made.id');
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'made.title')}</h1>
      <Note is={secret ? 'warn' : 'ok'}>{M.text(locale, secret ? 'made.once' : 'made.keys')}</Note>
      {shown.map(([label, value]) => (
        <p key={label} class="once">
          {M.text(locale, label)} <code>{value}</code>
        </p>
      ))}
      <p>
        <a href={PATH}>{M.text(locale, 'back')}</a>
      </p>
    </section>
  );
}
