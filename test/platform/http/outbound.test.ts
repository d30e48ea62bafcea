// The way out: nowhere near our own network, never after a redirect, never for long, never for much.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { isPublicAddress } from '../../../idp/platform/http/addresses/public.ts';
import { createOutbound } from '../../../idp/platform/http/outbound.ts';

let server: Server;
let host: string;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/redirect') res.writeHead(302, { location: '/target' }).end();
    else if (req.url === '/huge') res.end(Buffer.alloc(5_000));
    else if (req.url === '/drip') {
      res.write('x');
    } else if (req.url === '/empty') res.writeHead(204).end();
    else if (req.url !== '/slow') res.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { connectMs: 500, timeoutMs: 400, maxBytes: 4_096 };
const strict = createOutbound({ allowHosts: [], ...limits });
const allowing = () => createOutbound({ allowHosts: [host], ...limits });

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://017700000001/',
  'https://0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://localhost/',
  'https://user:password@service.example/',
  'http://93.184.215.14/',
  'ftp://93.184.215.14/',
  'file:///etc/passwd',
])('%s is refused before anything is sent', async (url) => {
  await expect(strict(url)).rejects.toMatchObject({ code: 'forbidden' });
});

test('the running server is not reached under any of its names', async () => {
  const port = host.split(':')[1] ?? '';
  for (const name of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
    await expect(strict(`https://${name}:${port}/`)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(strict(`http://${name}:${port}/`)).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect(asked).toEqual([]);
});

test('a caller’s own dispatcher is not used', async () => {
  const dispatcher = {
    dispatch: () => {
      throw new Error('used');
    },
  };
  const options = { dispatcher } as unknown as RequestInit;
  await expect(strict('https://127.0.0.1/', options)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await allowing()(`http://${host}/ok`, options)).status).toBe(200);
});

test('a redirect is handed back, not followed', async () => {
  const answer = await allowing()(`http://${host}/redirect`, { redirect: 'follow' });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('/target');
  expect(asked).toEqual(['/redirect']);
});

test.each(['/slow', '/drip'])('%s is given up when the time is over', async (path) => {
  const begun = performance.now();
  await expect(allowing()(`http://${host}${path}`)).rejects.toMatchObject({ code: 'unavailable' });
  expect(performance.now() - begun).toBeLessThan(1_500);
});

test('a body over the limit is refused', async () => {
  await expect(allowing()(`http://${host}/huge`)).rejects.toMatchObject({ code: 'unavailable' });
});

test('a caller may give up earlier', async () => {
  const signal = AbortSignal.timeout(50);
  await expect(allowing()(`http://${host}/slow`, { signal })).rejects.toMatchObject({ code: 'unavailable' });
});

test('nobody there: unavailable', async () => {
  const outbound = createOutbound({ allowHosts: ['127.0.0.1'], ...limits });
  await expect(outbound('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'unavailable' });
});

test('a host on the list is reached, by host and by host with port', async () => {
  for (const allowed of [host, '127.0.0.1']) {
    const answer = await createOutbound({ allowHosts: [allowed], ...limits })(`http://${host}/ok`, {
      method: 'POST',
      body: new URLSearchParams({ a: '1' }),
      headers: new Headers({ 'x-a': '1' }),
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ a: 1 });
  }
  expect((await allowing()(`http://${host}/empty`)).status).toBe(204);
});

test.each([
  ['8.8.8.8', true],
  ['93.184.215.14', true],
  ['2606:4700::1111', true],
  ['2001:4860:4860::8888', true],
  ['::ffff:8.8.8.8', true],
  ['0.0.0.0', false],
  ['100.127.255.255', false],
  ['100.128.0.0', true],
  ['172.31.255.255', false],
  ['172.32.0.0', true],
  ['198.19.255.255', false],
  ['203.0.113.9', false],
  ['240.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:a00:1', false],
  ['::127.0.0.1', false],
  ['64:ff9b::a00:1', false],
  ['64:ff9b:1::1', false],
  ['100::1', false],
  ['2001::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['fc00::1', false],
  ['fe80::1%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['not an address', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
