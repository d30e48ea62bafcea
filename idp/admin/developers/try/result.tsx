// Where a tried login ends: each step, the tokens decoded, the claims.
import type { VNode } from 'preact';
import type { Locale } from '../../../platform/i18n/messages.ts';
import { draw, type Context, type Visitor } from '../../frame/frame.tsx';
import { Status } from '../../frame/icons.tsx';
import { M as PORTAL } from '../messages.ts';
import { clientAddress, type PortalParts } from '../own.ts';
import { decodedJwt, type Step } from './exchange.ts';
import { M } from './messages.ts';
import { tried, type Tried } from './try.ts';

export async function result(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const outcome = await tried(parts, ctx, visitor);
  if (!outcome) return gone(parts, ctx, visitor);
  const client = await parts.registry.find(outcome.clientId);
  const is = stateOf(outcome);
  const title = M.text(locale, `title.${is}`);
  draw(parts, ctx, visitor, {
    title,
    current: 'portal',
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href="/developers">{PORTAL.text(locale, 'client.crumb')}</a>{' '}
              <span aria-hidden="true">/</span>{' '}
              <a href={clientAddress(outcome.clientId)}>{client?.name[locale] ?? outcome.clientId}</a>
            </p>
            <h1>
              <Status is={is === 'good' ? 'ok' : is === 'bad' ? 'bad' : 'wait'} pill>
                {title}
              </Status>
            </h1>
            <p>
              {M.text(locale, 'took', {
                seconds: inSeconds(outcome.wholeMs),
                person: inSeconds(outcome.personMs),
              })}
            </p>
          </div>
          <div class="acts">
            <a class="btn p" href={clientAddress(outcome.clientId, '#try')}>
              {M.text(locale, 'again')}
            </a>
          </div>
        </div>
        <Steps locale={locale} outcome={outcome} />
        {outcome.request !== undefined && (
          <section class="card" aria-labelledby="request">
            <header>
              <h2 id="request">{M.text(locale, 'request')}</h2>
              <p>{M.text(locale, 'request_hint')}</p>
            </header>
            <pre tabIndex={0} aria-labelledby="request">
              {outcome.request}
            </pre>
          </section>
        )}
        {outcome.idToken !== undefined && (
          <Contents locale={locale} outcome={outcome} idToken={outcome.idToken} />
        )}
        {outcome.idToken !== undefined && (
          <Claims locale={locale} outcome={outcome} idToken={outcome.idToken} />
        )}
      </>
    ),
  });
}

function gone(parts: PortalParts, ctx: Context, visitor: Visitor): void {
  const { locale } = ctx.state;
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title.gone'),
    current: 'portal',
    status: 410,
    children: (
      <section class="card in stack">
        <h1>{M.text(locale, 'title.gone')}</h1>
        <p>{M.text(locale, 'gone.why')}</p>
        <p>
          <a class="btn" href="/developers">
            {PORTAL.text(locale, 'client.crumb')}
          </a>
        </p>
      </section>
    ),
  });
}

const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);

function stateOf({ steps, request }: Tried): 'good' | 'bad' | 'stopped' {
  if (request !== undefined) return 'stopped';
  return steps.every(({ is }) => is === 'ok') ? 'good' : 'bad';
}

const TONES = { ok: 'ok', bad: 'bad', off: 'off' } as const;

