// After a rotation of the seal key nothing is lost: old values open, are sealed anew in bulk while the system runs, and
// the old key goes when nothing needs it.
import { randomBytes } from 'node:crypto';
import type { CitizenId, Phone } from '../../idp/citizens/citizens.ts';
import { reseal } from '../../idp/keys/reseal.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { sealedUnder } from '../../idp/platform/crypto/seal.ts';
import type { SealedTable } from '../../idp/platform/crypto/sealed-table.ts';
import { createRegistry } from '../../idp/registry/registry.ts';
import { keysFixture, newCitizen, newNumber, newPhone, type KeysFixture, type Node } from './fixture.ts';

let fixture: KeysFixture;
let node: Node;
beforeEach(async () => {
  fixture = await keysFixture(20);
  node = await fixture.node();
});
afterEach(() => fixture.close());

interface Counted {
  readonly active: string;
  readonly left: number;
  readonly tables: readonly { readonly table: string; readonly resealed: number; readonly left: number }[];
}
const counted = async (words: string, at = node): Promise<Counted & { code: number }> => {
  const { code, out } = await at.command(`${words} --json`);
  return { ...(JSON.parse(out) as Counted), code };
};
const keysOf = async (table: string, column: string): Promise<readonly string[]> => {
  const rows = await fixture.sql<{ value: Buffer }>(
    `select ${column}_sealed as value from ${table} where ${column}_sealed is not null order by 1`,
  );
  return rows.map(({ value }) => sealedUnder(value));
};
const events = async (type: string): Promise<readonly unknown[]> =>
  (
    await fixture.sql<{ data: unknown }>('select data from audit.event where type = $1 order by at', [type])
  ).map(({ data }) => data);

/** A row in each table that seals something; gives what must open again. */
async function everything(): Promise<{
  id: CitizenId;
  phone: Phone;
  opens: () => Promise<readonly unknown[]>;
}> {
  const [phone, number] = [newPhone(), newNumber()];
  const id = await newCitizen(node, phone, number);
  const caseId = uuidv7(fixture.clock.now());
  const seal = (value: string, place: string, row: string): Buffer => node.sealer.seal(value, place, row);
  const columns = ['name', 'number', 'more', 'handed', 'ticket'];
  const read = ['document', 'guardian'];
  await fixture.sql(
    `insert into proofing.case (citizen_id, id, state, wanted, ${columns.map((name) => `${name}_sealed`).join()},
       request_ids, findings, attempts, created_at, updated_at, version)
     values ($1, $2, 'open', 2, $3, $4, $5, $6, $7, '{}', '[]', 0, now(), now(), 1)`,
    [id, caseId, ...columns.map((column) => seal(`李四/${column}`, `proofing.case.${column}`, caseId))],
  );
  await fixture.sql(
    `insert into proofing.submission (citizen_id, id, case_id, office, terminal, officer, document_sealed,
       guardian_sealed, facts, state, created_at, expires_at, version)
     values ($1, $2, $2, 'o', 't', 'p', $3, $4, '{}', 'submitted', now(), now(), 1)`,
    [id, caseId, ...read.map((column) => seal(`李四/${column}`, `proofing.submission.${column}`, caseId))],
  );
  await fixture.sql('update citizens.citizen set pseudonym_sealed = $1 where id = $2', [
    seal('网号', 'citizens.citizen.pseudonym', id),
    id,
  ]);
  await fixture.sql(
    `insert into registry.unit (id, name, path, created_at) values ('u', '{}', 'cn/u/', now()) on conflict do nothing`,
  );
  await fixture.sql(
    `insert into registry.client (client_id, unit_id, metadata, secret_sealed, enabled, version, created_at, updated_at)
     values ($1, 'u', '{}', $2, true, 1, now(), now())`,
    [caseId, seal('word', 'registry.client.secret', caseId)],
  );
  await fixture.sql(
    `insert into registry.credential (id, client_id, kind, name, secret_sealed, created_by, created_at, expires_at)
     values ($1::uuid, $1::uuid::text, 'secret', 'n', $2, 'system', now(), now() + interval '1 year')`,
    [caseId, seal('word', 'registry.credential.secret', caseId)],
  );
  const opened = async (table: string, column: string, key: string): Promise<string> => {
    const [row] = await fixture.sql<{ value: Buffer }>(
      `select ${column}_sealed as value from ${table} where ${key} = $1`,
      [caseId],
    );
    if (!row) throw new Error(`nothing in ${table}`);
    return node.sealer.open(row.value, `${table}.${column}`, caseId);
  };
  return {
    id,
    phone,
    opens: async () => {
      const attributes = await node.citizens.attributes(id);
      expect(attributes.phone?.reveal()).toBe(phone);
      expect(attributes.documentNumber?.reveal()).toBe(number);
      return [
        attributes.name?.reveal(),
        attributes.birthdate,
        attributes.gender,
        await node.citizens.pseudonym(id),
        ...(await Promise.all(columns.map((column) => opened('proofing.case', column, 'id')))),
        ...(await Promise.all(read.map((column) => opened('proofing.submission', column, 'id')))),
        await opened('registry.client', 'secret', 'client_id'),
        await opened('registry.credential', 'secret', 'id'),
      ];
    },
  };
}
const OPENED =
  '张三 1985-01-01 male 网号 李四/name 李四/number 李四/more 李四/handed 李四/ticket 李四/document 李四/guardian word word'.split(
    ' ',
  );

