// What every request meets before a feature sees it: refusals first.
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { staticPages } from '../../../idp/platform/http/static-pages.tsx';
import { ask, probe, serve, webServer, type Serving } from './serving.ts';

const HTML = { accept: 'text/html' };
const JSON_ONLY = { accept: 'application/json' };

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ features: [probe, staticPages(false)] });
});
afterAll(() => serving.close());

const get = (path: string, headers: Record<string, string> = {}) => ask(`${serving.url}${path}`, { headers });

async function raw(text: string): Promise<string> {
  const socket = connect(Number(new URL(serving.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  // A server that hangs up on garbage may do so before everything is written.
  socket.on('error', () => undefined);
  socket.write(text);
  await Promise.race([once(socket, 'close'), sleep(3_000)]);
  socket.destroy();
  return answer;
}

describe('refusals', () => {
  test.each([
    ['/nowhere', 'GET', 404, 'not_found'],
    ['/silent', 'GET', 404, 'not_found'],
    ['/page', 'POST', 405, 'method_not_allowed'],
    ['/page', 'TRACE', 405, 'method_not_allowed'],
    ['/locked', 'GET', 429, 'locked'],
    ['/down', 'GET', 503, 'unavailable'],
    ['/bug', 'GET', 500, 'internal'],
  ])('%s %s: %i, as JSON and as a page with the reference number', async (path, method, status, error) => {
    const json = await ask(`${serving.url}${path}`, { method, headers: JSON_ONLY });
    expect(json.status).toBe(status);
    expect(JSON.parse(json.text)).toEqual({ error, reference: json.headers['x-reference'] });
    expect(json.headers['cache-control']).toBe('no-store');
    const html = await ask(`${serving.url}${path}`, { method, headers: HTML });
    expect(html.status).toBe(status);
    expect(html.headers['content-type']).toMatch(/^text\/html/);
    expect(html.headers['cache-control']).toBe('no-store');
    expect(html.text).toContain(String(html.headers['x-reference']));
    expect(html.text).not.toContain('secret inside');
  });

  test('a path known under another method names it', async () => {
    const { headers } = await ask(`${serving.url}/guarded`);
    expect(headers['allow']).toBe('POST');
  });

  test('a lock and an outage say when to come back', async () => {
    expect((await get('/locked')).headers['retry-after']).toBe('600');
    expect((await get('/down')).headers['retry-after']).toBe('5');
  });

  test('a bug is logged once, under the reference that the citizen sees', async () => {
    const { headers } = await get('/bug');
    const found = serving.lines.filter(
      ({ level, reference }) => level === 'error' && reference === headers['x-reference'],
    );
    expect(found).toHaveLength(1);
  });

  test('broken percent-encoding in a path is the caller’s mistake', async () => {
    expect((await get('/echo/%E0%A4%A')).status).toBeLessThan(500);
  });

  test('what is not HTTP is answered in plain text without a stack', async () => {
    const answer = await raw('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('text/plain');
    expect(answer).not.toContain('Error');
  });

  test('16 kB of headers are too much: 431', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('headers', () => {
  const always = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };

  test.each(['/page', '/help', '/nowhere', '/bug', '/oidc/token', '/health/live'])(
    '%s carries them',
    async (path) => {
      const { headers } = await get(path, HTML);
      expect(headers).toMatchObject(always);
      expect(headers['permissions-policy']).toContain('camera=()');
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'; base-uri 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-reference']).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  test('form-action holds the origin that the page allowed, and nothing on other pages', async () => {
    const page = await get('/page');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' https://service.example;");
    expect(page.headers['cache-control']).toBe('no-store');
    expect((await get('/help')).headers['content-security-policy']).toContain("form-action 'self';");
  });

  test('HSTS is sent under https only', async () => {
    expect((await get('/page')).headers['strict-transport-security']).toBeUndefined();
    const secure = await serve({ publicUrl: 'https://login.example' });
    const { headers } = await ask(`${secure.url}/page`);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    await secure.close();
  });

  test('every request has a reference number of its own', async () => {
    const [one, two] = [await get('/page'), await get('/page')];
    expect(one.headers['x-reference']).not.toBe(two.headers['x-reference']);
  });
});

describe('the caller’s address', () => {
  const addressOf = async (server: Serving, forwarded?: string): Promise<string> => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const { text } = await ask(`${server.url}/echo/1`, { headers });
    return (JSON.parse(text) as { address: string }).address;
  };

  test('without trusted proxies, X-Forwarded-For is the caller’s word and counts for nothing', async () => {
    expect(await addressOf(serving, '198.51.100.7')).toBe('127.0.0.1');
  });

  test('with one trusted proxy, only the entry that it appended counts', async () => {
    const one = await serve({ settings: { trustedProxyHops: 1 } });
    expect(await addressOf(one, '1.2.3.4, 198.51.100.7')).toBe('198.51.100.7');
    expect(await addressOf(one, '1.2.3.4, 2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(await addressOf(one, '::ffff:198.51.100.7')).toBe('198.51.100.7');
    expect(await addressOf(one, '1.2.3.4, <script>')).toBe('127.0.0.1');
    expect(await addressOf(one)).toBe('127.0.0.1');
    await one.close();
  });
});

describe('what is measured and logged', () => {
  test('goes by route pattern: no path, no identifier', async () => {
    await get('/echo/very-secret-uid');
    await get('/oidc/authorize/very-secret-uid');
    await get('/oidc/very-secret-uid');
    await get('/very-secret-uid');
    await sleep(50);
    const metrics = await serving.metrics.text();
    expect(metrics).toContain('route="/echo/:uid"');
    expect(metrics).toContain('route="/oidc/authorize/*"');
    expect(metrics).toContain('route="unmatched"');
    expect(metrics + JSON.stringify(serving.lines)).not.toContain('very-secret-uid');
  });
});

describe('starting and stopping', () => {
  test('a taken port is one line that names the setting', async () => {
    const port = Number(new URL(serving.url).port);
    await expect(webServer({ settings: { port } }).server.listen()).rejects.toThrow(
      `http.port: 127.0.0.1:${port} cannot be opened (EADDRINUSE)`,
    );
    await expect(webServer({ settings: { metricsPort: port } }).server.listen()).rejects.toThrow(
      `http.metricsPort: 127.0.0.1:${port} cannot be opened (EADDRINUSE)`,
    );
  });

  test('requests in flight finish; new ones find a closed port', async () => {
    const draining = await serve();
    const slow = ask(`${draining.url}/slow`);
    await sleep(100);
    const closed = draining.close();
    await expect(ask(`${draining.url}/page`)).rejects.toThrow('ECONNREFUSED');
    expect((await slow).text).toBe('done');
    await closed;
  });

  test('what does not finish in time is cut off', async () => {
    const draining = await serve({ settings: { drainSeconds: 1 } });
    const stuck = ask(`${draining.url}/stuck`);
    const cut = expect(stuck).rejects.toThrow(/socket hang up|ECONNRESET/);
    await sleep(100);
    const begun = performance.now();
    await draining.close();
    expect(performance.now() - begun).toBeLessThan(2_000);
    await cut;
  });
});

describe('health', () => {
  test('ready only when every check passes; a hanging check counts as failed within two seconds', async () => {
    const server = await serve({
      features: [
        {
          name: 'stores',
          health: [
            { name: 'good', check: () => Promise.resolve() },
            { name: 'bad', check: () => Promise.reject(new Error('password=hunter2')) },
            { name: 'hanging', check: () => new Promise(() => undefined) },
          ],
        },
      ],
    });
    const ready = await ask(`${server.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(ready.headers['retry-after']).toBe('5');
    expect(JSON.parse(ready.text)).toEqual({
      status: 'not_ready',
      checks: { good: 'ok', bad: 'failed', hanging: 'failed' },
    });
    expect((await ask(`${server.url}/health/live`)).status).toBe(200);
    await server.close();
    expect((await get('/health/ready')).status).toBe(200);
  });
});

test.each(['/help', '/help/counters', '/privacy', '/accessibility', '/terms'])(
  '%s reads in both languages',
  async (path) => {
    const [zh, en] = [await get(`${path}?lang=zh-CN`), await get(`${path}?lang=en`)];
    expect([zh.status, en.status]).toEqual([200, 200]);
    expect(zh.text).toMatch(/<h1>[^<]*[\u4e00-\u9fff]/);
    expect(en.text).toMatch(/<h1>[A-Z]/);
  },
);
