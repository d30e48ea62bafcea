// Keys and registrations change while citizens sign in: nobody is thrown out, and every node knows at once.
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  serviceAt,
  signedIn,
  type Service,
} from '../relying-party.ts';

describe.each(backEnds)('a change on one node, short-lived state in %s', (store) => {
  let system: TestApp;
  let other: TestApp;
  let citizen: Persona;
  let service: Service;

  beforeAll(async () => {
    system = await testApp({ store });
    other = await testApp({ store, beside: system, env: { TONGXING_ISSUER: system.issuer } });
    citizen = await system.persona('verified');
    service = await register(system);
  });
  afterAll(async () => {
    await other.close();
    await system.close();
  });

  const command = async (name: string, ...args: string[]): Promise<void> => {
    const found = system.app.commands.find((one) => one.name === name);
    const lines: string[] = [];
    const io = { out: () => undefined, err: (line: string) => void lines.push(line) };
    if ((await found?.run(args, io)) !== 0) throw new Error(`${name}: ${lines.join(' ')}`);
  };
  const keySet = async (base: string): Promise<JSONWebKeySet> =>
    (await (await fetch(`${base}/oidc/jwks`)).json()) as JSONWebKeySet;
  const kids = (set: JSONWebKeySet): (string | undefined)[] => set.keys.map(({ kid }) => kid);

  test('signing keys rotate under 200 logins and refreshes: each token verifies with the keys of its hour', async () => {
    const before = await keySet(other.issuer);
    const rotation = { over: false };
    const rotating = (async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await sleep(300);
        await command('keys rotate', 'signing', '--now');
      }
      rotation.over = true;
    })();
    const asked = { scope: 'openid offline_access', prompt: 'consent' };
    let tokens = 0;
    const citizenAt = async (at: Service): Promise<void> => {
      const browser = citizenBrowser();
      let held = await signedIn(service, browser, citizen, asked);
      while (!rotation.over || tokens < 200) {
        const answer = await at.refresh(held.refresh_token ?? '');
        expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
        held = answer.json as unknown as typeof held;
        const base = tokens % 2 === 0 ? system.issuer : other.issuer;
        const local = createLocalJWKSet(await keySet(base));
        await expect(jwtVerify(held.id_token, local, { issuer: system.issuer })).resolves.toBeDefined();
        tokens += 1;
      }
    };
    const there = serviceAt(other.issuer, service.id, service.secret, service.redirect);
    await Promise.all([...[service, there, service, there].map(citizenAt), rotating]);
    await sleep(500);
    const after = await keySet(other.issuer);
    expect(new Set(kids(await keySet(system.issuer)))).toEqual(new Set(kids(after)));
    expect(kids(after)).toEqual(expect.arrayContaining(kids(before)));
    expect(kids(after).length).toBe(kids(before).length + 3);
  }, 90_000);

  test('cookie keys rotate and sessions stay, also one that is in the middle of signing in', async () => {
    const browser = citizenBrowser();
    await enter(service, browser, citizen);
    const half = citizenBrowser();
    const page = await half.get(service.request().url);
    await command('keys rotate', 'cookie');
    await sleep(300);
    const visit = await browser.get(service.request({ prompt: 'none' }).url);
    expect(landed(visit).has('code')).toBe(true);
    const done = await half.submit(page, { phone: citizen.phone, password: citizen.password });
    expect(landed(done).has('code')).toBe(true);
  });

  test('a service that is disabled is refused by the other node within a second', async () => {
    const doomed = await register(system);
    const there = serviceAt(other.issuer, doomed.id, doomed.secret, doomed.redirect);
    const { code, verifier } = await enter(doomed, citizenBrowser(), citizen);
    expect((await citizenBrowser().get(there.request().url)).status).toBe(200);
    await command('client disable', doomed.id);
    await sleep(900);
    expect((await citizenBrowser().get(there.request().url)).status).toBe(400);
    expect((await there.redeem(code, verifier)).status).toBe(401);
    await command('client enable', doomed.id);
    await sleep(900);
    expect((await citizenBrowser().get(there.request().url)).status).toBe(200);
  });

  test('a changed return address counts on the other node within a second', async () => {
    const moving = await register(system);
    const there = serviceAt(other.issuer, moving.id, moving.secret, moving.redirect);
    expect((await citizenBrowser().get(there.request().url)).status).toBe(200);
    const file = path.join(os.tmpdir(), `tongxing-import-${store}-${process.pid}.json`);
    const redirect_uri = 'https://moved.example.gov.cn/callback';
    await writeFile(
      file,
      JSON.stringify({ client_id: moving.id, redirect_uris: [redirect_uri], scope: 'openid' }),
    );
    await command('client import', file);
    await sleep(900);
    expect((await citizenBrowser().get(there.request().url)).status).toBe(400);
    expect((await citizenBrowser().get(there.request({ redirect_uri }).url)).status).toBe(200);
  });
});
