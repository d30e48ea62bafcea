// Stopping a client at once, bringing it back by two, ending it for good, and the history of what it was.
import type { VNode } from 'preact';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { ClientState, Effect, VersionNote } from '../../registry/registry.ts';
import { draw, operating, seeOther, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { Icon, Note, Status } from '../frame/icons.tsx';
import { Differences } from './difference.tsx';
import { M as L } from './life-messages.ts';
import { M } from './messages.ts';
import { problemsOf } from './problems.ts';
import { ReasonField } from './decision.tsx';
import { instant, whoName } from './words.ts';

const ACTS = ['suspend', 'resume', 'retire'] as const;
type LifeAct = (typeof ACTS)[number];

export function lifeRoutes(router: Routes, parts: AdminParts): void {
  for (const act of ACTS) {
    router.get(
      `/admin/clients/:id/${act}`,
      operating(parts, (ctx, visitor) => show(parts, ctx, visitor, act, {})),
    );
    router.post(
      `/admin/clients/:id/${act}`,
      csrf,
      operating(parts, (ctx, visitor) => submit(parts, ctx, visitor, act)),
    );
  }
  router.get(
    '/admin/clients/:id/history',
    operating(parts, (ctx, visitor) => history(parts, ctx, visitor)),
  );
}

interface Again {
  readonly values?: Form;
  readonly problems?: readonly FieldProblem[];
}

/** From which states an act leads on. */
const FROM: Readonly<Record<LifeAct, readonly ClientState[]>> = {
  suspend: ['live'],
  resume: ['suspended'],
  retire: ['draft', 'live', 'suspended'],
};

async function show(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  act: LifeAct,
  { values = {}, problems = [] }: Again,
): Promise<void> {
  const { locale } = ctx.state;
  const { actor } = visitor;
  const clientId = String(ctx['params'].id);
  const client = await parts.changes.clientOf(actor, clientId);
  const title = L.text(locale, `life.${act}.title`, { name: client.name[locale] });
  const possible = FROM[act].includes(client.state);
  draw(parts, ctx, visitor, {
    title,
    current: 'clients',
    at: `/admin/clients/${clientId}/${act}`,
    problems,
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href={`/admin/clients/${clientId}`}>{L.text(locale, 'life.back')}</a>
            </p>
            <h1>
              {title}{' '}
              <Status is={client.state === 'live' ? 'ok' : 'off'}>
                {L.text(locale, `client.${client.state}`)}
              </Status>
            </h1>
            <p>
              <span class="m">{clientId}</span> · {client.unitName[locale]}
            </p>
          </div>
        </div>
        {possible ? (
          await bodyOf(parts, ctx, visitor, act, clientId, { values, problems })
        ) : (
          <Note is="warn">
            <p>{L.text(locale, 'life.not_now', { state: L.text(locale, `client.${client.state}`) })}</p>
          </Note>
        )}
      </>
    ),
  });
}

async function bodyOf(
  parts: AdminParts,
  ctx: Context,
  { actor }: Visitor,
  act: LifeAct,
  clientId: string,
  { values = {}, problems = [] }: Again,
): Promise<VNode> {
  const { locale } = ctx.state;
  const form = { ctx, act, clientId, values, problems };
  if (act !== 'resume') {
    const effect = await parts.changes.effectOf(actor, clientId);
    return <Stop {...form} effect={effect} />;
  }
  const asked = await parts.changes.resumptionOf(actor, clientId);
  if (!asked)
    return <LifeForm {...form} lines={[L.text(locale, 'life.resume.first')]} button="life.resume.ask" />;
  const when = instant(asked.askedAt, parts.clock.now(), locale);
  const lines = [
    L.text(locale, 'life.resume.asked', { who: whoName(locale, asked.askedBy, actor.name), when }),
    M.text(locale, 'history.reason', { reason: asked.reason }),
  ];
  if (asked.askedBy === actor.name)
    return (
      <section class="card in">
        {[...lines, L.text(locale, 'life.resume.own')].map((line) => (
          <p key={line}>{line}</p>
        ))}
      </section>
    );
  return (
    <LifeForm
      {...form}
      lines={[...lines, L.text(locale, 'life.resume.second')]}
      button="life.resume.confirm"
      confirms
    />
  );
}

interface FormProps {
  readonly ctx: Context;
  readonly act: LifeAct;
  readonly clientId: string;
  readonly values: Form;
  readonly problems: readonly FieldProblem[];
}

function Stop({ effect, ...form }: FormProps & { readonly effect: Effect }): VNode {
  const { locale } = form.ctx.state;
  const shown = (count: number | undefined): string =>
    count === undefined ? L.text(locale, 'life.effect.unknown') : count.toLocaleString('en');
  const suspends = form.act === 'suspend';
  const lines = suspends
    ? [L.text(locale, 'life.suspend.what'), L.text(locale, 'life.suspend.back')]
    : [L.text(locale, 'life.retire.what')];
  return (
    <>
      <section class="card" aria-labelledby="s-effect">
        <header>
          <h2 id="s-effect">{L.text(locale, 'life.effect')}</h2>
        </header>
        <dl class="kpi">
          <div>
            <dt>{L.text(locale, 'life.effect.sessions')}</dt>
            <dd>{shown(effect.sessions)}</dd>
          </div>
          {effect.consents !== undefined && (
            <div>
              <dt>{L.text(locale, 'life.effect.consents')}</dt>
              <dd>{shown(effect.consents)}</dd>
            </div>
          )}
        </dl>
      </section>
      <LifeForm {...form} lines={lines} button={suspends ? 'life.suspend.go' : 'life.retire.go'} />
    </>
  );
}

