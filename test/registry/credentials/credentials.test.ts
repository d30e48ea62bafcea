import { generateKeyPairSync } from 'node:crypto';
import { addSeconds } from '../../../idp/platform/base/clock.ts';
import { uuidv7 } from '../../../idp/platform/base/ids.ts';
import { sendNotices } from '../../../idp/registry/credentials/notices.ts';
import {
  createAccess,
  createCredentials,
  createOperators,
  type Actor,
  type Credentials,
  type Role,
  type UnitId,
  type CredentialWish as Wish,
} from '../../../idp/registry/registry.ts';
import { until } from '../../support/until.ts';
import { plain, registryFixture, type RegistryFixture } from '../fixture.ts';

const DAY = 86_400;
const publicKey = (): Readonly<Record<string, unknown>> => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
});
const first = { ...publicKey(), kid: 'first' };
const unit = { id: 'fund', name: '公积金中心', 'name#en': 'Housing fund' };
const clients = [
  { ...plain, tongxing_unit: unit },
  {
    ...plain,
    client_id: 'signed',
    tongxing_unit: unit,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [first] },
  },
  {
    ...plain,
    client_id: 'certified',
    tongxing_unit: unit,
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_dns: 'a.example.gov.cn',
  },
  {
    ...plain,
    client_id: 'remote',
    tongxing_unit: unit,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: 'https://portal.example.gov.cn/jwks',
  },
  { ...plain, client_id: 'foreign', tongxing_unit: { id: 'tax', name: '税务局' } },
];

let fixture: RegistryFixture;
let credentials: Credentials;
let made: string;
let turn = 0;
const told: string[][] = [];
const tell = (citizenId: string, text: string): Promise<void> => {
  told.push([citizenId, text]);
  return Promise.resolve();
};
const person = (role: Role, id: string): Actor => ({
  name: 'operator:1',
  operatorId: undefined,
  kind: 'person',
  posts: [{ role, unitId: id as UnitId, path: `cn/${id}/` }],
  fresh: false,
});
const developer = person('developer', 'fund');
const wish: Wish = { kind: 'secret', name: '2027' };

beforeAll(async () => {
  fixture = await registryFixture();
  const { postgres } = fixture.database;
  credentials = createCredentials({ ...fixture, postgres, access: createAccess(fixture), tell });
});
beforeEach(async () => {
  for (const table of ['credential', 'client', 'post', 'invitation', 'operator'])
    await fixture.tamper(`delete from registry.${table}`);
  await fixture.tamper('delete from audit.event');
  told.length = 0;
  const imported = await fixture.registry.import(clients, 'operator:test');
  made = imported[0]?.secret?.reveal() ?? '';
  // Versions only ever rise: a client that comes again must not look like the one before it.
  turn += 1_000;
  await fixture.tamper('update registry.client set version = $1', [turn]);
});
afterAll(() => fixture.close());

const secretsOf = async (registry = fixture.registry): Promise<readonly string[]> =>
  ((await registry.find('portal'))?.credentials ?? []).map(({ secret }) => secret?.reveal() ?? '');
const added = async (
  change: Partial<Wish> = {},
  clientId = 'portal',
): Promise<{ id: string; secret: string }> => {
  const one = await credentials.add(developer, clientId, { ...wish, ...change });
  if (one.is === 'refused') throw new Error(one.complaints.map(({ text }) => text.en).join());
  return { id: one.id, secret: one.secret?.reveal() ?? '' };
};
const events = async (like: string): Promise<readonly object[]> =>
  (await fixture.tamper(`select data, actor from audit.event where type like $1 order by at, id`, [like]))
    .rows;

