// A hundred at the same time, over two nodes: what may happen once happens once.
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  register,
  serviceAt,
  signedIn,
  userinfo,
  type Answer,
  type Service,
} from '../relying-party.ts';

describe.each(backEnds)('two nodes, short-lived state in %s', (store) => {
  let system: TestApp;
  let other: TestApp;
  let citizen: Persona;
  let service: Service;
  let nodes: readonly Service[];

  beforeAll(async () => {
    system = await testApp({ store });
    other = await testApp({ store, beside: system, env: { TONGXING_ISSUER: system.issuer } });
    citizen = await system.persona('verified');
    service = await register(system);
    nodes = [service, serviceAt(other.issuer, service.id, service.secret, service.redirect)];
  });
  afterAll(async () => {
    await other.close();
    await system.close();
  });

  const atOnce = (times: number, act: (at: Service) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: times }, (_, index) => act(nodes[index % 2] ?? service)));
  const won = (answers: readonly Answer[]): Answer[] => answers.filter(({ status }) => status === 200);

  test('of 100 redemptions of one code at most one succeeds, and none fails on our side', async () => {
    const { code, verifier } = await enter(service, citizenBrowser(), citizen);
    const answers = await atOnce(100, (at) => at.redeem(code, verifier));
    expect(won(answers).length).toBeLessThanOrEqual(1);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost.map(({ status, json }) => [status, json['error']])).toEqual(
      lost.map(() => [400, 'invalid_grant']),
    );
  }, 60_000);

  test('of 50 uses of one refresh token at most one chain lives on', async () => {
    const asked = { scope: 'openid offline_access', prompt: 'consent' };
    const { refresh_token } = await signedIn(service, citizenBrowser(), citizen, asked);
    const answers = await atOnce(50, (at) => at.refresh(refresh_token ?? ''));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(won(answers).length).toBeLessThanOrEqual(1);
    const next = await Promise.all(
      won(answers).map(({ json }) => service.refresh(String(json['refresh_token']))),
    );
    expect(won(next).length).toBeLessThanOrEqual(1);
  }, 60_000);

  test('a login begun on one node goes on at the other', async () => {
    const at = serviceAt(other.issuer, service.id, service.secret, service.redirect);
    const browser = citizenBrowser();
    const { code, verifier } = await enter(service, browser, citizen);
    const answer = await at.redeem(code, verifier);
    expect(answer.status).toBe(200);
    expect((await userinfo(other.issuer, String(answer.json['access_token']))).status).toBe(200);
  });

  test('30 parallel visits of one session all end with a code of their own', async () => {
    const browser = citizenBrowser();
    await enter(service, browser, citizen);
    const entered = await Promise.all(Array.from({ length: 30 }, () => enter(service, browser, citizen)));
    expect(new Set(entered.map(({ code }) => code)).size).toBe(30);
    const answers = await Promise.all(entered.map(({ code, verifier }) => service.redeem(code, verifier)));
    expect(won(answers)).toHaveLength(30);
  }, 60_000);
});