interface LifeFormProps extends FormProps {
  readonly lines: readonly string[];
  readonly button: 'life.suspend.go' | 'life.retire.go' | 'life.resume.ask' | 'life.resume.confirm';
  /** The second of two adds nothing but the own name. */
  readonly confirms?: boolean;
}

function LifeForm({
  ctx,
  act,
  clientId,
  values,
  problems,
  lines,
  button,
  confirms = false,
}: LifeFormProps): VNode {
  const { locale } = ctx.state;
  const problemOf = (name: string): string | undefined => problems.find(({ field }) => field === name)?.text;
  return (
    <form class="card in stack" method="post" action={`/admin/clients/${clientId}/${act}`} noValidate>
      {hiddenCsrf(ctx)}
      {confirms && <input type="hidden" name="confirm" value="yes" />}
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {!confirms && (
        <ReasonField
          locale={locale}
          hint={M.text(locale, 'decide.why.hint')}
          value={values['reason'] ?? ''}
          problem={problemOf('reason')}
        />
      )}
      {act === 'retire' && (
        <label class="check">
          <input id="sure" type="checkbox" name="sure" value="yes" />
          <span>
            {L.text(locale, 'life.sure')}
            {problemOf('sure') && <Status is="bad">{problemOf('sure')}</Status>}
          </span>
        </label>
      )}
      <p>
        <button class={act === 'resume' ? 'btn p' : 'btn d'} type="submit">
          {L.text(locale, button)}
        </button>
      </p>
      <p class="q">{M.text(locale, 'decide.passkey')}</p>
    </form>
  );
}

async function submit(parts: AdminParts, ctx: Context, visitor: Visitor, act: LifeAct): Promise<void> {
  const { locale } = ctx.state;
  const { actor } = visitor;
  const form = await readForm(ctx);
  const { reason = '' } = form;
  const clientId = String(ctx['params'].id);
  try {
    if (act === 'suspend') await parts.changes.suspend(actor, clientId, reason);
    else if (act === 'retire') {
      if (form['sure'] !== 'yes') throw unsure();
      await parts.changes.retire(actor, clientId, reason);
    } else if (form['confirm'] === 'yes') await parts.changes.confirmResumption(actor, clientId);
    else await parts.changes.askResumption(actor, clientId, reason);
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'conflict' && error.detail.complaints === undefined))
      throw error;
    const problems = problemsOf(locale, error.detail.complaints ?? []);
    return await show(parts, ctx, visitor, act, { values: form, problems });
  }
  seeOther(
    ctx,
    act === 'resume' ? `/admin/clients/${clientId}/resume` : `/admin/clients/${clientId}/history`,
  );
}

function unsure(): Fault {
  const text = {
    'zh-CN': L.text('zh-CN', 'life.sure.missing'),
    en: L.text('en', 'life.sure.missing'),
  };
  return new Fault('bad_request', { complaints: [{ member: 'sure', text }] });
}

async function history(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const { actor } = visitor;
  const clientId = String(ctx['params'].id);
  const asked = Number(ctx.query['before']);
  const before = Number.isSafeInteger(asked) && asked > 0 ? asked : undefined;
  const [client, { rows, next }] = await Promise.all([
    parts.changes.clientOf(actor, clientId),
    parts.changes.history(actor, clientId, before),
  ]);
  const title = L.text(locale, 'versions.title', { name: client.name[locale] });
  const now = parts.clock.now();
  draw(parts, ctx, visitor, {
    title,
    current: 'clients',
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href={`/admin/clients/${clientId}`}>{L.text(locale, 'life.back')}</a>
            </p>
            <h1>{title}</h1>
          </div>
        </div>
        {rows.map((row) => (
          <Version key={row.version} locale={locale} now={now} self={actor.name} row={row} />
        ))}
        {next !== undefined && (
          <p>
            <a class="btn" href={`/admin/clients/${clientId}/history?before=${next}`}>
              {L.text(locale, 'versions.older')}
            </a>
          </p>
        )}
      </>
    ),
  });
}

interface VersionProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly self: string;
  readonly row: VersionNote;
}

/** Who brought a version, why, and what differs from the one before. */
function Version({ locale, now, self, row }: VersionProps): VNode {
  return (
    <section class="card" aria-labelledby={`v-${row.version}`}>
      <header>
        <h2 id={`v-${row.version}`}>
          <Icon name={row.state === 'live' ? 'live' : 'off'} /> {L.text(locale, 'versions.version', row)}{' '}
          {L.text(locale, `version.${row.act}`)}
        </h2>
        <p>
          {`${whoName(locale, row.by, self)} · ${instant(row.at, now, locale)} `}
          {row.requestId !== undefined && (
            <a href={`/admin/requests/${row.requestId}`}>
              {L.text(locale, 'versions.request', { id: row.requestId })}
            </a>
          )}
        </p>
      </header>
      {row.reason !== '' && <p class="in">{M.text(locale, 'history.reason', { reason: row.reason })}</p>}
      {row.differences.length > 0 ? (
        <Differences locale={locale} all={row.differences} />
      ) : (
        <p class="in q">{L.text(locale, 'versions.same')}</p>
      )}
    </section>
  );
}
