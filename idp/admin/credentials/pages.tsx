// The pages of credentials.
import type { ComponentChildren, VNode } from 'preact';
import type { Secret } from '../../platform/base/secret.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type {
  Client,
  Complaint,
  Credential,
  CredentialKind,
  ExplainedKeys,
} from '../../registry/registry.ts';
import { clientAddress } from '../developers/own.ts';
import { Icon, Status, type Tone } from '../frame/icons.tsx';
import { M } from './messages.ts';

interface PageProps {
  readonly locale: Locale;
  readonly client: Client;
}

function Head({ locale, client, title, lead }: PageProps & { title: string; lead?: string }): VNode {
  return (
    <div class="head">
      <div>
        <p class="crumb">
          <a href="/developers">{M.text(locale, 'crumb')}</a> <span aria-hidden="true">/</span>{' '}
          <a href={clientAddress(client.clientId)}>{client.name[locale]}</a>
        </p>
        <h1>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </div>
    </div>
  );
}

function Note({ is, title, children }: { is: Tone; title: string; children: ComponentChildren }): VNode {
  return (
    <section class={`note ${is}`} aria-labelledby="note">
      <Icon name={is === 'ok' ? 'ok' : 'warn'} />
      <div class="stack">
        <h2 id="note">{title}</h2>
        {children}
      </div>
    </section>
  );
}

interface CredentialsProps extends PageProps {
  readonly rows: readonly Credential[];
  readonly made: Secret | undefined;
  readonly complaints: readonly Complaint[];
  readonly now: Date;
  readonly hidden: VNode;
  /** Undefined: nothing can be added here. */
  readonly kind: CredentialKind | undefined;
}

export function CredentialsPage(props: CredentialsProps): VNode {
  const { locale, client, rows, made, complaints, hidden, kind } = props;
  return (
    <>
      <Head locale={locale} client={client} title={M.text(locale, 'title')} lead={M.text(locale, 'lead')} />
      {complaints.length > 0 && (
        <Note is="bad" title={M.text(locale, 'problem')}>
          <ul>
            {complaints.map(({ member, text }) => (
              <li key={member}>{text[locale]}</li>
            ))}
          </ul>
        </Note>
      )}
      {made && (
        <Note is="ok" title={M.text(locale, 'once')}>
          <p class="once">
            <code>{made.reveal()}</code>
          </p>
          <p>{M.text(locale, 'once_hint')}</p>
        </Note>
      )}
      <section class="card" aria-labelledby="list">
        <header>
          <h2 id="list">{M.text(locale, 'list')}</h2>
          <a href={clientAddress(client.clientId, '/credentials/keys')}>{M.text(locale, 'keys.title')}</a>
        </header>
        {rows.length === 0 ? <p class="in">{M.text(locale, 'none')}</p> : <Table {...props} />}
      </section>
      {kind && <AddForm locale={locale} client={client} hidden={hidden} kind={kind} />}
    </>
  );
}

const COLUMNS = ['col.name', 'col.state', 'col.used', 'col.expires', 'col.made'] as const;

