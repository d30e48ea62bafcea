// The list of clients and the dry run of an export.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { HiddenField } from '../../platform/ui/form.tsx';
import {
  CLIENT_STATES,
  type ClientCounts,
  type Listed,
  type ListedClient,
  type Picked,
  type Unit,
} from '../../registry/registry.ts';
import { Icon, Note, Status, type Tone } from '../frame/icons.tsx';
import { addressOf, Choice, Filters, Pages, Table, Typed, type Query, type Row } from '../frame/lists.tsx';
import { M } from './messages.ts';

export const PATH = '/admin/clients';

/** A ticked client is a field of its own: a form has no field twice. */
export const PICK = 'pick.';

const TONES: Readonly<Record<ListedClient['state'], Tone>> = {
  draft: 'wait',
  live: 'live',
  suspended: 'bad',
  retired: 'off',
};

export function ClientState({
  locale,
  state,
  pill,
}: {
  locale: Locale;
  state: ListedClient['state'];
  pill?: boolean;
}): VNode {
  return (
    <Status is={TONES[state]} pill={pill === true}>
      {M.text(locale, `state.${state}`)}
    </Status>
  );
}

interface ListProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly page: Listed<ListedClient>;
  readonly counts: ClientCounts;
  /** The one that the list is narrowed to. */
  readonly unit: Unit | undefined;
  readonly query: Query;
  readonly hidden: VNode;
  readonly mayExport: boolean;
}

export function ClientList(props: ListProps): VNode {
  const { locale, page, counts, query, hidden, mayExport } = props;
  const count = CLIENT_STATES.reduce((sum, state) => sum + counts[state], 0);
  const { after: _, ...filters } = query;
  return (
    <>
      <div class="head">
        <div>
          <h1>{M.text(locale, 'title')}</h1>
          <p>
            {M.text(locale, 'lead', { count })}
            {'\u3000'}
            {CLIENT_STATES.filter((state) => counts[state] > 0).map((state) => (
              <span key={state}>
                <ClientState locale={locale} state={state} /> {counts[state]}
                {'\u3000'}
              </span>
            ))}
          </p>
        </div>
        {mayExport && (
          <form class="acts" method="post" action={addressOf(`${PATH}/export`, filters)}>
            {hidden}
            <button class="btn" type="submit">
              {M.text(locale, 'export.all')}
            </button>
          </form>
        )}
      </div>
      <section class="card bulk" aria-label={M.text(locale, 'caption')}>
        <ClientFilters {...props} />
        <ClientTable {...props} />
        <Pages locale={locale} path={PATH} query={query} next={page.next} />
      </section>
    </>
  );
}

function ClientFilters({ locale, query, unit }: ListProps): VNode {
  const { after: _, ...filters } = query;
  const states = CLIENT_STATES.map((state) => [state, M.text(locale, `state.${state}`)] as const);
  const environments = (['production', 'sandbox'] as const).map(
    (one) => [one, M.text(locale, `environment.${one}`)] as const,
  );
  const levels = ['l2', 'l3', 'l4'].map((level) => [level, M.text(locale, 'level.from', { level })] as const);
  const choice = (
    name: 'state' | 'environment' | 'level' | 'sensitive',
    options: readonly (readonly [string, string])[],
  ) => (
    <Choice
      name={name}
      label={M.text(locale, name)}
      all={M.text(locale, `${name}.all`)}
      chosen={query[name]}
      options={options}
    />
  );
  return (
    <>
      <Filters locale={locale} path={PATH} kept={{ unit: query['unit'], order: query['order'] }}>
        <Typed name="q" label={M.text(locale, 'q')} value={query['q']} />
        {choice('state', states)}
        {choice('environment', environments)}
        {choice('level', levels)}
        {choice('sensitive', [['yes', M.text(locale, 'sensitive.only')]])}
      </Filters>
      {unit && (
        <p class="in">
          <Icon name="units" /> {M.text(locale, 'unit.only', { name: unit.name[locale] })}{' '}
          <a href={addressOf(PATH, { ...filters, unit: undefined })}>{M.text(locale, 'unit.all')}</a>
        </p>
      )}
    </>
  );
}

