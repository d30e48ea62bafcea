// The first page of the portal: the team's clients, and a form that makes another in two minutes.
import type { VNode } from 'preact';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { Actor, TeamClient } from '../../registry/registry.ts';
import { draw, seeOther, signinAddress, type Context, type Visitor } from '../frame/frame.tsx';
import { Note, Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { metadataOf, NewClient, problemsOf, type NewClientProps } from './new-client.tsx';
import { keepSecret } from './once.ts';
import { clientAddress, type PortalParts } from './own.ts';

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
  const { entered, operator } = visitor;
  const withoutKey =
    entered.passkeyAt === undefined && operator?.posts.some(({ path }) => !path.startsWith('trial/'));
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
        {withoutKey && (
          <Note is="info">
            <p>{M.text(locale, 'home.passkey')}</p>
            <p>
              <a href={signinAddress(parts.issuer, '/developers', true)}>
                {M.text(locale, 'home.passkey_link')}
              </a>
            </p>
          </Note>
        )}
        <div class="cols">
          <div>
            <Clients locale={locale} clients={clients} />
            <NewClient ctx={ctx} form={form} problems={problems} posts={postsOf(visitor)} />
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
function postsOf({ actor, operator }: Visitor): NewClientProps['posts'] {
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
