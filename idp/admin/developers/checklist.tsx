// The go-live checklist of a client: what was found, when, and a button that looks again.
import type { VNode } from 'preact';
import { readForm } from '../../platform/http/body.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { ITEMS, type CheckRow } from '../../registry/registry.ts';
import { draw, seeOther, type Context, type Visitor } from '../frame/frame.tsx';
import { Status, type Tone } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { clientAddress, clientHere, type PortalParts } from './own.ts';

export async function checklist(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const client = await clientHere(parts, ctx, visitor.actor, 'registry.read');
  const { clientId, name } = client;
  const rows = await parts.golive.rows(visitor.actor, clientId);
  const left = rows.filter(({ found }) => found !== 'passed').length;
  draw(parts, ctx, visitor, {
    title: `${M.text(locale, 'check.title')}: ${name[locale]}`,
    current: 'portal',
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href="/developers">{M.text(locale, 'client.crumb')}</a> <span aria-hidden="true">/</span>{' '}
              <a href={clientAddress(clientId)}>{name[locale]}</a>
            </p>
            <h1>{M.text(locale, 'check.title')}</h1>
            <p>{M.text(locale, 'check.lead')}</p>
          </div>
        </div>
        <section class="card">
          <form method="post" action={clientAddress(clientId, '/checklist')}>
            {hiddenCsrf(ctx)}
            <Table locale={locale} rows={rows} now={parts.clock.now()} />
            <div class="bar still">
              <button class="btn" type="submit" name="item" value="all">
                {M.text(locale, 'check.all')}
              </button>
              {client.enabled && (
                <a class="btn p" href={clientAddress(clientId, '/production')}>
                  {M.text(locale, 'check.apply')}
                </a>
              )}
              <span class="q">
                {left === 0 ? M.text(locale, 'check.done') : M.text(locale, 'check.left', { count: left })}
              </span>
            </div>
          </form>
        </section>
      </>
    ),
  });
}

function Table({ locale, rows, now }: { locale: Locale; rows: readonly CheckRow[]; now: Date }): VNode {
  return (
    <div class="scroll">
      <table class="plain stackt">
        <caption class="sr">{M.text(locale, 'check.title')}</caption>
        <thead>
          <tr>
            <th scope="col" class="fit">
              {M.text(locale, 'col.outcome')}
            </th>
            <th scope="col">{M.text(locale, 'check.col')}</th>
            <th scope="col" class="fit">
              {M.text(locale, 'check.at')}
            </th>
            <th scope="col" class="fit">
              <span class="sr">{M.text(locale, 'check.button')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.item} locale={locale} row={row} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TONES: Readonly<Record<NonNullable<CheckRow['found']>, Tone>> = {
  passed: 'ok',
  failed: 'bad',
  open: 'wait',
};

function Row({ locale, row, now }: { locale: Locale; row: CheckRow; now: Date }): VNode {
  const { item, found, title, text, at } = row;
  return (
    <tr>
      <td class="fit nol">
        <Status is={found === undefined ? 'off' : TONES[found]}>
          {M.text(locale, `check.${found ?? 'unseen'}`)}
        </Status>
      </td>
      <th class="t1" scope="row">
        <b>{title[locale]}</b>
        <small>{text[locale]}</small>
      </th>
      <td class="fit" data-th={M.text(locale, 'check.at')}>
        <div>{at === undefined ? M.text(locale, 'check.never') : formatInstant(at, now, locale)}</div>
      </td>
      <td class="fit n nol">
        <button class="lk" type="submit" name="item" value={item}>
          {M.text(locale, 'check.button')}
          <span class="sr"> {title[locale]}</span>
        </button>
      </td>
    </tr>
  );
}

export async function look(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { clientId } = await clientHere(parts, ctx, visitor.actor, 'sandbox.write');
  const asked = (await readForm(ctx))['item'];
  await parts.golive.look(
    visitor.actor,
    clientId,
    ITEMS.find((item) => item === asked),
  );
  seeOther(ctx, clientAddress(clientId, '/checklist'));
}
