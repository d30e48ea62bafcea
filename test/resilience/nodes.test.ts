// Two nodes of the built product on one PostgreSQL and one Redis, in the production environment, behind a proxy that
// ends TLS and gives each request to the other node.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { place, start, tongxing, type Place, type Running } from './process.ts';
import { metadataOf } from './trial-client.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

jest.setTimeout(60_000);

const HOST = 'id.example.gov.cn';
let database: TestDatabase;
let proxy: http.Server;
let first: Place;
const nodes: Running[] = [];
const served = [0, 0];
let at = '';

beforeAll(async () => {
  database = await testDatabase(1);
  const places = [await place(), await place()];
  first = places[0]!;
  const shared = {
    TONGXING_ENV: 'production',
    TONGXING_ISSUER: `https://${HOST}`,
    TONGXING_POSTGRES__URL: database.url,
    TONGXING_REDIS__MODE: 'standalone',
    TONGXING_REDIS__URL: process.env['TEST_REDIS'] ?? '',
    TONGXING_REDIS__PREFIX: `${randomBytes(5).toString('hex')}:`,
    TONGXING_CRYPTO__KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TONGXING_POPULATION_REGISTER__SECRET: 'p'.repeat(40),
    TONGXING_MOBILE_OPERATOR__SECRET: 'm'.repeat(40),
    TONGXING_HTTP__TRUSTED_PROXY_HOPS: '1',
  };
  for (const { env, issuer } of places) {
    const { TONGXING_SANDBOX__PORTS: _, ...rest } = env;
    nodes.push(await start({ ...rest, ...shared }, issuer));
  }
  const targets = places.map(({ issuer }) => new URL(issuer));
  let turn = 0;
  proxy = http.createServer((req, res) => {
    turn = 1 - turn;
    served[turn] = (served[turn] ?? 0) + 1;
    const { hostname, port } = targets[turn]!;
    const headers = {
      ...req.headers,
      host: HOST,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
    };
    const on = http.request({ hostname, port, path: req.url, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    on.once('error', () => res.writeHead(502).end());
    req.pipe(on);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const words = ['client', 'import', '-'];
  const client = metadataOf('nodes', 'nodes-secret-0123456789abc', {
    redirect_uris: ['https://app.example.gov.cn/back'],
    post_logout_redirect_uris: [],
  });
  const { code, err } = await tongxing({ ...first.env, ...shared }, words, JSON.stringify(client));
  if (code !== 0) throw new Error(err);
});
afterAll(async () => {
  proxy.close();
  await Promise.all(nodes.map((node) => node.stop()));
  await database.close();
});

/** A browser's cookies for one site over TLS: enough for these pages. */
function visitor() {
  const jar = new Map<string, string>();
  const lines: string[] = [];
  const visit = {
    lines,
    go: async (
      path: string,
      form?: Readonly<Record<string, string>>,
    ): Promise<{ status: number; text: string; path: string; headers: Headers }> => {
      const response = await fetch(`${at}${path}`, {
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(form ? { origin: `https://${HOST}` } : {}),
        },
        ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      });
      for (const line of response.headers.getSetCookie()) {
        lines.push(line);
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const text = await response.text();
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399)
        return { status: response.status, text, path, headers: response.headers };
      const next = new URL(location, `https://${HOST}`);
      return visit.go(`${next.pathname}${next.search}`);
    },
  };
  return visit;
}

const AUTHORIZE = `/oidc/authorize?${new URLSearchParams({
  client_id: 'nodes',
  redirect_uri: 'https://app.example.gov.cn/back',
  response_type: 'code',
  scope: 'openid',
  state: 'some-state',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
}).toString()}`;

test('pages, cookies and headers are those of https, whichever node answers', async () => {
  const visit = visitor();
  const page = await visit.go(AUTHORIZE);
  expect(page.text).toContain('name="password"');
  expect(page.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
  expect(page.text).not.toContain('测试环境');
  expect(visit.lines.length).toBeGreaterThan(1);
  for (const line of visit.lines) {
    expect(line).toMatch(/; ?secure/i);
    expect(line).toMatch(/; ?httponly/i);
    expect(line).toMatch(/; ?samesite=lax/i);
  }
  expect(visit.lines.some((line) => line.startsWith('__Host-browser='))).toBe(true);
  const discovery = (await (await fetch(`${at}/.well-known/openid-configuration`)).json()) as Record<
    string,
    string
  >;
  for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'])
    expect(discovery[name]).toMatch(new RegExp(`^https://${HOST}`));
});

test('tries are one count for both nodes, over a form that each request takes to the other', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    const visit = visitor();
    const page = await visit.go(AUTHORIZE);
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page.text) ?? [];
    const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(page.text) ?? [];
    const form = { _csrf: token, phone: '13900012222', password: `guess-number-${n}-of-some` };
    statuses.push((await visit.go(action, form)).status);
  }
  expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
  expect(Math.min(...served)).toBeGreaterThan(5);
});

test('both nodes are ready, and neither has a sandbox', async () => {
  for (let n = 0; n < 2; n += 1) expect((await fetch(`${at}/health/ready`)).status).toBe(200);
  expect(
    await fetch(first.hub).then(
      () => 'answers',
      () => 'nobody',
    ),
  ).toBe('nobody');
});
