// Units at the console: the tree, one unit with its forms, its host names. What may be done is asked of registry/.
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { isUnitCode, may, readHost, type Actor, type ShownUnit } from '../../registry/registry.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { addressOf as addressWith, asked } from '../frame/lists.tsx';
import { DomainsCard } from './domains.tsx';
import { NOTHING_TYPED } from './fields.tsx';
import { M } from './messages.ts';
import { UnitCard, type FormName } from './pages.tsx';
import { addressOf, Found, TreeCard } from './tree.tsx';

export function unitsRoutes(router: Routes, parts: AdminParts): void {
  router.get(
    '/admin/units',
    operating(parts, (ctx, visitor) => units(parts, ctx, visitor)),
  );
  router.get(
    '/admin/units/:id',
    operating(parts, (ctx, visitor) => unitPage(parts, ctx, visitor, idOf(ctx))),
  );
  const act = (path: string, form: FormName, run: Act): void => {
    router.post(
      `/admin/units/:id/${path}`,
      csrf,
      operating(parts, (ctx, visitor) => submitted(parts, ctx, visitor, form, run)),
    );
  };
  const { tree, domains } = parts;
  act('departments', 'department', async ({ actor, id, form }) => {
    const name = nameOf(form, 'department');
    const code = form['code']?.trim() || undefined;
    const { id: made } = await tree.add(actor, { parentId: id, name, code });
    return made;
  });
  act('name', 'name', ({ actor, id, form }) => tree.rename(actor, id, versionOf(form), nameOf(form, 'name')));
  act('removal', 'removal', async ({ actor, id, form }) => {
    const { way } = await tree.show(actor, id);
    await tree.remove(actor, id, versionOf(form));
    return way.at(-1)?.id;
  });
  act('contacts', 'contacts', ({ actor, id, form }) =>
    tree.setContacts(actor, id, versionOf(form), contactsOf(form)),
  );
  act(
    'domains',
    'host',
    async ({ actor, id, form }) => void (await domains.add(actor, id, form['host'] ?? '')),
  );
  act(
    'domains/:domain/check',
    'host',
    async ({ actor, domain }) => void (await domains.check(actor, domain)),
  );
  act('domains/:domain/removal', 'host', ({ actor, domain }) => domains.remove(actor, domain));
}

/** Does it; answers the unit to go on with where that is another. */
type Act = (posted: Posted) => Promise<string | void>;

interface Posted {
  readonly actor: Actor;
  readonly id: string;
  readonly domain: string;
  readonly form: Form;
}

const param = (ctx: Context, name: string): string =>
  String((ctx['params'] as Record<string, unknown>)[name]);
const idOf = (ctx: Context): string => param(ctx, 'id');
const versionOf = (form: Form): number => Number(form['version'] ?? 0) || 0;

/** Without an English name the Chinese one stands for both. */
function nameOf(form: Form, of: 'name' | 'department') {
  const zh = form[`${of}_zh`] ?? '';
  return { 'zh-CN': zh, en: form[`${of}_en`]?.trim() || zh };
}

/** A line that was left empty is none. */
function contactsOf(form: Form): readonly object[] {
  const part = (name: string, number: number): string => (form[`${name}_${number}`] ?? '').trim();
  return [1, 2, 3, 4, 5]
    .map((number) => ({
      office: part('office', number),
      telephone: part('telephone', number),
      mail: part('mail', number),
    }))
    .filter(({ office, telephone, mail }) => office + telephone + mail !== '');
}

/** A search where there is one, else the outermost unit that the visitor sees. */
async function units(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const text = (asked(ctx, 'unit') ?? '').trim();
  if (text === '') {
    const [root] = await parts.tree.roots(visitor.actor);
    if (!root) throw new Fault('not_found', { note: 'no unit in reach' });
    return await unitPage(parts, ctx, visitor, root.id);
  }
  const { locale } = ctx.state;
  const { rows, next } = await parts.tree.list(visitor.actor, { search: text, after: asked(ctx, 'after') });
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'search.found'),
    current: 'units',
    children: (
      <>
        <div class="head">
          <h1>{M.text(locale, 'search.found')}</h1>
        </div>
        <Found
          locale={locale}
          text={text}
          rows={rows}
          next={next && addressWith('/admin/units', { unit: text, after: next })}
        />
      </>
    ),
  });
}

/** A form that was refused: which one, why, and what was typed. */
interface Refused {
  readonly form: FormName;
  readonly problems: readonly FieldProblem[];
  readonly values: Form;
}

