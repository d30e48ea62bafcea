// `operators list|invite|end`: the first administrator comes in by this door, and whoever must go at once goes
// by it.
import { shanghaiDate } from '../../platform/base/calendar.ts';
import type { Command } from '../../platform/http/feature.ts';
import type { Operators } from '../operators/operators.ts';
import type { PostSearch } from '../search/posts.ts';
import { roleOf } from './programs.ts';
import { command, endOfDay, MACHINE, needed } from './words.ts';

export interface OperatorCommandParts {
  readonly operators: Operators;
  readonly search: PostSearch;
  readonly issuer: URL;
}

export const operatorCommands = (parts: OperatorCommandParts): readonly Command[] => [
  listCommand(parts),
  inviteCommand(parts),
  endCommand(parts),
];

const listCommand = ({ search }: OperatorCommandParts): Command =>
  command(
    {
      name: 'operators list',
      usage: '[--unit UNIT] [--role ROLE] [--after CURSOR] [--json]',
      summary: 'List the posts that stand, by place; people are named by their operator identifier.',
      options: { unit: { type: 'string' }, role: { type: 'string' }, after: { type: 'string' } },
      words: 0,
    },
    async ({ values: { unit, after, role: given }, print }) => {
      const role = given === undefined ? undefined : roleOf(given);
      const { rows, next } = await search.posts(MACHINE, { unit, role, after });
      // Whose account it is belongs to the account, not to a list.
      const shown = rows.map(({ citizenId: _account, ...row }) => row);
      print({ rows: shown, next }, () => [
        ...shown.map(
          (row) =>
            `${row.id} ${row.role} ${row.unitId} operator:${row.operatorId} ${row.certification}${row.leavesAt ? ` until ${shanghaiDate(row.leavesAt)}` : ''}`,
        ),
        ...(next === undefined ? [] : [`more: --after ${next}`]),
      ]);
      return undefined;
    },
  );

const inviteCommand = ({ operators, issuer }: OperatorCommandParts): Command =>
  command(
    {
      name: 'operators invite',
      usage: '--unit UNIT --role ROLE [--until DATE] [--json]',
      summary: 'Print a link that gives one person a post; it works once, for seven days.',
      options: { unit: { type: 'string' }, role: { type: 'string' }, until: { type: 'string' } },
      words: 0,
    },
    async ({ values, print }) => {
      const unitId = needed('--unit', values.unit);
      const role = roleOf(needed('--role', values.role));
      const { id, token } = await operators.invite(MACHINE, {
        unitId,
        role,
        leavesAt: endOfDay(values.until),
      });
      const link = new URL(`/admin/join/${token.reveal()}`, issuer).href;
      print({ id, unit: unitId, role, link }, () => [`invitation ${id}`, `  ${link} (shown this once)`]);
      return undefined;
    },
  );

const endCommand = ({ operators }: OperatorCommandParts): Command =>
  command(
    {
      name: 'operators end',
      usage: 'POST_ID [--json]',
      summary: 'Take a post away; live sessions know with their next request.',
      options: {},
      words: 1,
    },
    async ({ positionals: [id = ''], print }) => {
      await operators.end(MACHINE, id);
      print({ id, is: 'ended' }, () => [`ended ${id}`]);
      return undefined;
    },
  );
