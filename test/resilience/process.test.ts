import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { place, runToEnd, start, tongxing, type Place, type Running } from './process.ts';
import { byCode, citizenBrowser, headingOf, metadataOf, reached, serviceOf } from './trial-client.ts';
import { freePort } from '../support/global-setup.ts';
import { testDatabase } from '../support/postgres.ts';
import { startRedisServer } from '../support/redis.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const KEY = { TONGXING_CRYPTO__KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
const SECRET = 'process-test-secret-7d1b2c3e';
const PASSWORD = 'seventeen-herons-over-the-weir';

async function importClient({ env }: Pick<Place, 'env'>): Promise<void> {
  const { code, err } = await tongxing(
    env,
    ['client', 'import', '-'],
    JSON.stringify(metadataOf('kept', SECRET)),
  );
  if (code !== 0) throw new Error(err);
}

const oneLine = (setting: string): RegExp => new RegExp(`^${setting.replace('.', '\\.')}:? [^\\n]+\\n$`);

const phoneOf = (n: number): string => `138${String(10_000_000 + n)}`;

describe('killed at any moment', () => {
  let at: Place;
  let running: Running;
  const service = serviceOf(() => at.issuer, 'kept', SECRET);
  /** Phones whose whole registration was answered with the return to the service. */
  const acknowledged: string[] = [];
  const starts: number[] = [];
  let next = 0;

  beforeAll(async () => {
    at = await place();
    running = await start(at.env);
    await importClient(at);
  });
  afterAll(() => running.stop());

  async function register(phone: string): Promise<void> {
    const browser = citizenBrowser();
    const page = await byCode(browser, service.begin().url, phone, at, { register: true });
    const consent = await browser.submit(page, { password: PASSWORD });
    const back = await browser.submit(consent, { decision: 'allow' });
    if (reached(back) && back.url.includes('code=')) acknowledged.push(phone);
  }

  async function untilKilled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      next += 1;
      try {
        await register(phoneOf(next));
      } catch (error) {
        // The server is gone in the middle of a page: that is what happens here. Anything else is a finding.
        if (!signal.aborted) await sleep(50);
        if (!/^TypeError: |no message/.test(String(error))) throw error;
      }
    }
  }

  async function signIn(phone: string): Promise<string> {
    const browser = citizenBrowser();
    const first = await browser.get(service.begin().url);
    const back = await browser.submit(first, { phone, password: PASSWORD });
    return reached(back) ? 'back at the service' : headingOf(back);
  }

  test('ten kills with SIGKILL lose no account and no consent, and the next start is ready within ten seconds', async () => {
    for (let round = 0; round < 10; round += 1) {
      const killed = new AbortController();
      const load = [untilKilled(killed.signal), untilKilled(killed.signal)];
      const before = acknowledged.length;
      await until(() => acknowledged.length > before, 10);
      await sleep(Math.random() * 700);
      killed.abort();
      await running.stop('SIGKILL');
      await Promise.all(load);
      running = await start(at.env);
      starts.push(running.readyMs);
      for (const phone of acknowledged.slice(-3)) expect(await signIn(phone)).toBe('back at the service');
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(10);
    for (const phone of acknowledged) expect(await signIn(phone)).toBe('back at the service');
    // A node is back within ten seconds, also on a machine that has other work; alone it takes one and a half.
    expect(starts.toSorted((a, b) => a - b)[5]).toBeLessThan(10_000);
  });

  test('a database killed with it recovers, and nothing acknowledged is gone', async () => {
    const [pid = ''] = readFileSync(path.join(at.folder, 'postgres/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await running.stop('SIGKILL');
    running = await start(at.env);
    const [first = '', last = ''] = [acknowledged[0], acknowledged.at(-1)];
    expect(await signIn(first)).toBe('back at the service');
    expect(await signIn(last)).toBe('back at the service');
  });

  test('the audit is sound after all of it, asked beside the running provider', async () => {
    await sleep(1_500);
    const { code, out } = await tongxing(at.env, ['audit', 'verify', '--json']);
    const verdict = JSON.parse(out) as { sound: boolean; events: number };
    expect([code, verdict.sound]).toEqual([0, true]);
    expect(verdict.events).toBeGreaterThan(acknowledged.length);
  });

  test('SIGTERM lets a request in flight finish, refuses new ones, and ends with 0', async () => {
    const { hostname, port } = new URL(at.issuer);
    const body = '_csrf=none&phone=13900010001';
    const socket = net.connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const head = [
      'POST /signin/unknown/password HTTP/1.1',
      'Host: here',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`);
    await sleep(1_000);
    const ended = running.stop();
    await until(async () => (await statusOf(`${at.issuer}/health/live`)) === 0, 10);
    socket.write(body.slice(10));
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, '']);
    running = await start(at.env);
  });
});

describe('a start that cannot be', () => {
  const line = async (env: Readonly<Record<string, string>>): Promise<readonly [number | null, string]> => {
    const { code, err } = await runToEnd(env);
    return [code, err];
  };
  let base: Place;
  let url: string;
  const production = (over: Readonly<Record<string, string>> = {}) => ({
    TONGXING_ENV: 'production',
    TONGXING_ISSUER: 'https://id.example.gov.cn',
    TONGXING_POSTGRES__URL: url,
    TONGXING_REDIS__MODE: 'standalone',
    TONGXING_REDIS__URL: process.env['TEST_REDIS'] ?? 'redis://127.0.0.1:1',
    ...KEY,
    TONGXING_POPULATION_REGISTER__URL: 'https://register.example.gov.cn',
    TONGXING_MOBILE_OPERATOR__URL: 'https://operator.example.gov.cn',
    TONGXING_POPULATION_REGISTER__SECRET: 'p'.repeat(40),
    TONGXING_MOBILE_OPERATOR__SECRET: 'm'.repeat(40),
    TONGXING_HTTP__PORT: base.env['TONGXING_HTTP__PORT'] ?? '',
    TONGXING_HTTP__METRICS_PORT: base.env['TONGXING_HTTP__METRICS_PORT'] ?? '',
    TONGXING_NOTIFY__CARRIERS: JSON.stringify([
      { id: 'one', url: 'https://sms.example.gov.cn', keyId: 'k', secret: 's'.repeat(40), timeoutMs: 3000 },
    ]),
    ...over,
  });
  const without = (env: Readonly<Record<string, string>>, name: string) =>
    Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
  let close: () => Promise<void>;

  beforeAll(async () => {
    const database = await testDatabase(1);
    [url, close] = [database.url, () => database.close()];
    base = await place({ TONGXING_POSTGRES__URL: url, ...KEY });
  });
  afterAll(() => close());

  test.each([
    ['http.port', 'TONGXING_HTTP__PORT'],
    ['http.metricsPort', 'TONGXING_HTTP__METRICS_PORT'],
  ])('a taken port is one line that names %s', async (setting, variable) => {
    const taken = await freePort();
    const holder = net.createServer().listen(taken, '127.0.0.1');
    const [code, err] = await line({ ...base.env, [variable]: String(taken) });
    holder.close();
    expect([code, err]).toEqual([1, `${setting}: 127.0.0.1:${taken} cannot be opened (EADDRINUSE)\n`]);
  });

  test('a taken port of the embedded database and of the sandbox are one line each', async () => {
    const taken = await freePort();
    const holder = net.createServer().listen(taken, '127.0.0.1');
    const embedded = await place({ TONGXING_POSTGRES__EMBEDDED_PORT: String(taken) });
    const [first, second] = [
      await line(embedded.env),
      await line({
        ...base.env,
        TONGXING_SANDBOX__PORTS: JSON.stringify({
          ...(JSON.parse(base.env['TONGXING_SANDBOX__PORTS'] ?? '{}') as object),
          smsCarrier: taken,
        }),
      }),
    ];
    holder.close();
    expect(first).toEqual([1, expect.stringMatching(/^postgres\.embeddedPort: [^\n]+\n$/)]);
    expect(second).toEqual([1, expect.stringMatching(/^sandbox\.ports[^\n]+\n$/)]);
  });

  test.each([
    ['http.porrt', { TONGXING_HTTP__PORRT: '80' }],
    ['crypto.keyEncryptionKey', { TONGXING_CRYPTO__KEY_ENCRYPTION_KEY: 'short' }],
    ['postgres.url', { TONGXING_POSTGRES__URL: 'postgres://nobody:secret-word@127.0.0.1:1/none' }],
  ])('a wrong setting is one line that names %s', async (setting, over) => {
    const [code, err] = await line({ ...base.env, ...over });
    expect([code, err]).toEqual([1, expect.stringMatching(oneLine(setting))]);
    expect(err).not.toContain('secret-word');
  });

  test('production without a secret, or with the sandbox, does not start', async () => {
    const variable = 'TONGXING_CRYPTO__KEY_ENCRYPTION_KEY';
    expect(await line(without(production(), variable))).toEqual([
      1,
      `crypto.keyEncryptionKey: must be given (${variable})\n`,
    ]);
    expect(await line(production({ TONGXING_SANDBOX__ENABLED: 'true' }))).toEqual([
      1,
      'sandbox.enabled: must be false in production\n',
    ]);
  });

  test('a start while Redis is out of reach waits for it, and readiness says so', async () => {
    const port = await freePort();
    const at = await place({
      ...KEY,
      TONGXING_POSTGRES__URL: url,
      TONGXING_REDIS__MODE: 'standalone',
      TONGXING_REDIS__URL: `redis://127.0.0.1:${port}`,
    });
    const starting = start(at.env);
    await until(async () => (await statusOf(`${at.issuer}/health/ready`)) === 503, 10);
    expect(await statusOf(`${at.issuer}/health/live`)).toBe(200);
    const redis = await startRedisServer([], port);
    const running = await starting;
    const { code, err } = await running.stop();
    await redis.kill();
    expect([code, err]).toEqual([0, '']);
  });
});

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status;
  } catch {
    // Nobody listens yet.
    return 0;
  }
}
