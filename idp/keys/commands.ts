// `keys reseal`, `keys reindex` and `keys prune`: what follows a rotation.
import type { Reindexing } from '../platform/crypto/reindexing.ts';
import type { Command, CommandIo } from '../platform/http/feature.ts';
import { exclusively } from '../platform/store/exclusively.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import { prune, type Pruned, type PruneParts } from './prune.ts';
import { countLeft, reseal, type Resealed, type ResealParts } from './reseal.ts';

export interface CommandParts extends ResealParts, PruneParts {
  readonly reindexing: Reindexing;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Says what is wrong with the words, or undefined. */
function complaint(command: Command, args: readonly string[]): string | undefined {
  const known = new Set(command.usage.split(' ').map((option) => option.slice(1, -1)));
  const other = args.find((arg) => !known.has(arg));
  return other === undefined
    ? undefined
    : `"${other}" is not an option of ${command.name}: use ${command.usage}`;
}

/** A command that takes only the options of its usage. */
function strict(
  command: Omit<Command, 'run'>,
  run: (has: (option: string) => boolean, io: CommandIo) => Promise<number>,
): Command {
  const made: Command = {
    ...command,
    async run(args, io) {
      const wrong = complaint(made, args);
      if (wrong === undefined) return run((option) => args.includes(option), io);
      io.err(wrong);
      return 1;
    },
  };
  return made;
}

/** Waits for the turn of the background job to end, which is short. */
export async function inTurn<T>(
  { postgres, sleep }: { readonly postgres: Postgres; readonly sleep: (ms: number) => Promise<void> },
  job: string,
  work: () => Promise<T>,
): Promise<T> {
  let done: { readonly result: T } | undefined;
  const run = async (): Promise<void> => {
    done = { result: await work() };
  };
  while (!(await exclusively(postgres, `job:${job}`, run))) await sleep(200);
  if (!done) throw new Error(`${job} did not run`);
  return done.result;
}

export const RESEAL_JOB = 'keys.reseal';

export function resealCommand(parts: CommandParts): Command {
  const about = {
    name: 'keys reseal',
    usage: '[--dry-run] [--json]',
    summary: 'seals anew what retired keys sealed, while the system runs; --dry-run only counts',
  };
  return strict(about, async (has, io) => {
    const { tables, faults } = has('--dry-run')
      ? { tables: await countLeft(parts), faults: [] }
      : await inTurn(parts, RESEAL_JOB, () => reseal(parts, () => true));
    const left = tables.reduce((sum, table) => sum + table.left, 0);
    for (const fault of faults) io.err(fault);
    if (has('--json')) io.out(JSON.stringify({ active: parts.keyring.active('seal').id, left, tables }));
    else for (const table of tables) io.out(lineOf(table));
    return left > 0 && !has('--dry-run') ? 1 : 0;
  });
}

const lineOf = ({ table, resealed, left }: Resealed): string =>
  `${table}: ${resealed} sealed anew, ${left} left under a retired key`;

export const REINDEX_JOB = 'keys.reindex';

export function reindexCommand(parts: CommandParts): Command {
  const about = {
    name: 'keys reindex',
    usage: '[--dry-run] [--json]',
    summary:
      'finds phones and documents by the active index key, while accounts are made; --dry-run only counts',
  };
  return strict(about, async (has, io) => {
    const { reindexing } = parts;
    const faults = has('--dry-run') ? [] : await inTurn(parts, REINDEX_JOB, () => reindexing.run(() => true));
    for (const fault of faults) io.err(fault);
    const state = await reindexing.look();
    const active = parts.keyring.active('index').id;
    if (has('--json')) io.out(JSON.stringify({ active, ...state }));
    else
      io.out(
        `${state.table}: ${state.done} under the active key, ${state.left} left, ${state.old} under others`,
      );
    return faults.length > 0 ? 1 : 0;
  });
}

export function pruneCommand(parts: PruneParts): Command {
  const about = {
    name: 'keys prune',
    usage: '[--json]',
    summary: 'forgets retired keys that nothing needs any more; old backups will not open without them',
  };
  return strict(about, async (has, io) => {
    const pruned = await prune(parts);
    if (has('--json')) io.out(JSON.stringify(pruned));
    else for (const key of pruned) io.out(verdictOf(key));
    return pruned.some(({ is }) => is === 'used') ? 1 : 0;
  });
}

function verdictOf(key: Pruned): string {
  const name = `${key.purpose} ${key.keyId}`;
  if (key.is === 'removed') return `${name} removed`;
  if (key.is === 'kept')
    return `${name} stays until ${key.until.toISOString()}: short-lived state may need it`;
  return `${name} stays, still needed by ${key.by.map(({ what, count }) => `${count} ${what}`).join(', ')}`;
}
