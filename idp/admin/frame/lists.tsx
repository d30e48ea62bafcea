// Lists of the console: filters that live in the address, tables that a telephone can show, the way to the next page.
import type { ComponentChildren, VNode } from 'preact';
import { Fault } from '../../platform/base/errors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Context } from './frame.tsx';
import { L } from './list-messages.ts';

/** A member of the address's query; undefined when it is left out or empty. Fault `bad_request` for one sent twice. */
export function asked(ctx: Context, name: string): string | undefined {
  const value = ctx.query[name];
  if (Array.isArray(value)) throw new Fault('bad_request', { note: `${name}: stands in the address twice` });
  return value === undefined || value === '' ? undefined : value;
}

/** The same, of a closed list. */
export function askedOf<T extends string>(ctx: Context, name: string, list: readonly T[]): T | undefined {
  const value = asked(ctx, name);
  if (value === undefined) return undefined;
  const known = list.find((one) => one === value);
  if (known === undefined)
    throw new Fault('bad_request', { note: `${name}: must be one of ${list.join(', ')}` });
  return known;
}

interface CardProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a page under a heading of its own. */
export function Card({ title, lead, children }: CardProps): VNode {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        {lead !== undefined && <p>{lead}</p>}
      </header>
      {children}
    </section>
  );
}

export type Query = Readonly<Record<string, string | undefined>>;

/** `/admin/clients?state=live&q=x`: what is undefined is left out. */
export function addressOf(path: string, query: Query): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept).toString()}`;
}

export interface Column {
  readonly head: string;
  /** Address of the list in the order of this column. */
  readonly sort?: string;
  readonly sorted?: 'ascending' | 'descending' | undefined;
  /** The head is for screen readers alone. */
  readonly silent?: boolean;
}

export interface Row {
  readonly key: string;
  /** One for each column; the first names the row. */
  readonly cells: readonly ComponentChildren[];
  /** Name of the box that ticks it, and what a screen reader calls it. */
  readonly pick?: { readonly name: string; readonly label: string };
}

function Head({ head, sort, sorted, silent }: Column): VNode {
  return (
    <th scope="col" {...(sorted ? { 'aria-sort': sorted } : {})}>
      {sort === undefined ? silent ? <span class="sr">{head}</span> : head : <a href={sort}>{head}</a>}
    </th>
  );
}

interface TableProps {
  readonly locale: Locale;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** What stands there when there is no row. */
  readonly none: string;
}

export function Table({ locale, caption, columns, rows, none }: TableProps): VNode {
  if (rows.length === 0) return <p class="in q">{none}</p>;
  const picks = rows.some(({ pick }) => pick);
  return (
    <div class="scroll">
      <table class="stackt">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            {picks && (
              <th scope="col" class="pick">
                <span class="sr">{L.text(locale, 'pick')}</span>
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.head} {...column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Cells key={row.key} row={row} columns={columns} picks={picks} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ row, columns, picks }: { row: Row; columns: readonly Column[]; picks: boolean }): VNode {
  const [first, ...others] = row.cells;
  return (
    <tr>
      {picks && (
        <td class="pick">
          {row.pick && (
            <label>
              <input type="checkbox" name={row.pick.name} value="yes" />
              <span class="sr">{row.pick.label}</span>
            </label>
          )}
        </td>
      )}
      <th class="t1" scope="row">
        {first}
      </th>
      {others.map((cell, place) => (
        <td key={columns[place + 1]?.head} data-th={columns[place + 1]?.head}>
          <div>{cell}</div>
        </td>
      ))}
    </tr>
  );
}

/** Forward by what comes next, back to the first page; pages are not numbered because rows come and go. */
export function Pages({
  locale,
  path,
  query,
  next,
}: {
  locale: Locale;
  path: string;
  query: Query;
  next: string | undefined;
}): VNode | null {
  const { after, ...filters } = query;
  if (next === undefined && after === undefined) return null;
  return (
    <nav class="pages" aria-label={L.text(locale, 'pages')}>
      <ol>
        {after !== undefined && (
          <li>
            <a href={addressOf(path, filters)}>{L.text(locale, 'pages.first')}</a>
          </li>
        )}
        {next !== undefined && (
          <li>
            <a href={addressOf(path, { ...filters, after: next })}>{L.text(locale, 'pages.next')}</a>
          </li>
        )}
      </ol>
    </nav>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** What is not filtered is called. */
  readonly all: string;
  readonly chosen: string | undefined;
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** A filter of a closed list. */
export function Choice({ name, label, all, chosen, options }: ChoiceProps): VNode {
  return (
    <div class="fld">
      <label for={`f-${name}`}>{label}</label>
      <select id={`f-${name}`} name={name}>
        <option value="">{all}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A filter that is typed. */
export function Typed({
  name,
  label,
  value,
}: {
  name: string;
  label: string;
  value: string | undefined;
}): VNode {
  return (
    <div class="fld x">
      <label for={`f-${name}`}>{label}</label>
      <input id={`f-${name}`} name={name} type="search" maxlength={100} value={value} />
    </div>
  );
}

interface FiltersProps {
  readonly locale: Locale;
  readonly path: string;
  /** Filters that are set by links and stay. */
  readonly kept?: Query;
  readonly children: ComponentChildren;
}

export function Filters({ locale, path, kept = {}, children }: FiltersProps): VNode {
  return (
    <form class="filters" method="get" action={path} role="search" aria-label={L.text(locale, 'filter')}>
      {Object.entries(kept).map(
        ([name, value]) =>
          value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
      )}
      {children}
      <div class="acts">
        <button class="btn p" type="submit">
          {L.text(locale, 'filter')}
        </button>
        <a href={path}>{L.text(locale, 'filter.clear')}</a>
      </div>
    </form>
  );
}
