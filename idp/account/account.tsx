// The citizen's account centre: who I am here, which services I allowed, what happened. It signs in through the same
// door as every service, as a client of its own. Not here: proving a name (that is a sign-in at a higher level).
import { z } from 'zod';
import { rungOf } from '../assurance/assurance.ts';
import type { SignedIn } from '../oidc/oidc.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Feature, Routes } from '../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../platform/http/guards.ts';
import { readForm } from '../platform/http/body.ts';
import { ownClient, type Client } from '../registry/registry.ts';
import {
  ACCOUNT_CLIENT,
  draw,
  returnAddress,
  seeOther,
  serviceNames,
  signedIn,
  signinAddress,
  type AccountParts,
  type Context,
} from './frame.tsx';
import { M } from './messages.ts';
import { Home } from './home.tsx';
import { notMeRoutes } from './not-me/not-me.tsx';
import { ownRoutes } from './own/own.tsx';
import { securityRoutes } from './security/security.tsx';
import { History, isTold, Services, Stop, type PageParts } from './pages.tsx';

export type { AccountParts } from './frame.tsx';

export function accountClient(issuer: URL): Client {
  const name = { 'zh-CN': M.text('zh-CN', 'client.name'), en: M.text('en', 'client.name') };
  return ownClient(issuer, {
    clientId: ACCOUNT_CLIENT,
    name,
    minimumLevel: 'l1',
    signedIn: '/account/signed-in',
  });
}

/** The levels that take a proof. */
const provable = z.enum(['l2', 'l3', 'l4']).catch('l2');

export function createAccount(parts: AccountParts): Feature {
  return {
    name: 'account',
    routes(router: Routes) {
      router.get('/', (ctx) => seeOther(ctx, '/account'));
      router.get(
        '/account',
        signedIn(parts, '', (ctx, who) => home(parts, ctx, who)),
      );
      router.get('/account/signed-in', (ctx) => returned(ctx));
      router.get('/account/verify', (ctx) =>
        // The engine refuses `claims` together with response_type none; a wish leads to the same pages here.
        seeOther(
          ctx,
          signinAddress(parts.issuer, '', { acr_values: rungOf(provable.parse(ctx.query['level'])).acr }),
        ),
      );
      router.get(
        '/account/services',
        signedIn(parts, 'services', (ctx, who) => services(parts, ctx, who)),
      );
      router.get(
        '/account/services/:clientId',
        signedIn(parts, 'services', (ctx, who) => stopping(parts, ctx, who)),
      );
      router.post(
        '/account/services/:clientId',
        csrf,
        signedIn(parts, 'services', (ctx, who) => stop(parts, ctx, who)),
      );
      router.get(
        '/account/history',
        signedIn(parts, 'history', (ctx, who) => history(parts, ctx, who)),
      );
      ownRoutes(router, parts);
      notMeRoutes(router, parts);
      securityRoutes(router, parts);
    },
  };
}

/** Back from signing in, or from leaving the sign-in page: then there is no session and nothing to show. */
function returned(ctx: Context): void {
  if (typeof ctx.query['error'] === 'string') return seeOther(ctx, '/help');
  seeOther(ctx, returnAddress(ctx.query['state']));
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
  draw(parts, ctx, {
    current: 'home',
    title: M.text(ctx.state.locale, 'home.title'),
    children: <Home {...shown} />,
  });
}

async function services(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const consents = await parts.oidc.consents.list(citizenId);
  const rows = await Promise.all(
    consents.map(async (consent) => ({ consent, client: await parts.registry.find(consent.clientId) })),
  );
  const title = M.text(ctx.state.locale, 'services.title');
  draw(parts, ctx, {
    current: 'services',
    title,
    children: <Services {...pageParts(parts, ctx)} rows={rows} />,
  });
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
  draw(parts, ctx, {
    current: 'services',
    title,
    children: <Stop {...pageParts(parts, ctx)} client={client} hidden={hiddenCsrf(ctx)} />,
  });
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
  draw(parts, ctx, {
    current: 'history',
    title,
    children: <History {...pageParts(parts, ctx)} records={records.filter(isTold)} names={names} />,
  });
}
