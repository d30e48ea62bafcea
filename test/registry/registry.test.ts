import type { Client, ClientId, UnitId } from '../../idp/registry/registry.ts';
import { until } from '../support/until.ts';
import { plain, registryFixture, type RegistryFixture } from './fixture.ts';

const ACTOR = 'operator:test';
let fixture: RegistryFixture;
beforeEach(async () => {
  fixture = await registryFixture();
});
afterEach(() => fixture.close());

const rows = async (table: 'client' | 'unit'): Promise<number> =>
  (
    await fixture.tamper(
      `select from registry.${table} where ${table}${table === 'unit' ? '.id' : '.client_id'} <> 'cn'`,
    )
  ).rowCount ?? 0;
const events = async (): Promise<readonly string[]> => {
  const found = await fixture.tamper('select type, data from audit.event order by at, id');
  return found.rows.map((row: { type: string; data: { changed?: string } }) =>
    row.data.changed === undefined ? row.type : `${row.type} ${row.data.changed}`,
  );
};
const unit = { id: 'hrss', name: '人社厅', 'name#en': 'Human resources' };

describe('an import is refused as a whole', () => {
  test('when one of its registrations is wrong', async () => {
    const wrong = { ...plain, client_id: 'wrong', redirect_uris: ['http://a.example/cb'] };
    await expect(fixture.registry.import([plain, wrong], ACTOR)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(
        /^client "wrong": redirect_uris "http:\/\/a.example\/cb" must use https;/,
      ),
    });
    expect([await rows('client'), await rows('unit'), await events()]).toEqual([0, 0, []]);
  });

  test('when the protocol engine refuses one, with the engine’s reason', async () => {
    const picky = await fixture.node({
      validate: async (metadata) => {
        if (metadata['client_id'] === 'zz')
          throw Object.assign(new Error('invalid_client_metadata'), {
            error_description: 'the engine minds',
          });
      },
    });
    const second = { ...plain, client_id: 'zz' };
    await expect(picky.import([plain, second], ACTOR)).rejects.toMatchObject({
      code: 'bad_request',
      message: 'client "zz": the engine minds',
    });
    expect([await rows('client'), await rows('unit'), await events()]).toEqual([0, 0, []]);
  });

  test('when it is empty, names a client twice, or a built-in one', async () => {
    const node = await fixture.node({ builtIn: [account] });
    await expect(node.import([], ACTOR)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(node.import([plain, plain], ACTOR)).rejects.toThrow('stands twice in the file');
    await expect(node.import({ ...plain, client_id: 'account' }, ACTOR)).rejects.toThrow('is built in');
  });

  test('when a client would move to another unit, whose subjects differ', async () => {
    await fixture.registry.import({ ...plain, tongxing_unit: unit }, ACTOR);
    const moved = { ...plain, tongxing_unit: { id: 'tax', name: '税务局' } };
    await expect(fixture.registry.import(moved, ACTOR)).rejects.toThrow('must stay "hrss"');
    expect(await rows('unit')).toBe(1);
  });

  test('when it names a unit that nobody has described', async () => {
    await expect(fixture.registry.import({ ...plain, tongxing_unit: { id: 'hrss' } }, ACTOR)).rejects.toThrow(
      'there is no unit "hrss"; add its name',
    );
  });
});

