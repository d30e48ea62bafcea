// What `npm start` runs: builds, starts the identity provider (in development with its own PostgreSQL and the
// sandbox), then the demo services, and prints what runs where. Ctrl-C ends all of it in order.
//
// The identity provider says over IPC when it is ready: { is: 'ready', issuer, services: [{ name, url, note }],
// personas: [{ name, phone, password, purpose }], messages, clients: [{ module, url, port, clientId, secretFile }] }.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT, build } from './build.mjs';
import { printTable } from './start-table.mjs';

const LOGS = join(PROJECT, '.data/logs');
const LOG_LIMIT_BYTES = 10_000_000;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;

/** Children by name, as long as they run. */
const running = new Map();
let ending;

/** Ends everything: SIGTERM, time to drain, then force. Calling it again returns the same ending. */
function end(code, line) {
  if (line && !ending) console.error(line);
  ending ??= (async () => {
    for (const child of running.values()) child.kill('SIGTERM');
    for (let waited = 0; running.size > 0 && waited < STOP_LIMIT_MS; waited += 20) await sleep(20);
    for (const [name, child] of running) {
      console.error(`${name} did not stop in ${STOP_LIMIT_MS / 1000} s and was killed`);
      child.kill('SIGKILL');
    }
    process.exit(code);
  })();
  return ending;
}

function logFile(name) {
  mkdirSync(LOGS, { recursive: true, mode: 0o700 });
  const file = join(LOGS, `${name}.log`);
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  return file;
}

/**
 * Starts a process of ours. Its JSON log goes to a file; its stderr to the terminal until it is ready, then to the
 * file as well. In a process group of its own: Ctrl-C must reach it as an orderly SIGTERM from here, and when this
 * process is killed it hears 'disconnect' and ends by itself. Resolves with its `ready` message.
 */
function launch(name, script, env) {
  const file = logFile(name);
  const log = openSync(file, 'a', 0o600);
  const child = spawn(process.execPath, ['--enable-source-maps', join(PROJECT, 'dist', script)], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, 'pipe', 'ipc'],
    detached: true,
  });
  running.set(name, child);
  let ready = false;
  let complained = false;
  child.stderr.on('data', (chunk) => {
    complained = true;
    if (ready) writeSync(log, chunk);
    else process.stderr.write(chunk);
  });
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (message?.is !== 'ready') return;
      ready = true;
      resolve(message);
    });
    child.on('error', (error) => void end(1, `${name} could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      running.delete(name);
      closeSync(log);
      if (ending) return;
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      // At start the process has said itself, in one line, what is wrong.
      const silent = !ready && complained;
      void end(code || 1, silent ? undefined : `${name} ${how}; see ${relative(PROJECT, file)}`);
    });
  });
}

async function untilHealthy(issuer) {
  const url = new URL('/health/ready', issuer);
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await sleep(50)) {
    try {
      if ((await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok) return;
    } catch {
      // not listening yet: asked again until the limit
    }
  }
  await end(
    1,
    `${url} did not answer 200 in ${START_LIMIT_MS / 1000} s; see .data/logs/identity-provider.log`,
  );
}

function startDemo(issuer, { module, port, clientId, secretFile }) {
  const name = module.split('/').at(-2);
  return launch(name, module, {
    ISSUER: issuer,
    PORT: String(port),
    CLIENT_ID: clientId,
    CLIENT_SECRET_FILE: secretFile,
  });
}

// The launcher in front of us passes on a signal that the terminal has sent to us too: the second one is the same.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));
process.on('disconnect', () => void end(1));

if (!build()) process.exit(1);
const started = await launch('identity-provider', 'idp/main.js', {});
const issuer = started.issuer ?? started.services[0].url;
await untilHealthy(issuer);
await Promise.all((started.clients ?? []).map((client) => startDemo(issuer, client)));
if (!ending) printTable(started, relative(process.cwd(), LOGS) || '.');
