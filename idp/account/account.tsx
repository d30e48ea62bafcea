// The citizen's account centre: who I am here, which services I allowed, what happened. It signs in through the same
// door as every service, as a client of its own. Not here: proving a name (that is a sign-in at a higher level).
import { z } from 'zod';
import type { ComponentChildren } from 'preact';
import type { ParameterizedContext } from 'koa';
import { rungOf } from '../assurance/assurance.ts';
import type { Audit } from '../audit/audit.ts';
import type { Citizens } from '../citizens/citizens.ts';
import type { Oidc, SignedIn } from '../oidc/oidc.ts';
import type { Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Feature, RequestState, Routes } from '../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../platform/http/guards.ts';
import { readForm } from '../platform/http/body.ts';
import { page } from '../platform/ui/layout.tsx';
import type { Proofing } from '../proofing/proofing.ts';
import type { Client, ClientId, Registry, UnitId } from '../registry/registry.ts';
import { M } from './messages.ts';
import { Home } from './home.tsx';
import { History, isTold, Services, Stop, type PageParts } from './pages.tsx';

/** The client that the account centre is, built in: never imported, never asked for consent. */
export const ACCOUNT_CLIENT = 'tongxing-account';

export function accountClient(issuer: URL): Client {
  const name = { 'zh-CN': M.text('zh-CN', 'client.name'), en: M.text('en', 'client.name') };
  return {
    clientId: ACCOUNT_CLIENT as ClientId,
    unitId: 'tongxing' as UnitId,
    unitName: name,
    name,
    domain: issuer.host,
    logo: undefined,
    minimumLevel: 'l1',
    firstParty: true,
    claims: {},
    enabled: true,
    version: 1,
    // `none` (OAuth 2.0 Multiple Response Types 4): we want the session, neither code nor token.
    metadata: {
      client_id: ACCOUNT_CLIENT,
      client_name: name.en,
      redirect_uris: [new URL('/account/signed-in', issuer).href],
      post_logout_redirect_uris: [new URL('/', issuer).href],
      response_types: ['none'],
      grant_types: [],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
      subject_type: 'pairwise',
    },
  };
}

export interface AccountParts {
  readonly issuer: URL;
  readonly oidc: Oidc;
  readonly citizens: Citizens;
  readonly proofing: Pick<Proofing, 'standing' | 'reason'>;
  readonly registry: Registry;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly sandbox: boolean;
}

type Context = ParameterizedContext<RequestState>;
type Handler = (ctx: Context, who: SignedIn) => Promise<void>;

const PLACES = ['', 'services', 'history'] as const;
const place = z.enum(PLACES);
/** The levels that take a proof. */
const provable = z.enum(['l2', 'l3', 'l4']).catch('l2');

/** Signing in for the account centre is an authorization request like any other; `state` says where to go after. */
function signinAddress(issuer: URL, state: string, acr?: string): string {
  const address = new URL('/oidc/authorize', issuer);
  address.search = new URLSearchParams({
    client_id: ACCOUNT_CLIENT,
    response_type: 'none',
    redirect_uri: new URL('/account/signed-in', issuer).href,
    scope: 'openid',
    state,
    // The engine refuses `claims` together with response_type none; a wish leads to the same pages here.
    ...(acr === undefined ? {} : { acr_values: acr }),
  }).toString();
  return address.href;
}