async function unitPage(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  id: string,
  refused?: Refused,
): Promise<void> {
  const { locale } = ctx.state;
  const { actor } = visitor;
  const unit = await parts.tree.show(actor, id);
  const [roots, count, domains, side] = await Promise.all([
    parts.tree.roots(actor),
    parts.tree.count(actor),
    parts.domains.list(actor, id),
    beside(parts, actor, unit),
  ]);
  const hidden = hiddenCsrf(ctx);
  const typed = (form: FormName) => (refused?.form === form ? refused : NOTHING_TYPED);
  const common = { locale, hidden };
  draw(parts, ctx, visitor, {
    title: unit.name[locale],
    current: 'units',
    at: addressOf(id),
    problems: refused?.problems ?? [],
    children: (
      <>
        <div class="head">
          <div>
            <h1>{M.text(locale, 'title')}</h1>
            <p>{M.text(locale, 'reach', { count })}</p>
          </div>
        </div>
        <div class="cols unit">
          <TreeCard locale={locale} roots={roots} unit={unit} {...side} />
          <div>
            <UnitCard
              {...common}
              unit={unit}
              mayChange={may(actor, 'unit.write', unit.path)}
              mayRename={unit.parentId !== undefined && mayAbove(actor, unit)}
              typed={typed}
            />
            {unit.level !== 'nation' && unit.level !== 'trial' && (
              <DomainsCard
                {...common}
                unitId={id}
                domains={domains}
                now={parts.clock.now()}
                mayChange={may(actor, 'domain.write', unit.path)}
                typed={typed('host')}
              />
            )}
          </div>
        </div>
      </>
    ),
  });
}

const mayAbove = (actor: Actor, { id, path }: ShownUnit): boolean =>
  may(actor, 'unit.write', path.slice(0, -(id.length + 1)));

/** What the tree shows open: the unit's own children, or its neighbours where it has none. */
async function beside({ tree }: AdminParts, actor: Actor, unit: ShownUnit) {
  const branches = await tree.below(actor, unit.id);
  const above = unit.way.at(-1);
  if (branches.length > 0 || !above) return { open: unit, branches };
  return { open: above, branches: await tree.below(actor, above.id) };
}

async function submitted(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  form: FormName,
  run: Act,
): Promise<void> {
  const [id, domain] = [idOf(ctx), param(ctx, 'domain')];
  const values = await readForm(ctx);
  try {
    const made = await run({ actor: visitor.actor, id, domain, form: values });
    return seeOther(ctx, addressOf(made ?? id));
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'bad_request' && error.code !== 'conflict')) throw error;
    const problems = [problemOf(ctx.state.locale, form, error.code, values)];
    await unitPage(parts, ctx, visitor, id, { form, problems, values });
  }
}

function problemOf(
  locale: Locale,
  form: FormName,
  code: 'bad_request' | 'conflict',
  values: Form,
): FieldProblem {
  if (form === 'host') return hostProblem(locale, values);
  if (form === 'department') return departmentProblem(locale, code, values);
  if (form === 'removal') return { field: undefined, text: M.text(locale, 'problem.used') };
  if (code === 'conflict') return { field: undefined, text: M.text(locale, 'problem.changed') };
  return form === 'name'
    ? { field: 'name_zh', text: M.text(locale, 'problem.name') }
    : { field: 'office_1', text: M.text(locale, 'problem.contacts') };
}

function departmentProblem(locale: Locale, code: 'bad_request' | 'conflict', values: Form): FieldProblem {
  if (code === 'conflict') return { field: 'code', text: M.text(locale, 'problem.code_taken') };
  return isUnitCode((values['code'] ?? '').trim())
    ? { field: 'department_zh', text: M.text(locale, 'problem.name') }
    : { field: 'code', text: M.text(locale, 'problem.code') };
}

function hostProblem(locale: Locale, values: Form): FieldProblem {
  const claimed = values['check'];
  if (claimed !== undefined)
    return { field: undefined, text: M.text(locale, 'host.held', { host: claimed }) };
  const host = (values['host'] ?? '').slice(0, 253);
  const read = readHost(host);
  if (read.is === 'host') return { field: 'host', text: M.text(locale, 'host.claimed', { host }) };
  const text =
    read.fault === 'empty' ? M.text(locale, 'host.empty') : M.text(locale, `host.${read.fault}`, { host });
  return { field: 'host', text };
}