function rowOf({ locale, now, query, mayExport }: ListProps, client: ListedClient): Row {
  const { after: _, ...filters } = query;
  const name = client.name[locale];
  return {
    key: client.clientId,
    ...(mayExport
      ? { pick: { name: `${PICK}${client.clientId}`, label: M.text(locale, 'pick.label', { name }) } }
      : {}),
    cells: [
      <>
        <a href={`${PATH}/${client.clientId}`}>{name}</a>
        <small class="m">{client.clientId}</small>
      </>,
      <>
        <a href={addressOf(PATH, { ...filters, unit: client.unitId })}>{client.unitName[locale]}</a>
        <small class="m">{client.domain}</small>
      </>,
      <ClientState key="state" locale={locale} state={client.state} />,
      M.text(locale, `environment.${client.environment}`),
      <>
        {client.minimumLevel}{' '}
        {client.sensitive && <small class="tag hi">{M.text(locale, 'sensitive.tag')}</small>}
      </>,
      formatInstant(client.createdAt, now, locale),
      formatInstant(client.updatedAt, now, locale),
    ],
  };
}

function ClientTable(props: ListProps): VNode {
  const { locale, page, query, hidden, mayExport } = props;
  const { after: _, ...filters } = query;
  const order = query['order'] ?? 'name';
  const sorted = (name: string, direction: 'ascending' | 'descending') => ({
    sort: addressOf(PATH, { ...filters, order: name }),
    sorted: order === name ? direction : undefined,
  });
  const columns = [
    { head: M.text(locale, 'name'), ...sorted('name', 'ascending') },
    { head: M.text(locale, 'unit'), ...sorted('unit', 'ascending') },
    { head: M.text(locale, 'state') },
    { head: M.text(locale, 'environment') },
    { head: M.text(locale, 'level') },
    { head: M.text(locale, 'created'), ...sorted('created', 'descending') },
    { head: M.text(locale, 'updated'), ...sorted('updated', 'descending') },
  ];
  const table = (
    <Table
      locale={locale}
      caption={M.text(locale, 'caption')}
      columns={columns}
      rows={page.rows.map((client) => rowOf(props, client))}
      none={M.text(locale, 'none')}
    />
  );
  if (!mayExport || page.rows.length === 0) return table;
  return (
    <form method="post" action={`${PATH}/picked`}>
      {hidden}
      {table}
      <div class="bar">
        <button class="btn" type="submit">
          {M.text(locale, 'export.picked')}
        </button>
        <span class="q">{M.text(locale, 'export.dry')}</span>
      </div>
    </form>
  );
}

interface PickedProps extends Picked {
  readonly locale: Locale;
  readonly hidden: VNode;
}

export function PickedList({ locale, rows, missing, hidden }: PickedProps): VNode {
  const back = <a href={PATH}>{M.text(locale, 'picked.back')}</a>;
  const left = missing.length > 0 && (
    <Note is="warn">{M.text(locale, 'picked.missing', { count: missing.length })}</Note>
  );
  if (rows.length === 0)
    return (
      <section class="card in stack">
        <h1>{M.text(locale, 'picked.none')}</h1>
        {left}
        <p>{M.text(locale, 'picked.none.why')}</p>
        <p>{back}</p>
      </section>
    );
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'picked.title', { count: rows.length })}</h1>
      {left}
      <p>{M.text(locale, 'picked.lead')}</p>
      <ul>
        {rows.map((row) => (
          <li key={row.clientId}>
            {row.name[locale]} <span class="m">{row.clientId}</span>{' '}
            <span class="q">{row.unitName[locale]}</span>
          </li>
        ))}
      </ul>
      <form method="post" action={`${PATH}/picked`}>
        {hidden}
        {rows.map((row) => (
          <HiddenField key={row.clientId} name={`${PICK}${row.clientId}`} value="yes" />
        ))}
        <HiddenField name="confirm" value="yes" />
        <p class="row">
          <button class="btn p" type="submit">
            {M.text(locale, 'picked.confirm')}
          </button>
          {back}
        </p>
      </form>
    </section>
  );
}
