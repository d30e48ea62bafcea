// Where an owner makes what the unit's own automation works with. Not here: the API itself (api/).
import { apiResource } from '../../oidc/oidc.ts';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { PROGRAM_ROLES, scopesOf, type Permissions, type Programs } from '../../registry/registry.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { asked } from '../frame/lists.tsx';
import { M } from './messages.ts';
import { Lists, Made, PATH } from './pages.tsx';

export interface ProgramPageParts extends AdminParts {
  readonly programs: Programs;
  readonly permissions: Permissions;
}

export function programsRoutes(router: Routes, parts: ProgramPageParts): void {
  const act = (path: string, handler: (ctx: Context, visitor: Visitor) => Promise<void>): void => {
    router.post(path, csrf, operating(parts, handler));
  };
  router.get(
    PATH,
    operating(parts, (ctx, visitor) => lists(parts, ctx, visitor, {}, [])),
  );
  act(PATH, (ctx, visitor) => makeProgram(parts, ctx, visitor));
  act(`${PATH}/permits`, (ctx, visitor) => makePermission(parts, ctx, visitor));
  act(`${PATH}/permits/:id/end`, async (ctx, { actor }) => {
    await readForm(ctx);
    await parts.permissions.end(actor, String(ctx['params'].id));
    seeOther(ctx, PATH);
  });
  act(`${PATH}/:id/end`, async (ctx, { actor }) => {
    await readForm(ctx);
    await parts.programs.end(actor, String(ctx['params'].id));
    seeOther(ctx, PATH);
  });
}

async function lists(
  parts: ProgramPageParts,
  ctx: Context,
  visitor: Visitor,
  values: Form,
  problems: readonly FieldProblem[],
): Promise<void> {
  const { actor, operator } = visitor;
  const { locale } = ctx.state;
  const [scope] = scopesOf(actor, 'operator.read');
  parts.access.demand(actor, 'operator.read', scope ?? actor.posts[0]?.path ?? 'cn/');
  const after = ctx.method === 'GET' ? asked(ctx, 'after') : undefined;
  const [programs, permissions] = await Promise.all([
    parts.programs.list(actor, after),
    parts.permissions.list(actor),
  ]);
  const owned = operator?.posts.filter(({ role }) => role === 'owner') ?? [];
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title'),
    current: 'operators',
    at: PATH,
    problems,
    children: (
      <Lists
        locale={locale}
        now={parts.clock.now()}
        hidden={hiddenCsrf(ctx)}
        mayWrite={scopesOf(actor, 'program.write').length > 0}
        api={apiResource(parts.issuer)}
        programs={programs}
        permissions={permissions}
        query={{ after }}
        values={values}
        problems={problems}
        units={owned.map(({ unitId, unitName }) => [unitId, unitName[locale]] as const)}
      />
    ),
  });
}

/** Which field a refusal is about, and what it says. */
function problemOf(error: unknown, locale: Locale, of: '' | 'permit-'): FieldProblem {
  if (!(error instanceof Fault)) throw error;
  if (error.code === 'not_found') return { field: `${of}unit`, text: M.text(locale, 'bad.unit') };
  if (error.code === 'forbidden')
    return { field: of === '' ? 'roles' : `${of}unit`, text: M.text(locale, 'bad.roles') };
  if (error.code !== 'bad_request') throw error;
  const [, member = '', why = ''] = /^(\w+): (.+)$/.exec(error.message) ?? [];
  if (member === 'name') return { field: `${of}name`, text: M.text(locale, 'bad.name') };
  if (member === 'roles') return { field: 'roles', text: M.text(locale, 'bad.roles.none') };
  if (member === 'jwks') return { field: 'jwks', text: M.text(locale, 'bad.jwks', { why }) };
  const most = member === 'uses' ? 1_000 : 365;
  return { field: `${of}${member}`, text: M.text(locale, 'bad.number', { most }) };
}

async function makeProgram(parts: ProgramPageParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  try {
    const made = await parts.programs.make(visitor.actor, {
      unitId: (form['unit'] ?? '').trim(),
      name: form['name'] ?? '',
      roles: PROGRAM_ROLES.filter((role) => `role.${role}` in form),
      ...keysIn(form),
    });
    const secret = made.secret?.reveal();
    shownOnce(parts, ctx, visitor, [
      ['made.id', made.clientId],
      ...(secret === undefined ? [] : ([['made.secret', secret]] as const)),
    ]);
  } catch (error) {
    const problem = problemOf(error, locale, '');
    // A private key that was pasted by mistake does not travel once more.
    const values = problem.field === 'jwks' ? { ...form, jwks: '' } : form;
    await lists(parts, ctx, visitor, values, [problem]);
  }
}

/** Keys as they were pasted; what is no JSON is refused like keys that are none. */
function keysIn(form: Form): { readonly jwks?: unknown } {
  const text = (form['jwks'] ?? '').trim();
  if (text === '') return {};
  try {
    return { jwks: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new Fault('bad_request', { note: 'jwks: is not JSON; check commas and quotes', cause });
  }
}

async function makePermission(parts: ProgramPageParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  try {
    const { token } = await parts.permissions.make(visitor.actor, {
      unitId: (form['unit'] ?? '').trim(),
      name: form['name'] ?? '',
      uses: Number(form['uses']),
      days: Number(form['days']),
    });
    shownOnce(parts, ctx, visitor, [['made.permission', token.reveal()]]);
  } catch (error) {
    const values = { ...form, 'permit-name': form['name'] ?? '', name: '' };
    await lists(parts, ctx, visitor, values, [problemOf(error, locale, 'permit-')]);
  }
}

/** Not after a redirect: the value stands in this answer alone. */
function shownOnce(
  parts: ProgramPageParts,
  ctx: Context,
  visitor: Visitor,
  shown: Parameters<typeof Made>[0]['shown'],
): void {
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'made.title'),
    current: 'operators',
    at: PATH,
    children: <Made locale={locale} shown={shown} />,
  });
}
