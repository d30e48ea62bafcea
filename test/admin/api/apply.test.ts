// A unit keeps its clients as files: applied, compared, applied again; what runs in production changes only by others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { testApp, type TestApp } from '../../support/app.ts';
import { until } from '../../support/until.ts';
import { enterThrough } from './journey.ts';
import { makeProgram, makeUnit, run, told, type Program, type Ran } from './program.ts';

let system: TestApp;
let office: Program;
const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-apply-'));

beforeAll(async () => {
  system = await testApp({ env: { TONGXING_REGISTRY__OPEN_DOMAINS: '["example.gov.cn"]' } });
  await makeUnit(system, 'example-office');
  await makeUnit(system, 'elsewhere');
  office = await makeProgram(system, 'example-office', 'developer');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await system.close();
});

const redirect = 'https://booking.example-office.example.gov.cn/callback';
const booking = {
  client_id: 'booking',
  client_name: '预约',
  redirect_uris: [redirect],
  scope: 'openid profile',
};

async function apply(content: unknown, ...args: string[]): Promise<Ran> {
  const file = path.join(folder, 'client.yaml');
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return await run(system, 'apply', '-f', file, ...args);
}

const sandbox = (client: object) => ({ unit: 'example-office', environment: 'sandbox', client });
const production = (client: object) => ({ unit: 'example-office', environment: 'production', client });

describe('refused, with exit code 1', () => {
  test.each([
    ['client: [', 'is not YAML or JSON; look at line 1'],
    ['just words', 'must hold unit, environment and client'],
    [{ ...sandbox(booking), tier: 1 }, '"tier" is not known'],
    [{ unit: 'example-office', client: booking }, 'environment must be sandbox or production'],
    [sandbox({ client_name: 'x' }), 'client_id: must be given'],
    [{ ...sandbox(booking), unit: 'nowhere' }, 'there is none'],
    [
      sandbox({ ...booking, redirect_uris: ['https://*.example.gov.cn/'] }),
      'redirect_uris "https://*.example.gov.cn/" must be exact',
    ],
    [sandbox({ ...booking, client_id: 'elsewhere-portal' }), 'client_id: "elsewhere-portal" is taken'],
    [production({ ...booking, client_secret: 'planted-0123456789abcdef' }), 'client_secret: is made here'],
  ])('%j', async (content, words) => {
    const { code, out, err } = await apply(content);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(words);
    expect(err).not.toContain('planted');
    expect(await system.app.registry.find('booking')).toBeUndefined();
  });

  test('a file that is missing, and words that are wrong', async () => {
    expect((await run(system, 'apply', '-f', '/none.yaml')).err).toContain('/none.yaml: cannot be read');
    expect((await run(system, 'apply')).err).toBe('-f FILE must be given');
    expect((await run(system, 'apply', '--force')).err).toContain('usage: tongxing apply');
  });
});

