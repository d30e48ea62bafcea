// The queue: what waits for this person, the earliest due first. Every filter stands in the address.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  QUEUE_PAGE,
  STAGES,
  type QueueFilter,
  type QueuePage,
  type Request,
  type Waiting,
} from '../../registry/registry.ts';
import { Note, Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { claimName, dueWords, instant, memberName } from './words.ts';

export interface QueueProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly filter: QueueFilter;
  /** The identifier in the address, as it was written. */
  readonly unit: string | undefined;
  readonly unitKnown: boolean;
  readonly waiting: Waiting;
  readonly page: QueuePage;
}

const TABS = ['mine', 'today', 'sensitive', 'open', 'done', 'all'] as const;
export const MEMBERS = [
  'redirect_uris',
  'tongxing_claims',
  'scope',
  'tongxing_minimum_level',
  'token_endpoint_auth_method',
  'jwks',
  'client_name',
  'tongxing_domain',
] as const;

/** The address of the queue with these members changed; what is the default is left out. */
function address(
  { filter, unit }: QueueProps,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const members = {
    view: filter.view === 'mine' ? undefined : filter.view,
    sort: filter.sort === 'due' ? undefined : filter.sort,
    q: filter.q,
    unit,
    stage: filter.stage,
    state: filter.state,
    member: filter.member,
    ...changes,
  };
  const query = new URLSearchParams(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
  return query === '' ? '/admin' : `/admin?${query}`;
}

export function Queue(props: QueueProps): VNode {
  const { locale, waiting, unit, unitKnown } = props;
  return (
    <>
      <div class="head">
        <div>
          <h1>{M.text(locale, 'queue.title')}</h1>
          <p>
            {waiting.mine > 0
              ? M.text(locale, 'queue.count', { count: waiting.mine })
              : M.text(locale, 'queue.none')}{' '}
            {waiting.overdue > 0 && (
              <Status is="bad">{M.text(locale, 'queue.overdue', { count: waiting.overdue })}</Status>
            )}{' '}
            {waiting.today > waiting.overdue && (
              <Status is="warn">
                {M.text(locale, 'queue.today', { count: waiting.today - waiting.overdue })}
              </Status>
            )}
          </p>
        </div>
      </div>
      {!unitKnown && (
        <Note is="warn">
          <p>{M.text(locale, 'filter.unit_unknown', { unit: unit ?? '' })}</p>
        </Note>
      )}
      <section class="card" aria-label={M.text(locale, 'queue.section')}>
        <Tabs {...props} />
        <Filters {...props} />
        <Table {...props} />
        <Pages {...props} />
      </section>
    </>
  );
}

function Tabs(props: QueueProps): VNode {
  const { locale, filter, waiting } = props;
  const counts: Readonly<Record<string, number | undefined>> = { ...waiting };
  return (
    <nav class="views" aria-label={M.text(locale, 'queue.views')}>
      {TABS.map((view) => (
        <a
          key={view}
          href={address(props, { view: view === 'mine' ? undefined : view })}
          {...(view === filter.view ? { 'aria-current': 'page' as const } : {})}
        >
          {M.text(locale, `view.${view}`)} {counts[view] !== undefined && <b>{counts[view]}</b>}
        </a>
      ))}
    </nav>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly none: string;
  readonly chosen: string | undefined;
  readonly choices: readonly (readonly [value: string, text: string])[];
}

function Choice({ id, name, label, none, chosen, choices }: ChoiceProps): VNode {
  return (
    <div class="fld">
      <label for={id}>{label}</label>
      <select id={id} name={name}>
        <option value="">{none}</option>
        {choices.map(([value, text]) => (
          <option key={value} value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function Filters({ locale, filter, unit }: QueueProps): VNode {
  return (
    <form
      class="filters"
      method="get"
      action="/admin"
      role="search"
      aria-label={M.text(locale, 'filter.label')}
    >
      <input type="hidden" name="view" value={filter.view} />
      <div class="fld x">
        <label for="f-q">{M.text(locale, 'filter.q')}</label>
        <input id="f-q" name="q" type="search" value={filter.q} maxLength={100} />
      </div>
      <div class="fld">
        <label for="f-unit">{M.text(locale, 'filter.unit')}</label>
        <input id="f-unit" name="unit" value={unit} maxLength={63} autocomplete="off" />
      </div>
      <Choice
        id="f-stage"
        name="stage"
        label={M.text(locale, 'filter.stage')}
        none={M.text(locale, 'filter.stage.all')}
        chosen={filter.stage}
        choices={STAGES.map((stage) => [stage, M.text(locale, `stage.${stage}`)])}
      />
      <Choice
        id="f-member"
        name="member"
        label={M.text(locale, 'filter.member')}
        none={M.text(locale, 'filter.member.all')}
        chosen={filter.member}
        choices={MEMBERS.map((member) => [member, memberName(locale, member)])}
      />
      <div class="acts">
        <button class="btn p" type="submit">
          {M.text(locale, 'filter.go')}
        </button>
        <a href={filter.view === 'mine' ? '/admin' : `/admin?view=${filter.view}`}>
          {M.text(locale, 'filter.clear')}
        </a>
      </div>
    </form>
  );
}

function Table(props: QueueProps): VNode {
  const { locale, page, filter } = props;
  if (page.rows.length === 0) return <p class="in">{M.text(locale, 'list.empty')}</p>;
  const down = filter.sort === '-due';
  return (
    <div class="scroll">
      <table class="sticky stackt">
        <caption class="sr">{M.text(locale, 'list.caption', { total: page.total })}</caption>
        <thead>
          <tr>
            <th scope="col">{M.text(locale, 'col.client')}</th>
            <th scope="col">{M.text(locale, 'col.unit')}</th>
            <th scope="col">{M.text(locale, 'col.change')}</th>
            <th scope="col">{M.text(locale, 'col.stage')}</th>
            <th
              scope="col"
              {...(filter.sort === 'due' ? { 'aria-sort': 'ascending' as const } : {})}
              {...(down ? { 'aria-sort': 'descending' as const } : {})}
            >
              <a href={address(props, { sort: filter.sort === 'due' ? '-due' : undefined })}>
                {M.text(locale, 'col.due')} <span aria-hidden="true">{down ? '↓' : '↑'}</span>
                <span class="sr"> {M.text(locale, down ? 'sort.desc' : 'sort.asc')}</span>
              </a>
            </th>
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <Row key={row.id} locale={locale} now={props.now} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly row: Request;
}

function Row({ locale, now, row }: RowProps): VNode {
  const due = row.dueAt ? dueWords(locale, row.dueAt, now) : undefined;
  return (
    <tr>
      <th class="t1" scope="row">
        <a href={`/admin/requests/${row.id}`}>{row.name[locale]}</a>
        <small class="m nw">{row.domain}</small>
      </th>
      <td data-th={M.text(locale, 'col.unit')}>
        <div>{row.unitName[locale]}</div>
      </td>
      <td data-th={M.text(locale, 'col.change')}>
        <div>
          <Tags locale={locale} now={now} row={row} />
        </div>
      </td>
      <td data-th={M.text(locale, 'col.stage')}>
        <div>
          {M.text(locale, row.stage ? `stage.${row.stage}` : `state.${row.state}`)}
          <small>{row.holderName?.[locale] ?? row.id}</small>
        </div>
      </td>
      <td data-th={M.text(locale, 'col.due')}>
        <div>
          {due && <Status is={due.tone}>{due.text}</Status>}
          {row.dueAt && <small>{instant(row.dueAt, now, locale)}</small>}
          {row.state === 'returned' && <small>{M.text(locale, 'due.paused')}</small>}
        </div>
      </td>
    </tr>
  );
}

const SHOWN = 3;

function Tags({ locale, row }: RowProps): VNode {
  const others = row.changed.filter((member) => !row.sensitive.some((claim) => member.endsWith(`.${claim}`)));
  const shown = row.kind === 'launch' ? [] : others.slice(0, SHOWN);
  return (
    <span class="tags">
      {row.kind === 'launch' && <span class="tag">{M.text(locale, 'tag.launch')}</span>}
      {row.sensitive.map((claim) => (
        <span key={claim} class="tag hi">
          {M.text(locale, 'tag.sensitive', { claim: claimName(locale, claim) })}
        </span>
      ))}
      {shown.map((member) => (
        <span key={member} class="tag">
          {memberName(locale, member)}
        </span>
      ))}
      {row.kind === 'change' && others.length > SHOWN && (
        <span class="tag">{M.text(locale, 'tag.more', { count: row.changed.length })}</span>
      )}
    </span>
  );
}

function Pages(props: QueueProps): VNode | null {
  const { locale, page, filter } = props;
  const number = filter.page ?? 1;
  if (page.total === 0) return null;
  const from = (number - 1) * QUEUE_PAGE + 1;
  return (
    <nav class="pages" aria-label={M.text(locale, 'page.label')}>
      <span class="q">
        {M.text(locale, 'page.range', { from, to: from + page.rows.length - 1, total: page.total })}
      </span>
      <ol>
        {number > 1 && (
          <li>
            <a href={address(props, { page: number === 2 ? undefined : String(number - 1) })}>
              {M.text(locale, 'page.prev')}
            </a>
          </li>
        )}
        {page.next !== undefined && (
          <li>
            <a href={address(props, { page: String(page.next) })}>{M.text(locale, 'page.next')}</a>
          </li>
        )}
      </ol>
    </nav>
  );
}
