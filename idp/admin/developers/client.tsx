// The page of one client: programs that sign in with it, what its last requests did, and where else to go.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { REHEARSALS, whyOf, type Client, type Funnel, type Seen } from '../../registry/registry.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import { draw, type Context, type Visitor } from '../frame/frame.tsx';
import { Icon, Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { takeSecret } from './once.ts';
import { clientAddress, clientHere, textsOf, type PortalParts } from './own.ts';
import { LANGUAGE_NAMES, LANGUAGES, quickStart } from './quick-starts/quick-starts.ts';
import { TryForm } from './try/form.tsx';

export async function clientPage(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const client = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const { clientId, environment, name } = client;
  const [requests, funnel, made] = await Promise.all([
    parts.activity.requests(visitor.actor, clientId),
    parts.activity.funnel(visitor.actor, clientId, 24),
    takeSecret(parts, visitor.entered.citizenId, clientId),
  ]);
  const sandbox = environment === 'sandbox';
  draw(parts, ctx, visitor, {
    title: name[locale],
    current: 'portal',
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href="/developers">{M.text(locale, 'client.crumb')}</a>
            </p>
            <h1>
              {name[locale]}{' '}
              <Status is={client.enabled ? 'live' : 'off'} pill>
                {M.text(locale, client.enabled ? `env.${environment}` : 'state.off')}
              </Status>
            </h1>
            <p>
              <span class="m">{clientId}</span> ·{' '}
              {M.text(locale, sandbox ? 'client.lead' : 'client.lead_production')}
            </p>
          </div>
          <div class="acts">
            {sandbox && (
              <a class="btn" href={clientAddress(clientId, '/checklist')}>
                {M.text(locale, 'check.title')}
              </a>
            )}
            <a class="btn p" href={clientAddress(clientId, '/production')}>
              {M.text(locale, sandbox ? 'client.go_live' : 'client.change')}
            </a>
            <a class="btn" href={clientAddress(clientId, '/credentials')}>
              {M.text(locale, 'client.credentials')}
            </a>
            <a class="btn" href="/developers/explain">
              {M.text(locale, 'tools.explain')}
            </a>
          </div>
        </div>
        {made && <Once locale={locale} value={made.reveal()} />}
        {sandbox && client.enabled && <TryForm locale={locale} client={client} hidden={hiddenCsrf(ctx)} />}
        <QuickStarts locale={locale} client={client} issuer={parts.issuer} />
        <Requests locale={locale} client={client} requests={requests} now={parts.clock.now()} />
        <FunnelTable locale={locale} funnel={funnel} />
        <Values locale={locale} client={client} issuer={parts.issuer} />
        {sandbox && <Rehearsals locale={locale} />}
      </>
    ),
  });
}

function Once({ locale, value }: { locale: Locale; value: string }): VNode {
  return (
    <section class="note ok" aria-labelledby="once">
      <Icon name="ok" />
      <div class="stack">
        <h2 id="once">{M.text(locale, 'client.once')}</h2>
        <p class="once">
          <code>{value}</code>
        </p>
        <p>{M.text(locale, 'client.once_hint')}</p>
      </div>
    </section>
  );
}

/** Tabs without a script: the chosen radio shows its panel. */
function QuickStarts({ locale, client, issuer }: { locale: Locale; client: Client; issuer: URL }): VNode {
  return (
    <section class="card" id="start" aria-labelledby="quick">
      <header>
        <h2 id="quick">{M.text(locale, 'client.quick')}</h2>
        <p>{M.text(locale, 'client.quick_hint')}</p>
      </header>
      <div class="tabs">
        {LANGUAGES.flatMap((language, index) => [
          <input
            key={`${language} input`}
            type="radio"
            name="quick"
            id={`quick-${language}`}
            checked={index === 0}
          />,
          <label key={`${language} label`} for={`quick-${language}`}>
            {LANGUAGE_NAMES[language]}
          </label>,
        ])}
        <div class="panels">
          {LANGUAGES.map((language) => (
            <pre key={language} tabIndex={0} aria-label={LANGUAGE_NAMES[language]}>
              {quickStart(language, client, issuer).map(({ text, own }) =>
                own ? <span class="v">{text}</span> : text,
              )}
            </pre>
          ))}
        </div>
      </div>
    </section>
  );
}

interface RequestsProps {
  readonly locale: Locale;
  readonly client: Client;
  readonly requests: readonly Seen[];
  readonly now: Date;
}

