// The credentials of one client: which count, since when, until when; adding one, and ending one.
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Limit } from '../../platform/limits/limits.ts';
import type { Complaint, CredentialKind, CredentialWish } from '../../registry/registry.ts';
import { keepSecret, takeSecret } from '../developers/once.ts';
import { clientAddress, clientHere, type PortalParts } from '../developers/own.ts';
import { draw, seeOther, visiting, type Context, type Visitor } from '../frame/frame.tsx';
import { M } from './messages.ts';
import { CredentialsPage, KeysPage, LastPage } from './pages.tsx';

export function credentialsRoutes(router: Routes, parts: PortalParts): void {
  const path = '/developers/clients/:id/credentials';
  const fetches = parts.limits.declare({
    name: 'portal.keys',
    per: 'operator',
    burst: 30,
    periodSeconds: 3600,
    why: 'each look asks an address that somebody else wrote; nobody is to be knocked at through us',
  });
  router.get(
    path,
    visiting(parts, (ctx, visitor) => show(parts, ctx, visitor, [])),
  );
  router.post(
    path,
    csrf,
    visiting(parts, (ctx, visitor) => add(parts, ctx, visitor)),
  );
  router.post(
    `${path}/revoke`,
    csrf,
    visiting(parts, (ctx, visitor) => revoke(parts, ctx, visitor)),
  );
  router.get(
    `${path}/keys`,
    visiting(parts, (ctx, visitor) => keys(parts, fetches, ctx, visitor)),
  );
}

const KIND: Readonly<Record<string, CredentialKind>> = {
  client_secret_basic: 'secret',
  client_secret_post: 'secret',
  private_key_jwt: 'key',
  tls_client_auth: 'certificate',
};

async function show(
  parts: PortalParts,
  ctx: Context,
  visitor: Visitor,
  complaints: readonly Complaint[],
): Promise<void> {
  const { locale } = ctx.state;
  const client = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const [rows, made] = await Promise.all([
    parts.credentials.list(visitor.actor, client.clientId),
    takeSecret(parts, visitor.entered.citizenId, client.clientId),
  ]);
  const kind = KIND[String(client.metadata['token_endpoint_auth_method'])];
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title'),
    current: 'portal',
    ...(complaints.length > 0 ? { status: 422 } : {}),
    children: (
      <CredentialsPage
        locale={locale}
        client={client}
        rows={rows}
        made={made}
        complaints={complaints}
        now={parts.clock.now()}
        hidden={hiddenCsrf(ctx)}
        kind={client.metadata['jwks_uri'] === undefined ? kind : undefined}
      />
    ),
  });
}

async function add(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { clientId, metadata } = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const form = await readForm(ctx);
  const kind = KIND[String(metadata['token_endpoint_auth_method'])] ?? 'secret';
  const wish: CredentialWish = { kind, name: form['name'] ?? '', public: json(form['value'] ?? '') };
  const added = await parts.credentials.add(visitor.actor, clientId, wish);
  if (added.is === 'refused') return await show(parts, ctx, visitor, added.complaints);
  if (added.secret) await keepSecret(parts, visitor.entered.citizenId, clientId, added.secret);
  seeOther(ctx, clientAddress(clientId, '/credentials'));
}

/** What is no JSON is no key; the check says so in its own words. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function revoke(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const client = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const { clientId } = client;
  const { credential = '', last } = await readForm(ctx);
  const choice = { evenLast: last === 'yes' };
  const outcome = await parts.credentials.revoke(visitor.actor, clientId, credential, choice);
  if (outcome === 'revoked') return seeOther(ctx, clientAddress(clientId, '/credentials'));
  const row = (await parts.credentials.list(visitor.actor, clientId)).find(({ id }) => id === credential);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'last.title'),
    current: 'portal',
    children: (
      <LastPage
        locale={locale}
        client={client}
        id={credential}
        name={row?.name ?? ''}
        hidden={hiddenCsrf(ctx)}
      />
    ),
  });
}

async function keys(parts: PortalParts, limit: Limit, ctx: Context, visitor: Visitor): Promise<void> {
  const client = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const { jwks, jwks_uri: uri } = client.metadata;
  if (uri !== undefined) await parts.limits.spend(limit, visitor.actor.name);
  const explained =
    typeof uri === 'string'
      ? await parts.checks.explainKeys({ uri })
      : jwks === undefined
        ? undefined
        : await parts.checks.explainKeys({ jwks });
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'keys.title'),
    current: 'portal',
    children: <KeysPage locale={locale} client={client} explained={explained} />,
  });
}
