// The pages that the protocol engine asks for: signing out, and what went wrong with a request. Drawn in our frame.
import type { VNode } from 'preact';
import type { Pages } from '../oidc/oidc.ts';
import { allowFormAction, pageHeaders } from '../platform/http/headers.ts';
import { presentationOf } from '../platform/http/presentation.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import { failurePage, type FailureKind } from '../platform/ui/failure.tsx';
import { Button, Buttons, HiddenField, LinkButton, PostForm } from '../platform/ui/form.tsx';
import { page } from '../platform/ui/layout.tsx';
import { Bullets, Disc } from '../platform/ui/parts.tsx';
import type { Client, Registry } from '../registry/registry.ts';
import { L } from './logout-messages.ts';

export interface EnginePagesParts {
  readonly registry: Registry;
  readonly sandbox: boolean;
}

type EngineContext = Parameters<Pages['logout']>[0];

interface Drawn {
  readonly title: string;
  readonly body: VNode;
  readonly client: Client | undefined;
}

const referenceOf = (ctx: EngineContext): string => String(ctx.res.getHeader('x-reference') ?? '');

function draw(parts: EnginePagesParts, ctx: EngineContext, { title, body, client }: Drawn): void {
  const { locale, display } = presentationOf(ctx);
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = page({
    locale,
    display,
    title,
    ...(client ? { service: serviceOf(client, locale) } : {}),
    sandbox: parts.sandbox,
    currentUrl: ctx.url,
    children: body,
  });
}

function clientOf({ registry }: EnginePagesParts, ctx: EngineContext): Promise<Client | undefined> {
  const id = ctx.oidc.client?.clientId;
  return id === undefined ? Promise.resolve(undefined) : registry.find(id);
}

interface LogoutProps {
  readonly locale: Locale;
  readonly action: string;
  readonly xsrf: string;
  readonly services: readonly string[];
  readonly stay: string;
}

function LogoutPage({ locale, action, xsrf, services, stay }: LogoutProps): VNode {
  return (
    <>
      <h1>{L.text(locale, 'logout.title')}</h1>
      <p>{L.text(locale, services.length > 0 ? 'logout.lead' : 'logout.lead_alone')}</p>
      {services.length > 0 && (
        <Bullets>
          {services.map((service) => (
            <li key={service}>{service}</li>
          ))}
        </Bullets>
      )}
      <PostForm frame={{ action, hidden: <HiddenField name="xsrf" value={xsrf} /> }}>
        <HiddenField name="logout" value="yes" />
        <Buttons>
          <Button>{L.text(locale, 'logout.go')}</Button>
          <LinkButton href={stay} kind="second">
            {L.text(locale, 'logout.stay')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

async function servicesOf(
  { registry }: EnginePagesParts,
  ctx: EngineContext,
  locale: Locale,
): Promise<string[]> {
  const ids = Object.keys(ctx.oidc.session?.authorizations ?? {});
  const clients = await Promise.all(ids.map((id) => registry.find(id)));
  return clients.flatMap((client) => (client && !client.firstParty ? [client.name[locale]] : []));
}

async function logout(parts: EnginePagesParts, ctx: EngineContext): Promise<void> {
  const { locale } = presentationOf(ctx);
  const state = ctx.oidc.session?.state as { secret?: string; postLogoutRedirectUri?: string } | undefined;
  const back = state?.postLogoutRedirectUri;
  // The answer to this form ends at the service: form-action is applied to every hop.
  if (back !== undefined) allowFormAction(ctx, new URL(back).origin);
  const props: LogoutProps = {
    locale,
    action: ctx.oidc.urlFor('end_session_confirm'),
    xsrf: state?.secret ?? '',
    services: await servicesOf(parts, ctx, locale),
    stay: back ?? '/account',
  };
  const client = await clientOf(parts, ctx);
  draw(parts, ctx, { title: L.text(locale, 'logout.title'), body: <LogoutPage {...props} />, client });
}

function LoggedOut({ locale }: { locale: Locale }): VNode {
  return (
    <>
      <Disc icon="check" />
      <h1>{L.text(locale, 'done.title')}</h1>
      <p>{L.text(locale, 'done.body')}</p>
      <Buttons>
        <LinkButton href="/account">{L.text(locale, 'done.again')}</LinkButton>
      </Buttons>
    </>
  );
}

async function loggedOut(parts: EnginePagesParts, ctx: EngineContext): Promise<void> {
  const { locale } = presentationOf(ctx);
  const client = await clientOf(parts, ctx);
  draw(parts, ctx, { title: L.text(locale, 'done.title'), body: <LoggedOut locale={locale} />, client });
}

/** The form of the engine that ends the standing session and then goes on with the sign-in. */
function changeCitizen(parts: EnginePagesParts, ctx: EngineContext): void {
  const { locale } = presentationOf(ctx);
  const state = ctx.oidc.session?.state as { secret?: string } | undefined;
  // The last of the redirects behind this form leads to the service.
  const redirectUri = ctx.oidc.entities.Interaction?.params['redirect_uri'];
  if (typeof redirectUri === 'string') allowFormAction(ctx, new URL(redirectUri).origin);
  const body = (
    <>
      <h1>{L.text(locale, 'change.title')}</h1>
      <p>{L.text(locale, 'change.body')}</p>
      <form method="post" action={ctx.oidc.urlFor('end_session_confirm')} noValidate>
        <input type="hidden" name="xsrf" value={state?.secret ?? ''} />
        <input type="hidden" name="logout" value="yes" />
        <Buttons>
          <Button>{L.text(locale, 'change.go')}</Button>
        </Buttons>
      </form>
    </>
  );
  draw(parts, ctx, { title: L.text(locale, 'change.title'), body, client: undefined });
}

/** An OAuth error that may not travel back to the service becomes a page: the citizen can do little about most. */
function kindOf(error: string): FailureKind {
  switch (error) {
    case 'temporarily_unavailable':
      return 'unavailable';
    case 'server_error':
      return 'internal';
    case 'invalid_request':
    case 'session_not_found':
      return 'flow_expired';
    default:
      return 'service_setup';
  }
}

const isSessionLost = (cause: Error): boolean => cause.name === 'SessionNotFound';

export function createEnginePages(parts: EnginePagesParts): Pages {
  return {
    logout: (ctx) => logout(parts, ctx),
    loggedOut: (ctx) => loggedOut(parts, ctx),
    changeCitizen: (ctx) => changeCitizen(parts, ctx),
    error(ctx, out, cause) {
      const { locale, display } = presentationOf(ctx);
      pageHeaders(ctx);
      const kind = isSessionLost(cause)
        ? 'flow_expired'
        : out.error === 'invalid_request'
          ? 'service_setup'
          : kindOf(out.error);
      ctx.type = 'html';
      ctx.body = failurePage({
        kind,
        locale,
        display,
        reference: referenceOf(ctx),
        sandbox: parts.sandbox,
        currentUrl: ctx.url,
        ...(parts.sandbox ? { developer: `${out.error}: ${out.error_description ?? ''}` } : {}),
      });
    },
  };
}

const serviceOf = ({ name, domain, logo }: Client, locale: Locale) => ({
  name: name[locale],
  domain,
  ...(logo === undefined ? {} : { logo }),
});
