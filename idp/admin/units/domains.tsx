// The host names of a unit: what is held, what is claimed, and how to show that it is one's own.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { HiddenField } from '../../platform/ui/form.tsx';
import {
  dnsName,
  fileAddress,
  valueLine,
  type Domain,
  type DomainState,
  type Findings,
} from '../../registry/registry.ts';
import { Status, type Tone } from '../frame/icons.tsx';
import { Fld, type Typed } from './fields.tsx';
import { M } from './messages.ts';

export interface DomainsProps {
  readonly locale: Locale;
  readonly unitId: string;
  readonly domains: readonly Domain[];
  readonly now: Date;
  /** Whether the visitor may claim, check and remove. */
  readonly mayChange: boolean;
  readonly hidden: VNode;
  readonly typed: Typed;
}

export function DomainsCard(props: DomainsProps): VNode {
  const { locale, unitId, domains, mayChange, hidden, typed } = props;
  const own = domains.filter((domain) => domain.unitId === unitId);
  return (
    <section class="card" aria-labelledby="s-d">
      <header>
        <h2 id="s-d">{M.text(locale, 'domains')}</h2>
        <p>{M.text(locale, 'domains.why')}</p>
      </header>
      {domains.length === 0 ? <p class="in">{M.text(locale, 'domains.none')}</p> : <Table {...props} />}
      {mayChange && own.map((domain) => <Claim key={domain.id} {...props} domain={domain} />)}
      {mayChange && (
        <form class="in stack" method="post" action={`/admin/units/${unitId}/domains`}>
          {hidden}
          <Fld
            typed={typed}
            name="host"
            label={M.text(locale, 'domain.add')}
            hint={M.text(locale, 'domain.add.hint')}
            inputMode="url"
          />
          <button class="btn" type="submit">
            {M.text(locale, 'domain.add')}
          </button>
        </form>
      )}
    </section>
  );
}

function Table(props: DomainsProps): VNode {
  const { locale } = props;
  const heads = ['domain.host', 'domain.method', 'domain.state'] as const;
  return (
    <table class="stackt">
      <caption class="sr">{M.text(locale, 'domains')}</caption>
      <thead>
        <tr>
          {heads.map((key) => (
            <th key={key} scope="col">
              {M.text(locale, key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.domains.map((domain) => (
          <Row key={domain.id} {...props} domain={domain} />
        ))}
      </tbody>
    </table>
  );
}

const TONES: Readonly<Record<DomainState, Tone>> = { verified: 'ok', waiting: 'wait', lost: 'bad' };

function Row({ locale, unitId, now, domain }: DomainsProps & { readonly domain: Domain }): VNode {
  const { host, state, method, failures, checkedAt } = domain;
  return (
    <tr>
      <th class="t1" scope="row">
        <span class="m">{host}</span>
        {domain.unitId !== unitId && (
          <small>{M.text(locale, 'domain.of', { unit: domain.unitName[locale] })}</small>
        )}
      </th>
      <td data-th={M.text(locale, 'domain.method')}>
        <div>{M.text(locale, `domain.method.${method ?? 'none'}`)}</div>
      </td>
      <td data-th={M.text(locale, 'domain.state')}>
        <div>
          <Status is={TONES[state]}>{M.text(locale, `domain.${state}`)}</Status>
          <small>
            {checkedAt
              ? M.text(locale, 'domain.checked', { at: formatInstant(checkedAt, now, locale) })
              : M.text(locale, 'domain.never')}
          </small>
          {state === 'verified' && failures > 0 && (
            <small>{M.text(locale, 'domain.failing', { count: failures })}</small>
          )}
        </div>
      </td>
    </tr>
  );
}

/** One claim of the unit itself: what to publish, a look, an end. */
function Claim(props: DomainsProps & { readonly domain: Domain }): VNode {
  const { locale, unitId, domain, hidden } = props;
  const { id, host, state } = domain;
  const act = (name: string): string => `/admin/units/${unitId}/domains/${id}/${name}`;
  return (
    <details class="in" open={state !== 'verified'}>
      <summary>{M.text(locale, 'domain.publish', { host })}</summary>
      {state === 'lost' && <p>{M.text(locale, 'domain.lost.why')}</p>}
      <Publish locale={locale} domain={domain} />
      <Looked locale={locale} findings={domain.findings} />
      <form method="post" action={act('check')}>
        {hidden}
        <HiddenField name="check" value={host} />
        <button class="btn" type="submit">
          {M.text(locale, 'domain.check')}
        </button>
      </form>
      <details>
        <summary>{M.text(locale, 'domain.remove.title', { host })}</summary>
        <form class="stack" method="post" action={act('removal')}>
          {hidden}
          <HiddenField name="remove" value={host} />
          <p>{M.text(locale, 'domain.remove.why')}</p>
          <button class="btn d" type="submit">
            {M.text(locale, 'domain.remove.sure')}
          </button>
        </form>
      </details>
    </details>
  );
}

function Publish({ locale, domain }: { readonly locale: Locale; readonly domain: Domain }): VNode {
  const { host, value } = domain;
  return (
    <div class="stack">
      <p>{M.text(locale, 'domain.either')}</p>
      <p>{M.text(locale, 'domain.dns')}</p>
      <pre>{`${M.text(locale, 'domain.dns.name')}  ${dnsName(host)}\n${M.text(locale, 'domain.value')}  ${valueLine(value)}`}</pre>
      <p>{M.text(locale, 'domain.file')}</p>
      <pre>{`${M.text(locale, 'domain.file.at')}  ${fileAddress(host)}\n${M.text(locale, 'domain.value')}  ${valueLine(value)}`}</pre>
    </div>
  );
}

function Looked({ locale, findings }: { readonly locale: Locale; readonly findings: Partial<Findings> }) {
  const lines = linesOf(locale, findings);
  if (lines.length === 0) return null;
  return (
    <div class="q">
      <p>{M.text(locale, 'domain.last')}</p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

type Keys<Prefix extends string> = Extract<Parameters<typeof M.text>[1], `${Prefix}.${string}`>;

/** What the last look found, in words; what was found is somebody else's text and is shown as such. */
function linesOf(locale: Locale, { dns, file }: Partial<Findings>): readonly string[] {
  const say = (key: Keys<'dns'> | Keys<'file'>, got = ''): string => {
    if (key === 'dns.other' || key === 'file.other' || key === 'file.status')
      return M.text(locale, key, { got });
    return M.text(locale, key);
  };
  return [
    ...(dns ? [say(`dns.${dnsWord(dns.is)}`, dns.got)] : []),
    ...(file ? [say(`file.${file.is}`, file.got)] : []),
  ];
}

/** Of the DNS there are fewer outcomes than of a web server. */
function dnsWord(is: Findings['dns']['is']): 'right' | 'absent' | 'other' | 'silent' {
  return is === 'status' || is === 'redirect' || is === 'refused' ? 'silent' : is;
}