describe('a sandbox client', () => {
  test('is made once, and a citizen signs in through it', async () => {
    expect(await apply(sandbox(booking), '--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`would create booking\n`),
    });
    expect(await system.app.registry.find('booking')).toBeUndefined();
    const made = await apply(sandbox(booking), '--json');
    const { outcome, client_secret: secret } = JSON.parse(made.out) as Record<string, string>;
    expect([made.code, outcome]).toEqual([0, 'created']);
    // This node was asked for it a moment ago, and hears like every other that it is there now.
    await until(async () => (await system.app.registry.find('booking')) !== undefined);
    const persona = await system.persona('verified');
    const claims = await enterThrough(system, { clientId: 'booking', secret, redirect }, persona);
    expect(claims['name']).toEqual(expect.any(String));
    expect(await apply(sandbox(booking))).toEqual({ code: 0, out: 'unchanged booking', err: '' });
  });

  test('changes field by field, and its history says by whom', async () => {
    const changed = { ...booking, client_name: '预约挂号', redirect_uris: [redirect, `${redirect}/2`] };
    const { code, out } = await apply(sandbox(changed), '--dry-run');
    expect([code, out.split('\n')]).toEqual([
      0,
      [
        'would update booking',
        '  client_name',
        '    - 预约',
        '    + 预约挂号',
        '  client_name#en',
        '    - 预约',
        '    + 预约挂号',
        '  redirect_uris',
        `    + ${redirect}/2`,
      ],
    ]);
    expect((await apply(sandbox(changed))).out).toContain('updated booking');
    const history = await run(system, 'clients history', 'booking');
    expect(history.out).toMatch(/^2 changed \S+ operator:command-line\n {2}client_name/m);
    expect((await run(system, 'clients history', 'booking', '--before', 'x')).code).toBe(1);
  });

  test('is shown as a file that changes nothing when it is applied', async () => {
    const shown = await run(system, 'clients show', 'booking');
    expect(shown.out).toContain('# live, version 2');
    expect(await apply(shown.out)).toEqual({ code: 0, out: 'unchanged booking', err: '' });
    expect(await run(system, 'clients show', 'none')).toMatchObject({ code: 1, out: '' });
  });

  test('stays where it is', async () => {
    expect((await apply(production(booking))).err).toContain('environment: must stay sandbox');
  });
});

test('a production client becomes a request, the same again waits, another is told who looks at it', async () => {
  const changed = {
    client_id: 'example-office-portal',
    client_name: '办事大厅',
    redirect_uris: ['https://example-office.example.gov.cn/callback'],
    scope: 'openid',
    tongxing_minimum_level: 'l1',
    contacts: ['it@example.gov.cn'],
    policy_uri: 'https://example-office.example.gov.cn/privacy',
    tongxing_claims: {},
  };
  const first = await apply(production(changed), '--json');
  if (first.code !== 0) throw new Error(first.err);
  const { outcome, request } = JSON.parse(first.out) as Record<string, string>;
  expect([outcome, request]).toEqual(['requested', expect.stringMatching(/^R-\d{8}-\d{4}$/)]);
  expect((await system.app.registry.find('example-office-portal'))?.name['zh-CN']).toBe(
    'example-office-portal',
  );
  expect((await apply(production(changed))).out).toContain(`waiting example-office-portal (${request})`);
  const other = await apply(production({ ...changed, client_name: '大厅' }));
  expect([other.code, other.err]).toEqual([1, expect.stringContaining(`request ${request} is looked at`)]);
});

test('lists find clients and posts, and turn away what they do not know', async () => {
  const { rows } = await told<{ rows: { clientId: string }[] }>(system, 'clients list', '--q', '预约');
  expect(rows.map(({ clientId }) => clientId)).toEqual(['booking']);
  expect((await run(system, 'clients list', '--unit', 'example-office')).out).not.toContain('elsewhere');
  expect((await run(system, 'clients list', '--unit', 'nowhere')).code).toBe(1);
  expect((await run(system, 'clients list', '--state', 'lost')).err).toContain('must be of draft, live');
  expect((await run(system, 'clients list', '--limit', '0')).code).toBe(1);
  expect((await run(system, 'operators list', '--role', 'king')).code).toBe(1);
  expect(await run(system, 'operators list')).toMatchObject({ code: 0 });
});

test('the trail is read as it comes, by client, unit and kind', async () => {
  await system.app.audit.flush();
  const lines = await run(system, 'logs tail', '--client', 'booking', '--type', 'client.created');
  expect(lines.out).toMatch(
    /^\S+ client\.created operator:command-line booking \{.*"unitId":"example-office".*\}$/,
  );
  const unit = await run(system, 'logs tail', '--unit', 'elsewhere', '--json', '-n', '100');
  const types = unit.out.split('\n').map((line) => (JSON.parse(line) as { clientId: string }).clientId);
  expect(new Set(types)).toEqual(new Set(['elsewhere-portal']));
  expect((await run(system, 'logs tail', '--lines', 'x')).code).toBe(1);
});