describe('after a rotation', () => {
  test('what the old key sealed still opens, on a node that has not heard too', async () => {
    const deaf = await fixture.node({ deaf: true });
    const { id, phone, opens } = await everything();
    await fixture.rotate('seal', node);
    expect(await opens()).toEqual(OPENED);
    const younger = await newCitizen(node);
    expect((await deaf.citizens.attributes(id)).phone?.reveal()).toBe(phone);
    expect((await deaf.citizens.attributes(younger)).phone).toBeDefined();
  });

  test('every value that is written is sealed under the new key', async () => {
    const { id } = await everything();
    const registry = await createRegistry({
      ...node.parts,
      validate: () => undefined,
      cacheSeconds: 60,
      allowLoopback: true,
      builtIn: [],
    });
    const portal = { client_id: 'portal', redirect_uris: ['https://portal.example.gov.cn/callback'] };
    await registry.import(portal, 'operator:test');
    const key = await fixture.rotate('seal', node);
    const number = (await node.citizens.attributes(id)).documentNumber?.reveal() as ReturnType<
      typeof newNumber
    >;
    await node.raise(id, number, 3, '张叁');
    await registry.import({ ...portal, client_secret: 'another-secret-of-the-portal' }, 'operator:test');
    await registry.close();
    for (const column of ['number', 'name', 'birthdate', 'gender'])
      expect(await keysOf('citizens.document', column)).toEqual([key.id]);
    expect(await keysOf('registry.credential', 'secret')).toContain(key.id);
    // A row whose other columns changed keeps its value for the bulk run.
    expect(await keysOf('citizens.citizen', 'phone')).not.toContain(key.id);
  });
});

/** Tables that `everything` leaves empty: their own tests open what was sealed anew. */
const EMPTY = new Set(['registry.program', 'factors.webauthn_credential', 'devices.device']);

