// The list of relying parties: search, filters, and what leaves it as a file. Not here: one client (client.tsx), deciding
// about requests.
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Limit } from '../../platform/limits/limits.ts';
import { CLIENT_ORDERS, CLIENT_STATES, scopesOf, type ClientsWanted } from '../../registry/registry.ts';
import { draw, operating, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { asked, askedOf, type Query } from '../frame/lists.tsx';
import { clientRows, sendCsv } from './export.ts';
import { M } from './messages.ts';
import { ClientList, PATH, PICK, PickedList } from './pages.tsx';

/** One box a row, and a form has at most 50 fields. */
const ROWS = 25;

export function clientsRoutes(router: Routes, parts: AdminParts): void {
  const perOperator = parts.limits.declare({
    name: 'console.export',
    per: 'operator',
    burst: 20,
    periodSeconds: 3600,
    why: 'a list that leaves the system is read by a person; a program asks the API page by page',
  });
  router.get(
    PATH,
    operating(parts, (ctx, visitor) => list(parts, ctx, visitor)),
  );
  router.post(
    `${PATH}/export`,
    csrf,
    operating(parts, (ctx, visitor) => exportAll(parts, perOperator, ctx, visitor)),
  );
  router.post(
    `${PATH}/picked`,
    csrf,
    operating(parts, (ctx, visitor) => picked(parts, perOperator, ctx, visitor)),
  );
}

/** The filters that the address says. Faults `bad_request` for what is in no list. */
function wantedOf(ctx: Context): Omit<ClientsWanted, 'limit'> {
  return {
    q: asked(ctx, 'q'),
    environment: askedOf(ctx, 'environment', ['production', 'sandbox']),
    state: askedOf(ctx, 'state', CLIENT_STATES),
    unit: asked(ctx, 'unit'),
    level: askedOf(ctx, 'level', ['l1', 'l2', 'l3', 'l4']),
    sensitive: askedOf(ctx, 'sensitive', ['yes']) === 'yes' ? true : undefined,
    order: askedOf(ctx, 'order', CLIENT_ORDERS),
    after: asked(ctx, 'after'),
  };
}

const queryOf = ({ sensitive, ...wanted }: Omit<ClientsWanted, 'limit'>): Query => ({
  ...wanted,
  sensitive: sensitive === true ? 'yes' : undefined,
});

async function list(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const wanted = wantedOf(ctx);
  const { actor } = visitor;
  const [page, counts, unit] = await Promise.all([
    parts.search.clients(actor, { ...wanted, limit: ROWS }),
    parts.search.counts(actor),
    wanted.unit === undefined ? undefined : parts.units.find(wanted.unit),
  ]);
  const shown = { page, counts, unit, query: queryOf(wanted), now: parts.clock.now() };
  draw(parts, ctx, visitor, {
    title: M.text(ctx.state.locale, 'title'),
    current: 'clients',
    children: (
      <ClientList
        {...shown}
        locale={ctx.state.locale}
        hidden={hiddenCsrf(ctx)}
        mayExport={scopesOf(actor, 'export.make').length > 0}
      />
    ),
  });
}

async function exportAll(parts: AdminParts, limit: Limit, ctx: Context, { actor }: Visitor): Promise<void> {
  await readForm(ctx);
  const wanted = wantedOf(ctx);
  await parts.limits.spend(limit, actor.name);
  const { rows, mark } = await parts.exports.clients(actor, wanted);
  sendCsv(ctx, 'clients', mark, clientRows(rows, ctx.state.locale));
}

/** The ticked clients: first what would leave, then, once that is confirmed, the file. */
async function picked(parts: AdminParts, limit: Limit, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  const ids = Object.keys(form)
    .filter((name) => name.startsWith(PICK))
    .map((name) => name.slice(PICK.length));
  if (form['confirm'] === 'yes') {
    await parts.limits.spend(limit, visitor.actor.name);
    const { rows, mark } = await parts.exports.picked(visitor.actor, ids);
    return sendCsv(ctx, 'clients', mark, clientRows(rows, locale));
  }
  const preview = await parts.exports.preview(visitor.actor, ids);
  const count = preview.rows.length;
  draw(parts, ctx, visitor, {
    title: count === 0 ? M.text(locale, 'picked.none') : M.text(locale, 'picked.title', { count }),
    current: 'clients',
    at: PATH,
    status: count === 0 ? 422 : 200,
    children: <PickedList {...preview} locale={locale} hidden={hiddenCsrf(ctx)} />,
  });
}