describe('an import', () => {
  test('makes a client with a secret of 43 characters, told once', async () => {
    const [imported] = await fixture.registry.import(plain, ACTOR);
    expect(imported).toMatchObject({ clientId: 'portal', is: 'created' });
    const secret = imported?.secret?.reveal() ?? '';
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(imported)).not.toContain(secret);
    const client = await fixture.registry.find('portal');
    expect(client).toMatchObject({
      unitId: 'client.portal',
      domain: 'portal.example.gov.cn',
      firstParty: false,
      enabled: true,
      version: 1,
    });
    expect(client?.metadata).toMatchObject({
      client_id: 'portal',
      client_secret: secret,
      subject_type: 'pairwise',
    });
    expect(Object.keys(client?.metadata ?? {})).toEqual(Object.keys(client?.metadata ?? {}).toSorted());
    expect(Object.keys(client?.metadata ?? {}).filter((name) => name.startsWith('tongxing'))).toEqual([]);
    expect([...(await events())].sort()).toEqual(['client.imported all', 'unit.saved']);
  });

  test('of the same again changes nothing, writes nothing, and keeps the secret', async () => {
    const file = [
      { ...plain, tongxing_unit: unit },
      { ...plain, client_id: 'other', tongxing_unit: unit },
    ];
    await fixture.registry.import(file, ACTOR);
    const before = [await fixture.registry.find('portal'), await events()];
    const again = await fixture.registry.import(file, ACTOR);
    expect(again.map(({ is, secret }) => [is, secret])).toEqual([
      ['unchanged', undefined],
      ['unchanged', undefined],
    ]);
    expect(await fixture.registry.find('portal')).toBe(before[0]);
    expect(await events()).toEqual(before[1]);
  });

  test('of another name, secret or unit name says what changed and tells no value', async () => {
    const given = 'a-given-secret-of-some-length';
    await fixture.registry.import({ ...plain, tongxing_unit: unit }, ACTOR);
    const [updated] = await fixture.registry.import(
      { ...plain, client_name: '新名', client_secret: given, tongxing_unit: { ...unit, name: '人社局' } },
      ACTOR,
    );
    expect(updated).toEqual({ clientId: 'portal', is: 'updated', secret: undefined });
    expect([...(await events())].sort()).toEqual([
      'client.imported all',
      'client.imported client_name name secret',
      'unit.saved',
      'unit.saved',
    ]);
    const client = await fixture.registry.find('portal');
    expect(client).toMatchObject({
      version: 2,
      unitName: { 'zh-CN': '人社局' },
      metadata: { client_secret: given },
    });
  });

  test('keeps the unit of a client that no longer names it', async () => {
    await fixture.registry.import({ ...plain, tongxing_unit: unit }, ACTOR);
    const [again] = await fixture.registry.import(plain, ACTOR);
    expect(again?.is).toBe('unchanged');
  });

  test('drops the secret of a client that turns to a key', async () => {
    await fixture.registry.import(plain, ACTOR);
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] };
    const keyed = { ...plain, token_endpoint_auth_method: 'private_key_jwt', jwks };
    await fixture.registry.import(keyed, ACTOR);
    expect((await fixture.registry.find('portal'))?.metadata).not.toHaveProperty('client_secret');
    const stored = await fixture.tamper(
      `select secret_sealed, revoked_by as by from registry.credential where kind = 'secret'`,
    );
    expect(stored.rows).toEqual([{ secret_sealed: null, by: ACTOR }]);
  });

  test('twenty times at once makes one client, the others are told to try again or find it made', async () => {
    const file = Array.from({ length: 5 }, (_, place) => ({
      ...plain,
      client_id: `c${place}`,
      tongxing_unit: unit,
    }));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => fixture.registry.import(file.toReversed(), ACTOR)),
    );
    const made = outcomes.filter((one) => one.status === 'fulfilled' && one.value[0]?.is === 'created');
    expect(made).toHaveLength(1);
    for (const one of outcomes)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    expect([await rows('client'), await rows('unit')]).toEqual([5, 1]);
  });
});

const account: Client = {
  clientId: 'account' as ClientId,
  unitId: 'tongxing' as UnitId,
  unitName: { 'zh-CN': '通行', en: 'Tongxing' },
  name: { 'zh-CN': '账号中心', en: 'Account centre' },
  domain: 'localhost:3000',
  logo: undefined,
  minimumLevel: 'l1',
  firstParty: true,
  claims: {},
  enabled: true,
  version: 1,
  environment: 'production',
  metadata: { client_id: 'account' },
};

test('a word sent over the channel of changes is no client, and vouches for what is cached', async () => {
  const node = await fixture.node();
  await node.import({ client_id: 'vouched', redirect_uris: ['https://v.example.gov.cn/cb'] }, ACTOR);
  const before = await node.find('vouched');
  await node.prove();
  // The channel keeps the order of commits: a change announced after the word is heard after it.
  await fixture.registry.disable('vouched', ACTOR);
  await until(async () => (await node.find('vouched'))?.enabled === false);
  expect(before?.enabled).toBe(true);
});