describe('keys reseal', () => {
  test('without a retired key finds nothing', async () => {
    await everything();
    expect(await counted('keys reseal')).toMatchObject({ code: 0, left: 0 });
    expect((await node.command('keys reseal --fast')).code).toBe(1);
  });

  test('counts with --dry-run and writes nothing', async () => {
    await everything();
    await fixture.rotate('seal', node);
    const before = await fixture.sql('select * from citizens.document');
    expect(await counted('keys reseal --dry-run')).toMatchObject({
      code: 0,
      left: 15,
      tables: [
        { table: 'citizens.citizen', left: 2 },
        { table: 'citizens.document', left: 4 },
        { table: 'factors.webauthn_credential', left: 0 },
        { table: 'proofing.case', left: 5 },
        { table: 'proofing.submission', left: 2 },
        { table: 'devices.device', left: 0 },
        { table: 'registry.program', left: 0 },
        { table: 'registry.credential', left: 1 },
        { table: 'registry.client', left: 1 },
      ],
    });
    expect(await fixture.sql('select * from citizens.document')).toEqual(before);
    expect(await fixture.sql('select * from keys.reseal')).toEqual([]);
  });

  test('seals everything anew under the active key, through two rotations; all of it opens', async () => {
    const all = [await everything(), await everything()];
    await fixture.rotate('seal', node);
    all.push(await everything());
    const key = await fixture.rotate('seal', node);
    expect(await counted('keys reseal')).toMatchObject({ code: 0, active: key.id, left: 0 });
    for (const { opens } of all) expect(await opens()).toEqual(OPENED);
    for (const { name, columns } of node.parts.tables)
      for (const column of columns)
        expect(new Set(await keysOf(name, column))).toEqual(new Set(EMPTY.has(name) ? [] : [key.id]));
    expect(await counted('keys reseal --dry-run')).toMatchObject({ left: 0 });
    expect(await events('key.resealed')).toEqual([{ keyId: key.id, values: 45, left: 0 }]);
    expect((await node.command('keys reseal')).out).toContain('citizens.document: 0 sealed anew, 0 left');
  });

  test('goes on where it stopped, on another node, in pages', async () => {
    const other = await fixture.node();
    await fixture.sql(
      `insert into registry.unit (id, name, path, created_at) values ('u', '{}', 'cn/u/', now()); insert into registry.client
         (client_id, unit_id, metadata, secret_sealed, enabled, version, created_at, updated_at)
       select 'c' || n, 'u', '{}', null, true, 1, now(), now() from generate_series(100, 999) n`,
    );
    for (const { client_id: id } of await fixture.sql<{ client_id: string }>(
      'select client_id from registry.client',
    ))
      await fixture.sql('update registry.client set secret_sealed = $1 where client_id = $2', [
        node.sealer.seal('word', 'registry.client.secret', id),
        id,
      ]);
    await fixture.rotate('seal', node, other);
    let turns = 0;
    const asked: (readonly string[])[] = [];
    const watched = (table: SealedTable): SealedTable => ({
      ...table,
      read: (db, after, limit) => {
        if (table.name === 'registry.client') asked.push(after);
        expect(limit).toBeLessThanOrEqual(1_000);
        return table.read(db, after, limit);
      },
    });
    const tables = node.parts.tables.map(watched);
    // The other tables take a page each to find that they are empty.
    const first = await reseal({ ...node.parts, tables }, () => (turns += 1) <= tables.length);
    const begun = first.tables.at(-1)?.resealed ?? 0;
    expect([begun > 0, begun < 900]).toEqual([true, true]);
    expect(await events('key.resealed')).toEqual([]);
    const second = await reseal({ ...other.parts, tables }, () => true);
    expect(second.tables.at(-1)).toEqual({ table: 'registry.client', resealed: 900, left: 0 });
    const places = asked.map(([place = '']) => place);
    expect(places).toEqual([...new Set(places)].sort());
    expect(await events('key.resealed')).toEqual([expect.objectContaining({ values: 900, left: 0 })]);
  });

  test('overwrites only what it read: whoever writes at the same time wins', async () => {
    const { id } = await everything();
    const key = await fixture.rotate('seal', node);
    const fresh = newPhone();
    let writes = 0;
    const tables = node.parts.tables.map((table): SealedTable => ({
      ...table,
      async swap(db, row, values) {
        if (table.name === 'citizens.citizen' && (writes += 1) === 1)
          await fixture.sql('update citizens.citizen set phone_sealed = $1 where id = $2', [
            node.sealer.seal(fresh, 'citizens.citizen.phone', id),
            id,
          ]);
        return table.swap(db, row, values);
      },
    }));
    const { tables: done } = await reseal({ ...node.parts, tables }, () => true);
    expect((await node.citizens.attributes(id)).phone?.reveal()).toBe(fresh);
    expect(await keysOf('citizens.citizen', 'phone')).toEqual([key.id]);
    // The pseudonym beside it, once the row was read again.
    expect(done[0]).toEqual({ table: 'citizens.citizen', resealed: 1, left: 0 });
  });

  test('runs beside a hundred writers and two others of its kind, and nothing is lost', async () => {
    const other = await fixture.node();
    const numbers = Array.from({ length: 25 }, newNumber);
    const ids = await Promise.all(numbers.map((number) => newCitizen(node, newPhone(), number)));
    const key = await fixture.rotate('seal', node, other);
    const writing = ids.flatMap((id, place) =>
      [1, 2, 3, 4].map((turn) => node.raise(id, numbers[place]!, 2, `第${turn}`)),
    );
    const runs = [node, other, node].map((at) => at.command('keys reseal --json'));
    const [outcomes, done] = await Promise.all([Promise.all(writing), Promise.all(runs)]);
    expect(outcomes.every(({ is }) => is === 'raised')).toBe(true);
    expect(done.map(({ code }) => code)).toEqual([0, 0, 0]);
    for (const [place, id] of ids.entries()) {
      const attributes = await node.citizens.attributes(id);
      expect(attributes.name?.reveal()).toMatch(/^第[1-4]$/);
      expect(attributes.documentNumber?.reveal()).toBe(numbers[place]);
    }
    expect(new Set(await keysOf('citizens.document', 'name'))).toEqual(new Set([key.id]));
    expect(new Set(await keysOf('citizens.citizen', 'phone'))).toEqual(new Set([key.id]));
  });

  test('names a value that does not open, goes on with the others, and ends with exit 1', async () => {
    const [{ id }, other] = [await everything(), await everything()];
    await fixture.sql(
      'update citizens.document set name_sealed = set_byte(name_sealed, 40, get_byte(name_sealed, 40) # 1) where citizen_id = $1',
      [id],
    );
    await fixture.rotate('seal', node);
    const { code, out, err } = await node.command('keys reseal');
    expect([code, out]).toEqual([1, expect.stringContaining('citizens.document: 7 sealed anew, 1 left')]);
    expect(err).toMatch(new RegExp(`^citizens.document.name ${id}/[0-9a-f-]{36}: .*changed or moved$`));
    expect(await other.opens()).toEqual(OPENED);
    fixture.clock.forward(7_200);
    expect(await node.command('keys prune')).toMatchObject({
      code: 1,
      out: expect.stringContaining('still needed by 1 sealed values of citizens.document'),
    });
  });

  test('by a node that has not heard seals nothing back', async () => {
    const deaf = await fixture.node({ deaf: true });
    await everything();
    const key = await fixture.rotate('seal', node);
    await node.command('keys reseal');
    expect(await counted('keys reseal', deaf)).toMatchObject({ left: 0 });
    expect(await keysOf('citizens.citizen', 'phone')).toEqual([key.id]);
  });
});

