// Lists as files. Each row carries the mark: a copied part still says who took it out.
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { csvText } from '../../platform/base/csv.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { ListedClient } from '../../registry/registry.ts';
import type { Context } from '../frame/frame.tsx';
import { M } from './messages.ts';

/** Headings first. */
export function clientRows(rows: readonly ListedClient[], locale: Locale): readonly (readonly string[])[] {
  const heads = [
    'client_id',
    'name',
    'unit',
    'domain',
    'environment',
    'state',
    'level',
    'sensitive',
    'created',
  ] as const;
  return [
    heads.map((head) => M.text(locale, head)),
    ...rows.map((row) => [
      row.clientId,
      row.name[locale],
      row.unitName[locale],
      row.domain,
      M.text(locale, `environment.${row.environment}`),
      M.text(locale, `state.${row.state}`),
      row.minimumLevel,
      row.sensitive ? M.text(locale, 'sensitive.tag') : '',
      shanghaiTime(row.createdAt),
    ]),
  ];
}

/** The mark stands in the first line, in every row and in the last line. */
export function sendCsv(
  ctx: Context,
  name: string,
  mark: string,
  rows: readonly (readonly string[])[],
): void {
  const { locale } = ctx.state;
  const [heads = [], ...data] = rows;
  const label = M.text(locale, 'export.mark');
  pageHeaders(ctx);
  ctx.type = 'text/csv; charset=utf-8';
  ctx.set('Content-Disposition', `attachment; filename="tongxing-${name}.csv"`);
  ctx.body = csvText([
    [label, mark],
    [...heads, label],
    ...data.map((cells) => [...cells, mark]),
    [label, mark, M.text(locale, 'export.end', { count: data.length })],
  ]);
}
