// Every sealed column of the database is declared by its folder and collected in app.ts: one that is not would be lost
// with the key that sealed it.
import { randomBytes } from 'node:crypto';
import { SEALED_TABLES } from '../../idp/app.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { keysFixture, type KeysFixture } from './fixture.ts';

let fixture: KeysFixture;
beforeAll(async () => {
  fixture = await keysFixture(2);
});
afterAll(() => fixture.close());

/** `citizens.document.number` for the bytea column `number_sealed`; partitions have what their parents have. */
async function sealedColumns(): Promise<readonly string[]> {
  const rows = await fixture.sql<{ name: string }>(`
    select format('%s.%s.%s', space.nspname, class.relname, substr(att.attname, 1, length(att.attname) - 7)) as name
    from pg_attribute att
    join pg_class class on class.oid = att.attrelid
    join pg_namespace space on space.oid = class.relnamespace
    where att.attname like '%\\_sealed' and att.atttypid = 'bytea'::regtype and not att.attisdropped
      and class.relkind in ('r', 'p') and not class.relispartition
    order by 1`);
  return rows.map(({ name }) => name);
}

const declared = SEALED_TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`));

test('the declared columns are those of the catalogue, each once', async () => {
  expect(declared.toSorted()).toEqual(await sealedColumns());
});

test('a column that nobody declared is found', async () => {
  await fixture.sql('alter table proofing.evidence add column photo_sealed bytea');
  const missing = (await sealedColumns()).filter((column) => !declared.includes(column));
  await fixture.sql('alter table proofing.evidence drop column photo_sealed');
  expect(missing).toEqual(['proofing.evidence.photo']);
});

/** Columns of the primary key, in their order. */
const keyOf = (table: string): Promise<{ type: string }[]> =>
  fixture.sql(
    `select format_type(atttypid, atttypmod) as type from pg_index
     cross join unnest(indkey) with ordinality as part (attnum, place)
     join pg_attribute att on att.attrelid = indrelid and att.attnum = part.attnum
     where indrelid = $1::regclass and indisprimary order by place`,
    [table],
  );

test.each(SEALED_TABLES.map((table) => [table.name, table] as const))(
  '%s is read from any key on, and a row that is not there is not written',
  async (name, table) => {
    const types = (await keyOf(name)).map(({ type }) => type);
    expect(types.length).toBeGreaterThan(0);
    const key = types.map((type) => (type === 'uuid' ? uuidv7(new Date()) : 'nobody'));
    expect(await table.read(fixture.postgres, [], 10)).toEqual([]);
    expect(await table.read(fixture.postgres, key, 10)).toEqual([]);
    const some = (): Record<string, Buffer> =>
      Object.fromEntries(table.columns.map((column) => [column, randomBytes(40)]));
    expect(await table.swap(fixture.postgres, { key, values: some() }, some())).toBe(0);
  },
);
