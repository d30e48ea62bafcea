// The first page of the portal: the team's clients, and a form that makes another in two minutes.
import type { VNode } from 'preact';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import { fieldId } from '../../platform/ui/form.tsx';
import type { Actor, Complaint, HeldPost, TeamClient } from '../../registry/registry.ts';
import { draw, seeOther, type Context, type Visitor } from '../frame/frame.tsx';
import { Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { keepSecret } from './once.ts';
import { clientAddress, type PortalParts } from './own.ts';

const METHODS = [
  ['client_secret_basic', 'create.basic'],
  ['none', 'create.none'],
  ['private_key_jwt', 'create.key'],
] as const;

const EMPTY: Form = { redirect_uri: 'http://localhost:3000/callback', method: 'client_secret_basic' };

export async function home(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  await drawHome(parts, ctx, visitor, EMPTY, []);
}

async function drawHome(
  parts: PortalParts,
  ctx: Context,
  visitor: Visitor,
  form: Form,
  problems: readonly FieldProblem[],
): Promise<void> {
  const { locale } = ctx.state;
  const clients = await parts.activity.team(visitor.actor);
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'home.title'),
    current: 'portal',
    problems,
    at: '/developers',
    children: (
      <>
        <div class="head">
          <div>
            <h1>{M.text(locale, 'home.title')}</h1>
            <p>{M.text(locale, 'home.lead')}</p>
          </div>
        </div>
        <div class="cols">
          <div>
            <Clients locale={locale} clients={clients} />
            <Create locale={locale} ctx={ctx} form={form} problems={problems} posts={postsOf(visitor)} />
          </div>
          <Tools locale={locale} personasAt={parts.personasAt} />
        </div>
      </>
    ),
  });
}

