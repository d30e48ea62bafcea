// Three thousand nonsensical requests over every route, the same ones on every run: nothing of ours breaks or shows.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import http from 'node:http';
import { citizenBrowser, metadataOf, serviceOf } from './trial-client.ts';
import { signIn, testApp, type TestApp } from '../support/app.ts';

const SEED = 20_261;
const REQUESTS = 3_000;

let system: TestApp;
let session = '';
let signin = '';
const service = serviceOf(() => system.issuer, 'fuzz', 'fuzz-secret-0123456789abcd');

beforeAll(async () => {
  system = await testApp();
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  const browser = citizenBrowser();
  await signIn(browser, await browser.get(service.begin().url), await system.persona('verified'));
  const page = await browser.get(service.begin({ prompt: 'login' }).url);
  signin = new URL(page.url).pathname;
  session = browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
});
afterAll(() => system.close());

/** mulberry32: small, seeded, good enough to choose nonsense. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = numbers(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const chance = (of: number): boolean => random() < of;

const PATHS = (): readonly string[] => [
  '/',
  '/account',
  '/account/signed-in',
  '/account/verify',
  '/account/services',
  '/account/services/fuzz',
  '/account/history',
  signin,
  `${signin}/leave`,
  `${signin}/password`,
  `${signin}/sms`,
  `${signin}/consent`,
  `${signin}/prove`,
  '/oidc/authorize',
  signin.replace('/signin/', '/oidc/authorize/'),
  '/oidc/token',
  '/oidc/userinfo',
  '/oidc/jwks',
  '/oidc/par',
  '/oidc/introspect',
  '/oidc/revoke',
  '/oidc/logout',
  '/oidc/logout/confirm',
  '/oidc/logout/success',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/health/live',
  '/health/ready',
  '/counter/cases/lookup',
  '/counter/submissions',
  '/counter/submissions/0198a000-0000-7000-8000-000000000001/approval',
  '/help',
  '/privacy',
  '/terms',
  '/accessibility',
  '/assets/ui.css',
];

const VALUES: readonly string[] = [
  '',
  '0',
  '-1',
  '99999999999999999999',
  'null',
  '%00',
  '%ff%fe',
  '%',
  '%E5%BC%A0%F0%A0%AE%B7',
  '<script>alert(1)</script>',
  "' or 1=1 --",
  '{{7*7}}${7*7}',
  '../../../../etc/passwd',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '__proto__',
  'constructor[prototype][x]=1',
  '{"id_token":{"acr":{"essential":true,"values":["x"]}}}',
  '{"id_token":null,"userinfo":[]}',
  '[]',
  '{"id_token":{"sub":{"value":{}}}}',
  'eyJhbGciOiJub25lIn0.e30.',
  '{"payload":"e30","signatures":[{"protected":"e30","signature":""},{"protected":"!","signature":"e30"}]}',
  'a.b.c',
  'urn:tongxing:acr:l9',
  'none login consent select_account',
  'openid '.repeat(200),
  'x'.repeat(7_000),
  'http://localhost:3999/callback',
  'https://evil.example/',
  'javascript:alert(1)',
  '\u202E\uFEFF',
  '13900010001',
  'fuzz',
  'S256',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
];

const NAMES: readonly string[] = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'acr_values',
  'claims',
  'id_token_hint',
  'login_hint',
  'ui_locales',
  'ui_mode',
  'display',
  'request',
  'request_uri',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'refresh_token',
  'token',
  'token_type_hint',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'resource',
  'dpop_jkt',
  'audience',
  'post_logout_redirect_uri',
  'logout',
  'xsrf',
  'error',
  'lang',
  'mode',
  'theme',
  'way',
  'restart',
  '_csrf',
  'phone',
  'password',
  'name',
  'id_number',
  'consent',
  'decision',
  'resend',
  '__proto__',
  'constructor',
  'a[b][c]',
];

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const TYPES = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'text/plain',
  'application/jose+json',
  'multipart/form-data; boundary=x',
  '',
];

function parameters(): string {
  const count = Math.floor(random() * 7);
  const sane = chance(0.5)
    ? [
        'client_id=fuzz',
        'response_type=code',
        `redirect_uri=${encodeURIComponent('http://localhost:3999/callback')}`,
        'scope=openid',
        'code_challenge_method=S256',
        `code_challenge=${'a'.repeat(43)}`,
      ]
    : [];
  const odd = Array.from({ length: count }, () => `${pick(NAMES)}=${encodeMaybe(pick(VALUES))}`);
  return [...sane, ...odd].join('&');
}

/** Values that are percent-encoded already, or broken, go as they are. */
const encodeMaybe = (value: string): string =>
  /^[\w%.-]*$/.test(value) && chance(0.5) ? value : encodeURIComponent(value);