describe('the background job', () => {
  test('waits until every node has heard, then seals everything anew in its turns, and rests', async () => {
    await everything();
    const old = node.keyring.active('seal').id;
    const key = await fixture.rotate('seal', node);
    await node.job('keys.reseal');
    expect(await keysOf('citizens.citizen', 'phone')).toEqual([old]);
    fixture.clock.forward(121);
    await node.job('keys.reseal');
    expect(await keysOf('citizens.citizen', 'phone')).toEqual([key.id]);
    expect(await events('key.resealed')).toHaveLength(1);
    await node.job('keys.reseal');
    expect(await events('key.resealed')).toHaveLength(1);
  });

  test('says that values do not open, without saying whose', async () => {
    const { id } = await everything();
    await fixture.sql('update citizens.citizen set phone_sealed = $1', [
      Buffer.concat([Buffer.from([1, 12]), Buffer.from(node.keyring.active('seal').id), randomBytes(40)]),
    ]);
    await fixture.rotate('seal', node);
    fixture.clock.forward(121);
    await node.job('keys.reseal');
    expect(node.logged.join()).toContain('do not open');
    expect(node.logged.join()).not.toContain(id);
  });
});

describe('keys prune', () => {
  const states = (): readonly string[] => node.keyring.all('seal').map(({ state }) => state);

  test('keeps a key that has just retired, whoever needs it', async () => {
    await fixture.rotate('seal', node);
    await node.command('keys reseal');
    const { code, out } = await node.command('keys prune');
    expect([code, out]).toEqual([0, expect.stringMatching(/^seal \S+ stays until 20/)]);
    expect(states()).toEqual(['active', 'next', 'retired']);
  });

  test('refuses to remove a key that still opens something, and says how much', async () => {
    await everything();
    const old = node.keyring.active('seal').id;
    await fixture.rotate('seal', node);
    fixture.clock.forward(3_601);
    const { code, out } = await node.command('keys prune --json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      {
        purpose: 'seal',
        keyId: old,
        is: 'used',
        by: [
          { what: 'sealed values of citizens.citizen', count: 2 },
          { what: 'sealed values of citizens.document', count: 4 },
          { what: 'sealed values of proofing.case', count: 5 },
          { what: 'sealed values of proofing.submission', count: 2 },
          { what: 'sealed values of registry.credential', count: 1 },
          { what: 'sealed values of registry.client', count: 1 },
        ],
      },
    ]);
    expect(states()).toEqual(['active', 'next', 'retired']);
    expect(await events('key.removed')).toEqual([]);
  });

  test('removes it once everything is sealed anew; everything opens, and the event says which key went', async () => {
    const { opens } = await everything();
    const old = node.keyring.active('seal').id;
    await fixture.rotate('seal', node);
    await node.command('keys reseal');
    fixture.clock.forward(3_601);
    expect(await node.command('keys prune')).toMatchObject({ code: 0, out: `seal ${old} removed` });
    const after = await fixture.node();
    expect(after.keyring.byId('seal', old)).toBeUndefined();
    expect(after.keyring.all('seal').map(({ state }) => state)).toEqual(['active', 'next']);
    expect(await opens()).toEqual(OPENED);
    expect(await events('key.removed')).toEqual([{ purpose: 'seal', keyId: old }]);
  });

  test('never removes a key that is in use, or one of another purpose', async () => {
    const active = node.keyring.active('seal').id;
    const remove = (purpose: 'seal' | 'otp', id: string): Promise<void> =>
      fixture.postgres.tx((tx) => node.keyring.remove(purpose, id, tx));
    await expect(remove('seal', active)).rejects.toThrow('no retired seal key');
    await fixture.rotate('seal', node);
    await expect(remove('otp', active)).rejects.toThrow('no retired otp key');
    await remove('seal', active);
  });
});
