// Request targets that a browser never sends and a scanner always does.
import net from 'node:net';
import { ASSETS } from '../../../idp/platform/ui/assets.ts';
import { assets } from '../../../idp/platform/http/serving/assets.ts';
import { ask, probe, serve, type Serving } from './serving.ts';

let web: Serving;
beforeAll(async () => {
  web = await serve({ features: [probe, assets()] });
});
afterAll(() => web.close());

/** The status line and headers of a request whose target is sent as it stands: clients would tidy it up. */
function raw(target: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = net.connect(Number(new URL(web.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', reject);
  socket.on('close', () => resolve(text));
  socket.write(`GET ${target} HTTP/1.1\r\nHost: login.example\r\nConnection: close\r\n\r\n`);
  return promise;
}

test.each([
  '//',
  '///',
  '//[',
  '//:99999/x',
  '//evil.example/x?lang=en',
  '/\\evil.example',
  'http://:99999/',
  'http://evil.example/nowhere',
  '*',
  '/?lang[]=en&mode=%00',
  '/?__proto__=1&constructor=2',
  '/%',
])('%s is not found, and every link on the page stays here', async (target) => {
  const text = await raw(target);
  expect(text.split('\r\n')[0]).toBe('HTTP/1.1 404 Not Found');
  const links = [...text.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => href);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(link).toMatch(/^(#main|tel:12345|\/$|\/[^/\\])/);
  expect(web.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('what caches may keep carries nobody’s cookie', async () => {
  for (const { path } of ASSETS) {
    const { headers, cookies } = await ask(`${web.url}${path}`);
    expect(headers['cache-control']).toContain('public');
    expect(cookies).toEqual([]);
  }
});

test('a load balancer’s probe is given no cookie', async () => {
  for (const path of ['/health/live', '/health/ready'])
    expect((await ask(`${web.url}${path}`)).cookies).toEqual([]);
});
