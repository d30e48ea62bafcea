// The gate: `npm test`. Brings Redis, Chromium and fonts, then builds, checks types, lint and format, and runs every
// test. `--quick` leaves out Redis and Chromium. Other arguments go to jest. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, binOf, build } from './build.mjs';
import { chromium, provision } from './provision.mjs';

const EXIT_LIMIT_MS = 30_000;
const args = process.argv.slice(2);
const quick = args.includes('--quick');
const jestArgs = args.filter((arg) => arg !== '--quick');
const resultFile = join(PROJECT, '.data/test', `result-${process.pid}.json`);
const env = { ...process.env, ...(quick ? { TONGXING_TEST_QUICK: '1' } : {}) };

const totals = { passed: 0, failed: 0 };
let current;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    current?.kill(signal);
    process.exitCode = 1;
  });

/** Runs one gate and prints its line. A gate is a function that returns (or promises) what is wrong, or ''. */
async function gate(name, check) {
  const begun = Date.now();
  const before = totals.failed;
  let trouble;
  try {
    trouble = await check();
  } catch (error) {
    trouble = error.message;
  }
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  if (trouble) {
    totals.failed += 1;
    console.log(trouble);
  }
  const failed = totals.failed > before;
  console.log(`${failed ? 'FAILED' : 'ok    '} ${name.padEnd(10)} ${seconds.padStart(6)} s`);
  return !failed;
}

/** Output of a failed command, '' when it succeeded. */
function quiet(packageName, command, ...rest) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [binOf(packageName, command), ...rest], { cwd: PROJECT, env });
    current = child;
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    child.on('close', (code) =>
      resolve(code === 0 ? '' : text.trim() || `${command} ended with code ${code}`),
    );
  });
}

/** Runs jest with its own report on the terminal; adds its counts to the totals. */
function jest() {
  mkdirSync(join(PROJECT, '.data/test'), { recursive: true });
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--enable-source-maps',
  ];
  const rest = ['-c', 'config/tooling/jest.config.mjs', '--json', `--outputFile=${resultFile}`, '--ci'];
  if (quick) rest.push('--testPathIgnorePatterns', '/test/journeys/', '/node_modules/');
  const browser = chromium();
  const child = spawn(process.execPath, [...flags, binOf('jest', 'jest'), ...rest, ...jestArgs], {
    cwd: PROJECT,
    env: { ...env, ...(browser && !quick ? { TEST_CHROMIUM: browser } : {}) },
    // The JSON report goes to the file; what jest prints on stdout beside it is the same report again.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  current = child;
  let hung = false;
  const watch = setInterval(() => {
    if (!finished() || hung) return;
    hung = true;
    setTimeout(() => child.kill('SIGKILL'), EXIT_LIMIT_MS).unref();
  }, 1_000);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve(count(code, signal));
    });
  });
}

function finished() {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return undefined; // not written yet
  }
}

function count(code, signal) {
  const result = finished();
  rmSync(resultFile, { force: true });
  if (!result) return `jest ended ${signal ? `by ${signal}` : `with code ${code}`} without a result`;
  totals.passed += result.numPassedTests;
  const broken = result.numFailedTests + result.numRuntimeErrorTestSuites;
  totals.failed += broken;
  if (result.numPendingTests > 0) console.log(`${result.numPendingTests} tests did not apply here`);
  if (signal === 'SIGKILL') return `jest had finished but did not end in ${EXIT_LIMIT_MS / 1000} s`;
  return broken === 0 && code !== 0 ? `jest ended with code ${code}` : '';
}

async function main() {
  if (!quick) {
    const ready = await gate('provision', () => {
      const brought = provision();
      if (brought.length > 0) console.log(`installed ${brought.join(', ')}`);
      return '';
    });
    if (!ready) return;
  }
  const built = await gate('build', () => (build() ? '' : 'the sources do not compile'));
  await gate('types', () => quiet('typescript', 'tsc', '--noEmit', '-p', '.'));
  const lint = ['-c', 'config/tooling/oxlintrc.json', '--type-aware', '--deny-warnings'];
  await gate('lint', () => quiet('oxlint', 'oxlint', ...lint, 'idp', 'clients', 'test', 'config/tooling'));
  await gate('format', () => quiet('prettier', 'prettier', '--check', '--log-level', 'warn', '.'));
  if (!built) return;
  await gate('tests', jest);
}

await main();
if (totals.failed > 0) process.exitCode = 1;
console.log(`${totals.passed} passed, ${totals.failed} failed`);
