// The devices of a citizen over a real database: known, listed, trusted, forgotten, and gone in time.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCitizens, type CitizenId, type Citizens, type Phone } from '../../idp/citizens/citizens.ts';
import { createDevices, kindWords, type Devices } from '../../idp/devices/devices.ts';
import { createLimits } from '../../idp/platform/limits/limits.ts';
import { randomToken } from '../../idp/platform/base/ids.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import type { TextMessage } from '../../idp/platform/notify/notify.ts';
import { createLog } from '../../idp/platform/telemetry/log.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';

const PLACES = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'config/places-sandbox.csv');
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';
const HOME = '192.0.2.7';

let fixture: AuditFixture;
let citizens: Citizens;
let devices: Devices;
const texts: TextMessage[] = [];
const lines: string[] = [];

beforeAll(async () => {
  fixture = await auditFixture();
  const { database, keyring, clock, audit } = fixture;
  const { postgres } = database;
  const ephemeral = createPostgresEphemeral(postgres);
  const sealer = keyringSealer(keyring);
  citizens = createCitizens({ postgres, sealer, index: keyringIndex(keyring), clock });
  devices = createDevices({
    postgres,
    ephemeral,
    sealer,
    audit,
    citizens,
    clock,
    limits: createLimits({ ephemeral, postgres, keyring, clock }),
    // Whether messages reach a phone is shown over HTTP in test/signin/unusual.test.ts; here the carrier is down at will.
    notify: { text: (message) => (texts.push(message), Promise.reject(new Error('no carrier'))) },
    log: createLog({ level: 'warn', write: (line) => void lines.push(line) }),
    issuer: new URL('https://id.example.gov.cn'),
    signature: '国家政务登录',
    placesFile: PLACES,
    askOperator: () => Promise.resolve(undefined),
    settings: {
      places: PLACES,
      keepDays: 400,
      notices: true,
      noticesPerDay: 3,
      noticeLife: '10d',
      burst: 600,
      burstPeriod: '5m',
      simWaitMs: 800,
    },
  });
});
afterAll(() => fixture.close());

let serial = 10_000_000;
async function newCitizen(): Promise<CitizenId> {
  const phone = `+86139${(serial += 1)}` as Phone;
  const made = await fixture.audit.change(async (tx) => {
    const registered = await citizens.register(tx, phone, fixture.clock.now());
    if (registered.is !== 'registered') throw new Error('the phone is taken');
    const actor = 'system';
    tx.record({ type: 'citizen.registered', data: { method: 'sms' }, citizenId: registered.id, actor });
    return registered.id;
  });
  return made;
}

/** A finished sign-in, until everything after it is done. */
async function signIn(
  citizenId: CitizenId,
  device: string,
  over: Partial<Parameters<Devices['signedIn']>[0]> = {},
): Promise<void> {
  const usual = { address: HOME, userAgent: SAFARI, trusts: false, tells: false, reference: '9D4K-70BZ' };
  devices.signedIn({ citizenId, device, ...usual, ...over });
  await devices.close();
}

const eventsOf = async (id: string): Promise<string[]> => {
  const { rows } = await fixture.tamper(
    `select type from audit.event where citizen_id = $1 and type like 'device.%' order by at`,
    [id],
  );
  return (rows as { type: string }[]).map(({ type }) => type);
};