function seeOther(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

export function createAccount(parts: AccountParts): Feature {
  const signedIn =
    (state: (typeof PLACES)[number], handler: Handler) =>
    async (ctx: Context): Promise<void> => {
      const who = await parts.oidc.session(ctx);
      if (who) await handler(ctx, who);
      else seeOther(ctx, signinAddress(parts.issuer, state));
    };
  return {
    name: 'account',
    routes(router: Routes) {
      router.get('/', (ctx) => seeOther(ctx, '/account'));
      router.get(
        '/account',
        signedIn('', (ctx, who) => home(parts, ctx, who)),
      );
      router.get('/account/signed-in', (ctx) => returned(ctx));
      router.get('/account/verify', (ctx) =>
        seeOther(ctx, signinAddress(parts.issuer, '', rungOf(provable.parse(ctx.query['level'])).acr)),
      );
      router.get(
        '/account/services',
        signedIn('services', (ctx, who) => services(parts, ctx, who)),
      );
      router.get(
        '/account/services/:clientId',
        signedIn('services', (ctx, who) => stopping(parts, ctx, who)),
      );
      router.post(
        '/account/services/:clientId',
        csrf,
        signedIn('services', (ctx, who) => stop(parts, ctx, who)),
      );
      router.get(
        '/account/history',
        signedIn('history', (ctx, who) => history(parts, ctx, who)),
      );
    },
  };
}

/** Back from signing in, or from leaving the sign-in page: then there is no session and nothing to show. */
function returned(ctx: Context): void {
  const state = place.safeParse(ctx.query['state']);
  if (typeof ctx.query['error'] === 'string') return seeOther(ctx, '/help');
  seeOther(ctx, state.success && state.data !== '' ? `/account/${state.data}` : '/account');
}

function draw(
  parts: AccountParts,
  ctx: Context,
  current: string,
  title: string,
  children: ComponentChildren,
): void {
  const { locale, display } = ctx.state;
  const item = (key: 'home' | 'services' | 'history', href: string) => ({
    key,
    href,
    label: M.text(locale, `nav.${key}`),
  });
  ctx.type = 'html';
  ctx.body = page({
    locale,
    display,
    title,
    account: {
      current,
      items: [
        item('home', '/account'),
        item('services', '/account/services'),
        item('history', '/account/history'),
      ],
      signOutHref: `/oidc/logout?client_id=${ACCOUNT_CLIENT}`,
    },
    sandbox: parts.sandbox,
    currentUrl: ctx.url,
    children,
  });
}

const pageParts = ({ clock }: AccountParts, ctx: Context): PageParts => ({
  locale: ctx.state.locale,
  now: clock.now(),
});

async function home(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const { citizens, proofing, audit } = parts;
  const [citizen, attributes, documents, standing, reason, records] = await Promise.all([
    citizens.find(citizenId),
    citizens.attributes(citizenId),
    citizens.documents(citizenId),
    proofing.standing(citizenId),
    proofing.reason(citizenId),
    audit.history(citizenId, 25),
  ]);
  const names = await serviceNames(
    parts,
    ctx,
    records.flatMap((record) => record.clientId ?? []),
  );
  const shown = {
    ...pageParts(parts, ctx),
    verified: (citizen?.ial ?? 0) >= 2,
    attributes,
    documents: documents.filter(({ former }) => !former),
    standing,
    reason,
    records: records.filter(isTold).slice(0, 5),
    names,
  };
  draw(parts, ctx, 'home', M.text(ctx.state.locale, 'home.title'), <Home {...shown} />);
}

async function serviceNames(
  parts: AccountParts,
  ctx: Context,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([...new Set(ids)].map((id) => parts.registry.find(id)));
  return new Map(
    found.flatMap((client) => (client ? [[client.clientId as string, client.name[ctx.state.locale]]] : [])),
  );
}

async function services(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const consents = await parts.oidc.consents.list(citizenId);
  const rows = await Promise.all(
    consents.map(async (consent) => ({ consent, client: await parts.registry.find(consent.clientId) })),
  );
  const title = M.text(ctx.state.locale, 'services.title');
  draw(parts, ctx, 'services', title, <Services {...pageParts(parts, ctx)} rows={rows} />);
}

async function consented(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<Client> {
  const clientId = String(ctx['params'].clientId);
  const [consent, client] = await Promise.all([
    parts.oidc.consents.earlier(citizenId, clientId),
    parts.registry.find(clientId),
  ]);
  if (!consent || !client) throw new Fault('not_found');
  return client;
}

async function stopping(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  const client = await consented(parts, ctx, who);
  const title = M.text(ctx.state.locale, 'stop.title', { service: client.name[ctx.state.locale] });
  draw(
    parts,
    ctx,
    'services',
    title,
    <Stop {...pageParts(parts, ctx)} client={client} hidden={hiddenCsrf(ctx)} />,
  );
}

async function stop(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  await readForm(ctx);
  const client = await consented(parts, ctx, who);
  await parts.oidc.consents.withdraw(who.citizenId, client.clientId, ctx.state.reference);
  seeOther(ctx, '/account/services');
}

async function history(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const records = await parts.audit.history(citizenId, 100);
  const names = await serviceNames(
    parts,
    ctx,
    records.flatMap((record) => record.clientId ?? []),
  );
  const title = M.text(ctx.state.locale, 'history.title');
  draw(
    parts,
    ctx,
    'history',
    title,
    <History {...pageParts(parts, ctx)} records={records.filter(isTold)} names={names} />,
  );
}