function Clients({ locale, clients }: { locale: Locale; clients: readonly TeamClient[] }): VNode {
  const t = (key: Parameters<typeof M.text>[1]): string => M.texts[locale][key] ?? '';
  return (
    <section class="card" aria-labelledby="clients">
      <header>
        <h2 id="clients">{t('home.clients')}</h2>
        <p>{M.text(locale, 'home.count', { count: clients.length })}</p>
      </header>
      {clients.length === 0 ? (
        <p class="in">{t('home.none')}</p>
      ) : (
        <div class="scroll">
          <table class="stackt">
            <caption class="sr">{t('home.clients')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('col.client')}</th>
                <th scope="col">{t('col.environment')}</th>
                <th scope="col">{t('col.state')}</th>
                <th scope="col" class="n">
                  {t('col.logins')}
                </th>
                <th scope="col">{t('col.next')}</th>
              </tr>
            </thead>
            <tbody>
              {clients.map((client) => (
                <Row key={client.clientId} locale={locale} client={client} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ locale, client }: { locale: Locale; client: TeamClient }): VNode {
  const { clientId, name, environment, enabled, logins, lastAt } = client;
  const state = !enabled ? 'off' : lastAt === undefined && logins === 0 ? 'new' : 'works';
  const next = environment === 'production' ? 'requests' : state === 'new' ? 'start' : 'checklist';
  const page = next === 'checklist' ? '/checklist' : next === 'requests' ? '#requests' : '#start';
  return (
    <tr>
      <th class="t1" scope="row">
        <a href={clientAddress(clientId)}>{name[locale]}</a>
        <small class="m">{clientId}</small>
      </th>
      <td class="fit" data-th={M.text(locale, 'col.environment')}>
        <div>{M.text(locale, `env.${environment}`)}</div>
      </td>
      <td class="fit" data-th={M.text(locale, 'col.state')}>
        <div>
          <Status is={state === 'works' ? 'live' : state === 'new' ? 'wait' : 'off'}>
            {M.text(locale, `state.${state}`)}
          </Status>
        </div>
      </td>
      <td class="n" data-th={M.text(locale, 'col.logins')}>
        <div>{logins.toLocaleString(locale)}</div>
      </td>
      <td data-th={M.text(locale, 'col.next')}>
        <div>
          <a href={clientAddress(clientId, page)}>{M.text(locale, `next.${next}`)}</a>
        </div>
      </td>
    </tr>
  );
}

interface CreateProps {
  readonly locale: Locale;
  readonly ctx: Context;
  readonly form: Form;
  readonly problems: readonly FieldProblem[];
  readonly posts: readonly Pick<HeldPost, 'unitId' | 'unitName'>[];
}

function Create({ locale, ctx, form, problems, posts }: CreateProps): VNode {
  const t = (key: Parameters<typeof M.text>[1]): string => M.texts[locale][key] ?? '';
  const field = (name: 'name' | 'redirect_uri', label: 'create.name' | 'create.redirect'): VNode => {
    const problem = problems.find((one) => one.field === name)?.text;
    const id = fieldId(name);
    return (
      <div class={problem === undefined ? 'fld' : 'fld bad'}>
        <label for={id}>{t(label)}</label>
        <span class="hint" id={`${id}-hint`}>
          {t(`${label}_hint`)}
        </span>
        {problem !== undefined && (
          <span class="error" id={`${id}-error`}>
            {problem}
          </span>
        )}
        <input
          id={id}
          type="text"
          name={name}
          value={form[name] ?? ''}
          maxLength={name === 'name' ? 100 : 2_000}
          aria-describedby={`${id}-hint${problem === undefined ? '' : ` ${id}-error`}`}
          {...(name === 'redirect_uri' ? { inputMode: 'url' as const } : {})}
          {...(problem === undefined ? {} : { 'aria-invalid': 'true' as const })}
        />
      </div>
    );
  };
  return (
    <section class="card" aria-labelledby="new">
      <header>
        <h2 id="new">{t('create.title')}</h2>
        <p>{t('create.hint')}</p>
      </header>
      <form class="in" method="post" action="/developers/clients" noValidate>
        {hiddenCsrf(ctx)}
        <div class="half">
          {field('name', 'create.name')}
          {field('redirect_uri', 'create.redirect')}
        </div>
        {posts.length > 0 && (
          <div class="fld">
            <label for="unit">{t('create.unit')}</label>
            <select id="unit" name="unit">
              {posts.map(({ unitId, unitName }) => (
                <option key={unitId} value={unitId} selected={form['unit'] === unitId}>
                  {unitName[locale]}
                </option>
              ))}
              <option value="">{t('create.trial')}</option>
            </select>
          </div>
        )}
        <fieldset id="method">
          <legend>{t('create.method')}</legend>
          {METHODS.map(([method, key]) => (
            <label class="check" key={method}>
              <input type="radio" name="method" value={method} checked={form['method'] === method} />
              <span>
                <b>{t(key)}</b>
                <span class="hint">{t(`${key}_hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <details open={form['method'] === 'private_key_jwt'}>
          <summary>{t('create.jwks')}</summary>
          <div class="fld">
            <label for="jwks">{t('create.jwks')}</label>
            <span class="hint" id="jwks-hint">
              {t('create.jwks_hint')}
            </span>
            <textarea class="url" id="jwks" name="jwks" spellcheck={false} aria-describedby="jwks-hint">
              {form['jwks'] ?? ''}
            </textarea>
          </div>
        </details>
        <button class="btn p" type="submit">
          {t('create.button')}
        </button>
      </form>
    </section>
  );
}

function Tools({ locale, personasAt }: { locale: Locale; personasAt: string | undefined }): VNode {
  return (
    <aside aria-label={M.text(locale, 'tools.title')}>
      <section class="card">
        <header>
          <h2>{M.text(locale, 'tools.title')}</h2>
        </header>
        <ul class="in">
          <li>
            <a href="/developers/explain">{M.text(locale, 'tools.explain')}</a>
          </li>
          <li>
            <a href="/developers/inspector">{M.text(locale, 'tools.inspector')}</a>
          </li>
          <li>
            <a href="/.well-known/openid-configuration">{M.text(locale, 'tools.discovery')}</a>
          </li>
          {personasAt !== undefined && (
            <li>
              <a href={personasAt}>{M.text(locale, 'tools.personas')}</a>
              <br />
              <span class="q">{M.text(locale, 'tools.personas_hint')}</span>
            </li>
          )}
        </ul>
      </section>
    </aside>
  );
}

/** Units in whose name this person may make sandbox clients. */
function postsOf({ actor, operator }: Visitor): CreateProps['posts'] {
  const open = new Set(
    actor.posts
      .filter(({ role, path }) => (role === 'developer' || role === 'owner') && !path.startsWith('trial/'))
      .map(({ unitId }) => unitId),
  );
  const held = (operator?.posts ?? []).filter(({ unitId }) => open.delete(unitId));
  return held.map(({ unitId, unitName }) => ({ unitId, unitName }));
}

/** Makes the client, in the unit that was chosen or in a place of one's own, and leads to its page. */
export async function create(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { locale } = ctx.state;
  const read = metadataOf(form, locale);
  if ('problems' in read) return await drawHome(parts, ctx, visitor, form, read.problems);
  try {
    const { actor, unitId } = await placeFor(parts, ctx, visitor, form['unit'] ?? '');
    const made = await parts.sandboxes.createSandbox(actor, unitId, read.metadata);
    if (made.secret) await keepSecret(parts, visitor.entered.citizenId, made.clientId, made.secret);
    seeOther(ctx, clientAddress(made.clientId));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'bad_request') throw error;
    await drawHome(parts, ctx, visitor, form, problemsOf(error, locale));
  }
}

async function placeFor(
  parts: PortalParts,
  ctx: Context,
  visitor: Visitor,
  unitId: string,
): Promise<{ readonly actor: Actor; readonly unitId: string }> {
  if (unitId !== '') return { actor: visitor.actor, unitId };
  const operator = await parts.operators.trial(visitor.entered.citizenId, ctx.state.reference);
  const own = operator.posts.find(({ path }) => path.startsWith('trial/'));
  if (!own) throw new Error('a trial without a place');
  const { actor } = visitor;
  const posts = [...actor.posts.filter(({ path }) => path !== own.path), own];
  return {
    actor: { ...actor, name: `operator:${operator.id}`, operatorId: operator.id, posts },
    unitId: own.unitId,
  };
}

type Read =
  { readonly metadata: Readonly<Record<string, unknown>> } | { readonly problems: readonly FieldProblem[] };

function metadataOf(form: Form, locale: Locale): Read {
  const { name = '', redirect_uri: redirect = '', method = '', jwks = '' } = form;
  const problems: FieldProblem[] = [];
  const complain = (
    field: string,
    key: 'name_missing' | 'redirect_missing' | 'method_missing' | 'jwks_wrong',
  ): void => {
    problems.push({ field, text: M.text(locale, `create.${key}`) });
  };
  if (name.trim() === '') complain('name', 'name_missing');
  if (redirect.trim() === '') complain('redirect_uri', 'redirect_missing');
  if (!METHODS.some(([known]) => known === method)) complain('method', 'method_missing');
  const keys = method === 'private_key_jwt' ? parsed(jwks) : undefined;
  if (method === 'private_key_jwt' && keys === undefined) complain('jwks', 'jwks_wrong');
  if (problems.length > 0) return { problems };
  const onDevice = method === 'none' && /^http:/i.test(redirect);
  return {
    metadata: {
      client_name: name.trim(),
      redirect_uris: [redirect.trim()],
      token_endpoint_auth_method: method,
      application_type: onDevice ? 'native' : 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile phone offline_access',
      ...(keys === undefined ? {} : { jwks: keys }),
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Said at the field.
    return undefined;
  }
}

const FIELD_OF: Readonly<Record<string, string>> = {
  client_name: 'name',
  redirect_uris: 'redirect_uri',
  token_endpoint_auth_method: 'method',
  jwks: 'jwks',
};

/** What stands against a registration, at the fields of this form. */
function problemsOf(fault: Fault, locale: Locale): readonly FieldProblem[] {
  const complaints: readonly Complaint[] = fault.detail.complaints ?? [];
  if (complaints.length === 0) return [{ field: undefined, text: fault.message }];
  return complaints.map(({ member, text }) => ({
    field: FIELD_OF[member.replace(/[.[].*$/, '')],
    text: text[locale],
  }));
}
