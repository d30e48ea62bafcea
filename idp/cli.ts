// The `tongxing` tool: finds the command that the words name and runs it on the same parts as the server.
import { openApp } from './app.ts';
import { joinDatabase } from './database.ts';
import type { Command, CommandIo } from './platform/http/feature.ts';
import { createLog } from './platform/telemetry/log.ts';
import { readSettings, settingsSchema } from './settings.ts';
import { settingsTable } from './settings-table.ts';

const io: CommandIo = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** Commands that need no database. */
const OFFLINE: readonly Command[] = [
  {
    name: 'settings',
    usage: '',
    summary: 'every setting with its meaning, as a Markdown table',
    run(_args, { out }) {
      out(settingsTable(settingsSchema));
      return Promise.resolve(0);
    },
  },
];

const BUILT_IN: readonly Command[] = [
  {
    name: 'migrate',
    usage: '',
    summary: 'brings the database to the newest schema',
    run(_args, { out }) {
      // Opening the database has done it already.
      out('the schema is up to date');
      return Promise.resolve(0);
    },
  },
];

/** The command whose name the words begin with; the longest name wins. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands
    .filter(({ name }) => name === words.slice(0, name.split(' ').length).join(' '))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function help(commands: readonly Command[]): void {
  io.out('tongxing COMMAND');
  for (const { name, usage, summary } of commands)
    io.out(`  ${`${name} ${usage}`.trim().padEnd(44)} ${summary}`);
}

async function run(words: readonly string[]): Promise<number> {
  const offline = findCommand(OFFLINE, words);
  if (offline) return offline.run(words.slice(1), io);
  const settings = readSettings(process.env);
  const quiet = createLog({ level: 'error', write: (line) => void process.stderr.write(line) });
  const database = await joinDatabase(settings, () => undefined);
  const app = await openApp({ settings, postgresUrl: database.url, log: quiet });
  try {
    const commands = [...OFFLINE, ...BUILT_IN, ...app.commands];
    const command = findCommand(commands, words);
    if (!command) {
      help(commands);
      return words.length === 0 || words[0] === 'help' ? 0 : 1;
    }
    return await command.run(words.slice(command.name.split(' ').length), io);
  } finally {
    await app.close();
    await database.stop();
  }
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    io.err(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    process.exit(1);
  },
);
