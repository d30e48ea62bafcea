// The published document of the API: sound OpenAPI 3.1, and every example in it is what the system really answers.
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { uuidv7 } from '../../../idp/platform/base/ids.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import type { Answer } from '../../oidc/relying-party.ts';
import { makeProgram, makeUnit, run, told, type Program } from './program.ts';

type Json = Readonly<Record<string, unknown>>;

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Json } } };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
  readonly 'x-examples': readonly {
    readonly name: string;
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly status: number;
    readonly answer: unknown;
  }[];
}

type Content = Readonly<Record<string, { readonly schema: Json }>>;

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

let system: TestApp;
let office: Program;
let document: Document;
/** What the world of the examples calls by made-up identifiers -> what it is called here. */
const real = new Map<string, string>();

beforeAll(async () => {
  system = await testApp();
  await makeUnit(system, 'example-office');
  await makeUnit(system, 'elsewhere');
  office = await makeProgram(system, 'example-office', 'owner', 'auditor');
  real.set('program~0123456789abcdef', office.clientId);
  const invitation = await told<{ id: string }>(
    system,
    'operators invite',
    '--unit',
    'example-office',
    '--role',
    'developer',
  );
  real.set('01940000-0000-7000-8000-000000000002', invitation.id);
  const about = ['--unit', 'example-office', '--name', 'Test environments'];
  const token = await told<{ id: string }>(system, 'registration-tokens create', ...about);
  real.set('01940000-0000-7000-8000-000000000003', token.id);
  const operator = uuidv7(new Date());
  const { postgres } = system.database;
  await postgres.run(sql`insert into registry.operator (id, created_at) values (${operator}, now())`);
  await postgres.run(sql`
    insert into registry.post (id, operator_id, unit_id, role, granted_by, granted_at, certified_at, certified_by)
    values ('01940000-0000-7000-8000-000000000001', ${operator}, 'example-office', 'developer', 'test', now(), now(),
      'test')`);
  document = (await (await fetch(`${system.issuer}/admin/api/openapi.json`)).json()) as Document;
});
afterAll(() => system.close());

const operations = (): [string, string, Described][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): [string, string, Described] => [path, method, one]),
  );

test('the document is sound', async () => {
  const { valid, errors } = await new Validator().validate({ ...document });
  expect([valid, errors]).toEqual([true, undefined]);
  expect((await new Validator().validate({ ...document, info: {} })).valid).toBe(false);
  expect(document.openapi).toMatch(/^3\.1/);
  expect(document.servers).toEqual([{ url: `${system.issuer}/admin/api` }]);
});

test('each operation has a name of its own, its parameters, and an example', () => {
  const ids = operations().map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [path, , { operationId, parameters, 'x-examples': examples }] of operations()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)).sort();
    const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect([operationId, inPath.sort()]).toEqual([operationId, named]);
    expect([operationId, examples.length > 0]).toEqual([operationId, true]);
  }
});

const here = (value: unknown): string => {
  let text = typeof value === 'string' ? value : JSON.stringify(value);
  for (const [example, actual] of real) text = text.replaceAll(example, actual);
  return text;
};

async function call(path: string, method: string, example: Described['x-examples'][number]): Promise<Answer> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(here(example.path?.[name] ?? '')),
  );
  const query = example.query ? `?${new URLSearchParams(example.query).toString()}` : '';
  const body = example.body === undefined ? undefined : here(example.body);
  return await office.call(method.toUpperCase(), `${filled}${query}`, body, { 'accept-language': 'en' });
}

/** The same members all the way down; what differs from run to run (times, numbers of requests) may differ. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, shapeOf(inner)]),
  );
};

/** As they stand in the document; what ends something comes last, because the others need it. */
const inOrder = () =>
  operations().sort(([, one], [, other]) => Number(one === 'delete') - Number(other === 'delete'));

/** What was made now goes by another identifier than in the example. */
function learn(expected: unknown, got: Json): void {
  const { id } = expected as { id?: unknown };
  if (typeof id === 'string' && typeof got['id'] === 'string' && !real.has(id)) real.set(id, got['id']);
}

test('every example is what the system answers', async () => {
  for (const [path, method, one] of inOrder())
    for (const example of one['x-examples']) {
      const answer = await call(path, method, example);
      const what = `${one.operationId}: ${example.name}`;
      learn(example.answer, answer.json);
      expect([what, answer.status, shapeOf(answer.json)]).toEqual([
        what,
        example.status,
        shapeOf(JSON.parse(here(example.answer))),
      ]);
      const schema = (one.responses[String(answer.status)] ?? one.responses['default'])?.content[
        'application/json'
      ];
      const reads = z.fromJSONSchema(resolved(schema?.schema ?? {})).safeParse(answer.json);
      expect([what, reads.error?.issues]).toEqual([what, undefined]);
      if (answer.status >= 400)
        expect(answer.json['message']).toBe((example.answer as { message: string }).message);
    }
});

/** The one shape that is referred to. */
const resolved = (schema: Json): Json =>
  schema['$ref'] === undefined
    ? schema
    : (document as unknown as { components: { schemas: { Refusal: Json } } }).components.schemas.Refusal;

test('the commands behind the examples say what is wrong', async () => {
  expect((await run(system, 'operators invite', '--unit', 'nowhere', '--role', 'owner')).code).toBe(1);
  const wrong = await run(
    system,
    'operators invite',
    '--unit',
    'cn',
    '--role',
    'owner',
    '--until',
    'tomorrow',
  );
  expect(wrong.err).toBe('"tomorrow" is no date; write it as 2027-03-01');
  const past = await run(
    system,
    'operators invite',
    '--unit',
    'cn',
    '--role',
    'owner',
    '--until',
    '2020-01-01',
  );
  expect(past).toMatchObject({ code: 1, err: 'leaves_at must lie ahead' });
});
