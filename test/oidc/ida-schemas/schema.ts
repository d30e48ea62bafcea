// A JSON Schema (2020-12) validator for exactly the words that the OpenID Foundation's identity assurance schemas use. A word that is
// not known here is an error, so that no rule of theirs is passed over.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

type Schema = boolean | { readonly [word: string]: unknown };

const load = (name: string): Exclude<Schema, boolean> =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Exclude<Schema, boolean>;

const FILES = ['claims_schema.json', 'verified_claims_request.json', 'verified_claims.json'].map(load);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-[01]\d-[0-3]\d$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};

interface Place {
  readonly root: Exclude<Schema, boolean>;
  readonly at: string;
}

function resolve(ref: string, root: Exclude<Schema, boolean>): [Schema, Exclude<Schema, boolean>] {
  const [file = '', pointer = ''] = ref.split('#');
  const target = file === '' ? root : FILES.find((one) => one['$id'] === file);
  if (!target) throw new Error(`no schema ${file}`);
  const steps = pointer.split('/').slice(1);
  return [
    steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], target) as Schema,
    target,
  ];
}

type Rule = (argument: never, value: unknown, schema: Exclude<Schema, boolean>, place: Place) => string[];
const ok = (holds: boolean, place: Place, rule: string): string[] => (holds ? [] : [`${place.at}: ${rule}`]);
const under = (place: Place, step: string | number): Place => ({ ...place, at: `${place.at}/${step}` });

/** Words that are read by others or rule nothing. */
const SILENT = new Set(['$id', '$schema', '$defs', 'then', 'else']);

const RULES: Readonly<Record<string, Rule>> = {
  $ref: (ref: string, value, _schema, place) => {
    const [target, root] = resolve(ref, place.root);
    return faults(target, value, { ...place, root });
  },
  type: (type: string, value, _schema, place) => ok(TYPES[type]?.(value) === true, place, `not ${type}`),
  enum: (values: unknown[], value, _schema, place) => ok(values.includes(value), place, 'not in enum'),
  const: (one: unknown, value, _schema, place) =>
    ok(isDeepStrictEqual(one, value), place, 'not the constant'),
  pattern: (text: string, value, _schema, place) =>
    ok(typeof value !== 'string' || new RegExp(text, 'u').test(value), place, `not like ${text}`),
  format: (name: string, value, _schema, place) => {
    const format = FORMATS[name];
    if (!format) throw new Error(`format ${name} is not known`);
    return ok(typeof value !== 'string' || format.test(value), place, `not a ${name}`);
  },
  minimum: (least: number, value, _schema, place) =>
    ok(typeof value !== 'number' || value >= least, place, `less than ${least}`),
  minItems: (least: number, value, _schema, place) =>
    ok(!Array.isArray(value) || value.length >= least, place, `fewer than ${least}`),
  uniqueItems: (_: boolean, value, _schema, place) =>
    ok(
      !Array.isArray(value) || new Set(value.map((one) => JSON.stringify(one))).size === value.length,
      place,
      'twice',
    ),
  minProperties: (least: number, value, _schema, place) =>
    ok(!isObject(value) || Object.keys(value).length >= least, place, `fewer than ${least} members`),
  required: (names: string[], value, _schema, place) =>
    isObject(value)
      ? names.flatMap((name) => ok(Object.hasOwn(value, name), place, `${name} is missing`))
      : [],
  properties: (all: Readonly<Record<string, Schema>>, value, _schema, place) =>
    isObject(value)
      ? Object.entries(all).flatMap(([name, one]) =>
          Object.hasOwn(value, name) ? faults(one, value[name], under(place, name)) : [],
        )
      : [],
  additionalProperties: (rest: Schema, value, schema, place) => {
    const named = Object.keys(schema['properties'] ?? {});
    const others = isObject(value) ? Object.entries(value).filter(([name]) => !named.includes(name)) : [];
    return others.flatMap(([name, one]) => faults(rest, one, under(place, name)));
  },
  items: (one: Schema, value, _schema, place) =>
    Array.isArray(value) ? value.flatMap((item, index) => faults(one, item, under(place, index))) : [],
  allOf: (all: Schema[], value, _schema, place) => all.flatMap((one) => faults(one, value, place)),
  anyOf: (all: Schema[], value, _schema, place) => {
    const each = all.map((one) => faults(one, value, place));
    return each.some((found) => found.length === 0) ? [] : each.flat();
  },
  oneOf: (all: Schema[], value, _schema, place) => {
    const each = all.map((one) => faults(one, value, place));
    const fitting = each.filter((found) => found.length === 0).length;
    return fitting === 1 ? [] : [`${place.at}: ${fitting} of oneOf`, ...each.flat()];
  },
  if: (condition: Schema, value, schema, place) => {
    const then = faults(condition, value, place).length === 0 ? schema['then'] : schema['else'];
    return faults((then ?? true) as Schema, value, place);
  },
};

function faults(schema: Schema, value: unknown, place: Place): string[] {
  if (typeof schema === 'boolean') return ok(schema, place, 'not allowed');
  return Object.entries(schema).flatMap(([word, argument]) => {
    if (SILENT.has(word)) return [];
    const rule = RULES[word];
    if (!rule) throw new Error(`the word ${word} is not known`);
    return rule(argument as never, value, schema, place);
  });
}

const [, request, answer] = FILES as [never, Exclude<Schema, boolean>, Exclude<Schema, boolean>];

/** What is wrong with `{"verified_claims": ...}`; empty when nothing is. */
export const faultsOfAnswer = (value: unknown): string[] => faults(answer, value, { root: answer, at: '' });

/** What is wrong with a `claims` parameter; empty when nothing is. */
export const faultsOfRequest = (value: unknown): string[] =>
  faults(request, value, { root: request, at: '' });

interface ExampleAnswer {
  readonly verified_claims: { readonly verification: Readonly<Record<string, unknown>> };
}
interface ExampleRequest {
  readonly userinfo: {
    readonly verified_claims: { readonly verification: Readonly<Record<string, unknown>> };
  };
}

export const exampleAnswer = load('example-answer.json') as unknown as ExampleAnswer;
export const exampleRequest = load('example-request.json') as unknown as ExampleRequest;
