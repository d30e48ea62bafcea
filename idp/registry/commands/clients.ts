// `clients list|show|history`: relying parties as an operator at the machine reads them.
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Command } from '../../platform/http/feature.ts';
import { stringify } from 'yaml';
import type { Applying } from '../applying/applying.ts';
import type { Changes } from '../changes/changes.ts';
import { CLIENT_STATES, type ClientSearch } from '../search/clients.ts';
import { linesOf } from './apply.ts';
import { command, MACHINE } from './words.ts';

export interface ClientCommandParts {
  readonly search: ClientSearch;
  readonly applying: Applying;
  readonly changes: Changes;
}

export const clientCommands = (parts: ClientCommandParts): readonly Command[] => [
  listCommand(parts),
  showCommand(parts),
  historyCommand(parts),
];

function among<T extends string>(name: string, known: readonly T[], text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((one) => one === text);
  if (found === undefined)
    throw new Fault('bad_request', { note: `${name} "${text}": must be of ${known.join(', ')}` });
  return found;
}

const listCommand = ({ search }: ClientCommandParts): Command =>
  command(
    {
      name: 'clients list',
      usage: '[--q TEXT] [--unit UNIT] [--environment E] [--state S] [--limit N] [--after CURSOR] [--json]',
      summary: 'Find clients by name, identifier, domain or unit.',
      options: {
        q: { type: 'string' },
        unit: { type: 'string' },
        environment: { type: 'string' },
        state: { type: 'string' },
        limit: { type: 'string' },
        after: { type: 'string' },
      },
      words: 0,
    },
    async ({ values, print }) => {
      const { q, unit, after, limit } = values;
      const environment = among('--environment', ['sandbox', 'production'], values.environment);
      const state = among('--state', CLIENT_STATES, values.state);
      const most = limit === undefined ? undefined : Number(limit);
      const page = await search.clients(MACHINE, { q, unit, after, environment, state, limit: most });
      print(page, () => [
        ...page.rows.map(
          (row) =>
            `${row.state} ${row.environment} ${row.clientId} ${row.name['zh-CN']} (${row.unitId}, ${row.domain})`,
        ),
        ...(page.next === undefined ? [] : [`more: --after ${page.next}`]),
      ]);
      return undefined;
    },
  );

const showCommand = ({ applying }: ClientCommandParts): Command =>
  command(
    {
      name: 'clients show',
      usage: 'CLIENT_ID [--json]',
      summary: 'Show a client as a file for `apply`.',
      options: {},
      words: 1,
    },
    async ({ positionals: [clientId = ''], print }) => {
      const { unitId, environment, metadata, ...others } = await applying.read(MACHINE, clientId);
      const file = { unit: unitId, environment, client: metadata };
      print({ ...others, ...file }, () => [
        `# ${others.state}, version ${others.version}`,
        stringify(file, { lineWidth: 0 }).trimEnd(),
      ]);
      return undefined;
    },
  );

const historyCommand = ({ changes }: ClientCommandParts): Command =>
  command(
    {
      name: 'clients history',
      usage: 'CLIENT_ID [--before VERSION] [--json]',
      summary: 'Every version of a client: who, when, why, field by field.',
      options: { before: { type: 'string' } },
      words: 1,
    },
    async ({ positionals: [clientId = ''], values, print }) => {
      const before = values.before === undefined ? undefined : Number(values.before);
      if (before !== undefined && !Number.isSafeInteger(before))
        throw new Fault('bad_request', { note: '--before: must be the number of a version' });
      const page = await changes.history(MACHINE, clientId, before);
      print(page, () => [
        ...page.rows.flatMap((row) => [
          `${row.version} ${row.act} ${shanghaiTime(row.at)} ${row.by}${row.requestId === undefined ? '' : ` ${row.requestId}`}`,
          ...(row.reason === '' ? [] : [`  reason: ${row.reason}`]),
          ...linesOf(row),
        ]),
        ...(page.next === undefined ? [] : [`more: --before ${page.next}`]),
      ]);
      return undefined;
    },
  );
