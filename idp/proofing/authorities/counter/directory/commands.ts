// Registering who may speak for the counters, by an operator at the machine.
import { readFile } from 'node:fs/promises';
import { Fault } from '../../../../platform/base/errors.ts';
import type { Command, CommandIo } from '../../../../platform/http/feature.ts';
import type { Directory, Officer, Terminal } from './directory.ts';

/** Whoever can run commands on the machine. */
const ACTOR = 'operator:command-line';

interface Shape {
  readonly name: string;
  /** Positional arguments, in capitals. */
  readonly takes: readonly string[];
  readonly summary: string;
  /** What was done, for people and as JSON. Throws Fault with a sentence. */
  readonly act: (
    args: readonly string[],
  ) => Promise<{ readonly lines: readonly string[]; readonly json: object }>;
}

/** `counter office|terminal|officer add|list`, and `disable` for those that sign. */
export function counterCommands(directory: Directory): readonly Command[] {
  const shapes: readonly Shape[] = [
    ...officeShapes(directory),
    ...terminalShapes(directory),
    ...officerShapes(directory),
  ];
  return shapes.map(commandOf);
}

function commandOf({ name, takes, summary, act }: Shape): Command {
  const usage = [...takes, '[--json]'].join(' ');
  return {
    name: `counter ${name}`,
    usage,
    summary,
    async run(args, io) {
      const json = args.includes('--json');
      const rest = args.filter((arg) => arg !== '--json');
      if (rest.length !== takes.length || rest.some((arg) => arg.startsWith('-'))) {
        io.err(`usage: tongxing counter ${name} ${usage}`);
        return 1;
      }
      return await refusing(io, async () => {
        const done = await act(rest);
        for (const line of json ? [JSON.stringify(done.json)] : done.lines) io.out(line);
      });
    },
  };
}

/** A refusal is a line on the error output; anything else is a bug and goes up. */
async function refusing(io: CommandIo, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    io.err(error.message);
    return 1;
  }
}

function officeShapes(directory: Directory): readonly Shape[] {
  return [
    {
      name: 'office add',
      takes: ['ID', 'NAME', 'REGION'],
      summary: 'Register an office; REGION is the six digits of its administrative division.',
      async act([id = '', name = '', region = '']) {
        await directory.addOffice({ id, name, region }, ACTOR);
        return { lines: [`added office ${id}`], json: { id, is: 'added' } };
      },
    },
    {
      name: 'office list',
      takes: [],
      summary: 'List the offices.',
      async act() {
        const all = await directory.offices();
        return { lines: all.map(({ id, name, region }) => `${id} ${name} (${region})`), json: all };
      },
    },
  ];
}

function terminalShapes(directory: Directory): readonly Shape[] {
  return [
    {
      name: 'terminal add',
      takes: ['ID', 'OFFICE', 'NAME', 'FILE'],
      summary: 'Register a terminal of an office with its public key, a JWK in a file.',
      async act([id = '', office = '', name = '', file = '']) {
        await directory.addTerminal({ id, office, name, key: await readJson(file) }, ACTOR);
        return { lines: [`added terminal ${id}`], json: { id, is: 'added' } };
      },
    },
    {
      name: 'terminal list',
      takes: [],
      summary: 'List the terminals.',
      async act() {
        const all = await directory.terminals();
        return { lines: all.map((each) => `${lineOf(each)} ${each.name}`), json: all };
      },
    },
    disabling('terminal', 'Stop a terminal: its signatures count no more.', (id) =>
      directory.disableTerminal(id, ACTOR),
    ),
  ];
}

function officerShapes(directory: Directory): readonly Shape[] {
  return [
    {
      name: 'officer add',
      takes: ['ID', 'OFFICE', 'FILE'],
      summary: 'Register an officer of an office with their public key, a JWK in a file.',
      async act([id = '', office = '', file = '']) {
        await directory.addOfficer({ id, office, key: await readJson(file) }, ACTOR);
        return { lines: [`added officer ${id}`], json: { id, is: 'added' } };
      },
    },
    {
      name: 'officer list',
      takes: [],
      summary: 'List the officers.',
      async act() {
        const all = await directory.officers();
        return { lines: all.map(lineOf), json: all };
      },
    },
    disabling('officer', 'Stop an officer: their signatures count no more.', (id) =>
      directory.disableOfficer(id, ACTOR),
    ),
  ];
}

function disabling(
  what: 'terminal' | 'officer',
  summary: string,
  disable: (id: string) => Promise<boolean>,
): Shape {
  return {
    name: `${what} disable`,
    takes: ['ID'],
    summary,
    async act([id = '']) {
      if (!(await disable(id)))
        throw new Fault('not_found', { note: `${what} "${id}": there is none, or it is disabled already` });
      return { lines: [`disabled ${what} ${id}`], json: { id, is: 'disabled' } };
    },
  };
}

const lineOf = ({ id, office, enabled }: Terminal | Officer): string =>
  `${enabled ? 'enabled ' : 'disabled'} ${id} (${office})`;

async function readJson(file: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('bad_request', { note: `${file}: cannot be read; check the path and its rights`, cause });
  }
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    // The parser's own message would quote the text around the fault, which may be a private key.
    throw new Fault('bad_request', {
      note: `${file}: is not JSON; a public key as a JWK is expected`,
      cause,
    });
  }
}
