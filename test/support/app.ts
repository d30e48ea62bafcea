// The whole system under test in this process: real PostgreSQL, PostgreSQL or Redis for what lives briefly, the sandbox
// on ports of its own, everything reached over HTTP.
import { mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { openApp, type App } from '../../idp/app.ts';
import { createLog } from '../../idp/platform/telemetry/log.ts';
import { readSettings } from '../../idp/settings.ts';
import type { Clock } from '../../idp/platform/base/clock.ts';
import type { Browser, Page } from './browser.ts';
import { newestMessage, type Message } from './outbox.ts';
import { testDatabase, type TestDatabase } from './postgres.ts';

export interface TestApp {
  readonly app: App;
  readonly database: TestDatabase;
  readonly issuer: string;
  /** Addresses of the sandbox servers. */
  readonly sandbox: {
    readonly hub: string;
    readonly sms: string;
    readonly populationRegister: string;
    readonly mobileOperator: string;
  };
  readonly metricsUrl: string;
  /** Every line that was logged. */
  readonly logged: string[];
  readonly redisPrefix: string | undefined;
  persona(id: string): Promise<Persona>;
  /** The newest text message to that phone, once there are more than `after` of them. */
  message(phone: string, after?: number): Promise<Message>;
  /** Tells a stand-in how to behave: normal, slow, down, error, wrong, half, bad_signature. */
  behave(target: string, behaviour: string): Promise<void>;
  close(): Promise<void>;
}

export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly password: string;
  readonly id_number: string;
  readonly bank_card: string;
  readonly ial: number;
}

export interface TestAppOptions {
  readonly store?: 'postgres' | 'redis';
  readonly clock?: Clock;
  /** TONGXING_* variables over those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Name of this machine in the issuer; passkeys need one that is no number. */
  readonly host?: 'localhost';
  /** What is different about the sandbox's text message carrier. */
  readonly carrier?: Readonly<Record<string, unknown>>;
  /** Carriers after it; told the address of its stand-in. */
  readonly carriers?: (address: string) => readonly object[];
  /** An application on this database instead of a new one: a second node. */
  readonly beside?: TestApp;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer();
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A port that was free a moment ago may be taken by the time it is opened: by another test file. */
const isTaken = (error: unknown): boolean => error instanceof Error && error.message.includes('EADDRINUSE');

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  try {
    return await open(options);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return await open(options);
  }
}

async function open(options: TestAppOptions): Promise<TestApp> {
  const { beside } = options;
  const database = beside?.database ?? (await testDatabase());
  const [http = 0, metrics = 0, hub = 0, register = 0, operator = 0, sms = 0] = await freePorts(6);
  const redis = options.store === 'redis' ? process.env['TEST_REDIS'] : undefined;
  if (options.store === 'redis' && redis === undefined)
    throw new Error('no Redis: run the tests through "npm test"');
  const redisPrefix =
    redis === undefined ? undefined : (beside?.redisPrefix ?? `${randomBytes(6).toString('hex')}:`);
  const issuer = `http://${options.host ?? '127.0.0.1'}:${http}`;
  const settings = readSettings({
    TONGXING_ENV: 'test',
    TONGXING_ISSUER: issuer,
    TONGXING_DATA_FOLDER: mkdtempSync(path.join(os.tmpdir(), 'tongxing-app-')),
    TONGXING_POSTGRES__URL: database.url,
    TONGXING_CRYPTO__KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    TONGXING_HTTP__HOST: '127.0.0.1',
    TONGXING_HTTP__PORT: String(http),
    TONGXING_HTTP__METRICS_PORT: String(metrics),
    TONGXING_SANDBOX__PORTS: JSON.stringify({
      hub,
      populationRegister: register,
      mobileOperator: operator,
      smsCarrier: sms,
    }),
    TONGXING_POPULATION_REGISTER__URL: `http://127.0.0.1:${register}/v1/name-number`,
    TONGXING_MOBILE_OPERATOR__URL: `http://127.0.0.1:${operator}/v1/name-number-phone`,
    TONGXING_NOTIFY__CARRIERS: JSON.stringify([
      {
        id: 'sandbox',
        url: `http://127.0.0.1:${sms}`,
        keyId: 'tongxing',
        secret: 'x'.repeat(40),
        timeoutMs: 3000,
        voice: true,
        ...options.carrier,
      },
      ...(options.carriers?.(`http://127.0.0.1:${sms}`) ?? []),
    ]),
    ...(redis === undefined
      ? {}
      : {
          TONGXING_REDIS__MODE: 'standalone',
          TONGXING_REDIS__URL: redis,
          TONGXING_REDIS__PREFIX: redisPrefix,
        }),
    ...options.env,
  });
  const logged: string[] = [];
  const log = createLog({ level: settings.logLevel, write: (line) => void logged.push(line) });
  const app = await openApp({
    settings,
    postgresUrl: database.url,
    log,
    ...(options.clock ? { clock: options.clock } : {}),
  });
  await app.listen().catch(async (error: unknown) => {
    await app.close();
    if (!beside) await database.close();
    throw error;
  });
  const at = {
    hub: `http://127.0.0.1:${hub}`,
    sms: `http://127.0.0.1:${sms}`,
    populationRegister: `http://127.0.0.1:${register}`,
    mobileOperator: `http://127.0.0.1:${operator}`,
  };
  return {
    app,
    database,
    issuer,
    logged,
    redisPrefix,
    sandbox: at,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    async persona(id) {
      const all = (await (await fetch(`${at.hub}/personas.json`)).json()) as Persona[];
      const found = all.find((persona) => persona.id === id);
      if (!found)
        throw new Error(`no persona ${id}; there are ${all.map((persona) => persona.id).join(', ')}`);
      return found;
    },
    message: (phone, after) => newestMessage(at.sms, phone, after),
    async behave(target, behaviour) {
      const response = await fetch(`${at.hub}/control`, {
        method: 'POST',
        body: new URLSearchParams({ target, behaviour }),
        redirect: 'manual',
      });
      if (response.status >= 400) throw new Error(`control answered ${response.status}`);
    },
    async close() {
      await app.close();
      if (!beside) await database.close();
    },
  };
}

/** The password form of the sign-in page, filled and sent. */
export async function signIn(
  browser: Browser,
  page: Page,
  persona: Pick<Persona, 'phone' | 'password'>,
): Promise<Page> {
  return browser.submit(page, { phone: persona.phone, password: persona.password });
}
