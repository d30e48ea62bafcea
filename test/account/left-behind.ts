// Looking for what is left of a person in the whole database: plain text in every spelling, sealed values opened with
// the keys, digests compared.
import { createBlindIndex } from '../../idp/platform/crypto/blind-index.ts';
import { createSealer } from '../../idp/platform/crypto/seal.ts';
import { findings, postgresDump } from '../resilience/everything-kept.ts';
import type { TestApp } from '../support/app.ts';

export interface Planted {
  readonly name: string;
  /** 11 digits. */
  readonly phone: string;
  readonly id_number: string;
}

interface Column {
  readonly place: string;
  readonly table: string;
  readonly column: string;
}

const ask = <Row extends object>(system: TestApp, text: string): Promise<Row[]> =>
  system.database.postgres.rows<Row>({ name: '', text, values: [] });

/** Columns of bytes of all tables but partitions; `pattern` is an SQL LIKE over the column's name. */
const byteColumns = (system: TestApp, pattern: string): Promise<Column[]> =>
  ask<Column>(
    system,
    `select format('%I.%I', space.nspname, class.relname) as table, attribute.attname as column,
       format('%s.%s.%s', space.nspname, class.relname, replace(attribute.attname, '_sealed', '')) as place
     from pg_attribute attribute join pg_class class on class.oid = attribute.attrelid
       join pg_namespace space on space.oid = class.relnamespace
     where class.relkind in ('r', 'p') and not class.relispartition and not attribute.attisdropped
       and attribute.atttypid = 'bytea'::regtype and attribute.attname like '${pattern}'
       and space.nspname not in ('pg_catalog', 'information_schema')`,
  );

/** What a value is bound to: the last column of the primary key, as text. */
const ROWS: Readonly<Record<string, string>> = {
  'registry.client': 'client_id',
  'registry.program': 'client_id',
  'devices.device': `encode(digest, 'hex')`,
};

/** A sealed value that does not open here fails the test: then nobody knows what it holds. */
async function sealedFindings(system: TestApp, planted: readonly string[]): Promise<string[]> {
  const sealer = createSealer(system.app.keyring);
  const found: string[] = [];
  for (const { table, column, place } of await byteColumns(system, '%\\_sealed')) {
    const rows = await ask<{ id: string; value: Buffer }>(
      system,
      `select ${ROWS[table] ?? 'id'} as id, ${column} as value from ${table} where ${column} is not null`,
    );
    for (const { id, value } of rows) {
      const opened = sealer.open(value, place, id);
      if (planted.some((each) => opened.includes(each))) found.push(`sealed in ${place}`);
    }
  }
  return found;
}

async function digestFindings(system: TestApp, digests: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const { table, column } of await byteColumns(system, '%')) {
    const rows = await ask<{ value: Buffer | null }>(system, `select ${column} as value from ${table}`);
    if (rows.some(({ value }) => value && digests.some((digest) => digest.equals(value))))
      found.push(`digest in ${table}.${column}`);
  }
  return found;
}

/** Where anything of this person still stands, one line each, sorted. */
export async function leftOf(
  system: TestApp,
  { name, phone, id_number }: Planted,
): Promise<readonly string[]> {
  const values = { name: [name], phone: [phone], number: [id_number] };
  const index = createBlindIndex(system.app.keyring);
  const folded = name.replace(/[^\p{L}]/gu, '');
  const birthdate = id_number.replace(/^.{6}(\d{4})(\d{2})(\d{2}).*/, '$1-$2-$3');
  const digests = [
    index.digest('phone', `+86${phone}`),
    index.digest('document.CN_RIC', id_number),
    index.digest('likeness', `${folded} ${birthdate}`),
  ];
  const found = [
    ...findings(await postgresDump(system.database.url), values),
    ...(await sealedFindings(system, [name, phone, id_number])),
    ...(await digestFindings(system, digests)),
  ];
  return [...new Set(found)].sort();
}
