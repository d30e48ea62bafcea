// One relying party: what runs, how its logins go, what was registered, what happened to it. Not here: the acts on it
// (requests/), its credentials.
import type { Routes } from '../../platform/http/feature.ts';
import { may, type ClientState, type OwnedClient, type Actor } from '../../registry/registry.ts';
import { draw, operating, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { askedOf } from '../frame/lists.tsx';
import { ClientPage, type Act } from './client-page.tsx';
import { PATH } from './pages.tsx';

const HISTORY = 6;
const DAYS = ['7', '30'] as const;

export function clientRoutes(router: Routes, parts: AdminParts): void {
  router.get(
    `${PATH}/:id`,
    operating(parts, (ctx, visitor) => show(parts, ctx, visitor)),
  );
}

/** Where an act leads on from; each asks again for itself. */
const ACTS: Readonly<
  Record<
    Act,
    {
      readonly from: readonly ClientState[];
      readonly act: 'client.suspend' | 'client.resume' | 'client.retire';
    }
  >
> = {
  suspend: { from: ['live'], act: 'client.suspend' },
  resume: { from: ['suspended'], act: 'client.resume' },
  retire: { from: ['draft', 'live', 'suspended'], act: 'client.retire' },
};

const actsOf = (actor: Actor, { state, path, environment }: OwnedClient): readonly Act[] =>
  (Object.keys(ACTS) as Act[]).filter(
    (name) =>
      environment === 'production' && ACTS[name].from.includes(state) && may(actor, ACTS[name].act, path),
  );

async function show(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { actor } = visitor;
  const id = String(ctx['params'].id);
  const days = Number(askedOf(ctx, 'days', DAYS) ?? DAYS[0]);
  // First, and alone: it says whether this person may see the client at all.
  const client = await parts.changes.clientOf(actor, id);
  const [request, funnel, requests, history] = await Promise.all([
    parts.changes.openOf(actor, id),
    parts.activity.funnel(actor, id, days * 24),
    parts.activity.requests(actor, id),
    parts.changes.history(actor, id),
  ]);
  draw(parts, ctx, visitor, {
    title: client.name[ctx.state.locale],
    current: 'clients',
    children: (
      <ClientPage
        locale={ctx.state.locale}
        now={parts.clock.now()}
        self={actor.name}
        client={client}
        acts={actsOf(actor, client)}
        request={request}
        days={days}
        funnel={funnel}
        requests={requests}
        history={history.rows.slice(0, HISTORY)}
      />
    ),
  });
}
