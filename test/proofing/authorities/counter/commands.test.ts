// Registering by command: refusals first, each one sentence; nothing private is taken or shown.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { counterFixture, newSigner, type CounterFixture } from './fixture.ts';

let fixture: CounterFixture;
let folder: string;
beforeAll(async () => {
  fixture = await counterFixture();
  folder = await mkdtemp(path.join(os.tmpdir(), 'counter-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await fixture.close();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(name: string, ...args: string[]): Promise<Ran> {
  const command = fixture.counter.feature.commands?.find((one) => one.name === `counter ${name}`);
  if (!command) throw new Error(`no command ${name}`);
  const out: string[] = [];
  const err: string[] = [];
  const code = await command.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function file(content: unknown): Promise<string> {
  const name = path.join(folder, `${Math.random()}.json`);
  await writeFile(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const pair = async (alg: string): Promise<{ open: JWK; hidden: JWK }> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { open: await exportJWK(publicKey), hidden: await exportJWK(privateKey) };
};

const refused = (sentence: string): object => ({ code: 1, out: '', err: expect.stringContaining(sentence) });

test('a command that is called wrongly says how it is called', async () => {
  for (const args of [[], ['a'], ['a', 'b', 'c', 'd', 'e'], ['a', 'b', '--jsno']])
    expect(await run('officer add', ...args)).toEqual({
      code: 1,
      out: '',
      err: 'usage: tongxing counter officer add ID OFFICE FILE [--json]',
    });
});

test.each([
  ['an identifier of capitals', ['O-1', 'hangzhou'], 'id: must be 2 to 63 small letters'],
  ['an office that there is not', ['o-1', 'atlantis'], 'office "atlantis": there is none'],
  ['an identifier that is taken', ['o-101', 'hangzhou'], 'officer "o-101": registered already'],
])('%s is refused', async (_, args, sentence) => {
  const { open } = await pair('ES256');
  expect(await run('officer add', ...args, await file(open))).toEqual(refused(sentence));
});

test.each([
  ['hz', '', '330100', 'name: must be given'],
  ['hz', '大厅', '3301', 'region: must be six digits'],
  ['h z', '大厅', '330100', 'id: must be'],
  ['hangzhou', '大厅', '330100', 'office "hangzhou": registered already'],
])('an office %j %j %j is refused', async (id, name, region, sentence) => {
  expect(await run('office add', id, name, region)).toEqual(refused(sentence));
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a private key', async () => (await pair('ES256')).hidden, 'holds a private key'],
  ['a private RSA key', async () => (await pair('RS256')).hidden, 'holds a private key'],
  ['a shared secret', async () => ({ kty: 'oct', k: 'planted-secret' }), 'holds a private key'],
  ['an RSA key', async () => (await pair('RS256')).open, 'not for ES256'],
  ['a key on another curve', async () => (await pair('ES384')).open, 'not for ES256'],
  ['a key for encryption', async () => ({ ...(await pair('ES256')).open, use: 'enc' }), 'not for ES256'],
  [
    'a point off the curve',
    async () => ({ ...(await pair('ES256')).open, y: 'A'.repeat(43) }),
    'not a point on P-256',
  ],
  ['a key set', async () => ({ keys: [(await pair('ES256')).open] }), 'not for ES256'],
  ['a list', async () => [], 'not a JWK'],
  ['what is no JSON', async () => '{"d":"planted-secret" oops', 'is not JSON'],
])('%s is refused, and not shown', async (_, content, sentence) => {
  for (const [name, args] of [
    ['officer add', ['o-77', 'hangzhou']],
    ['terminal add', ['hz-77', 'hangzhou', '7 号']],
  ] as const) {
    const ran = await run(name, ...args, await file(await content()));
    expect(ran).toEqual(refused(sentence));
    expect(ran.err).not.toMatch(/planted|[\w-]{40}/);
  }
});

test('a file that is missing is named', async () => {
  expect(await run('officer add', 'o-77', 'hangzhou', '/none.json')).toEqual(
    refused('/none.json: cannot be read'),
  );
});

test('one key speaks for one: not for two officers, nor for an officer and a terminal', async () => {
  const { jwk } = await newSigner('x');
  const key = await file(jwk);
  expect(await run('officer add', 'o-200', 'hangzhou', key)).toMatchObject({ code: 0 });
  expect(await run('officer add', 'o-201', 'ningbo', key)).toEqual(refused('its key is'));
  expect(await run('terminal add', 'hz-200', 'hangzhou', '2', key)).toEqual(refused('its key is'));
  const used = await file({ ...fixture.terminal.jwk, kid: 'renamed' });
  expect(await run('officer add', 'o-202', 'hangzhou', used)).toEqual(refused('its key is'));
});

test('what is registered is listed without keys, disabled once, and audited', async () => {
  const { jwk } = await newSigner('x');
  expect(await run('office add', 'wenzhou', '温州市政务服务大厅', '330300', '--json')).toEqual({
    code: 0,
    out: '{"id":"wenzhou","is":"added"}',
    err: '',
  });
  expect(
    await run('terminal add', 'wz-1', 'wenzhou', '1 号窗口', await file({ ...jwk, alg: 'ES256' })),
  ).toEqual({
    code: 0,
    out: 'added terminal wz-1',
    err: '',
  });
  expect((await run('office list')).out).toContain('wenzhou 温州市政务服务大厅 (330300)');
  expect((await run('terminal list')).out).toContain('enabled  wz-1 (wenzhou) 1 号窗口');
  expect(await run('terminal disable', 'wz-1')).toEqual({ code: 0, out: 'disabled terminal wz-1', err: '' });
  for (const id of ['wz-1', 'wz-9'])
    expect(await run('terminal disable', id)).toEqual(refused(`terminal "${id}"`));
  const listed = JSON.parse((await run('terminal list', '--json')).out) as object[];
  expect(listed).toContainEqual({
    id: 'wz-1',
    office: 'wenzhou',
    name: '1 号窗口',
    enabled: false,
    registeredAt: expect.any(String),
  });
  expect(await run('officer disable', 'o-103', '--json')).toMatchObject({
    out: '{"id":"o-103","is":"disabled"}',
  });
  expect((await run('officer list')).out).toContain('disabled o-103 (hangzhou)');
  const { rows } = await fixture.tamper(
    `select type, actor, data from audit.event where data ->> 'terminal' = 'wz-1' or data ->> 'office' = 'wenzhou'
       or type = 'counter.officer_disabled' order by at, id`,
  );
  const actor = 'operator:command-line';
  expect(rows).toEqual([
    { type: 'counter.office_added', actor, data: { office: 'wenzhou' } },
    { type: 'counter.terminal_added', actor, data: { terminal: 'wz-1', office: 'wenzhou' } },
    { type: 'counter.terminal_disabled', actor, data: { terminal: 'wz-1' } },
    { type: 'counter.officer_disabled', actor, data: { officer: 'o-103' } },
  ]);
});
