// Which database a process uses: the configured one, or in development the embedded server, started or joined.
import path from 'node:path';
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './platform/store/embedded.ts';
import { migrate } from './platform/store/migrate.ts';
import { PROJECT, SettingsError, type Settings } from './settings.ts';

export interface Database {
  readonly url: string;
  stop(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

function embeddedFolder(settings: Settings): string {
  return path.resolve(PROJECT, settings.dataFolder, 'postgres');
}

/** Starts or uses the database and brings it to the newest schema. */
export async function openDatabase(settings: Settings, onLine: (line: string) => void): Promise<Database> {
  if (settings.postgres.url !== '') {
    await migrateConfigured(settings.postgres.url);
    return { url: settings.postgres.url, stop: nothing };
  }
  if (settings.environment === 'production')
    throw new SettingsError('postgres.url: must be given in production');
  const embedded = await startEmbeddedPostgres({
    folder: embeddedFolder(settings),
    port: settings.postgres.embeddedPort,
    onLine,
  });
  await migrate(embedded.url);
  return embedded;
}

/** What a connection fails with: Node's codes of a host out of reach, SQLSTATE classes 08 and 28, 3D000, 57P03. */
const OUT_OF_REACH = /^(E[A-Z_]+|08\w{3}|28\w{3}|3D000|57P03)$/;

/** An address that cannot be used is the operator's one line; the address itself holds a password and is not told. */
async function migrateConfigured(url: string): Promise<void> {
  try {
    await migrate(url);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!OUT_OF_REACH.test(code)) throw error;
    throw new SettingsError(`postgres.url: the database cannot be used (${code})`, { cause: error });
  }
}

/** For commands: joins the embedded server of a running provider, or starts one for as long as the command takes. */
export async function joinDatabase(settings: Settings, onLine: (line: string) => void): Promise<Database> {
  const running =
    settings.postgres.url === '' ? runningEmbeddedPostgres(embeddedFolder(settings)) : undefined;
  return running === undefined ? openDatabase(settings, onLine) : { url: running, stop: nothing };
}
