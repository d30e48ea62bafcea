// The house plan, held. Every rule runs over the real sources, and over a bad snippet that shows it can fail.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionsOf } from './support/architecture/functions.ts';
import {
  clientFaults,
  cyclesOf,
  fileCycles,
  folderCycles,
  importFaults,
  packageFaults,
  PACKAGES,
  TABLE,
  zoneOf,
} from './support/architecture/imports.ts';
import {
  fileSizeFaults,
  folderFaults,
  frontDoorFaults,
  functionSizeFaults,
  looseEndFaults,
  nameFaults,
} from './support/architecture/shape.ts';
import { codeOf, importsOf, readSources, type Source } from './support/architecture/source.ts';
import { migrationFaults, sqlFaults } from './support/architecture/sql.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const product = [...readSources(root, 'idp'), ...readSources(root, 'clients')];
const tests = readSources(root, 'test');
const migrations: readonly Source[] = readdirSync(path.join(root, 'migrations'))
  .filter((name) => !name.startsWith('.'))
  .sort()
  .map((name) => ({ path: name, text: readFileSync(path.join(root, 'migrations', name), 'utf8') }));

const file = (at: string, text = ''): Source => ({ path: at, text });

describe('reading sources', () => {
  test('finds every kind of import, and nothing that only looks like one', () => {
    const text = [
      "import a, { b } from './a.ts';",
      "import type { C } from '../c.ts';",
      "import { type D } from './d.ts';",
      "import './e.ts';",
      "export { f } from './f.ts';",
      "export type { G } from './g.ts';",
      "export * from './h.ts';",
      "const i = await import('./i.ts');",
      "let j: import('pg').Client;",
      'import {',
      '  k,',
      "} from 'koa';",
      "// import x from './comment.ts';",
      'const text = "import x from \'./text.ts\'";',
      "export const value = './value.ts';",
      "const t = `import y from './template.ts'`;",
      "export const from = 'nowhere';",
    ].join('\n');
    const found = importsOf(file('idp/audit/x.ts', text));
    expect(found.map(({ target, specifier }) => target ?? specifier)).toEqual([
      'idp/audit/a.ts',
      'idp/c.ts',
      'idp/audit/d.ts',
      'idp/audit/e.ts',
      'idp/audit/f.ts',
      'idp/audit/g.ts',
      'idp/audit/h.ts',
      'idp/audit/i.ts',
      'pg',
      'koa',
    ]);
    expect(found.filter(({ typeOnly }) => typeOnly)).toHaveLength(2);
  });

  test('blanks comments, strings, templates and regular expressions, and keeps every place', () => {
    const text = "a('{', \"{\", `{${b({ c: '`' })}{`, /[/{]{2}/); // {\n/* {\n */ d<p>Don't {x}</p>\n}";
    const code = codeOf(file('x.tsx', text));
    expect(code).toHaveLength(text.length);
    expect(code.split('\n')).toHaveLength(4);
    expect(code.match(/[{}]/g)).toEqual(['{', '}', '}']);
  });
});

