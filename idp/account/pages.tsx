// The account centre's pages, each a function from typed values to HTML.
import type { VNode } from 'preact';
import type { AuditRecord } from '../audit/audit.ts';
import { consentAsk, type Wanted } from '../oidc/oidc.ts';
import { formatInstant } from '../platform/i18n/format.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import { Button, Buttons, LinkButton } from '../platform/ui/form.tsx';
import { Bullets, Icon } from '../platform/ui/parts.tsx';
import type { Client } from '../registry/registry.ts';
import { M } from './messages.ts';

export interface PageParts {
  readonly locale: Locale;
  readonly now: Date;
}

const KNOWN = new Set(Object.keys(M.texts['zh-CN']));

function eventName(type: string, locale: Locale): string {
  return M.text(locale, `event.${type}` as 'event.signin.completed');
}

/** What a citizen recognises as their own doing or ought to hear of; the machinery's own steps are left out. */
export function isTold({ type, data }: AuditRecord): boolean {
  if (type === 'citizen.level_raised') return data.to >= 2;
  return KNOWN.has(`event.${type}`);
}

interface EventsProps extends PageParts {
  readonly records: readonly AuditRecord[];
  readonly names: ReadonlyMap<string, string>;
}

export function Events({ locale, now, records, names }: EventsProps): VNode {
  if (records.length === 0) return <p class="quiet">{M.text(locale, 'history.none')}</p>;
  return (
    <ul class="events">
      {records.map((record) => (
        <li key={record.id} {...(record.type === 'signin.failed' ? { class: 'odd' } : {})}>
          <p class="what">
            <b>{formatInstant(record.at, now, locale)}</b> {eventName(record.type, locale)}
          </p>
          {record.clientId !== undefined && (
            <p class="where">{names.get(record.clientId) ?? record.clientId}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

export function History({ locale, now, records, names }: EventsProps): VNode {
  return (
    <>
      <h1>{M.text(locale, 'history.title')}</h1>
      <p>{M.text(locale, 'history.lead')}</p>
      <Events locale={locale} now={now} records={records} names={names} />
    </>
  );
}

interface ServicesProps extends PageParts {
  readonly rows: readonly {
    readonly consent: {
      readonly clientId: string;
      readonly givenAt: Date;
      readonly payload: Readonly<Record<string, unknown>>;
    };
    readonly client: Client | undefined;
  }[];
}

interface Agreed {
  readonly openid?: { readonly scope?: string; readonly claims?: readonly string[] };
  readonly rejected?: { readonly openid?: { readonly claims?: readonly string[] } };
}

/** What the service sees: what was agreed to, less what was refused. */
function agreedClaims(payload: Agreed, client: Client, locale: Locale): string {
  const wanted: Wanted = {
    scopes: payload.openid?.scope?.split(' ') ?? [],
    claims: payload.openid?.claims ?? [],
  };
  const { required, optional, separate } = consentAsk(client, wanted);
  const refused = new Set(payload.rejected?.openid?.claims ?? []);
  const names = [...required, ...optional, ...separate]
    .filter((claim) => !refused.has(claim) && KNOWN.has(`claim.${claim}`))
    .map((claim) => M.text(locale, `claim.${claim}` as 'claim.name'));
  return names.length > 0
    ? M.text(locale, 'services.gets', { claims: names.join(M.text(locale, 'list.separator')) })
    : M.text(locale, 'services.nothing');
}

export function Services({ locale, now, rows }: ServicesProps): VNode {
  const known = rows.flatMap(({ consent, client }) => (client ? [{ consent, client }] : []));
  return (
    <>
      <h1>{M.text(locale, 'services.title')}</h1>
      <p>{M.text(locale, known.length > 0 ? 'services.lead' : 'services.none')}</p>
      <ul class="rows">
        {known.map(({ consent, client }) => (
          <li key={client.clientId}>
            <span class="glyph">
              <Icon name="shield" />
            </span>
            <div>
              <p class="name">{client.name[locale]}</p>
              <p class="meta">{client.unitName[locale]}</p>
              <p class="meta">{agreedClaims(consent.payload, client, locale)}</p>
              <p class="meta">
                {M.text(locale, 'services.given', { date: formatInstant(consent.givenAt, now, locale) })}
              </p>
            </div>
            <p class="act">
              <a
                class="button second short"
                href={`/account/services/${encodeURIComponent(client.clientId)}`}
              >
                {M.text(locale, 'services.stop')}
                <span class="vh">：{client.name[locale]}</span>
              </a>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Stop({ locale, client, hidden }: PageParts & { client: Client; hidden: VNode }): VNode {
  return (
    <>
      <h1>{M.text(locale, 'stop.title', { service: client.name[locale] })}</h1>
      <Bullets>
        <li>{M.text(locale, 'stop.first')}</li>
        <li>{M.text(locale, 'stop.second')}</li>
        <li>{M.text(locale, 'stop.third')}</li>
      </Bullets>
      <form method="post" noValidate>
        {hidden}
        <Buttons>
          <Button kind="warning">{M.text(locale, 'stop.confirm')}</Button>
          <LinkButton href="/account/services" kind="second">
            {M.text(locale, 'stop.keep')}
          </LinkButton>
        </Buttons>
      </form>
    </>
  );
}
