// Nothing is kept about a citizen that no part declares: then it would miss in the copy, survive the erasure, and stay
// for ever.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testApp, type TestApp } from './support/app.ts';

let system: TestApp;

beforeAll(async () => {
  system = await testApp();
});
afterAll(() => system.close());

/** Tables, without partitions, with a column that names a citizen; and the citizens themselves. */
async function tablesByCitizen(): Promise<string[]> {
  const rows = await system.database.postgres.rows<{ table: string }>({
    name: '',
    text: `select distinct space.nspname || '.' || class.relname as table
           from pg_attribute attribute join pg_class class on class.oid = attribute.attrelid
             join pg_namespace space on space.oid = class.relnamespace
           where class.relkind in ('r', 'p') and not class.relispartition and not attribute.attisdropped
             and (attribute.attname ~ 'citizen' or (space.nspname = 'citizens' and class.relname = 'citizen'))
             and space.nspname not in ('pg_catalog', 'information_schema')`,
    values: [],
  });
  return rows.map(({ table }) => table).sort();
}

const declared = (): string[] =>
  system.app.records.flatMap(({ rules }) => rules.map(({ table }) => table)).sort();

test('every table with rows by citizen is declared by one part, and no other table is', async () => {
  expect(await tablesByCitizen()).toEqual(declared());
});

test('a table that a new folder forgets to declare is found', async () => {
  const { postgres } = system.database;
  await postgres.run({ name: '', text: 'create table factors.forgotten (citizen_id uuid)', values: [] });
  expect((await tablesByCitizen()).filter((table) => !declared().includes(table))).toEqual([
    'factors.forgotten',
  ]);
  await postgres.run({ name: '', text: 'drop table factors.forgotten', values: [] });
});

test('parts have names of their own, and every rule says how long and why', () => {
  const names = system.app.records.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { keeps, why } of system.app.records.flatMap(({ rules }) => rules)) {
    expect(keeps.length).toBeGreaterThan(20);
    expect(why.length).toBeGreaterThan(20);
  }
});
