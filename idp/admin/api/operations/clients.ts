// Relying parties: lists, sandbox clients, what a file says of a client brought into force, history.
import { z } from 'zod';
import {
  CLIENT_ORDERS,
  CLIENT_STATES,
  type Applying,
  type Changes,
  type ClientSearch,
  type Sandboxes,
} from '../../../registry/registry.ts';
import { Complaints } from '../answers.ts';
import { notYours, OFFICE, OFFICE_NAME } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import {
  after,
  bilingual,
  clientId,
  difference,
  DONE,
  done,
  environment,
  instant,
  level,
  limit,
  metadata,
  pageOf,
  unitId,
  version,
} from '../schemas.ts';

export interface ClientParts {
  readonly search: ClientSearch;
  readonly sandboxes: Sandboxes;
  readonly applying: Applying;
  readonly changes: Changes;
}

const state = z.enum(CLIENT_STATES);
const CLIENT = 'example-sandbox';

const listed = z.object({
  clientId,
  name: bilingual,
  domain: z.string(),
  unitId,
  unitName: bilingual,
  environment,
  state,
  minimumLevel: level,
  sensitive: z.boolean().describe('It is told a claim of the highest sensitivity.'),
  createdAt: instant,
  updatedAt: instant,
});

const detail = z.object({
  clientId,
  unitId,
  unitName: bilingual,
  environment,
  state,
  version,
  metadata: z.record(z.string(), z.unknown()).describe('As it can be sent back; no secret.'),
});

const written = z.object({
  clientId,
  version,
  secret: z.string().optional().describe('Shown this once.'),
});

const EXAMPLE_METADATA = {
  client_id: CLIENT,
  client_name: '预约挂号',
  redirect_uris: ['http://localhost:3000/callback'],
  scope: 'openid profile',
};

export const clientOperations = (parts: ClientParts): readonly Operation[] => [
  createClient(parts),
  listClients(parts),
  getClient(parts),
  updateClient(parts),
  historyOf(parts),
  applyClient(parts),
  removeClient(parts),
];

const createClient = ({ sandboxes }: ClientParts): Operation =>
  operation({
    id: 'createClient',
    method: 'post',
    path: '/clients',
    summary: 'Make a sandbox client: it signs in test persons at once, without approval.',
    act: 'sandbox.write',
    body: z.strictObject({ unitId, metadata }),
    status: 201,
    output: written,
    examples: [
      {
        name: 'A sandbox client',
        body: { unitId: OFFICE, metadata: EXAMPLE_METADATA },
        answer: { clientId: CLIENT, version: 1, secret: 'u7Yk3RC1G0sV9mPz2wQ8xL5tB4nD6hJ1fA3eK7oS9iM' },
      },
    ],
    async run({ actor, body }) {
      const made = await sandboxes.createSandbox(actor, body.unitId, body.metadata);
      return { ...made, secret: made.secret?.reveal() };
    },
  });

const listClients = ({ search }: ClientParts): Operation =>
  operation({
    id: 'listClients',
    method: 'get',
    path: '/clients',
    summary: 'Clients of the units in reach, found by name, identifier, domain or unit.',
    act: 'registry.read',
    query: {
      q: z.string().max(100).optional().describe('A part of name, identifier, domain or name of the unit.'),
      unit: unitId.optional().describe('This unit and everything below it.'),
      environment: environment.optional(),
      state: state.optional(),
      level: level.optional().describe('Those that ask for this level or a higher one.'),
      order: z.enum(CLIENT_ORDERS).optional(),
      after,
      limit,
    },
    output: pageOf(listed),
    examples: [
      {
        name: 'Sandbox clients',
        query: { environment: 'sandbox', order: 'created' },
        answer: {
          rows: [
            {
              clientId: CLIENT,
              name: { 'zh-CN': '预约挂号', en: '预约挂号' },
              domain: 'localhost:3000',
              unitId: OFFICE,
              unitName: OFFICE_NAME,
              environment: 'sandbox',
              state: 'live',
              minimumLevel: 'l1',
              sensitive: false,
              createdAt: '2026-11-22T08:00:00.000Z',
              updatedAt: '2026-11-22T08:00:00.000Z',
            },
          ],
        },
      },
    ],
    run: ({ actor, query }) => search.clients(actor, query),
  });

const getClient = ({ applying }: ClientParts): Operation =>
  operation({
    id: 'getClient',
    method: 'get',
    path: '/clients/{clientId}',
    summary: 'One client with its registration, as it can be changed and sent back.',
    act: 'registry.read',
    params: { clientId },
    output: detail,
    examples: [notYours({ clientId: 'elsewhere-portal' })],
    run: ({ actor, path }) => applying.read(actor, path.clientId),
  });

