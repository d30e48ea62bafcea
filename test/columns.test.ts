// What every column holds, read from the real catalogue. A later migration carries its own comments: beside every
// `create table` and `add column` it says `comment on column <schema>.<table>.<column> is '<class>: <what it is>'`,
// with a class of 0050_platform_comments.sql, or this test fails.
import pg from 'pg';
import { testDatabase, type TestDatabase } from './support/postgres.ts';

const CLASSES = [
  'public',
  'internal',
  'pseudonym',
  'personal (sealed)',
  'personal (hashed)',
  'secret (sealed)',
  'secret (hashed)',
  'secret (wrapped)',
];

interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
  /** The check constraints that look at this column alone. */
  readonly checks: readonly string[];
}

/** Columns of every table that is no partition, of every schema that is not the server's own. */
const CATALOGUE = `
  select format('%s.%s.%s', space.nspname, class.relname, att.attname) as name,
    format_type(att.atttypid, att.atttypmod) as type, col_description(class.oid, att.attnum) as comment,
    array(select pg_get_constraintdef(oid) from pg_constraint
          where conrelid = class.oid and contype = 'c' and conkey = array[att.attnum]) as checks
  from pg_attribute att
  join pg_class class on class.oid = att.attrelid
  join pg_namespace space on space.oid = class.relnamespace
  where class.relkind in ('r', 'p', 'v', 'm', 'f') and not class.relispartition and att.attnum > 0
    and not att.attisdropped and space.nspname <> 'information_schema' and space.nspname not like 'pg\\_%'
  order by 1`;

const classOf = ({ comment }: Column): string => /^([^:]+): ./.exec(comment ?? '')?.[1] ?? '';

/** A password hash is text by its nature; the table must refuse text that is none. */
const isHashText = ({ type, checks }: Column): boolean =>
  type === 'text' && checks.some((check) => check.includes("~~ '$argon2id$%'"));

function faultsOf(column: Column): readonly string[] {
  const { name, type, comment } = column;
  const group = classOf(column);
  if (comment === null) return [`${name}: no comment`];
  if (!CLASSES.includes(group)) return [`${name}: "${comment}" begins with no known class`];
  if (name.endsWith('_sealed') !== group.endsWith('(sealed)'))
    return [`${name}: is ${group}; what is sealed is called so, and nothing else is`];
  if (!/^(personal|secret) /.test(group) || type === 'bytea') return [];
  return group === 'secret (hashed)' && isHashText(column) ? [] : [`${name}: ${group} as ${type}`];
}

let database: TestDatabase;
let superuser: pg.Client;

beforeAll(async () => {
  database = await testDatabase(1);
  superuser = new pg.Client({ connectionString: database.url });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await database.close();
});

const columns = async (): Promise<readonly Column[]> => (await superuser.query<Column>(CATALOGUE)).rows;
const faults = async (): Promise<readonly string[]> => (await columns()).flatMap(faultsOf);

test('every column of every table says what it holds; what is personal or secret stands nowhere in clear', async () => {
  expect(await faults()).toEqual([]);
  const groups = new Set((await columns()).map(classOf));
  expect([...groups].sort()).toEqual([...CLASSES].sort());
});

test('partitions are not asked, their parents are', async () => {
  const names = (await columns()).map(({ name }) => name);
  expect(names).toContain('citizens.citizen.phone_sealed');
  expect(names.filter((name) => /_(\d+|rest)\./.test(name))).toEqual([]);
});

test.each([
  ['without a comment', 'name text', undefined, 'no comment'],
  ['with half a comment', 'name text', 'internal', 'no known class'],
  ['of an unknown class', 'name text', 'confidential: a name', 'no known class'],
  ['of a class in other words', 'name bytea', 'personal: a name', 'no known class'],
  ['with a name in clear', 'name text', 'personal (hashed): a name', 'personal (hashed) as text'],
  ['with a secret in JSON', 'name jsonb', 'secret (hashed): a token', 'secret (hashed) as jsonb'],
  [
    'with a hash that any text could be',
    'name text check (length(name) > 9)',
    'secret (hashed): x',
    'as text',
  ],
  ['that seals under a plain name', 'name bytea', 'personal (sealed): a name', 'is called so'],
  ['that is sealed by name only', 'name_sealed bytea', 'internal: a name', 'is called so'],
])('a new column %s is found', async (_how, definition, comment, complaint) => {
  const [column = ''] = definition.split(' ');
  await superuser.query('create schema weather');
  await superuser.query(`create table weather.report (${definition}) partition by hash (${column})`);
  if (comment) await superuser.query(`comment on column weather.report.${column} is '${comment}'`);
  const found = await faults();
  await superuser.query('drop schema weather cascade');
  expect(found).toEqual([expect.stringMatching(/^weather\.report\.name/)]);
  expect(found[0]).toContain(complaint);
});