describe('a credential is not added', () => {
  test('to a client of another unit, which looks like none', async () => {
    for (const clientId of ['foreign', 'nobody'])
      await expect(credentials.add(developer, clientId, wish)).rejects.toMatchObject({ code: 'not_found' });
    await expect(credentials.list(developer, 'foreign')).rejects.toMatchObject({ code: 'not_found' });
    await expect(credentials.revoke(developer, 'foreign', uuidv7(fixture.clock.now()))).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
  });

  test.each<Role>(['auditor', 'support', 'reviewer'])('by a %s', async (role) => {
    await expect(credentials.add(person(role, 'fund'), 'portal', wish)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test.each<[string, string, Partial<Wish>, string]>([
    ['without a name', 'portal', { name: ' ' }, 'must be 1 to 80 characters'],
    [
      'for longer than a year',
      'portal',
      { expiresAt: new Date(Date.now() + 370 * DAY * 1000) },
      'at most a year',
    ],
    ['that has run out', 'portal', { expiresAt: new Date(0) }, 'must lie ahead'],
    ['of a kind it does not use', 'portal', { kind: 'key', public: publicKey() }, 'client_secret_basic'],
    ['where the keys stand elsewhere', 'remote', { kind: 'key', public: publicKey() }, 'at jwks_uri'],
    ['that is no key', 'signed', { kind: 'key', public: 'x' }, 'must be a key set'],
    ['for encryption', 'signed', { kind: 'key', public: { ...publicKey(), use: 'enc' } }, 'can sign'],
    ['with its private part', 'signed', { kind: 'key', public: { ...first, d: 'AAAA' } }, 'public keys only'],
    [
      'that is no subject',
      'certified',
      { kind: 'certificate', public: { cn: 'a' } },
      'one certificate subject',
    ],
  ])('%s', async (_what, clientId, change, expected) => {
    const one = await credentials.add(developer, clientId, { ...wish, ...change });
    expect(one).toMatchObject({ is: 'refused' });
    expect(JSON.stringify(one)).toContain(expected);
    expect(await events('credential.%')).toEqual([]);
  });

  test('as a third one that counts, also when ten are added at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, () => credentials.add(developer, 'portal', wish)),
    );
    expect(all.filter(({ is }) => is === 'added')).toHaveLength(1);
    expect(JSON.stringify(all.find(({ is }) => is === 'refused'))).toContain('revoke one first');
  });
});

test('a second secret is shown once, and both count until one is revoked', async () => {
  const { id, secret } = await added();
  expect(secret).toMatch(/^[\w-]{43}$/);
  await until(async () => (await secretsOf()).length === 2, 1);
  expect(new Set(await secretsOf())).toEqual(new Set([made, secret]));
  const listed = await credentials.list(developer, 'portal');
  expect(listed.map(({ name, state, createdBy }) => [name, state, createdBy])).toEqual([
    ['2027', 'live', 'operator:1'],
    ['secret', 'live', 'operator:test'],
  ]);
  expect(JSON.stringify(listed)).not.toContain(secret);
  const old = listed[1]?.id ?? '';
  expect(await credentials.revoke(developer, 'portal', old)).toBe('revoked');
  await expect(credentials.revoke(developer, 'portal', old)).rejects.toMatchObject({ code: 'conflict' });
  await until(async () => (await secretsOf()).join() === secret, 1);
  expect(await events('credential.%')).toMatchObject([
    { data: { credential: id, kind: 'secret' }, actor: 'operator:1' },
    { data: { credential: old, kind: 'secret', last: false }, actor: 'operator:1' },
  ]);
  const kept = await fixture.tamper('select secret_sealed from registry.credential where id = $1', [old]);
  expect(kept.rows).toEqual([{ secret_sealed: null }]);
});

test('the last one of a live client is only revoked when that is meant', async () => {
  const [only] = await credentials.list(developer, 'portal');
  expect(await credentials.revoke(developer, 'portal', only?.id ?? '')).toBe('last');
  expect(await secretsOf()).toEqual([made]);
  expect(await credentials.revoke(developer, 'portal', only?.id ?? '', { evenLast: true })).toBe('revoked');
  await until(async () => (await secretsOf()).length === 0, 1);
  const spare = (await fixture.registry.find('portal'))?.metadata['client_secret'];
  expect(spare).toMatch(/^[\w-]{43}$/);
  expect(spare).not.toBe(made);
  expect(await events('credential.revoked')).toMatchObject([{ data: { last: true } }]);
});

test('keys that ran out or were revoked leave the engine, and no registration brings them back', async () => {
  const keys = async (registry = fixture.registry): Promise<readonly unknown[]> => {
    const client = await registry.find('signed');
    const jwks = client?.metadata['jwks'] as { keys: { kid: string }[] } | undefined;
    return (jwks?.keys ?? []).map(({ kid }) => kid);
  };
  expect(await keys()).toEqual(['first']);
  await added(
    { kind: 'key', public: { ...publicKey(), kid: 'next' }, expiresAt: addSeconds(new Date(), DAY) },
    'signed',
  );
  await until(async () => (await keys()).length === 2, 1);
  const [, old] = await credentials.list(developer, 'signed');
  await credentials.revoke(developer, 'signed', old?.id ?? '');
  await until(async () => (await keys()).join() === 'next', 1);
  await fixture.registry.import({ ...clients[1], client_name: '新名' }, 'operator:test');
  expect(await keys(await fixture.node())).toEqual(['next']);
  fixture.clock.forward(DAY + 61);
  expect(await keys()).toEqual([]);
});

test('two subjects of certificates count side by side', async () => {
  await added({ kind: 'certificate', public: { tls_client_auth_san_dns: 'b.example.gov.cn' } }, 'certified');
  const count = async (): Promise<number | undefined> =>
    (await fixture.registry.find('certified'))?.credentials?.filter(({ kind }) => kind === 'certificate')
      .length;
  await until(async () => (await count()) === 2, 1);
});

test('an import with another secret ends the one before, with the same one changes nothing', async () => {
  const given = 'a-given-secret-of-some-length';
  await fixture.registry.import({ ...clients[0], client_secret: given }, 'operator:test');
  expect(await secretsOf()).toEqual([given]);
  const [again] = await fixture.registry.import({ ...clients[0], client_secret: given }, 'operator:test');
  expect(again?.is).toBe('unchanged');
  await fixture.tamper(`update registry.credential set expires_at = now() - interval '1 day'`);
  const [renewed] = await fixture.registry.import({ ...clients[0], client_secret: given }, 'operator:test');
  expect(renewed?.is).toBe('updated');
});

test('a secret from before the table still opens, and is gone when it is revoked', async () => {
  const sealed = fixture.sealer.seal(made, 'registry.client.secret', 'portal');
  await fixture.tamper(`update registry.credential set secret_sealed = null where client_id = 'portal'`);
  await fixture.tamper(`update registry.client set secret_sealed = $1 where client_id = 'portal'`, [sealed]);
  expect(await secretsOf(await fixture.node())).toEqual([made]);
  const [only] = await credentials.list(developer, 'portal');
  await added();
  await credentials.revoke(developer, 'portal', only?.id ?? '');
  const kept = await fixture.tamper(`select secret_sealed from registry.client where client_id = 'portal'`);
  expect(kept.rows).toEqual([{ secret_sealed: null }]);
});

describe('another node', () => {
  const count = async (node: RegistryFixture['registry']): Promise<number> =>
    (await node.find('portal'))?.credentials?.length ?? 0;

  test('hears of a credential and of its end within a second', async () => {
    const other = await fixture.node();
    expect(await count(other)).toBe(1);
    const { id } = await added();
    await until(async () => (await count(other)) === 2, 1);
    await credentials.revoke(developer, 'portal', id);
    await until(async () => (await count(other)) === 1, 1);
  });

  test('sees it within a minute when the signal is lost, and a second after it when it has to', async () => {
    const deaf = await fixture.node({
      postgres: { ...fixture.database.postgres, listen: async () => async () => undefined },
      cacheSeconds: 60,
    });
    expect(await count(deaf)).toBe(1);
    await added();
    expect(await count(deaf)).toBe(1);
    fixture.clock.forward(2);
    expect(await count(deaf)).toBe(1);
    expect((await deaf.findNow('portal'))?.credentials).toHaveLength(2);
    const [newest] = await credentials.list(developer, 'portal');
    await credentials.revoke(developer, 'portal', newest?.id ?? '');
    fixture.clock.forward(59);
    expect(await count(deaf)).toBe(2);
    fixture.clock.forward(2);
    expect(await count(deaf)).toBe(1);
  });
});

test('the last use is written at most once an hour', async () => {
  const used = async (): Promise<Date | undefined> =>
    (await credentials.list(developer, 'portal'))[0]?.usedAt;
  const flush = credentials.feature.jobs?.find(({ name }) => name === 'credentials.used');
  const [one] = await credentials.list(developer, 'portal');
  credentials.used(one?.id ?? '');
  await flush?.run();
  const before = await used();
  expect(before).toBeInstanceOf(Date);
  fixture.clock.forward(1_800);
  credentials.used(one?.id ?? '');
  await flush?.run();
  expect(await used()).toEqual(before);
  fixture.clock.forward(1_801);
  credentials.used(one?.id ?? '');
  await flush?.run();
  expect(await used()).not.toEqual(before);
});

describe('notices', () => {
  const team: string[] = [];
  const run = async (): Promise<number> =>
    await sendNotices({ ...fixture, postgres: fixture.database.postgres, tell });

  beforeEach(async () => {
    team.length = 0;
    const access = createAccess(fixture);
    const operators = createOperators({ ...fixture, postgres: fixture.database.postgres, access });
    const machine: Actor = { ...developer, kind: 'machine', posts: [] };
    for (const [role, unitId] of [
      ['owner', 'fund'],
      ['developer', 'fund'],
      ['auditor', 'fund'],
      ['owner', 'tax'],
    ] as const) {
      const citizenId = uuidv7(fixture.clock.now());
      const { token } = await operators.invite(machine, { unitId, role });
      await operators.accept(token.reveal(), citizenId, 'R');
      if (unitId === 'fund' && role !== 'auditor') team.push(citizenId);
    }
  });

  test('go to the team at 60, 30, 7 and 1 days, once each, and to nobody else', async () => {
    await fixture.tamper(`delete from registry.credential where client_id <> 'portal'`);
    expect(await run()).toBe(0);
    for (const days of [60, 30, 7, 1]) {
      const end = addSeconds(fixture.clock.now(), (days - 0.5) * DAY);
      await fixture.tamper('update registry.credential set expires_at = $1', [end]);
      told.length = 0;
      const [one, other] = await Promise.all([run(), run()]);
      expect([days, one + other, await run()]).toEqual([days, 1, 0]);
      expect(new Set(told.map(([citizenId]) => citizenId))).toEqual(new Set(team));
      expect(told).toHaveLength(team.length);
      expect(told[0]?.[1]).toContain(`${days} 天内到期`);
    }
    await fixture.tamper(`update registry.credential set expires_at = now() - interval '1 day'`);
    expect(await run()).toBe(0);
    expect(await events('credential.expiring')).toMatchObject(
      [60, 30, 7, 1].map((days) => ({ data: { days }, actor: 'system' })),
    );
  });

  test('leave out those that its life is too short for', async () => {
    await added({ expiresAt: addSeconds(fixture.clock.now(), 20 * DAY) });
    expect(await run()).toBe(0);
  });

  test('what runs out is listed inside one’s own units only, the nearest first', async () => {
    await fixture.tamper(
      `update registry.credential set expires_at = now() + (10 + length(client_id)) * interval '1 day'`,
    );
    const { rows, next } = await credentials.expiring(developer);
    expect([rows.map(({ clientId }) => clientId), next]).toEqual([
      ['portal', 'signed', 'certified'],
      undefined,
    ]);
    expect((await credentials.expiring(person('owner', 'tax'))).rows.map(({ clientId }) => clientId)).toEqual(
      ['foreign'],
    );
    expect((await credentials.expiring({ ...developer, posts: [] })).rows).toEqual([]);
  });
});
