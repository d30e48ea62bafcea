// Codes and tokens: each works once, for whom it was made, for what was agreed, and not a moment longer.
import { decodeJwt } from 'jose';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  userinfo,
  walk,
  type Answer,
  type Service,
} from '../relying-party.ts';

const OFFLINE = { scope: 'openid profile offline_access', prompt: 'consent' };

const API = 'https://api.example.gov.cn';

describe.each(backEnds)('tokens, short-lived state in %s', (store) => {
  let system: TestApp;
  let service: Service;
  let stranger: Service;
  let citizen: Persona;

  beforeAll(async () => {
    system = await testApp({
      store,
      env: {
        TONGXING_OIDC__ACCESS_TOKEN_LIFE: '7m',
        TONGXING_OIDC__RESOURCE_SERVERS: JSON.stringify([{ uri: API, scopes: 'read' }]),
      },
    });
    service = await register(system);
    stranger = await register(system);
    citizen = await system.persona('verified');
  });
  afterAll(() => system.close());

  const fresh = (changed = {}) => enter(service, citizenBrowser(), citizen, changed);
  const offline = () => signedIn(service, citizenBrowser(), citizen, OFFLINE);
  const expectRefused = (answer: Answer, error: string | RegExp): void => {
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json['error']).toMatch(error);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.text).not.toMatch(/\.js:|\bat \w+ \(/);
  };

  describe('a code', () => {
    test('is refused with a wrong, a missing or a malformed verifier', async () => {
      for (const verifier of ['x'.repeat(43), undefined, 'short', '']) {
        const { code } = await fresh();
        const answer = await service.redeem(code, '', { code_verifier: verifier });
        expectRefused(answer, /invalid_grant|invalid_request/);
        if (verifier?.length === 43 || verifier === undefined)
          expect(answer.json['error']).toBe('invalid_grant');
      }
    });

    test('is refused at another service', async () => {
      const { code, verifier } = await fresh();
      expectRefused(
        await stranger.redeem(code, verifier, { redirect_uri: service.redirect }),
        'invalid_grant',
      );
    });

    test('is refused with another redirect address or none', async () => {
      for (const redirect_uri of [`${service.redirect}/`, 'https://evil.example/', undefined]) {
        const { code, verifier } = await fresh();
        expectRefused(
          await service.redeem(code, verifier, { redirect_uri }),
          /invalid_grant|invalid_request/,
        );
      }
    });

    test('works once; used again it takes with it what came of it', async () => {
      const { code, verifier } = await fresh(OFFLINE);
      const first = await service.redeem(code, verifier);
      const token = String(first.json['access_token']);
      expect((await userinfo(system.issuer, token)).status).toBe(200);
      expectRefused(await service.redeem(code, verifier), 'invalid_grant');
      expect((await userinfo(system.issuer, token)).status).toBe(401);
      expectRefused(await service.refresh(String(first.json['refresh_token'])), 'invalid_grant');
    });

    test('that was never made or is nonsense is invalid_grant', async () => {
      for (const code of ['x', 'A'.repeat(43), '\u0000', '__proto__', '../x'])
        expectRefused(await service.redeem(code, 'x'.repeat(43)), 'invalid_grant');
    });
  });

  test('access and ID tokens live as long as is set, at our own doors and at an API', async () => {
    const machine = await register(system, {
      redirect_uris: [],
      grant_types: ['client_credentials'],
      scope: 'openid',
    });
    for (const at of [{}, { resource: API }]) {
      const { code, verifier } = await fresh(at);
      const citizens = await service.redeem(code, verifier, at);
      const machines = await machine.token({ grant_type: 'client_credentials', ...at });
      expect([citizens.json['expires_in'], machines.json['expires_in']]).toEqual([420, 420]);
      const { iat = 0, exp } = decodeJwt(String(citizens.json['id_token']));
      expect(exp).toBe(iat + 420);
    }
  });

  describe('a refresh token', () => {
    test('is exchanged for a new one each time, and keeps subject, level and time of signing in', async () => {
      const first = await offline();
      const answer = await service.refresh(first.refresh_token ?? '');
      const renewed = answer.json as unknown as typeof first;
      expect(renewed.refresh_token).not.toBe(first.refresh_token);
      const kept = ({ sub, acr, amr, auth_time }: ReturnType<typeof decodeJwt>) => ({
        sub,
        acr,
        amr,
        auth_time,
      });
      expect(kept(decodeJwt(renewed.id_token))).toEqual(kept(decodeJwt(first.id_token)));
      expect(decodeJwt(renewed.id_token)['acr']).toBe('urn:tongxing:acr:l2');
    });

    test('used twice ends the whole chain: one of two holders is a thief', async () => {
      const first = await offline();
      const second = (await service.refresh(first.refresh_token ?? '')).json;
      expectRefused(await service.refresh(first.refresh_token ?? ''), 'invalid_grant');
      expectRefused(await service.refresh(String(second['refresh_token'])), 'invalid_grant');
      expect((await userinfo(system.issuer, String(second['access_token']))).status).toBe(401);
    });

    test('is refused at another service', async () => {
      const { refresh_token } = await offline();
      expectRefused(await stranger.refresh(refresh_token ?? ''), 'invalid_grant');
    });

    test('cannot widen what was agreed', async () => {
      const { refresh_token } = await offline();
      const answer = await service.refresh(refresh_token ?? '', { scope: 'openid profile phone' });
      expectRefused(answer, 'invalid_scope');
    });

    test('comes only with offline_access and agreement', async () => {
      const { code, verifier } = await fresh({ scope: 'openid profile' });
      expect((await service.redeem(code, verifier)).json).not.toHaveProperty('refresh_token');
    });
  });

  test('other grants are not for a service that signs citizens in', async () => {
    const grants = [
      { grant_type: 'client_credentials' },
      { grant_type: 'password', username: citizen.phone, password: citizen.password },
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' },
      { grant_type: '__proto__' },
    ];
    for (const grant of grants)
      expectRefused(await service.token(grant), /unauthorized_client|unsupported_grant_type|invalid_request/);
  });

  describe('what a code or token stood on', () => {
    const withdraw = async (): Promise<void> => {
      const browser = citizenBrowser();
      let page = await browser.get(`${system.issuer}/account/services/${service.id}`);
      page = await walk(browser, citizen, page);
      page = await browser.get(`${system.issuer}/account/services/${service.id}`);
      await browser.submit(page, {});
    };

    test('agreement withdrawn between two steps: nothing more is given', async () => {
      const held = await offline();
      const { code, verifier } = await fresh();
      await withdraw();
      expectRefused(await service.redeem(code, verifier), 'invalid_grant');
      expectRefused(await service.refresh(held.refresh_token ?? ''), 'invalid_grant');
      expect((await userinfo(system.issuer, held.access_token)).status).toBe(401);
    });

    test('an account frozen between two steps: nothing more is given', async () => {
      const who = await system.persona('verified-two');
      const at = await register(system);
      const browser = citizenBrowser();
      const held = await signedIn(at, browser, who, OFFLINE);
      const { code, verifier } = await enter(at, browser, who);
      await system.database.postgres.run(sql`
        update citizens.citizen set status = 'frozen', sessions_not_before = now()
        where id in (select citizen_id from oidc.consent where client_id = ${at.id})`);
      expectRefused(await at.redeem(code, verifier), 'invalid_grant');
      expectRefused(await at.refresh(held.refresh_token ?? ''), 'invalid_grant');
      expect((await userinfo(system.issuer, held.access_token)).status).toBe(401);
      expect(landed(await browser.get(at.request({ prompt: 'none' }).url)).get('error')).toBe(
        'login_required',
      );
    });
  });
});
