// The `tongxing` tool as an operator runs it: the built program, beside a running provider and without one.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { place, start, tongxing, type Ended, type Place, type Running } from '../resilience/process.ts';
import { PERSONAS } from '../../idp/sandbox/sandbox.ts';
import { citizenBrowser, metadataOf, reached, serviceOf, through } from '../resilience/trial-client.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

jest.setTimeout(60_000);

const SECRET = 'cli-test-secret-4b7c1d9e';
let at: Place;
let database: TestDatabase;
let running: Running;

beforeAll(async () => {
  database = await testDatabase(2);
  at = await place({ TONGXING_POSTGRES__URL: database.url });
  running = await start(at.env);
});
afterAll(async () => {
  await running.stop();
  await database.close();
});

const run = (words: string, stdin?: string): Promise<Ended> => tongxing(at.env, words.split(' '), stdin);
const json = async <T>(words: string, stdin?: string): Promise<T> => {
  const { code, out, err } = await run(words, stdin);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
};

describe('finding one’s way', () => {
  test('help names every command in a line; an unknown one is help and exit 1', async () => {
    const [help, unknown] = await Promise.all([run('help'), run('customers list')]);
    expect(help.code).toBe(0);
    for (const command of [
      'settings',
      'migrate',
      'client import',
      'client list',
      'client disable',
      'keys list',
      'keys rotate',
      'keys reseal',
      'keys reindex',
      'keys prune',
      'audit verify',
      'retention',
      'limits',
      'doctor',
      'units list',
      'clients list',
      'operators invite',
      'programs',
      'apply',
      'logs tail',
    ])
      expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(unknown.code).toBe(1);
  });

  test('settings prints the table and needs no database', async () => {
    const { code, out, err } = await tongxing({ TONGXING_POSTGRES__URL: 'postgres://127.0.0.1:1/none' }, [
      'settings',
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\| setting \| type \| meaning \|/);
    expect(out).toContain('| `http.metricsPort` |');
  });

  test('a database out of reach is one line that names the setting', async () => {
    const env = { ...at.env, TONGXING_POSTGRES__URL: 'postgres://me:secret-word@127.0.0.1:1/none' };
    const { code, out, err } = await tongxing(env, ['client', 'list']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^postgres\.url: [^\n]+\n$/);
    expect(err).not.toContain('secret-word');
  });

  test('migrate on a database that is up to date changes nothing', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, err: '' });
  });

  test('limits lists what is declared, also as JSON', async () => {
    const limits = await json<{ name: string; burst: number; why: string }[]>('limits --json');
    const names = limits.map(({ name }) => name);
    for (const space of ['password', 'sms', 'proofing', 'account'])
      expect(names.filter((name) => name.startsWith(`${space}.`)).length).toBeGreaterThan(0);
    expect(names).toEqual(
      expect.arrayContaining([
        'password.account',
        'password.account_device',
        'password.address',
        'password.network',
        'password.device',
        'password.failures',
        'password.same',
        'password.unproven',
        'sms.number',
        'sms.address',
        'sms.code_signin',
      ]),
    );
    for (const { burst, why } of limits) expect(burst > 0 && why.length > 10).toBe(true);
    expect((await run('limits')).out.trim().split('\n').length).toBe(limits.length);
  });
});

test('doctor looks at the ground of the running provider and says what holds here', async () => {
  interface Check {
    readonly check: string;
    readonly figures: Readonly<Record<string, number>>;
  }
  const { well, checks } = await json<{ well: boolean; checks: Check[] }>('doctor --json');
  expect(well).toBe(true);
  expect(checks.map(({ check }) => check)).toEqual(['postgres', 'clock', 'ephemeral', 'keys', 'hashing']);
  const { ms = 0, advisedMs = 0, advisedMemoryKiB = 0, maxConcurrent = 0 } = checks.at(-1)?.figures ?? {};
  expect(Math.min(ms, advisedMs, maxConcurrent)).toBeGreaterThan(0);
  expect(advisedMemoryKiB).toBeGreaterThanOrEqual(19_456);
});

