// Who may call the API at all, and how it says no.
import { sql } from '../../../idp/platform/store/postgres.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { until } from '../../support/until.ts';
import { basic, citizenBrowser, form, register, signedIn } from '../../oidc/relying-party.ts';
import { callApi, makeProgram, makeUnit, run, told, type Program } from './program.ts';

let system: TestApp;
let office: Program;

beforeAll(async () => {
  system = await testApp();
  await makeUnit(system, 'example-office');
  await makeUnit(system, 'elsewhere');
  office = await makeProgram(system, 'example-office', 'developer', 'owner');
});
afterAll(() => system.close());

const api = (headers: Record<string, string>, path = '/me') => callApi(system.issuer, 'GET', path, headers);

describe('without a token of a program for this API (A114)', () => {
  test('nothing, another scheme and nonsense are refused as RFC 6750 says', async () => {
    const bare = await api({});
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="${system.issuer}/admin/api"`,
    ]);
    expect(bare.json['message']).toContain('/oidc/token');
    expect(bare.headers.get('set-cookie')).toBeNull();
    for (const [authorization, status, error] of [
      [basic(office.clientId, office.secret), 400, 'invalid_request'],
      ['Bearer', 400, 'invalid_request'],
      ['Bearer nonsense', 401, 'invalid_token'],
      [`DPoP ${await office.token()}`, 401, 'invalid_token'],
    ] as const) {
      const answer = await api({ authorization });
      expect([authorization.slice(0, 8), answer.status, answer.json['error']]).toEqual([
        authorization.slice(0, 8),
        status,
        error,
      ]);
      expect(answer.headers.get('www-authenticate')).toContain(`error="${error}"`);
    }
  });

  test("a citizen's token is refused, and no citizen's service gets one for the API", async () => {
    const service = await register(system);
    const { access_token } = await signedIn(service, citizenBrowser(), await system.persona('verified'));
    const answer = await api({ authorization: `Bearer ${access_token}` });
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_token']);
    const { url } = service.request({ resource: `${system.issuer}/admin/api` });
    const page = await citizenBrowser().get(url);
    expect(new URL(page.url).searchParams.get('error')).toBe('invalid_target');
  });

  test('a client that is no program gets no token for it, and its other tokens do not fit', async () => {
    const machine = await register(system, {
      client_id: 'machine',
      grant_types: ['client_credentials'],
      scope: 'openid',
    });
    const resource = `${system.issuer}/admin/api`;
    const asked = await machine.token({ grant_type: 'client_credentials', resource });
    expect([asked.status, asked.json['error']]).toEqual([400, 'invalid_target']);
    const other = await machine.token({ grant_type: 'client_credentials' });
    const answer = await api({ authorization: `Bearer ${String(other.json['access_token'])}` });
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_token']);
  });

  test('a token that was not asked for this API is of another audience', async () => {
    const answer = await fetch(`${system.issuer}/oidc/token`, {
      method: 'POST',
      headers: { authorization: basic(office.clientId, office.secret) },
      body: form({ grant_type: 'client_credentials' }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const refused = await api({ authorization: `Bearer ${access_token}` });
    expect([refused.status, refused.json['message']]).toEqual([401, expect.stringContaining('resource=')]);
  });

  test('a revoked token, one of an ended program and one past its life are refused at once', async () => {
    const short = await makeProgram(system, 'example-office', 'developer');
    const [revoked, expired] = [await short.token(), await short.token()];
    await fetch(`${system.issuer}/oidc/revoke`, {
      method: 'POST',
      headers: { authorization: basic(short.clientId, short.secret) },
      body: form({ token: revoked }),
    });
    expect((await api({ authorization: `Bearer ${revoked}` })).status).toBe(401);
    expect((await api({ authorization: `Bearer ${expired}` })).status).toBe(200);
    const { postgres } = system.database;
    const past = new Date(Date.now() - 1_000);
    await postgres.run(
      sql`update registry.program set expires_at = ${past} where client_id = ${short.clientId}`,
    );
    expect((await api({ authorization: `Bearer ${expired}` })).json['message']).toContain('run out');

    const ended = await makeProgram(system, 'example-office', 'developer');
    const token = await ended.token();
    expect((await api({ authorization: `Bearer ${token}` })).status).toBe(200);
    expect(await run(system, 'programs end', ended.clientId)).toMatchObject({ code: 0 });
    const answer = await api({ authorization: `Bearer ${token}` });
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_token']);
    // The engine hears of it like of every change: within a second.
    await until(() =>
      ended.token().then(
        () => false,
        () => true,
      ),
    );
    expect(await run(system, 'programs end', ended.clientId)).toMatchObject({ code: 1 });
  });

  test('reading does not allow writing', async () => {
    const authorization = `Bearer ${await office.token('registry.read')}`;
    expect((await api({ authorization })).status).toBe(200);
    const body = { unitId: 'example-office', role: 'developer' };
    const answer = await callApi(system.issuer, 'POST', '/invitations', { authorization }, body);
    expect([answer.status, answer.json['error']]).toEqual([403, 'insufficient_scope']);
    expect(answer.headers.get('www-authenticate')).toContain('scope="registry.write"');
  });
});

describe('what is asked', () => {
  test('is refused member by member, in the language of the caller', async () => {
    const body = { unitId: 'example-office', name: '', roles: ['approver'], secret: 'planted-secret' };
    const english = await office.call('POST', '/programs', body, { 'accept-language': 'en' });
    expect(english.status).toBe(400);
    const members = (english.json['complaints'] as { member: string; text: string }[]).map(
      ({ member }) => member,
    );
    expect(members.sort()).toEqual(['name', 'roles.0', 'secret']);
    expect(english.text).not.toContain('planted');
    const chinese = await office.call('POST', '/programs', body, { 'accept-language': 'zh-CN' });
    expect(chinese.json['message']).toBe('请求有误，详见 complaints。');
    expect(chinese.text).toMatch(/不认识此成员/);
  });

  test.each([
    ['{"unitId":', 400],
    [`{"unitId":"${'x'.repeat(70_000)}"}`, 413],
  ])('a body that is no JSON or too large is refused', async (body, status) => {
    expect((await office.call('POST', '/programs', body)).status).toBe(status);
  });

  test('unknown parameters, other media types, methods and addresses are refused as JSON', async () => {
    expect((await office.call('GET', '/programs?sort=secret')).json['complaints']).toEqual([
      { member: 'sort', text: expect.any(String) },
    ]);
    expect((await office.call('GET', '/programs?after=a&after=b')).status).toBe(400);
    const asForm = await office.call('POST', '/programs', 'a=b', { 'content-type': 'text/plain' });
    expect([asForm.status, asForm.json['error']]).toEqual([415, 'unsupported_media']);
    const method = await office.call('PUT', '/me');
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
    const address = await office.call('GET', '/nowhere');
    expect([address.status, address.json['error']]).toEqual([404, 'not_found']);
  });

  test('what takes a person is refused to every program, and says so', async () => {
    const answer = await office.call(
      'POST',
      '/programs',
      { unitId: 'example-office', name: 'another', roles: ['owner'] },
      { 'accept-language': 'en' },
    );
    expect([answer.status, answer.json['error'], answer.json['message']]).toEqual([
      403,
      'forbidden',
      'This takes a person with a passkey; no program may do it. Use the console.',
    ]);
  });

  test('another unit answers like one that does not exist, and the refusal is in the trail (A111)', async () => {
    const there = await office.call('GET', '/units/elsewhere');
    const nowhere = await office.call('GET', '/units/no-such-unit');
    expect([there.status, nowhere.status]).toEqual([404, 404]);
    expect({ ...there.json, reference: '' }).toEqual({ ...nowhere.json, reference: '' });
    await system.app.audit.flush();
    const [event] = await system.database.postgres.rows<{ actor: string }>(
      sql`select actor from audit.event where type = 'access.refused' and reference = ${String(there.json['reference'])}`,
    );
    expect(event?.actor).toBe(`client:${office.clientId}`);
  });

  test('lists and cursors stay in the unit (A111)', async () => {
    const foreign = await makeProgram(system, 'elsewhere', 'owner');
    for (const path of ['/programs', '/programs?after=program~', `/programs?after=${foreign.clientId}`])
      expect((await office.call('GET', path)).text).not.toContain('elsewhere');
    expect((await foreign.call('GET', '/programs')).text).toContain(foreign.clientId);
  });
});

describe('a program', () => {
  test('is made with roles of a team only, and with public keys only', async () => {
    const about = ['--unit', 'example-office', '--name', 'x'];
    expect((await run(system, 'programs create', ...about, '--role', 'approver')).err).toContain(
      'take a person',
    );
    expect((await run(system, 'programs create', ...about, '--role', 'king')).err).toContain('must be of');
    expect((await run(system, 'programs create', ...about)).err).toContain('roles: must not be empty');
    expect(
      (await run(system, 'programs create', '--unit', 'nowhere', '--name', 'x', '--role', 'owner')).code,
    ).toBe(1);
    expect(
      (await run(system, 'programs create', ...about, '--days', '400', '--role', 'owner')).err,
    ).toContain('365');
    expect((await run(system, 'programs list', 'x')).err).toContain('usage: tongxing programs list');
  });

  test('is listed without its secret', async () => {
    const { rows } = await told<{ rows: { clientId: string }[] }>(system, 'programs list');
    expect(rows.map(({ clientId }) => clientId)).toContain(office.clientId);
    expect(JSON.stringify(rows)).not.toContain(office.secret);
  });
});
