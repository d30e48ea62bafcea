// Explain this request: a pasted authorization request, judged line by line. Nothing is sent anywhere. The request comes
// by POST: what stands in it (hints, numbers) must not end up in addresses and their logs.
import type { VNode } from 'preact';
import { readForm } from '../../platform/http/body.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  clientNamed,
  explain,
  may,
  type Client,
  type Explained,
  type Line,
} from '../../registry/registry.ts';
import { draw, type Context, type Visitor } from '../frame/frame.tsx';
import { Icon, Status } from '../frame/icons.tsx';
import { M } from './messages.ts';
import type { PortalParts } from './own.ts';

export async function explainPage(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const pasted = ctx.method === 'POST' ? ((await readForm(ctx))['request'] ?? '') : undefined;
  const empty = pasted !== undefined && pasted.trim() === '';
  const explained =
    pasted === undefined || empty
      ? undefined
      : explain(parts, pasted, await visible(parts, visitor, clientNamed(pasted)));
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'explain.title'),
    current: 'portal',
    at: '/developers/explain',
    problems: empty ? [{ field: 'request', text: M.text(locale, 'explain.empty') }] : [],
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href="/developers">{M.text(locale, 'client.crumb')}</a>
            </p>
            <h1>{M.text(locale, 'explain.title')}</h1>
            <p>{M.text(locale, 'explain.lead')}</p>
          </div>
        </div>
        <section class="card">
          <form class="in" method="post" action="/developers/explain" noValidate>
            {hiddenCsrf(ctx)}
            <div class="fld">
              <label for="request">{M.text(locale, 'explain.field')}</label>
              <textarea class="url" id="request" name="request" spellcheck={false}>
                {pasted ?? ''}
              </textarea>
            </div>
            <button class="btn p" type="submit">
              {M.text(locale, 'explain.button')}
            </button>
          </form>
        </section>
        {explained && <Judgement locale={locale} explained={explained} />}
      </>
    ),
  });
}

/** A client of another unit is answered like one that does not exist (CWE-639). */
async function visible(
  { registry, units }: PortalParts,
  { actor }: Visitor,
  clientId: string | undefined,
): Promise<Client | undefined> {
  const client = clientId === undefined ? undefined : await registry.find(clientId);
  const unit = client && (await units.find(client.unitId));
  return unit && may(actor, 'registry.read', unit.path) ? client : undefined;
}

const TONES = { ok: 'ok', warning: 'warn', error: 'bad' } as const;

function Judgement({ locale, explained }: { locale: Locale; explained: Explained }): VNode {
  const { accepted, toldToService, lines, corrected } = explained;
  const count = (is: Line['is']): number => lines.filter((line) => line.is === is).length;
  const [errors, warnings] = [count('error'), count('warning')];
  return (
    <>
      <div class={`note ${accepted === false ? 'bad' : warnings > 0 ? 'warn' : 'ok'}`} role="status">
        <Icon name={accepted === false ? 'bad' : warnings > 0 ? 'warn' : 'ok'} />
        <div>
          <h2>
            {accepted === false
              ? M.text(locale, 'explain.refused', { errors })
              : M.text(locale, accepted === true ? 'explain.accepted' : 'explain.unseen')}
          </h2>
          <p>
            {accepted === false && M.text(locale, toldToService ? 'explain.told' : 'explain.page')}{' '}
            {warnings > 0 && M.text(locale, 'explain.warnings', { count: warnings })}
          </p>
        </div>
      </div>
      <section class="card" aria-labelledby="lines">
        <header>
          <h2 id="lines">{M.text(locale, 'explain.lines')}</h2>
        </header>
        <div class="scroll">
          <table class="stackt">
            <caption class="sr">{M.text(locale, 'explain.lines')}</caption>
            <thead>
              <tr>
                <th scope="col">{M.text(locale, 'col.outcome')}</th>
                <th scope="col">{M.text(locale, 'explain.parameter')}</th>
                <th scope="col">{M.text(locale, 'explain.value')}</th>
                <th scope="col">{M.text(locale, 'explain.text')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <LineRow key={`${line.parameter} ${line.text.en}`} locale={locale} line={line} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {corrected !== undefined && (
        <section class="card" aria-labelledby="corrected">
          <header>
            <h2 id="corrected">{M.text(locale, 'explain.corrected')}</h2>
            <p>{M.text(locale, 'explain.corrected_hint')}</p>
          </header>
          <pre tabIndex={0} aria-labelledby="corrected">
            {corrected.replace('?', '\n  ?').replaceAll('&', '\n  &')}
          </pre>
        </section>
      )}
    </>
  );
}

function LineRow({ locale, line }: { locale: Locale; line: Line }): VNode {
  const { parameter, value, is, text } = line;
  return (
    <tr>
      <td class="fit nol">
        <Status is={TONES[is]}>{M.text(locale, `is.${is}`)}</Status>
      </td>
      <th class="fit m t1" scope="row">
        {parameter === 'endpoint' ? M.text(locale, 'explain.endpoint') : parameter}
      </th>
      <td data-th={M.text(locale, 'explain.value')}>
        <div>
          {value === undefined ? (
            <span class="q">{M.text(locale, 'explain.left_out')}</span>
          ) : (
            <code>{value.slice(0, 300)}</code>
          )}
        </div>
      </td>
      <td data-th={M.text(locale, 'explain.text')}>
        <div>{text[locale]}</div>
      </td>
    </tr>
  );
}
