// The OpenAPI 3.1 document, made from the same schemas that check every request. Pure.
import { z } from 'zod';
import { API_SCOPES, apiResource } from '../../oidc/oidc.ts';
import { ACTS } from '../../registry/registry.ts';
import { refusal } from './answers.ts';
import { scopeOf, takesPerson } from './caller.ts';
import type { Example, Operation } from './operation.ts';

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';
const SCHEME = 'program';

const WORDS: Readonly<Record<(typeof API_SCOPES)[number], string>> = {
  'registry.read': 'See what the roles of the program let it see.',
  'registry.write': 'Change what the roles of the program let it change.',
};

export function openApi(issuer: URL, operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of operations) (paths[one.path] ??= {})[one.method] = describe(one);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tongxing: relying parties and the people who manage them',
      version: '1',
      description:
        'Everything the console does, for programs of a unit. A program sees and changes its unit and what lies below ' +
        'it. What takes a person with a passkey is listed too: a program that tries gets 403. Refusals have one shape; ' +
        'their texts follow Accept-Language (zh-CN, en).',
    },
    servers: [{ url: apiResource(issuer) }],
    security: [{ [SCHEME]: [...API_SCOPES] }],
    paths,
    components: {
      schemas: { Refusal: schemaOf(refusal, 'output') },
      securitySchemes: {
        [SCHEME]: {
          type: 'oauth2',
          description: `Ask for tokens with resource=${apiResource(issuer)} (RFC 8707).`,
          flows: { clientCredentials: { tokenUrl: new URL('/oidc/token', issuer).href, scopes: WORDS } },
        },
      },
    },
  };
}

function describe(one: Operation): Json {
  return {
    operationId: one.id,
    summary: one.summary,
    description: rightsOf(one),
    security: [{ [SCHEME]: [scopeOf(one)] }],
    parameters: [...parametersOf(one.params, 'path'), ...parametersOf(one.query, 'query')],
    ...(one.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              [JSON_TYPE]: {
                schema: schemaOf(one.body, 'input'),
                ...examplesOf(one.examples, (it) => it.body),
              },
            },
          },
        }),
    // Whole requests with their answers, refusals too: what the tests run.
    'x-examples': one.examples.map((example) => ({ status: one.status, ...example })),
    responses: {
      [one.status]: {
        description: 'Done.',
        content: {
          [JSON_TYPE]: {
            schema: schemaOf(one.output, 'output'),
            ...examplesOf(
              one.examples.filter(({ status = one.status }) => status === one.status),
              (it) => it.answer,
            ),
          },
        },
      },
      default: {
        description: 'Refused.',
        content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    },
  };
}

function rightsOf({ act }: Operation): string {
  if (act === undefined) return 'For every program.';
  const roles = `Roles: ${ACTS[act].roles.join(', ')}.`;
  return takesPerson(act) ? `${roles} Takes a person with a passkey: programs get 403.` : roles;
}

/** Draft 2020-12, which is the dialect of OpenAPI 3.1: nothing is translated. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, reused: 'inline' });
  return described;
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function examplesOf(examples: readonly Example[], value: (example: Example) => unknown): Json {
  if (examples.length === 0) return {};
  return {
    examples: Object.fromEntries(examples.map((example) => [example.name, { value: value(example) }])),
  };
}
