// What the checklist finds at a service: a real server that behaves well or badly, asked through the real way out.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound, type Outbound } from '../../../idp/platform/http/outbound.ts';
import type { Item } from '../../../idp/registry/golive/items.ts';
import { LOOKS, type Found } from '../../../idp/registry/golive/looks.ts';
import { M } from '../../../idp/registry/golive/messages.ts';
import type { Client, Seen } from '../../../idp/registry/registry.ts';

type ClientGrants = Client['claims'];

let server: http.Server;
let base: string;
let outbound: Outbound;
let status = 200;
let body = '';

beforeAll(async () => {
  server = http.createServer((_request, response) => response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  outbound = createOutbound({
    allowHosts: [`127.0.0.1:${port}`],
    connectMs: 300,
    timeoutMs: 500,
    maxBytes: 10_000,
  });
});
afterAll(() => server.close());

interface Given {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly claims?: ClientGrants;
  /** Newest first. */
  readonly requests?: readonly Partial<Seen>[];
}

async function found(item: Item, { metadata = {}, claims = {}, requests = [] }: Given): Promise<string> {
  const seen = requests.map(
    (one) => ({ at: new Date(0), endpoint: 'authorize', params: {}, ...one }) as Seen,
  );
  const client = { metadata, claims } as Client;
  const { found: is, reason }: Found = await LOOKS[item]({
    client,
    requests: seen,
    outbound,
    now: new Date(0),
  });
  expect(M.texts.en[reason]).toBeDefined();
  return `${is} ${reason}`;
}

test.each([
  [['http://localhost:3000/cb'], 'failed redirect_local'],
  [['https://10.0.0.1/cb'], 'failed not_public'],
  [['https://[::1]/cb'], 'failed not_public'],
  [['https://no-such-host.invalid/cb'], 'failed no_answer'],
  [[], 'open no_redirect'],
])('redirect addresses %j: %s', async (redirect_uris, expected) => {
  expect(await found('redirect_tls', { metadata: { redirect_uris } })).toBe(expected);
});

test.each([
  [200, 'failed logout_believes'],
  [404, 'failed logout_status'],
  [302, 'failed logout_status'],
  [400, 'passed logout_refuses'],
])('a logout address that answers %i to a forged logout: %s', async (answer, expected) => {
  status = answer;
  expect(await found('logout_answers', { metadata: { backchannel_logout_uri: `${base}/bye` } })).toBe(
    expected,
  );
});

test('a logout address in our own network is not asked at all', async () => {
  expect(await found('logout_answers', { metadata: { backchannel_logout_uri: 'http://127.0.0.1:1/' } })).toBe(
    'failed not_public',
  );
  expect(await found('logout_answers', {})).toBe('open no_logout');
});

test.each([
  ['not json', 200, 'failed keys_unreadable'],
  ['{"keys":[]}', 200, 'failed keys_unreadable'],
  ['{"keys":[{"kty":"EC"}]}', 200, 'failed keys_nameless'],
  ['{"keys":[{"kid":"a"}]}', 200, 'passed keys_one'],
  ['{"keys":[{"kid":"a"},{"kid":"b"}]}', 200, 'passed keys_two'],
  ['{"keys":[{"kid":"a"}]}', 500, 'failed status'],
])('keys %s with status %i: %s', async (text, answer, expected) => {
  [body, status] = [text, answer];
  const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `${base}/jwks` };
  expect(await found('keys_fresh', { metadata })).toBe(expected);
});

const careful = { state: true, nonce: true } as const;
const rehearsal = { params: { ...careful, rehearse: 'bad_signature' } } as const;

test.each<[string, Item, readonly Partial<Seen>[], string]>([
  ['nobody came', 'careful_requests', [], 'open no_login'],
  [
    'a login without nonce',
    'careful_requests',
    [{ params: { state: true } }, { params: careful }],
    'failed careless',
  ],
  ['careful logins', 'careful_requests', [{ params: careful }, { error: 'x' }], 'passed careful'],
  ['no rehearsal', 'bad_signature', [{ endpoint: 'token' }], 'open not_rehearsed'],
  ['a code that was never redeemed', 'bad_signature', [rehearsal], 'open not_redeemed'],
  [
    'a forged login that went on',
    'bad_signature',
    [{ endpoint: 'userinfo' }, { endpoint: 'token' }, rehearsal],
    'failed signature_believed',
  ],
  [
    'a forged login that ended',
    'bad_signature',
    [{ endpoint: 'token' }, rehearsal],
    'passed signature_refused',
  ],
  [
    'a later login that went on',
    'bad_signature',
    [{ endpoint: 'userinfo' }, { params: careful }, { endpoint: 'token' }, rehearsal],
    'passed signature_refused',
  ],
  ['nobody said no', 'access_denied', [{ error: 'invalid_scope' }], 'open not_rehearsed'],
  ['somebody said no', 'access_denied', [{ error: 'access_denied' }], 'passed denied_seen'],
])('%s', async (_, item, requests, expected) => {
  expect(await found(item, { requests })).toBe(expected);
});

test.each<[string, ClientGrants, string]>([
  ['no claims', {}, 'passed purposes'],
  [
    'the general purpose',
    { name: { purpose: { 'zh-CN': '用于登录和办理业务', en: 'To sign in' }, required: true } },
    'failed purposes_missing',
  ],
  [
    'one language twice',
    { name: { purpose: { 'zh-CN': '核对户主', en: '核对户主' }, required: true } },
    'failed purposes_missing',
  ],
  [
    'a purpose',
    { name: { purpose: { 'zh-CN': '核对户主', en: 'To check the owner' }, required: true } },
    'passed purposes',
  ],
])('purposes with %s: %s', async (_, claims, expected) => {
  expect(await found('purposes', { claims })).toBe(expected);
});

test('the privacy notice and the contacts', async () => {
  status = 404;
  expect(await found('privacy_page', { metadata: { policy_uri: `${base}/privacy` } })).toBe('failed status');
  status = 200;
  expect(await found('privacy_page', { metadata: { policy_uri: `${base}/privacy` } })).toBe(
    'passed privacy_opens',
  );
  expect(await found('privacy_page', {})).toBe('failed no_privacy');
  expect(await found('contacts', { metadata: { contacts: ['a'] } })).toBe('failed contacts_few');
  expect(await found('contacts', { metadata: { contacts: ['a', 'b'] } })).toBe('passed contacts');
});