test('retention tells what is due before anything is removed, and every rule has its reason', async () => {
  const rules = await json<{ table: string; why: string; due: number }[]>('retention --dry-run --json');
  expect(rules.map(({ table }) => table)).toContain('proofing.evidence');
  for (const { why, due } of rules) expect(due >= 0 && why.length > 20).toBe(true);
  const unknown = await run('retention --all');
  expect([unknown.code, unknown.out]).toEqual([1, '']);
});

describe('clients', () => {
  test('are imported from a pipe beside the running provider, and work there at once', async () => {
    const imported = await json<{ client_id: string; is: string }[]>(
      'client import - --json',
      JSON.stringify(metadataOf('piped', SECRET)),
    );
    expect(imported).toEqual([{ client_id: 'piped', is: 'created' }]);
    const service = serviceOf(() => at.issuer, 'piped', SECRET);
    const page = await citizenBrowser().get(service.begin().url);
    expect(page.text).toContain('name="password"');
  });

  test('are imported from a file; what is wrong is said line by line, and nothing of it is done', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tongxing-cli-')), 'clients.json');
    writeFileSync(
      file,
      JSON.stringify([
        metadataOf('first', SECRET),
        metadataOf('second', SECRET, { redirect_uris: ['ftp://x', 'https://*.y'] }),
      ]),
    );
    const { code, err } = await run(`client import ${file}`);
    expect(code).toBe(1);
    expect(err).toMatch(/client "second": redirect_uris/);
    expect(err).not.toContain(SECRET);
    const ids = (await json<{ clientId: string }[]>('client list --json')).map(({ clientId }) => clientId);
    expect(ids).not.toContain('first');
  });

  test('from what is no file and no JSON are one line each', async () => {
    const [missing, broken] = await Promise.all([
      run('client import /nowhere.json'),
      run('client import -', '{"client_secret": "planted'),
    ]);
    expect([missing.code, broken.code]).toEqual([1, 1]);
    expect(missing.err).toMatch(/^\/nowhere\.json: [^\n]+\n$/);
    expect(broken.err).toMatch(/^-: [^\n]+\n$/);
    expect(broken.err).not.toContain('planted');
  });

  test('are listed without their secrets', async () => {
    const { out } = await run('client list --json');
    expect(out).toContain('piped');
    expect(out).not.toContain(SECRET);
  });

  test('once disabled are refused by the running provider within a second', async () => {
    expect((await run('client disable piped')).code).toBe(0);
    const service = serviceOf(() => at.issuer, 'piped', SECRET);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await citizenBrowser().get(service.begin().url)).status).toBeGreaterThanOrEqual(400);
    expect((await run('client disable piped')).code).toBe(1);
    expect((await run('client enable piped')).code).toBe(0);
  });
});