describe('who may know whom', () => {
  test('the table itself has no circle', () => {
    expect(cyclesOf(new Map(Object.entries(TABLE)))).toEqual([]);
  });

  test('idp/ keeps the table, and domain folders are entered by their front doors', () => {
    expect(importFaults(product)).toEqual([]);
  });

  test.each([
    ['upwards', 'idp/citizens/store.ts', '../signin/signin.ts'],
    ['sideways', 'idp/signin/signin.ts', '../account/account.ts'],
    ['platform on the domain', 'idp/platform/http/server.ts', '../../audit/audit.ts'],
    ['base on anything', 'idp/platform/base/clock.ts', '../store/postgres.ts'],
    ['assurance on storage', 'idp/assurance/assurance.ts', '../platform/store/postgres.ts'],
    ['a side door', 'idp/proofing/cases.ts', '../citizens/store.ts'],
    ['a side door, as a type', 'idp/proofing/cases.ts', '../audit/events.ts'],
    ['a surface', 'idp/oidc/policy.ts', '../signin/signin.ts'],
    ['the composition root', 'idp/audit/audit.ts', '../app.ts'],
    ['a client', 'idp/app.ts', '../clients/provincial-portal/main.ts'],
    ['a test', 'idp/audit/audit.ts', '../../test/support/postgres.ts'],
    ['from a folder that no line names', 'idp/helpdesk/helpdesk.ts', '../platform/base/clock.ts'],
  ])('an import %s is found', (_, from, to) => {
    for (const text of [
      `import type { X } from '${to}';`,
      `export * from '${to}';`,
      `await import('${to}');`,
    ])
      expect(importFaults([file(from, text)])).toHaveLength(1);
  });

  test('what the table allows is let through', () => {
    const good = [
      file('idp/app.ts', "import { x } from './factors/sms/sms.ts';"),
      file('idp/factors/sms/sms.ts', "import type { Factor } from '../factors.ts';"),
      file('idp/signin/signin.ts', "import { rows } from '../platform/store/postgres.ts';"),
      file('idp/signin/steps/prove.tsx', "import type { P } from '../../proofing/proofing.ts';"),
    ];
    expect(importFaults(good)).toEqual([]);
  });

  test('no files and no folders in a circle', () => {
    expect(fileCycles(product)).toEqual([]);
    expect(folderCycles(product)).toEqual([]);
  });

  test('a circle is found', () => {
    const a = file('idp/audit/a.ts', "import { b } from './b.ts';");
    const b = file('idp/audit/b.ts', "export { a } from './a.ts';");
    expect(fileCycles([a, b])).toEqual(['idp/audit/a.ts -> idp/audit/b.ts -> idp/audit/a.ts']);
    const x = file('idp/proofing/documents/x.ts', "import type { Y } from '../authorities/y.ts';");
    const y = file('idp/proofing/authorities/y.ts', "import type { X } from '../documents/x.ts';");
    expect(folderCycles([x, y])).toHaveLength(1);
  });

  test('each guarded package stays in its folder', () => {
    expect(packageFaults(product)).toEqual([]);
  });

  test.each([...Object.keys(PACKAGES), 'oidc-provider/lib/models/session.js'])(
    'the package %s elsewhere is found',
    (name) => {
      expect(packageFaults([file('idp/signin/signin.ts', `import x from '${name}';`)])).toHaveLength(1);
    },
  );

  test('clients stand on npm packages alone', () => {
    expect(clientFaults(product)).toEqual([]);
    const bad = file('clients/provincial-portal/main.ts', "import { x } from '../../idp/audit/audit.ts';");
    expect(clientFaults([bad])).toHaveLength(1);
  });
});

describe('who may touch which table', () => {
  test("SQL stands in a folder's store.ts and names its own schema", () => {
    expect(sqlFaults(product)).toEqual([]);
  });

  const store = (text: string): readonly string[] =>
    sqlFaults([file('idp/citizens/store.ts', `const s = sql\`${text}\`;`)]);

  test.each([
    'select 1 from audit.event where id = ${id}',
    'insert into factors.password (id) values (${id})',
    'update citizens.citizen c set x = 1 from registry.client r',
    'delete from event where id = ${id}',
    'select * from citizens.citizen join phone p on p.id = 1',
    'lock table audit.event',
  ])('%s is found', (text) => {
    expect(store(text)).toHaveLength(1);
  });

  test.each([
    'select c.status from citizens.citizen c where c.id = ${id} for update of c skip locked',
    'insert into citizens.citizen (id) values (${id}) on conflict do update set x = excluded.x',
    'with gone as (delete from citizens.phone returning *) select * from gone',
    'select x from unnest(${ids}::uuid[]) as x where x is distinct from ${y}',
    "select extract(epoch from c.at) from citizens.citizen c where c.kind = 'from audit.event'",
    'select 1 from pg_class union select 1 from pg_catalog.pg_class',
    'select 1 from (select 1) as t, lateral (select 2) as u',
  ])('%s is let through', (text) => {
    expect(store(text)).toEqual([]);
  });

  test('SQL outside of a store is found', () => {
    const text = 'await tx.row(sql`select 1 from citizens.citizen`);';
    expect(sqlFaults([file('idp/citizens/citizens.ts', text)])).toHaveLength(1);
    expect(sqlFaults([file('idp/citizens/citizens.ts', '// sql`select 1`')])).toEqual([]);
    expect(
      sqlFaults([file('idp/factors/recovery-code/store.ts', 'sql`select 1 from recovery_code.x`')]),
    ).toEqual([]);
  });

  const zones = Object.keys(TABLE);
  test('migrations are numbered, owned and go forward', () => {
    expect(migrationFaults(migrations, zones)).toEqual([]);
  });

  test('a bad migration is found', () => {
    const up = '-- Up Migration\ncreate table audit.event (id uuid);';
    const bad = [
      file('0001_audit.sql', up),
      file('0001_audit_more.sql', up),
      file('2_audit.sql', up),
      file('0003_weather.sql', up),
      file('0004_audit.sql', 'create schema audit;'),
      file('0005_audit.sql', `${up}\n-- Down Migration\n`),
      file('0006_citizens.sql', up),
    ];
    expect(migrationFaults(bad, zones)).toHaveLength(6);
  });
});

