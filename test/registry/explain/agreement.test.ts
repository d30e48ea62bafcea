// An explained request must not be explained away: the same requests go to the real engine, and both must agree.
import { explain, clientNamed, type Client, type Explained } from '../../../idp/registry/registry.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { citizenBrowser, register, type Params, type Service } from '../../oidc/relying-party.ts';
import { sandboxService } from '../activity/actors.ts';

let system: TestApp;
const services = new Map<string, Service>();

beforeAll(async () => {
  system = await testApp({
    env: {
      TONGXING_OIDC__RESOURCE_SERVERS: JSON.stringify([{ uri: 'https://api.example', scopes: 'read' }]),
    },
  });
  services.set('web', await sandboxService(system));
  services.set('production', await register(system));
  services.set('pushing', await register(system, { require_pushed_authorization_requests: true }));
  services.set('one mode', await register(system, { response_modes: ['form_post'] }));
  services.set('wants acr', await register(system, { default_acr_values: ['urn:tongxing:acr:l1'] }));
  services.set(
    'no refresh',
    await register(system, { grant_types: ['authorization_code'], scope: 'openid profile' }),
  );
  const app = {
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://localhost/cb'],
  };
  services.set('app', await sandboxService(system, app));
});
afterAll(() => system.close());

const service = (name: string): Service => {
  const found = services.get(name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

async function judged(url: string): Promise<Explained> {
  const client: Client | undefined = await system.app.registry.find(clientNamed(url) ?? '');
  return explain({ issuer: new URL(system.issuer), resources: ['https://api.example'] }, url, client);
}

/** What the engine does: asks the citizen, tells the service, or shows a page of ours. */
async function done(url: string): Promise<'asked' | 'told' | 'page'> {
  const page = await citizenBrowser().get(url);
  if (page.status !== 0 && /\/signin\//.test(page.url)) return 'asked';
  // A form that posts itself to the service is an answer to it.
  return page.status === 0 || page.text.includes('name="error"') ? 'told' : 'page';
}

const CASES: readonly (readonly [string, string, Params])[] = [
  ['as it should be', 'web', {}],
  ['without state and nonce', 'web', { state: undefined, nonce: undefined }],
  ['a stroke too many', 'web', { redirect_uri: 'https://service-1.example.gov.cn/callback/' }],
  ['no redirect_uri', 'web', { redirect_uri: undefined }],
  ['an empty redirect_uri', 'web', { redirect_uri: '' }],
  ['an unknown client', 'web', { client_id: 'nobody' }],
  ['no client', 'web', { client_id: undefined }],
  ['no response_type', 'web', { response_type: undefined }],
  ['a token in the address', 'web', { response_type: 'code id_token' }],
  ['code twice in response_type', 'web', { response_type: 'code code' }],
  ['response_type none', 'web', { response_type: 'none' }],
  ['form_post', 'web', { response_mode: 'form_post' }],
  ['an unknown mode', 'web', { response_mode: 'web_message' }],
  ['a mode that is not registered', 'one mode', {}],
  ['the mode that is registered', 'one mode', { response_mode: 'form_post' }],
  ['no scope at all', 'web', { scope: undefined, nonce: undefined }],
  ['no scope and a nonce', 'web', { scope: undefined }],
  [
    'no openid and acr_values',
    'web',
    { scope: 'profile', nonce: undefined, acr_values: 'urn:tongxing:acr:l1' },
  ],
  ['no openid for a client that needs it', 'wants acr', { scope: 'profile', nonce: undefined }],
  ['a scope that is not registered', 'web', { scope: 'openid id_number' }],
  ['a scope that is not known', 'web', { scope: 'openid weather' }],
  ['two spaces in the scope', 'web', { scope: 'openid  profile' }],
  ['a quote in the scope', 'web', { scope: 'openid "profile"' }],
  [
    'offline_access that is not registered and will be dropped',
    'no refresh',
    { scope: 'openid offline_access' },
  ],
  ['offline_access with consent', 'web', { scope: 'openid offline_access', prompt: 'consent' }],
  ['no PKCE', 'web', { code_challenge: undefined, code_challenge_method: undefined }],
  ['PKCE plain', 'web', { code_challenge_method: 'plain' }],
  ['PKCE without a method', 'web', { code_challenge_method: undefined }],
  ['a method without a challenge', 'web', { code_challenge: undefined }],
  ['a short challenge', 'web', { code_challenge: 'short' }],
  ['a long challenge', 'web', { code_challenge: 'x'.repeat(129) }],
  ['a challenge of 44', 'web', { code_challenge: 'x'.repeat(44) }],
  ['a challenge with =', 'web', { code_challenge: `${'x'.repeat(43)}=` }],
  ['prompt login consent', 'web', { prompt: 'login consent' }],
  ['prompt select_account', 'web', { prompt: 'select_account' }],
  ['prompt none with login', 'web', { prompt: 'none login' }],
  ['max_age 0', 'web', { max_age: '0' }],
  ['max_age as text', 'web', { max_age: 'five' }],
  ['max_age below nothing', 'web', { max_age: '-1' }],
  ['max_age with a fraction', 'web', { max_age: '1.5' }],
  ['an unknown acr', 'web', { acr_values: 'urn:example:gold' }],
  ['claims', 'web', { claims: '{"userinfo":{"name":null}}' }],
  ['claims that are no JSON', 'web', { claims: '{name}' }],
  ['claims that are a list', 'web', { claims: '[]' }],
  ['claims of nowhere', 'web', { claims: '{"name":null}' }],
  ['claims with a text', 'web', { claims: '{"userinfo":{"name":"yes"}}' }],
  ['claims that are not registered', 'web', { claims: '{"userinfo":{"id_number":null}}' }],
  ['an API', 'web', { resource: 'https://api.example' }],
  ['an unknown API', 'web', { resource: 'https://other.example' }],
  ['a signed request', 'web', { request: 'a.b.c' }],
  ['a registration', 'web', { registration: '{}' }],
  ['a request_uri of the web', 'web', { request_uri: 'https://service-1.example.gov.cn/request' }],
  ['a client that must push', 'pushing', {}],
  ['another port on this machine', 'app', { redirect_uri: 'http://localhost:5173/cb' }],
  ['another path on this machine', 'app', { redirect_uri: 'http://localhost:5173/other' }],
  ['an unknown parameter', 'web', { redirect_url: 'https://evil.example' }],
  ['a rehearsal that is not known', 'web', { rehearse: 'nothing' }],
  ['a rehearsal in production', 'production', { rehearse: 'access_denied' }],
];

test.each(CASES)('agrees with the engine about %s', async (_, name, changed) => {
  const { url } = service(name).request(changed);
  const verdict = await judged(url);
  const did = await done(url);
  expect({ accepted: verdict.accepted, wrong: verdict.lines.filter(({ is }) => is === 'error') }).toEqual(
    did === 'asked' ? { accepted: true, wrong: [] } : { accepted: false, wrong: [expect.anything()] },
  );
  if (did !== 'asked') expect(verdict.toldToService).toBe(did === 'told');
});

test.each(['scope=openid', 'prompt=login', 'redirect_uri=https%3A%2F%2Fevil.example', 'weather=fine'])(
  'agrees about a parameter that stands twice: %s',
  async (more) => {
    const url = `${service('web').request({ weather: 'fine', prompt: 'login' }).url}&${more}`;
    expect((await judged(url)).accepted).toBe((await done(url)) === 'asked');
  },
);

test('what it puts right, the engine takes', async () => {
  const wrong = service('web').request({
    redirect_uri: `${service('web').redirect}/`,
    response_type: 'code token',
    scope: 'openid id_number profile',
    prompt: 'none login',
    registration: '{}',
    login_hint: '13800001234',
  }).url;
  const { corrected, lines } = await judged(wrong);
  expect(lines.filter(({ is }) => is === 'error').map(({ parameter }) => parameter)).toEqual([
    'redirect_uri',
    'response_type',
    'scope',
    'prompt',
    'registration',
  ]);
  expect(JSON.stringify([corrected, lines])).not.toContain('13800001234');
  expect((await judged(corrected!)).accepted).toBe(true);
  expect(await done(corrected!.replace('prompt=none', 'prompt=login'))).toBe('asked');
});

test('says the exact difference in both languages, and reads a form as well as an address', async () => {
  const { url } = service('web').request({ redirect_uri: `${service('web').redirect}/` });
  for (const pasted of [
    url,
    new URL(url).search.slice(1),
    url.replace('?', '\n  ?').replaceAll('&', '\n  &'),
  ]) {
    const said = (await judged(pasted)).lines.find(({ parameter }) => parameter === 'redirect_uri');
    expect(said?.text.en).toContain('(extra "/" at the end)');
    expect(said?.text['zh-CN']).toContain('（结尾多了“/”）');
  }
});

test('knows another address from ours, and guesses what was meant by a name', async () => {
  const { url } = service('web').request({ redirect_url: 'x' });
  expect((await judged(url.replace('/oidc/authorize', '/authorize'))).accepted).toBe(false);
  expect((await judged(url.replace('http://127.0.0.1', 'http://evil.example'))).accepted).toBe(false);
  const strange = (await judged(url)).lines.find(({ parameter }) => parameter === 'redirect_url');
  expect(strange).toMatchObject({ is: 'warning' });
  expect(strange?.text.en).toContain('redirect_uri');
  for (const nonsense of ['', '?', 'https://', '%', 'a=%E0%A4%A', '&&&='])
    expect((await judged(nonsense)).accepted).toBe(false);
});