describe('keys', () => {
  interface Listed {
    readonly purpose: string;
    readonly id: string;
    readonly state: string;
  }
  const signing = async (state: string): Promise<readonly string[]> =>
    (await json<Listed[]>('keys list --json'))
      .filter((key) => key.purpose === 'signing' && key.state === state)
      .map(({ id }) => id);

  test('are listed by purpose and state, never with their material', async () => {
    const keys = await json<Record<string, unknown>[]>('keys list --json');
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['createdAt', 'id', 'purpose', 'state']);
    expect(await signing('active')).toHaveLength(1);
  });

  test('rotate in a running provider: the next one signs, the old one stays published', async () => {
    const [[old = ''], [next = '']] = [await signing('active'), await signing('next')];
    expect((await run('keys rotate --now')).code).toBe(0);
    expect(await signing('active')).toEqual([next]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const { keys } = (await (await fetch(`${at.issuer}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
    const kids = keys.map(({ kid }) => kid);
    expect(kids).toEqual(expect.arrayContaining([old, next]));
  });

  test('rotated again wait until every service has seen the next key, unless told not to', async () => {
    const before = await signing('active');
    const env = { ...at.env, TONGXING_OIDC__JWKS_MAX_AGE: '12s' };
    expect((await tongxing(env, ['keys', 'rotate', '--now'])).code).toBe(0);
    const begun = performance.now();
    const { code, err } = await tongxing(env, ['keys', 'rotate']);
    expect([code, /waiting \d+ s/.test(err)]).toEqual([0, true]);
    expect(performance.now() - begun).toBeGreaterThan(1_000);
    expect(await signing('active')).not.toEqual(before);
  });

  test('that seal move on beside the running provider: sealed anew, then kept until nothing needs the old one', async () => {
    expect((await run('keys rotate seal --now')).code).toBe(0);
    type Done = { left: number; tables: { table: string; resealed: number }[] };
    const counted = await json<Done>('keys reseal --dry-run --json');
    expect(counted.left).toBeGreaterThan(5);
    const done = await json<Done>('keys reseal --json');
    expect(done.left).toBe(0);
    expect(done.tables.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(counted.left);
    expect(await run('keys prune')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^seal \S+ stays until/) as unknown as string,
    });
    expect(await run('keys prune --all')).toMatchObject({ code: 1, out: '' });
    // The provider opens what is sealed under the new key.
    const service = serviceOf(() => at.issuer, 'piped', SECRET);
    expect((await citizenBrowser().get(service.begin().url)).text).toContain('name="password"');
  });

  test('that index move on beside the running provider: whoever signs in is found by the new one', async () => {
    expect((await run('keys rotate index --now')).code).toBe(0);
    type State = { phase: string; done: number; left: number; old: number };
    // The provider's own job may have been faster.
    const done = await json<State>('keys reindex --json');
    expect(done).toMatchObject({ phase: 'kept', left: 0, old: 0 });
    expect(done.done).toBeGreaterThan(3);
    expect(await json<State>('keys reindex --dry-run --json')).toEqual(done);
    const service = serviceOf(() => at.issuer, 'piped', SECRET);
    const browser = citizenBrowser();
    const page = await browser.get(service.begin().url);
    const persona = PERSONAS.find(({ id }) => id === 'verified');
    const { phone = '', password = '' } = persona ?? {};
    expect(reached(await through(browser, await browser.submit(page, { phone, password })))).toBe(true);
  });

  test('of a purpose that is never rotated are refused', async () => {
    expect(await run('keys rotate pairwise --now')).toMatchObject({ code: 1, out: '' });
  });
});

describe('the audit', () => {
  interface Verdict {
    readonly sound: boolean;
    readonly head: string;
    readonly events: number;
    readonly faults: readonly string[];
  }
  const verify = async (more = ''): Promise<Verdict & { code: number | null }> => {
    const { code, out } = await run(`audit verify --json${more}`);
    return { ...(JSON.parse(out) as Verdict), code };
  };
  /** As a superuser who knows about the guard and takes it away first. */
  async function tamper(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`set session_replication_role = replica; ${statement}`);
    await client.end();
  }

  test('is sound, and its head is found again later', async () => {
    // The job seals every five seconds.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const first = await verify();
    expect([first.code, first.sound, first.faults]).toEqual([0, true, []]);
    expect(first.events).toBeGreaterThan(5);
    expect(first.head).toMatch(/^[0-9a-f]{64}$/);
    expect(await verify(` --head ${first.head}`)).toMatchObject({ code: 0, sound: true });
    expect(await verify(` --head ${'0'.repeat(64)}`)).toMatchObject({ code: 1, sound: false });
    expect((await run('audit verify --head nonsense')).code).toBe(1);
  });

  test.each([
    [
      'edited',
      `update audit.event set actor = 'operator:nobody' where id = (select id from audit.event order by at limit 1)`,
    ],
    [
      'put in',
      `insert into audit.event select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* from audit.event e order by at limit 1`,
    ],
    [
      'reordered',
      `update audit.batch set event_ids = event_ids[2:] || event_ids[1:1] where number = (select number from audit.batch where cardinality(event_ids) > 1 limit 1)`,
    ],
    ['taken out', `delete from audit.event where id = (select id from audit.event order by at desc limit 1)`],
  ])('with an event %s is not sound: exit 1', async (_how, statement) => {
    const before = (await verify()).faults.length;
    await tamper(statement);
    const after = await verify();
    expect([after.code, after.sound]).toEqual([1, false]);
    expect(after.faults.length).toBeGreaterThan(before);
  });
});

test('everything works the same when no provider runs', async () => {
  await running.stop();
  expect((await run('client import -', JSON.stringify(metadataOf('alone', SECRET)))).code).toBe(0);
  const list = await json<{ clientId: string }[]>('client list --json');
  expect(list.map(({ clientId }) => clientId)).toContain('alone');
  expect((await run('limits --json')).code).toBe(0);
  running = await start(at.env);
});