function mutated(path: string): string {
  if (chance(0.75)) return path;
  return pick([
    `${path}/`,
    `${path}/${pick(['%00', '..%2f..', 'x'.repeat(300), '%ff', '%E0%A4%A', ';a=b', '__proto__'])}`,
    path.replace('/', '//'),
    path.toUpperCase(),
    `/${path.slice(1, -1)}%20`,
    `/.${path}`,
  ]);
}

function headers(): Record<string, string> {
  const all: Record<string, string> = {
    accept: pick(['text/html', 'application/json', '*/*', 'nonsense', '']),
  };
  if (chance(0.5))
    all['cookie'] = chance(0.6) ? session : `${session.replace(/[A-F]/g, 'x')}; ${'a=b; '.repeat(20)}`;
  if (chance(0.2))
    all['authorization'] = pick([
      'Basic !!!',
      'Basic Zjpm',
      'Bearer x',
      'DPoP x',
      'Bearer',
      `Basic ${Buffer.from('fuzz:%').toString('base64')}`,
    ]);
  if (chance(0.15)) all['dpop'] = pick(['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.']);
  if (chance(0.2)) all['origin'] = pick([system.issuer, 'https://evil.example', 'null', '']);
  if (chance(0.2)) all['x-forwarded-for'] = pick(['1.2.3.4', '::1', 'nonsense, , 1', 'x'.repeat(500)]);
  if (chance(0.2)) all['accept-language'] = pick(['en', '*', 'q=;;,', 'zh-Hant;q=9']);
  if (chance(0.1)) all['x-forwarded-host'] = 'evil.example';
  if (chance(0.1)) all['if-none-match'] = '"x"';
  if (chance(0.1)) all['range'] = 'bytes=-1';
  return all;
}

interface Sent {
  readonly what: string;
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

async function send(): Promise<Sent> {
  const method = pick(METHODS);
  const path = mutated(pick(PATHS()));
  const query = chance(0.6) ? `?${parameters()}` : '';
  const given = headers();
  const body = method === 'GET' || method === 'HEAD' ? undefined : chance(0.85) ? parameters() : pick(VALUES);
  if (body !== undefined) given['content-type'] = pick(TYPES);
  const what = `${method} ${path}${query} ${JSON.stringify({ ...given, cookie: given['cookie'] ? 'yes' : 'no' })} ${body ?? ''}`;
  const begun = performance.now();
  const response = await fetch(`${system.issuer}${path}${query}`, {
    method,
    headers: given,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { what: what.slice(0, 600), status: response.status, text, ms: performance.now() - begun };
}

/** A stack frame, a source file, a folder of the machine, the words of a library. */
const TELLTALE =
  /\n?\s+at .+:\d+:\d+|[\w/-]+\.(?:ts|tsx|mjs|cjs)\b|node_modules|\/work\/|\/home\/|node:internal|SQLSTATE|postgres:\/\/|redis:\/\//;

test('of 3,000 nonsensical requests none fails inside, tells of the inside, or takes a second', async () => {
  const sent: Sent[] = [];
  while (sent.length < REQUESTS) sent.push(...(await Promise.all(Array.from({ length: 4 }, send))));
  const wrong = sent.filter(({ status, text, ms }) => status >= 500 || TELLTALE.test(text) || ms >= 5_000);
  expect(
    wrong.slice(0, 5).map(({ what, status, ms, text }) => ({
      what,
      status,
      ms: Math.round(ms),
      told: TELLTALE.exec(text)?.[0],
    })),
  ).toEqual([]);
  expect(new Set(sent.map(({ status }) => status)).size).toBeGreaterThan(6);
  expect(system.logged.filter((line) => /request failed|engine failed/.test(line))).toEqual([]);
}, 90_000);

/** `fetch` would tidy the address up first. */
function asTyped(target: string): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(system.issuer);
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { hostname, port, path: target, headers: { accept: 'text/html' } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.once('error', reject).end();
  });
}

test.each([
  '//',
  '//?x=1',
  '//evil.example/x',
  '/.//evil.example',
  '/\\evil.example',
  'http://evil.example/',
  '/..//evil.example/',
  '*',
])('the address %s is not found, and no link of the page leads elsewhere', async (target) => {
  const { status, text } = await asTyped(target);
  expect([302, 303, 400, 404]).toContain(status);
  for (const [, href = ''] of text.matchAll(/(?:href|action)="(?!tel:)([^"]*)"/g))
    expect(new URL(href.replaceAll('&amp;', '&'), `${system.issuer}/page`).origin).toBe(system.issuer);
});

test('what the nonsense left behind disturbs nobody', async () => {
  const browser = citizenBrowser();
  const page = await browser.get(service.begin().url);
  const back = await signIn(browser, page, await system.persona('verified-two'));
  expect([0, 200]).toContain(back.status);
  expect((await fetch(`${system.issuer}/health/ready`)).status).toBe(200);
});
