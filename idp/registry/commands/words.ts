// The words of a command line: options, refusals, output for people and for programs.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { Fault } from '../../platform/base/errors.ts';
import type { Command, CommandIo } from '../../platform/http/feature.ts';
import type { Actor } from '../operators/roles.ts';

/** Whoever can run commands on the machine may do everything; the trail says that it was done there. */
export const MACHINE: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

export interface Asked<O extends ParseArgsOptionsConfig> {
  readonly values: Parsed<O>['values'];
  readonly positionals: readonly string[];
  /** One JSON value with `--json`, else these lines. */
  readonly print: (value: unknown, lines: () => readonly string[]) => void;
  readonly io: CommandIo;
}

/**
 * A command with these options and `--json`, and this many further words. What the domain refuses is printed line by
 * line with exit code 1; anything else is a bug and goes up.
 */
export function command<const O extends ParseArgsOptionsConfig>(
  about: Omit<Command, 'run'> & { readonly options: O; readonly words: number },
  run: (asked: Asked<O>) => Promise<number | undefined>,
): Command {
  const { options, words, ...named } = about;
  return {
    ...named,
    async run(args, io) {
      try {
        const { values, positionals } = parsed(`${named.name} ${named.usage}`, args, options, words);
        const json = (values as { json?: boolean }).json === true;
        const print: Asked<O>['print'] = (value, lines) => {
          for (const line of json ? [JSON.stringify(value)] : lines()) io.out(line);
        };
        return (await run({ values, positionals, print, io })) ?? 0;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const said = error.detail.note === undefined ? WORDS[error.code] : undefined;
        for (const line of (said ?? error.message).split('\n')) io.err(line);
        return 1;
      }
    },
  };
}

/** For refusals that say no more than their code. */
const WORDS: Partial<Readonly<Record<Fault['code'], string>>> = {
  not_found: 'there is none; look at the list',
  conflict: 'it has changed or ended meanwhile; look at the list',
};

function parsed<O extends ParseArgsOptionsConfig>(
  usage: string,
  args: readonly string[],
  options: O,
  words: number,
): Parsed<O> {
  const wrong = new Fault('bad_request', { note: `usage: tongxing ${usage.trim()}` });
  try {
    const all = { ...options, json: { type: 'boolean' } } as unknown as O;
    const found = parseArgs({ args: [...args], options: all, allowPositionals: true, strict: true });
    if (found.positionals.length !== words) throw wrong;
    return found;
  } catch (error) {
    if (error === wrong) throw error;
    throw new Fault('bad_request', { note: `usage: tongxing ${usage.trim()}`, cause: error });
  }
}

/** The value of an option that must be given. */
export function needed(name: string, value: string | undefined): string {
  if (value === undefined) throw new Fault('bad_request', { note: `${name} must be given` });
  return value;
}

/** A date of China as `2027-03-01`: the end of that day. Fault `bad_request`. */
export function endOfDay(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(`${text}T23:59:59+08:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(date.getTime()))
    throw new Fault('bad_request', { note: `"${text}" is no date; write it as 2027-03-01` });
  return date;
}