function Table(props: CredentialsProps): VNode {
  const { locale, rows } = props;
  return (
    <div class="scroll">
      <table class="plain stackt">
        <caption class="sr">{M.text(locale, 'list')}</caption>
        <thead>
          <tr>
            {COLUMNS.map((key) => (
              <th scope="col" key={key}>
                {M.text(locale, key)}
              </th>
            ))}
            <th scope="col">
              <span class="sr">{M.text(locale, 'revoke')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} {...props} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TONES: Readonly<Record<Credential['state'], Tone>> = { live: 'ok', expired: 'warn', revoked: 'off' };

function Row({ locale, client, now, hidden, row }: CredentialsProps & { row: Credential }): VNode {
  const { id, kind, name, state, usedAt, expiresAt, createdAt } = row;
  const at = (date: Date): string => formatInstant(date, now, locale);
  return (
    <tr>
      <th class="t1" scope="row">
        <b>{name}</b>
        <small>{M.text(locale, `kind.${kind}`)}</small>
      </th>
      <td data-th={M.text(locale, 'col.state')}>
        <Status is={TONES[state]}>{M.text(locale, `state.${state}`)}</Status>
      </td>
      <td data-th={M.text(locale, 'col.used')}>{usedAt ? at(usedAt) : M.text(locale, 'never')}</td>
      <td data-th={M.text(locale, 'col.expires')}>{at(expiresAt)}</td>
      <td data-th={M.text(locale, 'col.made')}>{at(createdAt)}</td>
      <td class="n nol">
        {state === 'live' && (
          <form method="post" action={clientAddress(client.clientId, '/credentials/revoke')}>
            {hidden}
            <button class="lk" type="submit" name="credential" value={id}>
              {M.text(locale, 'revoke')}
              <span class="sr"> {name}</span>
            </button>
          </form>
        )}
      </td>
    </tr>
  );
}

function AddForm({
  locale,
  client,
  hidden,
  kind,
}: PageProps & { hidden: VNode; kind: CredentialKind }): VNode {
  return (
    <section class="card" aria-labelledby="add">
      <header>
        <h2 id="add">
          {M.text(locale, 'add.title')}: {M.text(locale, `kind.${kind}`)}
        </h2>
      </header>
      <form class="in" method="post" action={clientAddress(client.clientId, '/credentials')}>
        {hidden}
        <div class="fld">
          <label for="name">{M.text(locale, 'add.name')}</label>
          <p class="hint" id="name-hint">
            {M.text(locale, 'add.name_hint')}
          </p>
          <input id="name" name="name" maxLength={80} required aria-describedby="name-hint" />
        </div>
        {kind !== 'secret' && (
          <div class="fld">
            <label for="value">{M.text(locale, 'add.value')}</label>
            <textarea id="value" name="value" rows={6} required />
          </div>
        )}
        <button class="btn" type="submit">
          {M.text(locale, 'add.go')}
        </button>
      </form>
    </section>
  );
}

export function LastPage({
  locale,
  client,
  id,
  name,
  hidden,
}: PageProps & { id: string; name: string; hidden: VNode }): VNode {
  return (
    <>
      <Head locale={locale} client={client} title={M.text(locale, 'last.title')} />
      <section class="card">
        <form class="in" method="post" action={clientAddress(client.clientId, '/credentials/revoke')}>
          {hidden}
          <input type="hidden" name="credential" value={id} />
          <p>{M.text(locale, 'last.lead', { name })}</p>
          <p>
            <button class="btn" type="submit" name="last" value="yes">
              {M.text(locale, 'last.yes')}
            </button>{' '}
            <a class="btn" href={clientAddress(client.clientId, '/credentials')}>
              {M.text(locale, 'last.no')}
            </a>
          </p>
        </form>
      </section>
    </>
  );
}

/** Key by key: what it is, what it can do, what is wrong. */
export function KeysPage({
  locale,
  client,
  explained,
}: PageProps & { explained: ExplainedKeys | undefined }): VNode {
  return (
    <>
      <Head locale={locale} client={client} title={M.text(locale, 'keys.title')} />
      <section class="card">
        <div class="in">
          {!explained && <p>{M.text(locale, 'keys.none')}</p>}
          <ul>
            {explained?.faults.map((fault) => (
              <li key={fault.en}>
                <Status is="bad">{fault[locale]}</Status>
              </li>
            ))}
            {explained?.keys.map(({ kid, says, faults, hints, thumbprint }, place) => (
              <li key={place}>
                <p>
                  <b>{kid ?? M.text(locale, 'keys.name')}</b>{' '}
                  <Status is={faults.length > 0 ? 'bad' : 'ok'}>{says[locale]}</Status>
                </p>
                {[...faults, ...hints].map((line) => (
                  <p key={line.en}>{line[locale]}</p>
                ))}
                {thumbprint !== undefined && <p class="m">{thumbprint}</p>}
              </li>
            ))}
          </ul>
          {client.metadata['jwks_uri'] !== undefined && (
            <form method="get" action={clientAddress(client.clientId, '/credentials/keys')}>
              <button class="btn" type="submit">
                {M.text(locale, 'keys.fetch')}
              </button>
            </form>
          )}
        </div>
      </section>
    </>
  );
}
