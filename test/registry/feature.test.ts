import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { registryFeature, registrySettings } from '../../idp/registry/registry.ts';
import { plain, registryFixture, type RegistryFixture } from './fixture.ts';

let fixture: RegistryFixture;
let folder: string;
beforeEach(async () => {
  fixture = await registryFixture();
  folder = await mkdtemp(path.join(os.tmpdir(), 'registry-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await fixture.close();
});

async function run(name: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = registryFeature(fixture.registry).commands?.find((one) => one.name === name);
  if (!command) throw new Error(`no command ${name}`);
  const out: string[] = [];
  const err: string[] = [];
  const code = await command.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function file(content: unknown): Promise<string> {
  const name = path.join(folder, 'clients.json');
  await writeFile(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

test('a command that is called wrongly says how it is called', async () => {
  for (const args of [[], ['a', 'b'], ['--jsno', 'a']])
    expect(await run('client import', ...args)).toEqual({
      code: 1,
      out: '',
      err: 'usage: tongxing client import FILE|- [--json]',
    });
  expect(await run('client disable')).toMatchObject({ code: 1, err: expect.stringContaining('usage:') });
  expect(await run('client list', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('usage:') });
});

test('a file that is missing, or is not JSON, is named, and nothing of it is shown', async () => {
  expect(await run('client import', '/none.json')).toMatchObject({
    code: 1,
    err: expect.stringContaining('/none.json'),
  });
  const broken = await run('client import', await file('{"client_secret": "planted-secret" oops'));
  expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('is not JSON') });
  expect(broken.err).not.toContain('planted');
});

test('each complaint about a registration is a line on the error output', async () => {
  const { code, out, err } = await run(
    'client import',
    await file({ ...plain, scope: 'openid face', subject_type: 'public' }),
  );
  expect([code, out, err.split('\n').length]).toEqual([1, '', 2]);
});

test('an import prints the client and, once, the secret that was made', async () => {
  const name = await file([
    plain,
    { ...plain, client_id: 'given', client_secret: 'planted-secret-0123456789' },
  ]);
  const first = await run('client import', name);
  expect(first.out).toMatch(
    /^created portal\n {2}client_secret [\w-]{43} \(shown this once.*\)\ncreated given$/,
  );
  expect((await run('client import', name)).out).toBe('unchanged portal\nunchanged given');
});

test('an import as JSON is one value', async () => {
  const { out } = await run('client import', await file(plain), '--json');
  expect(JSON.parse(out)).toEqual([
    { client_id: 'portal', is: 'created', client_secret: expect.stringMatching(/^[\w-]{43}$/) },
  ]);
});

test('the list shows every client and no secret', async () => {
  const name = await file({ ...plain, client_name: '省级门户', client_secret: 'planted-secret-0123456789' });
  await run('client import', name);
  const lines = await run('client list');
  const json = await run('client list', '--json');
  expect(lines.out).toBe('enabled  portal 省级门户 (client.portal, portal.example.gov.cn, l1)');
  expect(JSON.parse(json.out)).toMatchObject([{ clientId: 'portal', enabled: true }]);
  expect(lines.out + json.out).not.toContain('planted');
});

test('disable and enable say what they did, and complain when there was nothing to do', async () => {
  expect(await run('client disable', 'portal')).toMatchObject({
    code: 1,
    err: expect.stringContaining('"portal"'),
  });
  await run('client import', await file(plain));
  expect(await run('client disable', 'portal')).toEqual({ code: 0, out: 'disabled portal', err: '' });
  expect((await run('client list')).out).toMatch(/^disabled portal/);
  expect(await run('client disable', 'portal')).toMatchObject({ code: 1 });
  expect(await run('client enable', 'portal')).toEqual({ code: 0, out: 'enabled portal', err: '' });
});

test('a cache that would hide a change for more than a minute is refused in the settings', () => {
  const others = { allowLoopback: false, openDomains: [], dnsServers: [] };
  expect(registrySettings.safeParse({ cache: '60s', ...others }).success).toBe(true);
  for (const cache of ['2m', '61s', '60', ''])
    expect(registrySettings.safeParse({ cache, ...others }).success).toBe(false);
});
