// `operators invite` and `operators end`: the first administrator comes in by this door, and whoever must go at once goes
// by it.
import type { Command } from '../../platform/http/feature.ts';
import type { Operators } from '../operators/operators.ts';
import { roleOf } from './programs.ts';
import { command, endOfDay, MACHINE, needed } from './words.ts';

export interface OperatorCommandParts {
  readonly operators: Operators;
  readonly issuer: URL;
}

export const operatorCommands = (parts: OperatorCommandParts): readonly Command[] => [
  inviteCommand(parts),
  endCommand(parts),
];

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