function Requests({ locale, client, requests, now }: RequestsProps): VNode {
  const failedOnly = client.environment === 'production';
  const cells = ['col.time', 'col.endpoint', 'col.outcome', 'col.why', 'col.params'] as const;
  return (
    <section class="card" id="requests" aria-labelledby="last">
      <header>
        <h2 id="last">{M.text(locale, 'client.requests')}</h2>
        <p>{M.text(locale, failedOnly ? 'client.requests_failed' : 'client.requests_hint')}</p>
      </header>
      {requests.length === 0 ? (
        <p class="in">{M.text(locale, 'client.no_requests')}</p>
      ) : (
        <div class="scroll">
          <table class="stackt">
            <caption class="sr">{M.text(locale, 'client.requests')}</caption>
            <thead>
              <tr>
                {cells.map((key) => (
                  <th scope="col" key={key}>
                    {M.text(locale, key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {requests.map((seen) => (
                <tr key={`${seen.at.getTime()} ${seen.endpoint} ${seen.error ?? ''}`}>
                  <td class="fit t1">
                    <time dateTime={seen.at.toISOString()}>{formatInstant(seen.at, now, locale)}</time>
                  </td>
                  <td class="fit m" data-th={M.text(locale, 'col.endpoint')}>
                    <div>{seen.endpoint}</div>
                  </td>
                  <td class="fit" data-th={M.text(locale, 'col.outcome')}>
                    <div>
                      <Status is={seen.error === undefined ? 'ok' : 'bad'}>
                        {seen.error ?? M.text(locale, 'outcome.ok')}
                      </Status>
                    </div>
                  </td>
                  <td data-th={M.text(locale, 'col.why')}>
                    <div>{whyOf(seen, client)[locale]}</div>
                  </td>
                  <td class="fit" data-th={M.text(locale, 'col.params')}>
                    <div>
                      <Params locale={locale} seen={seen} />
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Params({ locale, seen }: { locale: Locale; seen: Seen }): VNode {
  return (
    <details>
      <summary>{M.text(locale, 'params.show')}</summary>
      <ul>
        {Object.entries(seen.params).map(([name, value]) => (
          <li key={name}>
            <span class="m">{name}</span>{' '}
            {value === true ? <span class="q">{M.text(locale, 'params.hidden')}</span> : <code>{value}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function FunnelTable({ locale, funnel }: { locale: Locale; funnel: Funnel }): VNode {
  return (
    <section class="card" aria-labelledby="funnel">
      <header>
        <h2 id="funnel">{M.text(locale, 'client.funnel')}</h2>
      </header>
      <div class="scroll">
        <table class="plain stackt">
          <caption class="sr">{M.text(locale, 'client.funnel')}</caption>
          <thead>
            <tr>
              <th scope="col">{M.text(locale, 'col.stage')}</th>
              <th scope="col" class="n">
                {M.text(locale, 'col.passed')}
              </th>
              <th scope="col">{M.text(locale, 'col.failed')}</th>
            </tr>
          </thead>
          <tbody>
            {funnel.stages.map(({ stage, passed, failed }) => (
              <tr key={stage}>
                <th scope="row" class="t1">
                  {M.text(locale, `stage.${stage}`)}
                </th>
                <td class="n" data-th={M.text(locale, 'col.passed')}>
                  <div>{passed.toLocaleString(locale)}</div>
                </td>
                <td data-th={M.text(locale, 'col.failed')}>
                  <div>
                    {Object.entries(failed)
                      .map(([code, count]) => `${code} ${count.toLocaleString(locale)}`)
                      .join(', ') || '0'}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Values({ locale, client, issuer }: { locale: Locale; client: Client; issuer: URL }): VNode {
  const { metadata, minimumLevel } = client;
  const rows: readonly (readonly [Parameters<typeof M.text>[1], readonly string[]])[] = [
    ['client.issuer', [issuer.href.replace(/\/$/, '')]],
    ['client.redirects', textsOf(metadata['redirect_uris'])],
    ['client.method', [String(metadata['token_endpoint_auth_method'])]],
    ['client.scope', [String(metadata['scope'])]],
    ['client.level', [minimumLevel]],
  ];
  return (
    <section class="card" aria-labelledby="values">
      <header>
        <h2 id="values">{M.text(locale, 'client.values')}</h2>
      </header>
      <dl class="in sum-l">
        {rows.map(([key, values]) => (
          <div key={key}>
            <dt>{M.texts[locale][key]}</dt>
            <dd>
              {values.map((value) => (
                <div key={value}>
                  <code>{value}</code>
                </div>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Rehearsals({ locale }: { locale: Locale }): VNode {
  return (
    <section class="card" id="rehearse" aria-labelledby="rehearsals">
      <header>
        <h2 id="rehearsals">{M.text(locale, 'rehearse.title')}</h2>
        <p>{M.text(locale, 'rehearse.lead')}</p>
      </header>
      <ul class="in">
        {(Object.keys(REHEARSALS) as (keyof typeof REHEARSALS)[]).map((name) => (
          <li key={name}>
            <code>rehearse={name}</code> <span class="q">{M.text(locale, `rehearse.${name}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