const updateClient = ({ sandboxes }: ClientParts): Operation =>
  operation({
    id: 'updateClient',
    method: 'put',
    path: '/clients/{clientId}',
    summary: 'Replace the registration of a sandbox client. `version`: the one that was read.',
    act: 'sandbox.write',
    params: { clientId },
    body: z.strictObject({ version, metadata }),
    output: written,
    examples: [
      {
        name: 'A second redirect address',
        path: { clientId: CLIENT },
        body: {
          version: 1,
          metadata: {
            ...EXAMPLE_METADATA,
            redirect_uris: ['http://localhost:3000/callback', 'http://localhost:3001/callback'],
          },
        },
        answer: { clientId: CLIENT, version: 2 },
      },
      {
        name: 'Somebody was faster',
        path: { clientId: CLIENT },
        body: { version: 1, metadata: EXAMPLE_METADATA },
        status: 409,
        answer: {
          error: 'conflict',
          message: 'Somebody else changed it first. Read it again, then repeat.',
          reference: '9D4K-70BZ',
          complaints: [{ member: '', text: `client "${CLIENT}": was changed meanwhile; read it again` }],
        },
      },
    ],
    async run({ actor, path, body }) {
      const made = await sandboxes.updateSandbox(actor, path.clientId, body.metadata, body.version);
      return { ...made, secret: made.secret?.reveal() };
    },
  });

const historyOf = ({ changes }: ClientParts): Operation =>
  operation({
    id: 'getHistory',
    method: 'get',
    path: '/clients/{clientId}/history',
    summary: 'Every version of a client: who, when, why, and what differs from the one before. Newest first.',
    act: 'registry.read',
    params: { clientId },
    query: { before: z.coerce.number().int().min(1).optional().describe('`next` of the page before.') },
    output: z.object({
      rows: z.array(
        z.object({
          version,
          act: z.string(),
          by: z.string(),
          at: instant,
          reason: z.string(),
          requestId: z.string().optional(),
          differences: z.array(difference),
        }),
      ),
      next: z.number().int().optional(),
    }),
    examples: [
      {
        name: 'The last change',
        path: { clientId: CLIENT },
        query: { before: '3' },
        answer: {
          rows: [
            {
              version: 2,
              act: 'changed',
              by: 'client:program~0123456789abcdef',
              at: '2026-11-22T08:00:00.000Z',
              reason: '',
              differences: [
                {
                  is: 'list',
                  member: 'redirect_uris',
                  removed: [],
                  added: ['http://localhost:3001/callback'],
                  kept: ['http://localhost:3000/callback'],
                },
              ],
            },
          ],
        },
      },
    ],
    run: ({ actor, path, query }) => changes.history(actor, path.clientId, query.before),
  });

const applied = z.object({
  clientId,
  outcome: z.enum(['created', 'updated', 'requested', 'waiting', 'unchanged']),
  differences: z.array(difference).describe('Against what runs.'),
  request: z.string().optional().describe('Number of the request that others decide.'),
  secret: z.string().optional().describe('Shown this once.'),
});

const applyClient = ({ applying }: ClientParts): Operation =>
  operation({
    id: 'applyClient',
    method: 'post',
    path: '/apply',
    summary:
      'Bring what a file says of a client into force: a sandbox client runs at once, a production client becomes a ' +
      'request. The same again changes nothing. With `dryRun` nothing is written.',
    act: 'sandbox.write',
    body: z.strictObject({ unitId, environment, metadata, dryRun: z.boolean().optional() }),
    output: applied,
    examples: [
      {
        name: 'What would change',
        body: { unitId: OFFICE, environment: 'sandbox', metadata: EXAMPLE_METADATA, dryRun: true },
        answer: {
          clientId: CLIENT,
          outcome: 'updated',
          differences: [
            {
              is: 'list',
              member: 'redirect_uris',
              removed: ['http://localhost:3001/callback'],
              added: [],
              kept: ['http://localhost:3000/callback'],
            },
          ],
        },
      },
    ],
    async run({ actor, body: { dryRun = false, ...wish } }) {
      if (!dryRun) {
        const made = await applying.apply(actor, wish);
        return { ...made, secret: made.secret?.reveal() };
      }
      const { complaints, ...plan } = await applying.plan(actor, wish);
      if (complaints.length > 0) throw new Complaints(complaints);
      return plan;
    },
  });

const removeClient = ({ sandboxes }: ClientParts): Operation =>
  operation({
    id: 'removeClient',
    method: 'delete',
    path: '/clients/{clientId}',
    summary: 'End a sandbox client for good. Its identifier is not given out again.',
    act: 'sandbox.write',
    params: { clientId },
    query: { version: z.coerce.number().int().min(0) },
    output: done,
    examples: [{ name: 'As it was read', path: { clientId: CLIENT }, query: { version: '2' }, answer: DONE }],
    async run({ actor, path, query }) {
      await sandboxes.removeSandbox(actor, path.clientId, query.version);
      return DONE;
    },
  });
