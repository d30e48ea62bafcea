// What the requests of a client did, as its developers and the console see it: real requests to the real provider.
import { createActivity, createAccess, type Activity } from '../../../idp/registry/registry.ts';
import { keptParams } from '../../../idp/registry/activity/kept.ts';
import { createWaiting, LAST } from '../../../idp/registry/activity/waiting.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  citizenBrowser,
  enter,
  register,
  signedIn,
  userinfo,
  type Service,
} from '../../oidc/relying-party.ts';
import { machine, person, sandboxService } from './actors.ts';

describe('what is kept of a request', () => {
  test('names of everything, values of nothing that could be a secret or a person', () => {
    const kept = keptParams({
      client_id: 'a',
      redirect_uri: 'https://who:pass@a.example/cb?name=%E5%BC%A0#x',
      scope: 'openid phone',
      state: 'secret-state',
      nonce: 'secret-nonce',
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
      login_hint: '13800000000',
      id_token_hint: 'a.b.c',
      claims: '{"userinfo":{"id_number_match":{"value":"110101199003078515"}}}',
      code: 'a-code',
      code_verifier: 'a-verifier',
      client_secret: 'a-secret',
      prompt: undefined,
    });
    expect(kept).toEqual({
      client_id: true,
      redirect_uri: 'https://…@a.example/cb?…',
      scope: 'openid phone',
      state: true,
      nonce: true,
      code_challenge: true,
      code_challenge_method: 'S256',
      login_hint: true,
      id_token_hint: true,
      claims: true,
      code: true,
      code_verifier: true,
      client_secret: true,
    });
  });

  test.each([
    [{ scope: 'openid 13800001234' }, { scope: true }],
    [{ prompt: '张三' }, { prompt: true }],
    [{ ui_locales: 'x'.repeat(201) }, { ui_locales: true }],
    [{ redirect_uri: 'https://a.example/13800001234' }, { redirect_uri: true }],
    [{ redirect_uri: ['a', 'b'] }, { redirect_uri: true }],
  ])('a number or a name in the wrong place is not written down: %j', (given, kept) => {
    expect(keptParams(given)).toEqual(kept);
  });

  test('the newest twenty of each kind, and no more of all clients than memory bears', () => {
    const waiting = createWaiting();
    const seen = (error: string | undefined, at: number) =>
      ({ at: new Date(at), endpoint: 'token', error, reason: undefined, params: {} }) as const;
    for (let at = 0; at < 50; at += 1) {
      waiting.keep('a', seen(undefined, at));
      waiting.keep('a', seen('invalid_grant', at));
    }
    for (let client = 0; client < 6_000; client += 1) waiting.keep(`many-${client}`, seen(undefined, 0));
    const { requests } = waiting.take();
    const own = requests.filter(({ clientId }) => clientId === 'a');
    expect(own).toHaveLength(2 * LAST);
    expect(Math.min(...own.map(({ at }) => at.getTime()))).toBe(50 - LAST);
    expect(requests).toHaveLength(5_000);
    expect(waiting.take().requests).toEqual([]);
  });
});

