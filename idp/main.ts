// Starts the identity provider: settings, database, app, ports; drains and stops on SIGTERM.
import { openApp, type App } from './app.ts';
import { seedClients, type SeededClient } from './demo.ts';
import { openDatabase, type Database } from './database.ts';
import { createLog } from './platform/telemetry/log.ts';
import { PERSONAS } from './sandbox/sandbox.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';

/** One line on the terminal; the log has the rest. */
function complain(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text.split('\n')[0]}\n`);
}

/** What the launcher prints; absent when nobody launched us over IPC. */
function announce(settings: Settings, clients: readonly SeededClient[]): void {
  const { ports, host } = settings.sandbox;
  const at = (port: number): string => `http://${host === '127.0.0.1' ? 'localhost' : host}:${port}`;
  process.send?.({
    is: 'ready',
    issuer: settings.issuer,
    services: [
      {
        name: 'Identity provider 统一登录',
        url: settings.issuer,
        note: 'account centre, /.well-known/openid-configuration',
      },
      {
        name: 'Console 管理台',
        url: new URL('/admin', settings.issuer).href,
        note: 'approvals, clients, units, people; takes a post and a passkey',
      },
      {
        name: 'Developers 开发者门户',
        url: new URL('/developers', settings.issuer).href,
        note: 'a sandbox client in two minutes',
      },
      ...(settings.sandbox.enabled
        ? [
            {
              name: 'Sandbox 测试环境',
              url: at(ports.hub),
              note: 'personas (/personas.json), control of the stand-ins',
            },
            {
              name: 'Text messages 短信',
              url: `${at(ports.smsCarrier)}/outbox`,
              note: 'for scripts: /outbox.json?phone=',
            },
          ]
        : []),
      ...clients.map(({ name, url }) => ({ name, url, note: 'demo service' })),
      { name: 'Metrics', url: `http://localhost:${settings.http.metricsPort}/metrics`, note: 'Prometheus' },
    ],
    personas: settings.sandbox.enabled ? PERSONAS : [],
    messages: `${at(ports.smsCarrier)}/outbox`,
    clients,
  });
}

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog({ level: settings.logLevel, write: (line) => void process.stdout.write(line) });
  const database = await openDatabase(settings, (line) => log.info(line, { part: 'postgres' }));
  let app: App | undefined;
  const stop = stopper(database, () => app);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
  process.once('disconnect', () => void stop(0));
  try {
    app = await openApp({ settings, postgresUrl: database.url, log });
    await app.parties.units.seed('system');
    const clients = await seedClients(settings, app.registry);
    const { url } = await app.listen();
    log.info(`listening on ${url}`, { part: 'http' });
    announce(settings, clients);
  } catch (error) {
    if (!(error instanceof SettingsError)) log.error('start failed', error);
    complain(error);
    await stop(1);
  }
}

/** Ends once: requests in flight first, then jobs, stores and the embedded database. */
function stopper(database: Database, app: () => App | undefined): (code: number) => Promise<void> {
  let stopping: Promise<void> | undefined;
  const run = async (code: number): Promise<void> => {
    try {
      await app()?.close();
      await database.stop();
    } catch (error) {
      complain(error);
      process.exit(1);
    }
    process.exit(code);
  };
  return (code) => (stopping ??= run(code));
}

start().catch((error: unknown) => {
  complain(error);
  process.exit(1);
});