describe('by the API of another team (A111, A112)', () => {
  const body = { unitId: 'elsewhere', environment: 'sandbox', metadata: { ...booking, client_id: 'theirs' } };

  test('a program makes a sandbox client in its own unit, and a citizen signs in through it', async () => {
    const metadata = { ...booking, client_id: 'by-api' };
    const made = await office.call('POST', '/clients', { unitId: 'example-office', metadata });
    expect(made.status).toBe(201);
    const secret = String(made.json['secret']);
    const persona = await system.persona('verified');
    await enterThrough(system, { clientId: 'by-api', secret, redirect }, persona);
  });

  test('another unit is not there: by identifier, filter, sort, cursor, in bulk', async () => {
    for (const [method, address, sent] of [
      ['POST', '/clients', { unitId: 'elsewhere', metadata: booking }],
      ['POST', '/apply', body],
      ['POST', '/requests', { unitId: 'elsewhere', metadata: {} }],
      ['GET', '/clients/elsewhere-portal', undefined],
      ['GET', '/clients/elsewhere-portal/history', undefined],
      ['PUT', '/clients/elsewhere-portal', { version: 1, metadata: booking }],
      ['DELETE', '/clients/elsewhere-portal?version=1', undefined],
      ['GET', '/clients?unit=elsewhere', undefined],
      ['GET', '/clients/elsewhere-portal/funnel', undefined],
      ['GET', '/clients/elsewhere-portal/last-requests', undefined],
      ['GET', '/units?under=elsewhere', undefined],
      ['GET', '/units/elsewhere/domains', undefined],
      ['POST', '/units/elsewhere/domains', { host: 'elsewhere.hangzhou.gov.cn' }],
      ['POST', '/units', { parentId: 'cn', name: { 'zh-CN': '科', en: 'Section' } }],
    ] as const) {
      const answer = await office.call(method, address, sent);
      expect([method, address, answer.status]).toEqual([method, address, 404]);
    }
    for (const query of [
      '',
      '?q=elsewhere',
      '?order=updated',
      '?after=elsewhere-portal',
      '?after=x%27%20or%201=1',
    ]) {
      const answer = await office.call('GET', `/clients${query}`);
      expect([query, answer.status, answer.text.includes('elsewhere')]).toEqual([query, 200, false]);
    }
    expect((await office.call('GET', '/clients?order=secret')).status).toBe(400);
    expect((await office.call('GET', '/requests')).text).not.toContain('elsewhere');
  });

  test('the trail, exports and posts stay in the unit, and take a role that may read them', async () => {
    const auditor = await makeProgram(system, 'example-office', 'auditor');
    for (const [method, address, sent] of [
      ['GET', '/events', undefined],
      ['POST', '/exports/clients', {}],
      ['GET', '/posts', undefined],
      ['GET', '/invitations', undefined],
      ['GET', '/units', undefined],
    ] as const) {
      const answer = await auditor.call(method, address, sent);
      expect([address, answer.status, answer.text.includes('elsewhere')]).toEqual([address, 200, false]);
    }
    expect((await auditor.call('GET', '/events?unit=elsewhere')).status).toBe(404);
    expect((await auditor.call('GET', '/events')).text).not.toContain('citizenId');
    expect((await office.call('GET', '/events')).status).toBe(403);
    expect((await office.call('POST', '/exports/clients', {})).status).toBe(403);
  });

  test('nothing that is live changes by a program alone, and no scope is raised by hand', async () => {
    const put = { version: 1, metadata: { scope: 'openid id_number' } };
    const answer = await office.call('PUT', '/clients/example-office-portal', put);
    expect(answer.status).toBe(403);
    const suspended = await office.call(
      'POST',
      '/clients/example-office-portal/suspension',
      { reason: '不再需要了' },
      { 'accept-language': 'en' },
    );
    expect([suspended.status, suspended.json['message']]).toEqual([
      403,
      expect.stringContaining('takes a person'),
    ]);
  });
});