describe('a device', () => {
  let id: CitizenId;
  const device = randomToken();
  beforeAll(async () => {
    id = await newCitizen();
    await signIn(id, device);
  });

  test('is known to the account that signed in with it, and to no other', async () => {
    expect(await devices.knows(id, device)).toBe(true);
    expect(await devices.knows(id, randomToken())).toBe(false);
    expect(await devices.knows(id, undefined)).toBe(false);
    expect(await devices.knows(await newCitizen(), device)).toBe(false);
  });

  test('is listed with what a citizen knows it by', async () => {
    const [listed] = await devices.list(id, device);
    expect(listed).toMatchObject({ here: true, trustedUntil: undefined });
    expect(listed?.place?.name['zh-CN']).toBe('江临市');
    expect(listed && kindWords(listed, 'zh-CN')).toBe('苹果手机（Safari 浏览器）');
    expect((await devices.list(id, undefined))[0]?.here).toBe(false);
  });

  test('is one device however often it is used, and its addition is recorded once', async () => {
    await signIn(id, device, { address: '198.51.100.3' });
    await signIn(id, device);
    expect(await devices.list(id, device)).toHaveLength(1);
    expect(await eventsOf(id)).toEqual(['device.added']);
  });

  test('remembers the places it was in: neither is new any more', async () => {
    for (const address of [HOME, '198.51.100.9'])
      expect((await devices.circumstances(id, ['pwd'], { address, device })).signals.newPlace).toBe(false);
    const { signals } = await devices.circumstances(id, ['pwd'], { address: '203.0.113.1', device });
    expect(signals).toMatchObject({ newPlace: true, newDevice: false, firstSignIn: false });
    expect(signals.travel?.km).toBeGreaterThan(1_500);
  });

  test('stands in the database without browser, place or cookie in clear', async () => {
    const { rows } = await fixture.tamper('select device::text as line from devices.device as device');
    const all = (rows as { line: string }[]).map(({ line }) => line).join('\n');
    for (const telling of [device, 'safari', 'iphone', '990100', '江临'])
      expect([telling, all.includes(telling), all.includes(Buffer.from(telling).toString('hex'))]).toEqual([
        telling,
        false,
        false,
      ]);
  });

  test('is trusted from the moment its owner says so, and using it makes the trust no newer', async () => {
    const since = async (): Promise<Date | undefined> =>
      (await devices.circumstances(id, ['pwd'], { address: HOME, device })).trustedSince;
    expect(await since()).toBeUndefined();
    const at = fixture.clock.now();
    await signIn(id, device, { trusts: true });
    expect(await since()).toEqual(at);
    await signIn(id, device);
    expect(await since()).toEqual(at);
    expect(await devices.knows(id, device)).toBe(true);
    expect(await eventsOf(id)).toEqual(['device.added', 'device.trusted']);
  });

  test('stands in the copy of everything kept', async () => {
    const [kept] = (await devices.records.exportOf(id)) as Record<string, unknown>[];
    expect(kept).toMatchObject({ system: 'iphone', family: 'safari', places: ['江临市', '云川市'] });
    expect(JSON.stringify(kept)).not.toContain(device);
  });

  test('is forgotten by its owner only, and is a new one then', async () => {
    const [{ id: row } = { id: '' }] = await devices.list(id, device);
    const stranger = await newCitizen();
    const forget = (of: CitizenId, which: string): Promise<boolean> =>
      fixture.audit.change((tx) => devices.forget(tx, of, which));
    expect(await forget(stranger, row)).toBe(false);
    expect(await forget(id, 'nonsense')).toBe(false);
    expect(await forget(id, row)).toBe(true);
    expect(await forget(id, row)).toBe(false);
    expect(await devices.knows(id, device)).toBe(false);
    expect((await eventsOf(id)).at(-1)).toBe('device.forgotten');
  });
});

describe('the table', () => {
  test('keeps the fifty used last of an account whose cookies are cleared every time', async () => {
    const id = await newCitizen();
    const [first = '', ...later] = Array.from({ length: 52 }, () => randomToken());
    await signIn(id, first);
    for (const device of later) await signIn(id, device);
    expect(await devices.list(id, undefined)).toHaveLength(50);
    expect(await devices.knows(id, first)).toBe(false);
    expect(await devices.knows(id, later.at(-1))).toBe(true);
  });

  test('loses what nobody signed in with for longer than its cookie lives', async () => {
    const [id, device, other] = [await newCitizen(), randomToken(), randomToken()];
    await signIn(id, device);
    const [rule] = devices.records.rules;
    const before = new Date(fixture.clock.now().getTime() + 1);
    fixture.clock.forward(10);
    await signIn(id, other);
    expect(await rule?.removal?.due(before)).toBeGreaterThan(0);
    await fixture.audit.change(async (tx) => {
      const rows = (await rule?.removal?.remove(tx, before, 1_000)) ?? 0;
      tx.record({ type: 'retention.removed', data: { table: 'devices.device', rows }, actor: 'system' });
    });
    expect(await devices.knows(id, device)).toBe(false);
    expect(await devices.knows(id, other)).toBe(true);
    expect(await rule?.removal?.due(before)).toBe(0);
  });
});

test('a message that no carrier takes is logged without the phone, and the device is remembered all the same', async () => {
  const [id, device] = [await newCitizen(), randomToken()];
  await signIn(id, device, { tells: true });
  expect(texts).toHaveLength(1);
  expect(lines.join('\n')).toContain('no carrier');
  expect(lines.join('\n')).not.toContain(texts[0]?.to.reveal());
  expect(await devices.knows(id, device)).toBe(true);
});
