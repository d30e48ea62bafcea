// One unit: what it is, whom to turn to, what it may be called, what hangs below it.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import { HiddenField } from '../../platform/ui/form.tsx';
import type { ShownUnit } from '../../registry/registry.ts';
import { Fld, type Typed } from './fields.tsx';
import { M } from './messages.ts';
import { addressOf } from './tree.tsx';

/** Which form of the page a complaint is about. */
export type FormName = 'department' | 'name' | 'removal' | 'contacts' | 'host';

export interface UnitProps {
  readonly locale: Locale;
  readonly unit: ShownUnit;
  readonly mayChange: boolean;
  readonly mayRename: boolean;
  readonly hidden: VNode;
  readonly typed: (form: FormName) => Typed;
}

export function UnitCard(props: UnitProps): VNode {
  const { locale, unit, mayChange, mayRename } = props;
  const { id, level, way, contacts } = unit;
  return (
    <section class="card" aria-labelledby="s-u">
      <header>
        <h2 id="s-u">{unit.name[locale]}</h2>
        <p>
          <a href={`/admin/clients?unit=${id}`}>{M.text(locale, 'clients', { count: unit.clients })}</a> ·{' '}
          <a href={`/admin/operators?unit=${id}`}>{M.text(locale, 'people', { count: unit.people })}</a>
        </p>
      </header>
      <dl class="sum-l">
        <div>
          <dt>{M.text(locale, 'above')}</dt>
          <dd>
            {way.length === 0
              ? M.text(locale, 'above.none')
              : way.flatMap((one, index) => [
                  index > 0 ? ' / ' : '',
                  <a key={one.id} href={addressOf(one.id)}>
                    {one.name[locale]}
                  </a>,
                ])}
          </dd>
        </div>
        <div>
          <dt>{M.text(locale, 'code')}</dt>
          <dd class="m">{id}</dd>
        </div>
        <div>
          <dt>{M.text(locale, 'level')}</dt>
          <dd>{M.text(locale, `level.${level}`)}</dd>
        </div>
        <div>
          <dt>{M.text(locale, 'contacts')}</dt>
          <dd>
            {contacts.length === 0 && M.text(locale, 'contacts.none')}
            {contacts.map(({ office, telephone, mail }) => (
              <p key={office}>{[office, telephone, mail].filter(Boolean).join(' · ')}</p>
            ))}
          </dd>
        </div>
      </dl>
      {mayChange && <ContactsForm {...props} />}
      {mayRename && level === 'department' && <NameForm {...props} />}
      {mayChange && level !== 'trial' && <DepartmentForm {...props} />}
      {mayRename && level === 'department' && <RemovalForm {...props} />}
    </section>
  );
}

function Folded(props: {
  readonly form: FormName;
  readonly title: string;
  readonly action: string;
  readonly button: string;
  readonly page: UnitProps;
  readonly children: VNode | readonly VNode[];
}): VNode {
  const { form, title, action, button, page, children } = props;
  return (
    <details class="in" open={page.typed(form).problems.length > 0}>
      <summary>{title}</summary>
      <form class="stack" method="post" action={action}>
        {page.hidden}
        {children}
        <button class="btn p" type="submit">
          {button}
        </button>
      </form>
    </details>
  );
}

const CONTACTS = [1, 2, 3, 4, 5];

function ContactsForm(page: UnitProps): VNode {
  const { locale, unit } = page;
  const typed = page.typed('contacts');
  const rows = CONTACTS.slice(0, Math.min(CONTACTS.length, unit.contacts.length + 1));
  return (
    <Folded
      form="contacts"
      title={M.text(locale, 'contacts.edit')}
      action={`${addressOf(unit.id)}/contacts`}
      button={M.text(locale, 'save')}
      page={page}
    >
      <p class="q">{M.text(locale, 'contacts.hint')}</p>
      <HiddenField name="version" value={String(unit.version)} />
      <>
        {rows.map((number) => (
          <div key={number} class="half">
            {(['office', 'telephone', 'mail'] as const).map((part) => (
              <Fld
                key={part}
                typed={typed}
                name={`${part}_${number}`}
                label={M.text(locale, `contacts.${part}`, { number })}
                value={unit.contacts[number - 1]?.[part] ?? ''}
                {...(part === 'telephone' ? { inputMode: 'tel' as const } : {})}
              />
            ))}
          </div>
        ))}
      </>
    </Folded>
  );
}

function NameForm(page: UnitProps): VNode {
  const { locale, unit } = page;
  return (
    <Folded
      form="name"
      title={M.text(locale, 'rename.title')}
      action={`${addressOf(unit.id)}/name`}
      button={M.text(locale, 'save')}
      page={page}
    >
      <p class="q">{M.text(locale, 'rename.hint')}</p>
      <HiddenField name="version" value={String(unit.version)} />
      <NameFields
        locale={locale}
        typed={page.typed('name')}
        of="name"
        zh={unit.name['zh-CN']}
        en={unit.name.en}
      />
    </Folded>
  );
}

function DepartmentForm(page: UnitProps): VNode {
  const { locale, unit } = page;
  const typed = page.typed('department');
  return (
    <Folded
      form="department"
      title={M.text(locale, 'add.title')}
      action={`${addressOf(unit.id)}/departments`}
      button={M.text(locale, 'add.button')}
      page={page}
    >
      <NameFields locale={locale} typed={typed} of="department" zh="" en="" />
      <Fld
        typed={typed}
        name="code"
        label={M.text(locale, 'add.code')}
        hint={M.text(locale, 'add.code.hint')}
      />
    </Folded>
  );
}

function RemovalForm(page: UnitProps): VNode {
  const { locale, unit } = page;
  return (
    <Folded
      form="removal"
      title={M.text(locale, 'remove.title')}
      action={`${addressOf(unit.id)}/removal`}
      button={M.text(locale, 'remove.button')}
      page={page}
    >
      <p>{M.text(locale, 'remove.why')}</p>
      <HiddenField name="version" value={String(unit.version)} />
      <HiddenField name="removal" value={unit.id} />
    </Folded>
  );
}

function NameFields(props: {
  readonly locale: Locale;
  readonly typed: Typed;
  /** Beginning of the field names: the forms of one page have their own. */
  readonly of: 'name' | 'department';
  readonly zh: string;
  readonly en: string;
}): VNode {
  const { locale, typed, of, zh, en } = props;
  return (
    <>
      <Fld typed={typed} name={`${of}_zh`} label={M.text(locale, 'name.zh')} value={zh} />
      <Fld typed={typed} name={`${of}_en`} label={M.text(locale, 'name.en')} value={en} />
    </>
  );
}
