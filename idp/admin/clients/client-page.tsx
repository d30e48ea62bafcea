// The page of one relying party.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { OwnedClient, VersionNote } from '../../registry/registry.ts';
import { Icon } from '../frame/icons.tsx';
import { Card } from '../frame/lists.tsx';
import { M as L } from '../requests/life-messages.ts';
import { M as R } from '../requests/messages.ts';
import { whoName } from '../requests/words.ts';
import { Errors, Funnel, Requests, type TrafficProps } from './traffic.tsx';
import { Given } from './given.tsx';
import { M } from './messages.ts';
import { ClientState, PATH } from './pages.tsx';

export type Act = 'suspend' | 'resume' | 'retire';

interface ClientProps extends TrafficProps {
  /** The reader, as the trail names them. */
  readonly self: string;
  readonly client: OwnedClient;
  /** What this reader may begin here. */
  readonly acts: readonly Act[];
  /** The open request about it. */
  readonly request: string | undefined;
  readonly history: readonly VersionNote[];
}

export function ClientPage(props: ClientProps): VNode {
  const { locale, client } = props;
  return (
    <>
      <Top {...props} />
      <div class="cols">
        <div>
          <Funnel {...props} />
          <Errors {...props} />
          <Requests {...props} />
          <Card title={M.text(locale, 'client.given', client)} lead={M.text(locale, 'client.given.lead')}>
            <Given locale={locale} given={client.given} />
          </Card>
        </div>
        <aside aria-label={M.text(locale, 'client.history')}>
          <Past {...props} />
        </aside>
      </div>
    </>
  );
}

function Top({ locale, client, acts, request }: ClientProps): VNode {
  const { clientId, unitId, unitName, environment, state, name } = client;
  return (
    <div class="head">
      <div>
        <p class="crumb">
          <a href={PATH}>{M.text(locale, 'client.crumb')}</a> <span aria-hidden="true">/</span>{' '}
          <a href={`${PATH}?unit=${unitId}`}>{unitName[locale]}</a>
        </p>
        <h1>
          {name[locale]} <ClientState locale={locale} state={state} pill />
        </h1>
        <p>
          <span class="m">{clientId}</span> · {M.text(locale, `environment.${environment}`)} ·{' '}
          {M.text(locale, 'client.running', client)}
          {request !== undefined && (
            <>
              {' · '}
              <a href={`/admin/requests/${request}`}>{M.text(locale, 'client.request', { id: request })}</a>
            </>
          )}
        </p>
      </div>
      <div class="acts">
        {acts.map((act) => (
          <a key={act} class={act === 'resume' ? 'btn' : 'btn d'} href={`${PATH}/${clientId}/${act}`}>
            {M.text(locale, `client.${act}`)}
          </a>
        ))}
      </div>
    </div>
  );
}

/** The last versions, field by field behind the link. */
function Past({ locale, now, self, client, history }: ClientProps): VNode {
  return (
    <section class="card">
      <header>
        <h2>{M.text(locale, 'client.history')}</h2>
        <a href={`${PATH}/${client.clientId}/history`}>{M.text(locale, 'client.history.all')}</a>
      </header>
      <div class="in">
        <ol class="tl">
          {history.map((row) => (
            <li key={row.version}>
              <Icon name={row.state === 'live' ? 'live' : row.state === 'suspended' ? 'bad' : 'off'} />
              <b>
                {L.text(locale, 'versions.version', row)} {L.text(locale, `version.${row.act}`)}
              </b>
              <small>
                {whoName(locale, row.by, self)}, {formatInstant(row.at, now, locale)}
              </small>
              {row.reason !== '' && <small>{R.text(locale, 'history.reason', { reason: row.reason })}</small>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