describe('a built-in client', () => {
  test('is found and listed, and cannot be disabled', async () => {
    const node = await fixture.node({ builtIn: [account] });
    expect(await node.find('account')).toBe(account);
    expect((await node.list()).map((client) => client.clientId)).toEqual(['account']);
    await expect(node.disable('account', ACTOR)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('disabling', () => {
  test('an unknown client, or one twice, answers false and writes no event', async () => {
    expect(await fixture.registry.disable('nobody', ACTOR)).toBe(false);
    await fixture.registry.import(plain, ACTOR);
    expect(await fixture.registry.disable('portal', ACTOR)).toBe(true);
    expect(await fixture.registry.disable('portal', ACTOR)).toBe(false);
    expect((await events()).filter((type) => type === 'client.disabled')).toHaveLength(1);
  });

  test('lasts through an import until somebody enables the client', async () => {
    await fixture.registry.import(plain, ACTOR);
    await fixture.registry.disable('portal', ACTOR);
    await fixture.registry.import({ ...plain, client_name: '新名' }, ACTOR);
    expect(await fixture.registry.find('portal')).toMatchObject({ enabled: false, version: 3 });
    expect(await fixture.registry.enable('portal', ACTOR)).toBe(true);
    expect(await fixture.registry.find('portal')).toMatchObject({ enabled: true, version: 4 });
  });
});

describe('another node', () => {
  test('sees a new, a changed, a renamed and a disabled client within a second', async () => {
    const other = await fixture.node();
    expect(await other.find('portal')).toBeUndefined();
    await fixture.registry.import({ ...plain, tongxing_unit: unit }, ACTOR);
    await until(async () => (await other.find('portal'))?.version === 1, 1);
    await fixture.registry.import({ ...plain, tongxing_unit: { ...unit, name: '人社局' } }, ACTOR);
    await until(async () => (await other.find('portal'))?.unitName['zh-CN'] === '人社局', 1);
    await fixture.registry.disable('portal', ACTOR);
    await until(async () => (await other.find('portal'))?.enabled === false, 1);
  });

  test('sees it within the age of its cache when the signal is lost', async () => {
    const deaf = await fixture.node({
      postgres: { ...fixture.database.postgres, listen: async () => async () => undefined },
      cacheSeconds: 30,
    });
    await fixture.registry.import(plain, ACTOR);
    const first = await deaf.find('portal');
    await fixture.registry.disable('portal', ACTOR);
    fixture.clock.forward(29);
    expect(await deaf.find('portal')).toBe(first);
    fixture.clock.forward(2);
    expect(await deaf.find('portal')).toMatchObject({ enabled: false });
  });

  test('sees a new client within seconds when the signal is lost', async () => {
    const deaf = await fixture.node({
      postgres: { ...fixture.database.postgres, listen: async () => async () => undefined },
    });
    expect(await deaf.find('portal')).toBeUndefined();
    await fixture.registry.import(plain, ACTOR);
    fixture.clock.forward(6);
    expect(await deaf.find('portal')).toBeDefined();
  });

  test('gets the same object as long as nothing changed, also when it asks again', async () => {
    await fixture.registry.import(plain, ACTOR);
    const first = await fixture.registry.find('portal');
    fixture.clock.forward(120);
    expect(await fixture.registry.find('portal')).toBe(first);
  });
});

test('an identifier that cannot be one is answered without asking the database', async () => {
  const alone = await fixture.node({
    postgres: { ...fixture.database.postgres, row: () => Promise.reject(new Error('asked')) },
  });
  for (const id of ['', ' ', 'a b', '../portal', 'x'.repeat(129), 'nul\u0000', '<script>'])
    expect(await alone.find(id)).toBeUndefined();
  await expect(alone.find('portal')).rejects.toThrow('asked');
});

test('an age of the cache that lets a change wait longer than a minute is refused', async () => {
  await expect(fixture.node({ cacheSeconds: 61 })).rejects.toThrow('at most 60');
});

test('a secret stands nowhere in clear: no table, no audit event, no list', async () => {
  const given = 'planted-secret-value-0123456789';
  const [, made] = await fixture.registry.import(
    [
      { ...plain, client_secret: given },
      { ...plain, client_id: 'made' },
    ],
    ACTOR,
  );
  const dump = await fixture.tamper(
    `select t::text as line from registry.client t union all select t::text from registry.unit t
     union all select t::text from audit.event t`,
  );
  const text = JSON.stringify([dump.rows, await fixture.registry.list()]);
  for (const secret of [given, made?.secret?.reveal() ?? ''])
    for (const encoding of ['utf8', 'hex', 'base64'] as const)
      expect(text).not.toContain(Buffer.from(secret).toString(encoding));
});

test('a sealed secret does not open in another client’s row', async () => {
  await fixture.registry.import([plain, { ...plain, client_id: 'other' }], ACTOR);
  await fixture.tamper(
    `update registry.credential set secret_sealed =
       (select secret_sealed from registry.credential where client_id = 'other')
     where client_id = 'portal'`,
  );
  await expect((await fixture.node()).find('portal')).rejects.toThrow();
});
