// The page of the trail: the state of the chain above, records below.
import type { ComponentChildren, VNode } from 'preact';
import type { EventRow, TrailState } from '../../audit/audit.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Note, Status } from '../frame/icons.tsx';
import { addressOf, Choice, Filters, Pages, Table, Typed, type Query, type Row } from '../frame/lists.tsx';
import { M } from './messages.ts';

export const PATH = '/admin/audit';

/** Beginnings of kinds of events. */
export const GROUPS = [
  'client.',
  'request.',
  'credential.',
  'unit.',
  'domain.',
  'operator.',
  'access.',
  'export.',
  'citizen.looked_up',
  'console.',
  'counter.',
  'key.',
  'audit.',
] as const;

const KNOWN = new Set(Object.keys(M.texts['zh-CN']));

/** In words where there are some; the code itself says enough to an auditor where there are none. */
export function eventName(locale: Locale, type: string): string {
  const key = `event.${type}`;
  return KNOWN.has(key) ? M.text(locale, key as 'event.unit.saved') : type;
}

interface AuditProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly hidden: VNode;
  readonly state: TrailState;
  readonly rows: readonly EventRow[];
  readonly next: string | undefined;
  readonly query: Query;
  /** By actor. */
  readonly names: ReadonlyMap<string, string>;
  readonly mayCheck: boolean;
  readonly mayExport: boolean;
}

export function AuditPage(props: AuditProps): VNode {
  const { locale, hidden, query, next, state, mayCheck, mayExport } = props;
  const { after: _, ...filters } = query;
  return (
    <>
      <div class="head">
        <div>
          <h1>
            {M.text(locale, 'title')} <Badge {...props} />
          </h1>
          <p>{M.text(locale, 'lead')}</p>
          <Sound {...props} />
        </div>
        <div class="acts">
          {mayExport && (
            <form method="post" action={addressOf(`${PATH}/export`, filters)}>
              {hidden}
              <button class="btn" type="submit">
                {M.text(locale, 'export')}
              </button>
            </form>
          )}
          {mayCheck && !state.waiting && (
            <form method="post" action={`${PATH}/check`}>
              {hidden}
              <button class="btn" type="submit">
                {M.text(locale, 'check.now')}
              </button>
            </form>
          )}
        </div>
      </div>
      <Chain {...props} />
      <section class="card" aria-label={M.text(locale, 'caption')}>
        <AuditFilters {...props} />
        <Table
          locale={locale}
          caption={M.text(locale, 'caption')}
          columns={(['at', 'actor', 'what', 'about', 'reference'] as const).map((head) => ({
            head: M.text(locale, head),
          }))}
          rows={props.rows.map((row) => rowOf(props, row))}
          none={M.text(locale, 'none')}
        />
        <Pages locale={locale} path={PATH} query={query} next={next} />
      </section>
    </>
  );
}

function Badge({ locale, state }: AuditProps): VNode {
  if (!state.last)
    return (
      <Status is="off" pill>
        {M.text(locale, 'check.none')}
      </Status>
    );
  return state.last.sound ? (
    <Status is="ok" pill>
      {M.text(locale, 'check.sound')}
    </Status>
  ) : (
    <Status is="bad" pill>
      {M.text(locale, 'check.broken')}
    </Status>
  );
}

/** What the last check found, where that was nothing. */
function Sound({ locale, now, state: { last } }: AuditProps): VNode | null {
  if (last?.sound !== true) return null;
  const told = { at: formatInstant(last.at, now, locale), events: last.events };
  return (
    <p>
      {M.text(locale, 'check.told', told)}{' '}
      {last.head !== '' && (
        <span class="m">{M.text(locale, 'check.head', { head: last.head.slice(0, 16) })}</span>
      )}
    </p>
  );
}

/** A broken chain is the first thing on the page, with what to do. */
function Chain({ locale, now, state }: AuditProps): VNode {
  const { last, waiting } = state;
  const at = last ? formatInstant(last.at, now, locale) : '';
  return (
    <>
      {last && !last.sound && (
        <Note is="bad">
          <p>
            <b>{M.text(locale, 'check.faults', { at, count: last.faults })}</b>
          </p>
          <p>{M.text(locale, 'check.first')}</p>
          <pre>{last.first}</pre>
        </Note>
      )}
      {waiting && <Note is="info">{M.text(locale, 'check.waiting')}</Note>}
    </>
  );
}

function AuditFilters({ locale, query }: AuditProps): VNode {
  const day = (name: 'from' | 'to'): VNode => (
    <div class="fld">
      <label for={`f-${name}`}>{M.text(locale, name)}</label>
      <input id={`f-${name}`} name={name} type="date" value={query[name]} />
    </div>
  );
  return (
    <Filters locale={locale} path={PATH}>
      {(['actor', 'client', 'reference', 'unit'] as const).map((name) => (
        <Typed key={name} name={name} label={M.text(locale, name)} value={query[name]} />
      ))}
      <Choice
        name="type"
        label={M.text(locale, 'type')}
        all={M.text(locale, 'type.all')}
        chosen={query['type']}
        options={GROUPS.map((group) => [group, M.text(locale, `group.${group}`)] as const)}
      />
      {day('from')}
      {day('to')}
    </Filters>
  );
}

function rowOf({ locale, now, names }: AuditProps, row: EventRow): Row {
  const { at, actor, type, clientId, citizenId, reference, data } = row;
  const about: ComponentChildren =
    clientId === null ? (citizenId ?? '') : <a href={`/admin/clients/${clientId}`}>{clientId}</a>;
  return {
    key: row.id,
    cells: [
      <time key="at" dateTime={at}>
        {formatInstant(new Date(at), now, locale)}
      </time>,
      <a key="actor" href={addressOf(PATH, { actor })}>
        {actorName(locale, actor, names)}
      </a>,
      <>
        {eventName(locale, type)}
        <small class="m">{type}</small>
        {Object.keys(data).length > 0 && (
          <details>
            <summary>{M.text(locale, 'detail')}</summary>
            {Object.entries(data).map(([name, value]) => (
              <p key={name}>
                <b>{name}</b>{' '}
                <span class="m">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
              </p>
            ))}
          </details>
        )}
      </>,
      <span key="about" class="m">
        {about}
      </span>,
      reference ?? '',
    ],
  };
}

function actorName(locale: Locale, actor: string, names: ReadonlyMap<string, string>): string {
  if (actor === 'system') return M.text(locale, 'system');
  if (actor === 'operator:command-line') return M.text(locale, 'machine');
  return names.get(actor) ?? actor;
}
