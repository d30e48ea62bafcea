// A store goes away in the middle of a login: who asks is told to come back, and the same step works when it is back.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import type { Page } from '../../support/browser.ts';
import { startRedisServer, type RedisServer } from '../../support/redis.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  userinfo,
  type Answer,
  type Service,
} from '../relying-party.ts';

interface Line {
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A wire to a server that can be cut and mended. */
async function line(port: number): Promise<Line> {
  const open = new Set<net.Socket>();
  let whole = true;
  const server = net.createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = net.connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    cut,
    mend: () => void (whole = true),
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function expectBusy({ status, headers, text }: Pick<Answer | Page, 'status' | 'headers' | 'text'>): void {
  expect([status, text.slice(0, 300)]).toEqual([503, expect.any(String)]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(text).not.toMatch(/node_modules|\bat \w+ \(|\.ts:|ECONN|postgres|redis/i);
}

/** Every step of a login while the store is away, and again when it is back. */
async function loseAndFind(
  system: TestApp,
  service: Service,
  citizen: Persona,
  lose: () => Promise<void>,
  find: () => Promise<void>,
): Promise<void> {
  const browser = citizenBrowser();
  const page = await browser.get(service.request().url);
  const { code, verifier } = await enter(service, citizenBrowser(), citizen);
  const held = await signedIn(service, citizenBrowser(), citizen, {
    scope: 'openid offline_access',
    prompt: 'consent',
  });
  const fields = { phone: citizen.phone, password: citizen.password };
  await lose();
  expectBusy(await browser.get(page.url));
  expectBusy(await browser.submit(page, fields));
  expectBusy(await service.redeem(code, verifier));
  expectBusy(await service.refresh(held.refresh_token ?? ''));
  expectBusy(await userinfo(system.issuer, held.access_token));
  await find();
  const done = await browser.submit(page, fields);
  expect(landed(done).has('code')).toBe(true);
  expect((await service.redeem(code, verifier)).status).toBe(200);
  expect((await service.refresh(held.refresh_token ?? '')).status).toBe(200);
  expect((await userinfo(system.issuer, held.access_token)).status).toBe(200);
}

describe('PostgreSQL away', () => {
  let base: TestApp;
  let system: TestApp;
  let wire: Line;

  beforeAll(async () => {
    base = await testApp();
    const url = new URL(base.database.url);
    wire = await line(Number(url.port));
    url.hostname = '127.0.0.1';
    url.port = String(wire.port);
    system = await testApp({ beside: { ...base, database: { ...base.database, url: url.href } } });
  });
  afterAll(async () => {
    wire.mend();
    await system.close();
    await wire.close();
    await base.close();
  });

  test('each step says to come back, and works afterwards', async () => {
    const service = await register(system);
    const cut = (): Promise<void> => Promise.resolve(wire.cut());
    const mend = async (): Promise<void> => {
      wire.mend();
      await sleep(300);
    };
    await loseAndFind(system, service, await system.persona('verified'), cut, mend);
  }, 90_000);
});

// In a quick run there is no Redis to lose.
const redisIsThere = backEnds.includes('redis');

if (redisIsThere)
  describe('Redis away', () => {
    let system: TestApp;
    let wire: Line;
    let server: RedisServer;

    beforeAll(async () => {
      server = await startRedisServer();
      wire = await line(server.port);
      const env = {
        TONGXING_REDIS__MODE: 'standalone',
        TONGXING_REDIS__URL: `redis://127.0.0.1:${wire.port}`,
      };
      system = await testApp({ env });
    });
    afterAll(async () => {
      wire.mend();
      await system.close();
      await wire.close();
      await server.kill();
    });

    test('each step says to come back, and works afterwards', async () => {
      const service = await register(system);
      const cut = (): Promise<void> => Promise.resolve(wire.cut());
      const mend = async (): Promise<void> => {
        wire.mend();
        await sleep(3_000);
      };
      await loseAndFind(system, service, await system.persona('verified'), cut, mend);
    }, 90_000);
  });
