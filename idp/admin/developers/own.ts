// What every page of the portal needs: its parts, and the client that a page is about.
import { Fault } from '../../platform/base/errors.ts';
import type { Outbound } from '../../platform/http/outbound.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Activity, Actor, Client, Credentials, GoLive, Sandboxes } from '../../registry/registry.ts';
import type { AdminParts, Context } from '../frame/frame.tsx';

export interface PortalParts extends AdminParts {
  readonly activity: Activity;
  readonly sandboxes: Sandboxes;
  readonly golive: GoLive;
  readonly credentials: Credentials;
  /** APIs of this system, as resource indicators. */
  readonly resources: readonly string[];
  /** Where the personas of the sandbox are listed; undefined: there is no sandbox. */
  readonly personasAt: string | undefined;
  /** Reaches our own issuer, as a service would. */
  readonly reach: Outbound;
}

/** The client in the address, for who may do that with it. Faults: `not_found`, `forbidden`. */
export async function clientHere(
  { registry, units, access }: PortalParts,
  ctx: Context,
  actor: Actor,
  act: 'registry.read' | 'sandbox.write',
): Promise<Client> {
  const id: unknown = ctx['params'].id;
  const client = typeof id === 'string' ? await registry.find(id) : undefined;
  const unit = client && (await units.find(client.unitId));
  if (!client || !unit) throw new Fault('not_found', { note: 'a client' });
  access.demand(actor, act, unit.path, client.clientId);
  return client;
}

export const clientAddress = (clientId: string, page = ''): string =>
  `/developers/clients/${encodeURIComponent(clientId)}${page}`;

export const localeOf = (ctx: Context): Locale => ctx.state.locale;

/** Texts of registrations: lists, and nothing else that came instead. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** What a first login asks for: all that is registered, without `offline_access`, which takes a consent of its own. */
export function firstScopes({ metadata }: Client): string {
  const scope = typeof metadata['scope'] === 'string' ? metadata['scope'] : 'openid';
  return scope
    .split(' ')
    .filter((word) => word !== 'offline_access')
    .join(' ');
}
