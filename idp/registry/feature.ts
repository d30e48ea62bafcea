// What the registry brings to the system: the commands of an operator at the machine.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Fault } from '../platform/base/errors.ts';
import type { Command, CommandIo, Feature } from '../platform/http/feature.ts';
import type { Client, Imported, Registry } from './registry.ts';

/** Whoever can run commands on the machine. */
export const ACTOR = 'operator:command-line';

/** `client import`, `client list`, `client disable`, `client enable`. */
export function registryFeature(registry: Registry): Feature {
  return {
    name: 'registry',
    // Well within the 60 s after which an entry that nothing vouches for is read again.
    jobs: [{ name: 'registry.prove', everySeconds: 15, exclusive: false, run: () => registry.prove() }],
    commands: [
      importCommand(registry),
      listCommand(registry),
      switchCommand('disable', 'Stop a client: it can no longer sign anyone in.', (id) =>
        registry.disable(id, ACTOR),
      ),
      switchCommand('enable', 'Let a disabled client work again.', (id) => registry.enable(id, ACTOR)),
    ],
  };
}

/** Runs the work; a refusal is printed line by line, anything else is a bug and goes up. */
export async function refusing(io: CommandIo, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    for (const line of error.message.split('\n')) io.err(line);
    return 1;
  }
}

/** The one positional argument of a command, and whether `--json` stands with it. */
function parse(args: readonly string[], positional: number, usage: string): { json: boolean; first: string } {
  const rest = args.filter((arg) => arg !== '--json');
  const option = rest.find((arg) => arg.startsWith('-') && arg !== '-');
  if (option !== undefined || rest.length !== positional)
    throw new Fault('bad_request', { note: `usage: tongxing ${usage}` });
  return { json: rest.length < args.length, first: rest[0] ?? '' };
}

function importCommand(registry: Registry): Command {
  return {
    name: 'client import',
    usage: 'FILE|- [--json]',
    summary: 'Register or update clients from standard OIDC client metadata, one object or an array.',
    run: (args, io) =>
      refusing(io, async () => {
        const { json, first } = parse(args, 1, 'client import FILE|- [--json]');
        const imported = await registry.import(await readJson(first), ACTOR);
        if (json) io.out(JSON.stringify(imported.map(asJson)));
        else for (const one of imported) io.out(asLine(one));
      }),
  };
}

async function readJson(file: string): Promise<unknown> {
  let content: string;
  try {
    content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault('bad_request', {
      note: `${file}: cannot be read; check the path and its rights`,
      cause: error,
    });
  }
  try {
    return JSON.parse(content);
  } catch (error) {
    // The parser's own message would quote the text around the fault, which may be a secret.
    throw new Fault('bad_request', { note: `${file}: is not JSON; check commas and quotes`, cause: error });
  }
}

const asJson = ({ clientId, is, secret }: Imported): object => ({
  client_id: clientId,
  is,
  ...(secret === undefined ? {} : { client_secret: secret.reveal() }),
});

const asLine = ({ clientId, is, secret }: Imported): string =>
  secret === undefined
    ? `${is} ${clientId}`
    : `${is} ${clientId}\n  client_secret ${secret.reveal()} (shown this once: keep it now)`;

function listCommand(registry: Registry): Command {
  return {
    name: 'client list',
    usage: '[--json]',
    summary: 'List the clients, without their secrets.',
    run: (args, io) =>
      refusing(io, async () => {
        const { json } = parse(args, 0, 'client list [--json]');
        const clients = await registry.list();
        if (json) io.out(JSON.stringify(clients.map(withoutSecret)));
        else
          for (const client of clients)
            io.out(
              `${client.enabled ? 'enabled ' : 'disabled'} ${client.clientId} ${client.name['zh-CN']} (${client.unitId}, ${client.domain}, ${client.minimumLevel})`,
            );
      }),
  };
}

function withoutSecret({ metadata, ...client }: Client): object {
  const { client_secret: _, ...shown } = metadata;
  return { ...client, metadata: shown };
}

function switchCommand(act: string, summary: string, run: (clientId: string) => Promise<boolean>): Command {
  return {
    name: `client ${act}`,
    usage: 'CLIENT_ID',
    summary,
    run: (args, io) =>
      refusing(io, async () => {
        const { first } = parse(args, 1, `client ${act} CLIENT_ID`);
        if (!(await run(first)))
          throw new Fault('not_found', {
            note: `client "${first}": there is none, or it is ${act}d already`,
          });
        io.out(`${act}d ${first}`);
      }),
  };
}
