// `apply`: what a file says of a client, brought into force; `--dry-run` shows what differs.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { Fault, unreachable } from '../../platform/base/errors.ts';
import type { Command } from '../../platform/http/feature.ts';
import type { Applying, Plan, Wish } from '../applying/applying.ts';
import { saidOf } from '../checks/rules.ts';
import { isRecord } from '../claims.ts';
import type { Difference } from '../clients/diff.ts';
import { command, MACHINE, needed } from './words.ts';

export interface ApplyCommandParts {
  readonly applying: Applying;
}

export const applyCommand = ({ applying }: ApplyCommandParts): Command =>
  command(
    {
      name: 'apply',
      usage: '-f FILE|- [--dry-run] [--json]',
      summary: 'Bring what a file says of a client into force; a production client becomes a request.',
      options: { file: { type: 'string', short: 'f' }, 'dry-run': { type: 'boolean' } },
      words: 0,
    },
    async ({ values, print, io }) => {
      const wish = await readWish(needed('-f FILE', values.file));
      const plan = await applying.plan(MACHINE, wish);
      if (plan.complaints.length > 0) {
        print({ ...plan, outcome: 'refused' }, () => []);
        for (const complaint of plan.complaints) io.err(saidOf(complaint, 'en'));
        return 1;
      }
      if (values['dry-run'] === true) {
        print({ ...plan, dryRun: true }, () => [`${WOULD[plan.outcome]} ${plan.clientId}`, ...linesOf(plan)]);
        return 0;
      }
      const { secret, ...applied } = await applying.apply(MACHINE, wish);
      const shown = secret?.reveal();
      print({ ...applied, ...(shown === undefined ? {} : { client_secret: shown }) }, () => [
        `${applied.outcome} ${applied.clientId}${applied.request === undefined ? '' : ` (${applied.request})`}`,
        ...linesOf(applied),
        ...(shown === undefined ? [] : [`  client_secret ${shown} (shown this once: keep it now)`]),
      ]);
      return 0;
    },
  );

const WOULD: Readonly<Record<Plan['outcome'], string>> = {
  created: 'would create',
  updated: 'would update',
  requested: 'would request',
  waiting: 'waits',
  unchanged: 'unchanged',
};

/** Field by field, what goes with "-" and what comes with "+". */
export const linesOf = ({ differences }: Pick<Plan, 'differences'>): readonly string[] =>
  differences.flatMap(linesOfOne);

function linesOfOne(difference: Difference): readonly string[] {
  const { member } = difference;
  switch (difference.is) {
    case 'text':
      return [`  ${member}`, ...changed(difference.before, difference.after)];
    case 'list':
      return [
        `  ${member}`,
        ...difference.removed.map((item) => `    - ${item}`),
        ...difference.added.map((item) => `    + ${item}`),
      ];
    case 'claim':
      return [
        `  ${member} ${difference.how}${difference.sensitive ? ' (sensitive)' : ''}`,
        ...difference.parts
          .filter(({ before, after }) => before !== after)
          .flatMap(({ part, before, after }) => [`    ${part}`, ...changed(before, after, '      ')]),
      ];
    default:
      return unreachable(difference);
  }
}

const changed = (
  before: string | undefined,
  after: string | undefined,
  margin = '    ',
): readonly string[] => [
  ...(before === undefined ? [] : [`${margin}- ${before}`]),
  ...(after === undefined ? [] : [`${margin}+ ${after}`]),
];

/** `unit`, `environment` and `client`, as YAML or JSON. Fault `bad_request` names what is missing or too much. */
async function readWish(file: string): Promise<Wish> {
  const { unit, environment, client, ...others } = parsed(file, await read(file));
  const wrong = (what: string): Fault => new Fault('bad_request', { note: `${file}: ${what}` });
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrong(`"${other}" is not known; use unit, environment and client`);
  if (typeof unit !== 'string') throw wrong('unit must be the identifier of the owning unit; add it');
  if (environment !== 'sandbox' && environment !== 'production')
    throw wrong('environment must be sandbox or production; add it');
  if (!isRecord(client)) throw wrong('client must hold the client metadata; add it');
  return { unitId: unit, environment, metadata: client };
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('bad_request', { note: `${file}: cannot be read; check the path and its rights`, cause });
  }
}

/** JSON is YAML too. The parser's own message would quote the text around the fault, which may be a secret. */
function parsed(file: string, content: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(content, { prettyErrors: false });
  const [error] = document.errors;
  const line = error && content.slice(0, error.pos[0]).split('\n').length;
  if (line !== undefined)
    throw new Fault('bad_request', { note: `${file}: is not YAML or JSON; look at line ${line}` });
  // Aliases are counted: a small file must not unfold into a large one.
  const value: unknown = document.toJS({ maxAliasCount: 10 });
  if (isRecord(value)) return value;
  throw new Fault('bad_request', { note: `${file}: must hold unit, environment and client` });
}
