// The built product as processes of its own, as an operator runs it: on free ports and a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/global-setup.ts';
import { newestMessage, type Message } from '../support/outbox.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export type Env = Readonly<Record<string, string>>;

export interface Place {
  readonly env: Env;
  readonly issuer: string;
  readonly folder: string;
  readonly hub: string;
  readonly sms: string;
  message(phone: string, after?: number): Promise<Message>;
}

/** Ports, folder and addresses for one provider with its sandbox; nothing runs yet. */
export async function place(over: Env = {}): Promise<Place> {
  const [http, metrics, embedded, hub, register, operator, sms] = await Promise.all(
    Array.from({ length: 7 }, () => freePort()),
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-process-'));
  // PostgreSQL does not run as root and has to reach its folder as another account.
  chmodSync(folder, 0o755);
  const carrier = { id: 'sandbox', url: `http://127.0.0.1:${sms}`, keyId: 'tongxing', timeoutMs: 3000 };
  const at = `http://127.0.0.1:${sms}`;
  return {
    folder,
    issuer: `http://127.0.0.1:${http}`,
    hub: `http://127.0.0.1:${hub}`,
    sms: at,
    env: {
      TONGXING_ENV: 'test',
      TONGXING_LOG_LEVEL: 'info',
      TONGXING_ISSUER: `http://127.0.0.1:${http}`,
      TONGXING_DATA_FOLDER: folder,
      TONGXING_HTTP__HOST: '127.0.0.1',
      TONGXING_HTTP__PORT: String(http),
      TONGXING_HTTP__METRICS_PORT: String(metrics),
      TONGXING_POSTGRES__EMBEDDED_PORT: String(embedded),
      TONGXING_SANDBOX__PORTS: JSON.stringify({
        hub,
        populationRegister: register,
        mobileOperator: operator,
        smsCarrier: sms,
      }),
      TONGXING_POPULATION_REGISTER__URL: `http://127.0.0.1:${register}/v1/name-number`,
      TONGXING_MOBILE_OPERATOR__URL: `http://127.0.0.1:${operator}/v1/name-number-phone`,
      TONGXING_NOTIFY__CARRIERS: JSON.stringify([{ ...carrier, secret: 'x'.repeat(40) }]),
      ...over,
    },
    message: (phone, after) => newestMessage(at, phone, after),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Milliseconds from the start to the first 200 of /health/ready. */
  readonly readyMs: number;
  readonly ended: Promise<Ended>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Nothing of the surrounding test may reach the product. */
function environment(env: Env): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(([name]) => !/^(TONGXING|TEST|NODE)_/.test(name));
  return { ...Object.fromEntries(clean), ...env };
}

function launch(
  script: string,
  args: readonly string[],
  env: Env,
  stdin = '',
): { child: ChildProcess; ended: Promise<Ended> } {
  const file = path.join(PROJECT, 'dist/idp', script);
  if (!existsSync(file)) throw new Error('nothing is built: run "npm run build" or "npm test"');
  const child = spawn(process.execPath, [file, ...args], { env: environment(env), cwd: PROJECT });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(stdin);
  // A test that fails must leave nothing behind.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      process.removeListener('exit', kill);
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

/** Runs `tongxing` with these words to its end. */
export const tongxing = (env: Env, words: readonly string[], stdin?: string): Promise<Ended> =>
  launch('cli.js', words, env, stdin).ended;

/** A start that is expected to fail: to its end, which must come within thirty seconds. */
export async function runToEnd(env: Env): Promise<Ended> {
  const { child, ended } = launch('main.js', [], env);
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
  return ended.finally(() => clearTimeout(limit));
}

/** Starts the provider and waits until it says that it is ready. */
export async function start(env: Env, at = env['TONGXING_ISSUER'] ?? ''): Promise<Running> {
  const begun = performance.now();
  const { child, ended } = launch('main.js', [], env);
  let over: Ended | undefined;
  void ended.then((how) => (over = how));
  while (!(await ready(at))) {
    if (over) throw new Error(`the provider ended with ${over.code}: ${over.err}\n${over.out.slice(-2_000)}`);
    await sleep(25);
  }
  const readyMs = performance.now() - begun;
  return {
    child,
    readyMs,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

async function ready(at: string): Promise<boolean> {
  try {
    return (await fetch(`${at}/health/ready`, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
