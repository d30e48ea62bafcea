// How the logins of one client go: how far they come, why some do not, what was asked last.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Funnel as Figures, Seen } from '../../registry/registry.ts';
import { Status } from '../frame/icons.tsx';
import { Card, Table } from '../frame/lists.tsx';
import { M } from './messages.ts';

export interface TrafficProps {
  readonly locale: Locale;
  readonly now: Date;
  /** 7 or 30. */
  readonly days: number;
  readonly funnel: Figures;
  readonly requests: readonly Seen[];
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : `${(Math.min(1, part / whole) * 100).toFixed(1)}%`;

export function Funnel({ locale, days, funnel }: TrafficProps): VNode {
  const begun = funnel.stages[0]?.passed ?? 0;
  const other = days === 7 ? 30 : 7;
  const lead = (
    <>
      {M.text(locale, 'client.days', { days })}{' '}
      <a href={`?days=${other}`}>{M.text(locale, 'client.days.other', { days: other })}</a>
    </>
  );
  return (
    <Card title={M.text(locale, 'client.funnel')} lead={lead}>
      <div class="in">
        {begun === 0 ? (
          <p class="q">{M.text(locale, 'client.funnel.none')}</p>
        ) : (
          <ol class="bars">
            {funnel.stages.map(({ stage, passed }) => (
              <li key={stage}>
                <b>{M.text(locale, `stage.${stage}`)}</b>
                <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="g0" width="100" height="10" />
                  <rect class="g1" width={Math.min(100, (passed / begun) * 100)} height="10" />
                </svg>
                <span class="n">{passed}</span>
                <span class="n">{percent(passed, begun)}</span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}

/** Codes by which citizens say no, and those by which we do not answer; the rest is the service's to put right. */
const CITIZEN: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
]);
const OURS: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);

export function Errors({ locale, funnel }: TrafficProps): VNode {
  const rows = funnel.stages
    .flatMap(({ stage, failed }) => Object.entries(failed).map(([code, count]) => ({ stage, code, count })))
    .sort((a, b) => b.count - a.count);
  const who = (code: string): 'citizen' | 'us' | 'service' =>
    CITIZEN.has(code) ? 'citizen' : OURS.has(code) ? 'us' : 'service';
  return (
    <Card title={M.text(locale, 'client.errors')}>
      <Table
        locale={locale}
        caption={M.text(locale, 'client.errors')}
        columns={(['error.code', 'error.stage', 'error.who', 'error.count'] as const).map((head) => ({
          head: M.text(locale, head),
        }))}
        rows={rows.map(({ stage, code, count }) => ({
          key: `${stage} ${code}`,
          cells: [
            <span key="code" class="m">
              {code}
            </span>,
            M.text(locale, `stage.${stage}`),
            <Status key="who" is={who(code) === 'citizen' ? 'ok' : 'warn'}>
              {M.text(locale, `error.${who(code)}`)}
            </Status>,
            String(count),
          ],
        }))}
        none={M.text(locale, 'client.errors.none')}
      />
    </Card>
  );
}

export function Requests({ locale, now, requests }: TrafficProps): VNode {
  return (
    <Card title={M.text(locale, 'client.requests')}>
      <Table
        locale={locale}
        caption={M.text(locale, 'client.requests')}
        columns={(['request.at', 'request.endpoint', 'request.outcome', 'request.reason'] as const).map(
          (head) => ({
            head: M.text(locale, head),
          }),
        )}
        rows={requests.map(({ at, endpoint, error, reason }) => ({
          key: `${at.toISOString()} ${endpoint} ${error ?? ''}`,
          cells: [
            formatInstant(at, now, locale),
            <span key="endpoint" class="m">
              {endpoint}
            </span>,
            <Status key="outcome" is={error === undefined ? 'ok' : 'bad'}>
              {error ?? M.text(locale, 'request.ok')}
            </Status>,
            <span key="reason" lang="en">
              {reason ?? ''}
            </span>,
          ],
        }))}
        none={M.text(locale, 'client.requests.none')}
      />
    </Card>
  );
}