describe('what the requests of a client did', () => {
  let system: TestApp;
  let activity: Activity;
  let service: Service;
  let production: Service;
  let citizen: Persona;

  beforeAll(async () => {
    system = await testApp();
    activity = system.app.parties.activity;
    service = await sandboxService(system);
    production = await register(system);
    citizen = await system.persona('verified');
    const tokens = await signedIn(service, citizenBrowser(), citizen);
    await userinfo(system.issuer, tokens.access_token);
    await citizenBrowser().get(
      service.request({ redirect_uri: `${service.redirect}/?phone=13800001234` }).url,
    );
    await citizenBrowser().get(service.request({ scope: 'openid id_number' }).url);
    await citizenBrowser().get(service.request({ client_id: 'nobody' }).url);
    await service.redeem('no-such-code', 'v'.repeat(43));
    await service.token(
      { grant_type: 'authorization_code' },
      { authorization: `Basic ${btoa(`${service.id}:wrong`)}` },
    );
    await signedIn(production, citizenBrowser(), citizen);
    await citizenBrowser().get(production.request({ scope: 'openid id_number' }).url);
    await activity.flush();
  });
  afterAll(() => system.close());

  test('stays hidden from whoever does not see the client', async () => {
    const elsewhere = person('developer', 'cn/another/');
    for (const id of [service.id, 'nobody']) {
      await expect(activity.requests(elsewhere, id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(activity.funnel(elsewhere, id, 24)).rejects.toMatchObject({ code: 'not_found' });
    }
    const own = person('developer', `cn/client.${service.id}/`);
    expect((await activity.requests(own, service.id)).length).toBeGreaterThan(0);
  });

  test('shows the last requests of a sandbox client, newest first, with why each failed', async () => {
    const seen = await activity.requests(machine, service.id);
    expect(seen.map(({ endpoint, error }) => [endpoint, error])).toEqual([
      ['token', 'invalid_client'],
      ['token', 'invalid_grant'],
      ['authorize', 'invalid_scope'],
      ['authorize', 'invalid_redirect_uri'],
      ['userinfo', undefined],
      ['token', undefined],
      ['authorize', undefined],
    ]);
    expect(seen[0]?.reason).toContain('invalid secret provided');
    expect(seen[1]?.reason).toContain('authorization code not found');
    expect(seen[3]?.params['redirect_uri']).toBe(`${service.redirect}/?…`);
    expect(seen[6]?.params).toMatchObject({ state: true, nonce: true, code_challenge_method: 'S256' });
    expect(JSON.stringify(seen)).not.toMatch(/a-state|a-nonce|wrong|13800001234/);
  });

  test('of a production client what failed only', async () => {
    const seen = await activity.requests(machine, production.id);
    expect(seen.map(({ error }) => error)).toEqual(['invalid_scope']);
  });

  test('counts how far requests came, and where they ended', async () => {
    const { stages } = await activity.funnel(machine, service.id, 1);
    expect(stages).toEqual([
      { stage: 'authorize', passed: 1, failed: { invalid_redirect_uri: 1, invalid_scope: 1 } },
      { stage: 'login', passed: 1, failed: {} },
      { stage: 'consent', passed: 1, failed: {} },
      { stage: 'code', passed: 1, failed: {} },
      { stage: 'token', passed: 1, failed: { invalid_client: 1, invalid_grant: 1 } },
      { stage: 'userinfo', passed: 1, failed: {} },
    ]);
    expect((await activity.funnel(machine, production.id, 1)).stages[0]?.passed).toBe(1);
  });

  test('counts a session that goes on as a whole way, and one who says no where it was said', async () => {
    const browser = citizenBrowser();
    const other = await sandboxService(system);
    await enter(other, browser, citizen);
    await enter(other, browser, citizen);
    await activity.flush();
    const passed = (await activity.funnel(machine, other.id, 1)).stages.map((stage) => stage.passed);
    expect(passed).toEqual([2, 2, 2, 2, 0, 0]);
  });

  test('two nodes that write at once add up, and a strange code makes no row of its own', async () => {
    const { postgres } = system.database;
    const access = createAccess({ audit: system.app.audit });
    const node = () =>
      createActivity({
        postgres,
        access,
        clock: systemClock,
        onError: (error) => expect(error).toBeUndefined(),
      });
    const nodes = [node(), node()];
    for (const one of nodes)
      for (let n = 0; n < 100; n += 1) {
        one.counted(service.id, 'userinfo', 'invalid_token');
        one.counted(service.id, 'userinfo', `made up ${n}`);
      }
    await Promise.all(nodes.map((one) => one.close()));
    const { stages } = await activity.funnel(machine, service.id, 1);
    expect(stages.at(-1)?.failed).toEqual({ invalid_token: 200, other: 200 });
  });

  test('is forgotten: figures after a quarter, requests after a month', async () => {
    const { postgres } = system.database;
    await postgres.run(sql`update registry.activity set hour = hour - interval '93 days'`);
    await postgres.run(sql`update registry.seen_request set at = at - interval '31 days'`);
    await activity.feature.jobs?.[0]?.run();
    const left = await postgres.rows(
      sql`select client_id from registry.activity union select client_id from registry.seen_request`,
    );
    expect(left).toEqual([]);
  });
});
