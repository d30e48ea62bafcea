// A unit that automates registers sandbox clients by itself: OpenID Connect Registration 1.0 with an initial access token.
import * as client from 'openid-client';
import { testApp, type TestApp } from '../../support/app.ts';
import { answerOf, type Answer } from '../../oidc/relying-party.ts';
import { enterThrough } from './journey.ts';
import { makeUnit, run, told } from './program.ts';

let system: TestApp;

const redirect = 'https://pr-17.example-office.example.gov.cn/callback';
const wish = { client_name: '预览环境', redirect_uris: [redirect] };

beforeAll(async () => {
  system = await testApp();
  await makeUnit(system, 'example-office');
});
afterAll(() => system.close());

const permit = (uses = '20'): Promise<{ id: string; token: string }> =>
  told(
    system,
    'registration-tokens create',
    '--unit',
    'example-office',
    '--name',
    'Previews',
    '--uses',
    uses,
  );

async function post(token: string | undefined, body: unknown): Promise<Answer> {
  return answerOf(
    await fetch(`${system.issuer}/oidc/register`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    }),
  );
}

test('without a token that permits it, nothing is registered', async () => {
  const ended = await permit();
  expect(await run(system, 'registration-tokens end', ended.id)).toMatchObject({ code: 0 });
  for (const token of [undefined, 'nonsense', 'x'.repeat(43), ended.token]) {
    const answer = await post(token, wish);
    expect([token, answer.status]).toEqual([token, 401]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
});

test('what is wrong is said with value, rule and fix, and costs no use', async () => {
  const { token } = await permit('1');
  const wild = await post(token, { ...wish, redirect_uris: ['https://*.example.gov.cn/callback'] });
  expect([wild.status, wild.json['error']]).toEqual([400, 'invalid_redirect_uri']);
  expect(wild.json['error_description']).toContain('wildcard');
  const scope = await post(token, { ...wish, scope: 'openid face' });
  expect([scope.status, scope.json['error']]).toEqual([400, 'invalid_client_metadata']);
  const other = await post(token, { ...wish, tongxing_unit: { id: 'cn' } });
  expect(other.json['error_description']).toContain('belongs to unit "example-office"');
  expect((await post(token, wish)).status).toBe(201);
});

test('a token is good for so many clients, also when they come at once', async () => {
  const { token } = await permit('2');
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(token, wish)));
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses).toEqual([201, 201, 401, 401, 401, 401]);
  expect((await post(token, wish)).json['error']).toBe('invalid_token');
});

test('what is registered is told back, secret included, and what the provider assigns or does not know is not taken', async () => {
  const { token } = await permit();
  const answer = await post(token, {
    ...wish,
    client_id: 'tongxing-console',
    client_secret: 'chosen-by-the-caller-0123456789',
    favourite_colour: 'green',
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.json).toMatchObject({
    client_name: '预览环境',
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: expect.stringMatching(/^[\w-]{43}$/),
    client_secret_expires_at: expect.any(Number),
    client_id_issued_at: expect.any(Number),
  });
  // A secret lives for a year (RFC 7591 3.2.1: in seconds since the epoch).
  const life = Number(answer.json['client_secret_expires_at']) - Number(answer.json['client_id_issued_at']);
  expect(Math.round(life / 86_400)).toBe(365);
  expect(answer.json['client_id']).not.toBe('tongxing-console');
  expect(answer.json).not.toHaveProperty('favourite_colour');
  expect(answer.json).not.toHaveProperty('sector_identifier_uri');
  const registered = await system.app.registry.find(String(answer.json['client_id']));
  expect(registered).toMatchObject({ environment: 'sandbox', unitId: 'example-office' });
});

test('a relying party finds the endpoint, registers and signs a citizen in', async () => {
  const { token } = await permit();
  const server = await client.dynamicClientRegistration(
    new URL(system.issuer),
    { ...wish, token_endpoint_auth_method: 'client_secret_basic' },
    undefined,
    { initialAccessToken: token, execute: [client.allowInsecureRequests] },
  );
  const { client_id: clientId, client_secret: secret } = server.clientMetadata();
  const claims = await enterThrough(
    system,
    { clientId, secret: String(secret), redirect },
    await system.persona('verified'),
  );
  expect(claims['name']).toEqual(expect.any(String));
});