function Steps({ locale, outcome }: { locale: Locale; outcome: Tried }): VNode {
  return (
    <section class="card" aria-labelledby="steps">
      <header>
        <h2 id="steps">{M.text(locale, 'steps')}</h2>
        <p>{M.text(locale, 'steps_hint')}</p>
      </header>
      <div class="scroll">
        <table class="plain stackt">
          <caption class="sr">{M.text(locale, 'steps')}</caption>
          <thead>
            <tr>
              <th scope="col">{M.text(locale, 'col.step')}</th>
              <th scope="col">{M.text(locale, 'col.result')}</th>
              <th scope="col">{M.text(locale, 'col.what')}</th>
              <th scope="col" class="n">
                {M.text(locale, 'col.took')}
              </th>
            </tr>
          </thead>
          <tbody>
            {outcome.steps.map((step) => (
              <tr key={step.name}>
                <th class="t1 nw" scope="row">
                  <b>{M.text(locale, `step.${step.name}`)}</b>
                </th>
                <td class="fit" data-th={M.text(locale, 'col.result')}>
                  <div>
                    <Status is={TONES[step.is]}>{M.text(locale, `is.${step.is}`)}</Status>
                  </div>
                </td>
                <td data-th={M.text(locale, 'col.what')}>
                  <div>{whatOf(locale, step, outcome)}</div>
                </td>
                <td class="n" data-th={M.text(locale, 'col.took')}>
                  <div>{step.ms === undefined ? '' : `${step.ms.toLocaleString(locale)} ms`}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function whatOf(locale: Locale, step: Step, { idToken }: Tried): string {
  if (step.name === 'person' && idToken !== undefined) {
    const { acr, amr } = decodedJwt(idToken).body;
    if (typeof acr === 'string')
      return M.text(locale, 'what.person', { acr, amr: Array.isArray(amr) ? amr.join(', ') : '' });
  }
  return (M.texts[locale][step.what] ?? '').replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(step.params[name] ?? whole),
  );
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

interface ContentsProps {
  readonly locale: Locale;
  readonly outcome: Tried;
  readonly idToken: string;
}

function Contents({ locale, outcome, idToken }: ContentsProps): VNode {
  const { head, body } = decodedJwt(idToken);
  const { accessStart = '', userinfo, encrypted } = outcome;
  const panels = [
    ['id', `${pretty(head)}\n${pretty(body)}`],
    ['access', M.text(locale, 'contents.opaque', { start: `${accessStart}…` })],
    [
      'userinfo',
      userinfo ? pretty(userinfo) : M.text(locale, encrypted ? 'contents.encrypted' : 'contents.none'),
    ],
  ] as const;
  return (
    <section class="card" aria-labelledby="contents">
      <header>
        <h2 id="contents">{M.text(locale, 'contents')}</h2>
        <a href="/developers/inspector">{PORTAL.text(locale, 'inspect.title')}</a>
      </header>
      <div class="tabs">
        {panels.flatMap(([name], index) => [
          <input
            key={`${name} input`}
            type="radio"
            name="contents"
            id={`contents-${name}`}
            checked={index === 0}
          />,
          <label key={`${name} label`} for={`contents-${name}`}>
            {M.text(locale, `contents.${name}`)}
          </label>,
        ])}
        <div class="panels">
          {panels.map(([name, text]) => (
            <pre key={name} tabIndex={0} aria-label={M.text(locale, `contents.${name}`)}>
              {text}
            </pre>
          ))}
        </div>
      </div>
      <details class="in">
        <summary>{M.text(locale, 'raw.title')}</summary>
        <p class="q">{M.text(locale, 'raw.hint')}</p>
        <pre tabIndex={0} aria-label={M.text(locale, 'raw.title')}>
          {idToken}
        </pre>
      </details>
    </section>
  );
}

function Claims({ locale, outcome, idToken }: ContentsProps): VNode {
  const { body } = decodedJwt(idToken);
  const { userinfo = {} } = outcome;
  const names = [...new Set([...Object.keys(body), ...Object.keys(userinfo)])];
  const from = (name: string): 'id' | 'userinfo' | 'both' =>
    name in body ? (name in userinfo ? 'both' : 'id') : 'userinfo';
  const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return (
    <section class="card" aria-labelledby="claims">
      <header>
        <h2 id="claims">{M.text(locale, 'claims')}</h2>
      </header>
      <div class="scroll">
        <table class="stackt">
          <caption class="sr">{M.text(locale, 'claims')}</caption>
          <thead>
            <tr>
              <th scope="col">{M.text(locale, 'col.claim')}</th>
              <th scope="col">{M.text(locale, 'col.value')}</th>
              <th scope="col">{M.text(locale, 'col.from')}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th class="t1 m" scope="row">
                  {name}
                </th>
                <td class="m" data-th={M.text(locale, 'col.value')}>
                  <div>{shown(userinfo[name] ?? body[name])}</div>
                </td>
                <td class="fit" data-th={M.text(locale, 'col.from')}>
                  <div>{M.text(locale, `from.${from(name)}`)}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
