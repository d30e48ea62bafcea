// The trail at the console: who did what in one's own units, and whether the chain of records still holds.
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { EventRow, EventsWanted } from '../../audit/audit.ts';
import { scopesOf, type Actor } from '../../registry/registry.ts';
import { sendCsv } from '../clients/export.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { asked, askedOf, type Query } from '../frame/lists.tsx';
import { namesOf } from '../operators/names.ts';
import { M } from './messages.ts';
import { AuditPage, eventName, GROUPS, PATH } from './pages.tsx';

const ROWS = 50;
const MOST_EXPORTED = 10_000;
const DAY_MS = 86_400_000;
const NATION = 'cn/';

export function auditRoutes(router: Routes, parts: AdminParts): void {
  const perOperator = parts.limits.declare({
    name: 'console.audit_check',
    per: 'operator',
    burst: 5,
    periodSeconds: 3600,
    why: 'a check reads every record there is',
  });
  router.get(
    PATH,
    operating(parts, (ctx, visitor) => list(parts, ctx, visitor)),
  );
  router.post(
    `${PATH}/export`,
    csrf,
    operating(parts, (ctx, visitor) => exported(parts, ctx, visitor)),
  );
  router.post(
    `${PATH}/check`,
    csrf,
    operating(parts, async (ctx, { actor }) => {
      await readForm(ctx);
      parts.access.demand(actor, 'audit.read', NATION, 'audit.check');
      await parts.limits.spend(perOperator, actor.name);
      await parts.trail.ask(actor.name, ctx.state.reference);
      seeOther(ctx, PATH);
    }),
  );
}

function demandRead({ access }: AdminParts, actor: Actor): void {
  access.demand(actor, 'audit.read', scopesOf(actor, 'audit.read')[0] ?? actor.posts[0]?.path ?? NATION);
}

const dayText = (at: Date): string => shanghaiTime(at).slice(0, 10);

/** The beginning of that day in Beijing. Fault `bad_request` for what is no day. */
function dayOf(name: string, text: string): number {
  const at = Date.parse(`${text}T00:00:00+08:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(at))
    throw new Fault('bad_request', { note: `${name}: must be a day, 2026-11-22` });
  return at;
}

/** The filters of the address, for what the actor may read. Faults: `bad_request`, `not_found` (a unit out of reach). */
async function wantedOf(
  parts: AdminParts,
  ctx: Context,
  actor: Actor,
): Promise<{ readonly wanted: EventsWanted; readonly query: Query }> {
  const now = parts.clock.now();
  const to = asked(ctx, 'to') ?? dayText(now);
  const from = asked(ctx, 'from') ?? dayText(new Date(dayOf('to', to) - 6 * DAY_MS));
  const unit = asked(ctx, 'unit');
  const [type, who] = [askedOf(ctx, 'type', GROUPS), asked(ctx, 'actor')];
  const [clientId, reference, before] = [asked(ctx, 'client'), asked(ctx, 'reference'), asked(ctx, 'after')];
  const reach = await parts.search.subtree(actor, 'audit.read', unit);
  return {
    wanted: {
      from: new Date(dayOf('from', from)),
      to: new Date(dayOf('to', to) + DAY_MS),
      scopes: reach ? [reach] : [],
      type,
      actor: who,
      clientId,
      reference,
      before,
    },
    query: { from, to, unit, type, actor: who, client: clientId, reference, after: before },
  };
}

async function list(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { actor } = visitor;
  const { locale } = ctx.state;
  demandRead(parts, actor);
  const { wanted, query } = await wantedOf(parts, ctx, actor);
  const [found, state] = await Promise.all([
    parts.trail.search({ ...wanted, limit: ROWS }),
    parts.trail.state(),
  ]);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title'),
    current: 'audit',
    children: (
      <AuditPage
        locale={locale}
        now={parts.clock.now()}
        hidden={hiddenCsrf(ctx)}
        state={state}
        rows={found.rows}
        next={found.next}
        query={query}
        names={await actorNames(parts, actor, found.rows)}
        mayCheck={scopesOf(actor, 'audit.read').includes(NATION)}
        mayExport={scopesOf(actor, 'export.make').length > 0}
      />
    ),
  });
}

/** By actor, of those operators whom this reader may know. */
async function actorNames(
  parts: AdminParts,
  actor: Actor,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map((row) => /^operator:([0-9a-f-]{36})$/.exec(row.actor)?.[1]))];
  const holders = await parts.search.holders(
    actor,
    ids.filter((id) => id !== undefined),
  );
  const names = await namesOf(parts, [...holders.values()]);
  return new Map([...holders].map(([id, citizenId]) => [`operator:${id}`, names.get(citizenId) ?? id]));
}

async function exported(parts: AdminParts, ctx: Context, { actor }: Visitor): Promise<void> {
  await readForm(ctx);
  const { locale } = ctx.state;
  demandRead(parts, actor);
  const { wanted, query } = await wantedOf(parts, ctx, actor);
  const rows: EventRow[] = [];
  let before: string | undefined;
  do {
    const page = await parts.trail.search({ ...wanted, before, limit: 1_000 });
    rows.push(...page.rows);
    before = page.next;
  } while (before !== undefined && rows.length < MOST_EXPORTED);
  const filter = Object.entries(query)
    .filter(([name, value]) => value !== undefined && name !== 'after')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const mark = await parts.exports.mark(actor, 'audit', rows.length, filter.slice(0, 300));
  const heads = ['at', 'actor', 'type', 'what', 'about', 'reference', 'detail'] as const;
  sendCsv(ctx, 'audit', mark, [
    heads.map((head) => M.text(locale, head)),
    ...rows.map((row) => [
      shanghaiTime(new Date(row.at)),
      row.actor,
      row.type,
      eventName(locale, row.type),
      row.clientId ?? row.citizenId ?? '',
      row.reference ?? '',
      JSON.stringify(row.data),
    ]),
  ]);
}