describe('sizes and names', () => {
  test('files, functions and folders keep their budgets', () => {
    // A suite is one function around its tests: only the product's functions are counted.
    expect(functionSizeFaults(product)).toEqual([]);
    expect(fileSizeFaults([...product, ...tests])).toEqual([]);
    expect(folderFaults([...product, ...tests])).toEqual([]);
  });

  test('too long is found', () => {
    expect(fileSizeFaults([file('idp/audit/a.ts', 'x;\n'.repeat(400))])).toHaveLength(1);
    expect(
      functionSizeFaults([file('idp/audit/a.ts', `function a() {\n${'x;\n'.repeat(58)}}`)]),
    ).toHaveLength(1);
    const many = Array.from({ length: 13 }, (_, index) => file(`idp/audit/a${index}.ts`));
    expect(folderFaults(many)).toHaveLength(1);
  });

  test.each([
    'export function a(x: { b: string }): { c: string } {',
    'export async function a<T extends { b: string }>(\n  { b, c }: T,\n): Promise<Map<string, T>> {',
    'const a = async ({ b }: C): Promise<void> => {',
    "router.get('/x', async (ctx) => {",
    'class A {\n  async b(x = {}): Promise<void> {',
    'const a = {\n  b: 1,\n  async c(d) {',
    'return { a: b(c), d() {',
    'const a = function (b) {',
  ])('the length of %s is measured', (signature) => {
    const closers = { '{': '}', '(': ')' } as const;
    const open: string[] = [];
    for (const char of signature) {
      if (char === '{' || char === '(') open.push(closers[char]);
      else if (char === '}' || char === ')') open.pop();
    }
    const body = 'if (x) {\n  y();\n}\n'.repeat(20);
    const longest = functionsOf(file('a.ts', `${signature}\n${body}${open.toReversed().join('')}`));
    expect(Math.max(...longest.map(({ lines }) => lines))).toBeGreaterThanOrEqual(61);
    expect(longest.filter(({ lines }) => lines < 10)).toEqual([]);
  });

  test('names say what is inside', () => {
    expect(nameFaults([...product, ...tests])).toEqual([]);
  });

  test.each([
    'idp/audit/index.ts',
    'idp/audit/auditService.ts',
    'idp/audit/audit-service.ts',
    'idp/utils/x.ts',
    'idp/audit/key-manager.ts',
    'test/support/helpers.ts',
    'idp/audit/Audit.ts',
    'idp/citizens/citizen-data.ts',
  ])('%s is found', (at) => {
    expect(nameFaults([file(at)])).toHaveLength(1);
  });

  test('nothing is silenced or put off', () => {
    expect(looseEndFaults(product)).toEqual([]);
  });

  test.each([
    'let a: any;',
    'b as any',
    'Array<any>',
    'x: Map<string, any>',
    'f(x: string | any)',
    '// @ts-ignore',
    '// @ts-expect-error',
    '// TODO later',
  ])('%s is found', (line) => {
    expect(looseEndFaults([file('idp/audit/a.ts', line)])).toHaveLength(1);
  });

  test('the word any in a comment, a text or a page is no type', () => {
    const text = "// any: of them\nconst a = 'as any';\nconst any = b.any(c);\n<p>at any time</p>;";
    expect(looseEndFaults([file('idp/audit/a.tsx', text)])).toEqual([]);
  });

  test('every folder has a front door that says what it owns', () => {
    expect(frontDoorFaults(product)).toEqual([]);
    expect(frontDoorFaults([file('idp/audit/store.ts', '// Rows.')])).toHaveLength(1);
    expect(frontDoorFaults([file('idp/audit/audit.ts', "import x from 'y';")])).toHaveLength(1);
  });

  test('every zone of idp/ has its line in the table', () => {
    const known = new Set([...Object.keys(TABLE), 'root']);
    const zones = new Set(
      product.filter(({ path: at }) => at.startsWith('idp/')).map(({ path: at }) => zoneOf(at)),
    );
    expect([...zones].filter((zone) => !known.has(zone))).toEqual([]);
  });
});
