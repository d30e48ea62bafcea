// Requests of production clients: what a team writes, what waits for whom, and what is decided.
import { z } from 'zod';
import { QUEUE_SORTS, QUEUE_VIEWS, STAGES, type Changes } from '../../../registry/registry.ts';
import { OFFICE, OFFICE_NAME, REFERENCE } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import {
  bilingual,
  clientId,
  difference,
  DONE,
  done,
  instant,
  metadata,
  reason,
  unitId,
  version,
} from '../schemas.ts';

export interface RequestParts {
  readonly changes: Changes;
}

const REQUEST = 'R-20261122-0001';
const CLIENT = 'example-production';

const id = z
  .string()
  .regex(/^R-\d{8}-\d{4,6}$/)
  .describe('Number of a request.');
const state = z.enum(['draft', 'reviewing', 'returned', 'refused', 'withdrawn', 'live']);
const stage = z.enum(STAGES);

const line = z.object({
  id,
  clientId,
  unitId,
  unitName: bilingual,
  name: bilingual,
  domain: z.string(),
  kind: z.enum(['launch', 'change']),
  state,
  stage: stage.nullable(),
  holderName: bilingual.nullable(),
  dueAt: instant.nullable(),
  changed: z.array(z.string()).describe('Members that differ from what runs.'),
  sensitive: z.array(z.string()).describe('Sensitive claims that are newly asked for.'),
  submittedAt: instant.nullable(),
  version,
  createdAt: instant,
  updatedAt: instant,
});

const LINE: z.output<typeof line> = {
  id: REQUEST,
  clientId: CLIENT,
  unitId: OFFICE,
  unitName: OFFICE_NAME,
  name: { 'zh-CN': CLIENT, en: CLIENT },
  domain: CLIENT,
  kind: 'launch',
  state: 'draft',
  stage: null,
  holderName: null,
  dueAt: null,
  changed: [],
  sensitive: [],
  submittedAt: null,
  version: 1,
  createdAt: '2026-11-22T08:00:00.000Z',
  updatedAt: '2026-11-22T08:00:00.000Z',
};

const CONFLICT = {
  error: 'conflict',
  message: 'Somebody else changed it first. Read it again, then repeat.',
  reference: REFERENCE,
  complaints: [
    {
      member: '',
      text: `request ${REQUEST}: was begun by client:program~0123456789abcdef at 2026-11-22 16:00:00; read it again`,
    },
  ],
};

export const requestOperations = (parts: RequestParts): readonly Operation[] => [
  launch(parts),
  begin(parts),
  listRequests(parts),
  getRequest(parts),
  save(parts),
  complaintsOf(parts),
  submit(parts),
  decide(parts),
  withdraw(parts),
];

const launch = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'launchClient',
    method: 'post',
    path: '/requests',
    summary: 'Begin the request for a new production client, from nothing or from a sandbox client.',
    act: 'client.draft',
    body: z.strictObject({ unitId, originId: clientId.optional(), metadata: metadata.optional() }),
    status: 201,
    output: z.object({ id }),
    examples: [
      {
        name: 'From nothing',
        body: { unitId: OFFICE, metadata: { client_id: CLIENT } },
        answer: { id: REQUEST },
      },
    ],
    async run({ actor, body: { unitId: at, originId, metadata: given } }) {
      const wish = { unitId: at, ...(originId === undefined ? {} : { originId }) };
      return { id: await changes.launch(actor, given === undefined ? wish : { ...wish, given }) };
    },
  });

const begin = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'beginChange',
    method: 'post',
    path: '/clients/{clientId}/requests',
    summary: 'Begin a change to a production client; what runs goes on until it is approved.',
    act: 'client.draft',
    params: { clientId },
    body: z.strictObject({ metadata: metadata.optional() }),
    status: 201,
    output: z.object({ id }),
    examples: [
      {
        name: 'One is open',
        path: { clientId: CLIENT },
        body: {},
        status: 409,
        answer: {
          error: 'conflict',
          message: 'Somebody else changed it first. Read it again, then repeat.',
          reference: '9D4K-70BZ',
          complaints: [
            { member: '', text: `client "${CLIENT}": request ${REQUEST} is open; finish it first` },
          ],
        },
      },
    ],
    run: async ({ actor, path, body }) => ({ id: await changes.begin(actor, path.clientId, body.metadata) }),
  });

const listRequests = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'listRequests',
    method: 'get',
    path: '/requests',
    summary: 'Requests in reach. `all` unless a view is named; the one that is due first comes first.',
    act: 'registry.read',
    query: {
      view: z.enum(QUEUE_VIEWS).optional(),
      sort: z.enum(QUEUE_SORTS).optional(),
      q: z.string().max(100).optional().describe('A part of number, identifier, name or domain.'),
      clientId: clientId.optional(),
      state: state.optional(),
      stage: stage.optional(),
      page: z.coerce.number().int().min(1).max(500).optional(),
    },
    output: z.object({ rows: z.array(line), total: z.number().int(), next: z.number().int().optional() }),
    examples: [{ name: 'Of one client', query: { clientId: CLIENT }, answer: { rows: [LINE], total: 1 } }],
    run: ({ actor, query: { view = 'all', sort = 'due', ...filter } }) =>
      changes.list(actor, { view, sort, ...filter }),
  });

const getRequest = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'getRequest',
    method: 'get',
    path: '/requests/{id}',
    summary: 'One request: its draft, what differs, and every step with who, when and why.',
    act: 'registry.read',
    params: { id },
    output: line.extend({
      draft: metadata,
      differences: z.array(difference),
      steps: z.array(
        z.object({
          act: z.string(),
          stage: stage.nullable(),
          by: z.string(),
          at: instant,
          reason: z.string(),
          comments: z.record(z.string(), z.string()),
        }),
      ),
    }),
    examples: [
      {
        name: 'A draft',
        path: { id: REQUEST },
        answer: {
          ...LINE,
          draft: { client_id: CLIENT },
          differences: [],
          steps: [
            {
              act: 'begun',
              stage: null,
              by: 'client:program~0123456789abcdef',
              at: '2026-11-22T08:00:00.000Z',
              reason: '',
              comments: {},
            },
          ],
        },
      },
    ],
    run: ({ actor, path }) => changes.find(actor, path.id),
  });

const save = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'saveDraft',
    method: 'put',
    path: '/requests/{id}/draft',
    summary: 'Keep a draft, also an incomplete one. `version`: the one that was read.',
    act: 'client.draft',
    params: { id },
    body: z.strictObject({ version, metadata }),
    output: z.object({ version }),
    examples: [
      {
        name: 'A name',
        path: { id: REQUEST },
        body: { version: 1, metadata: { client_id: CLIENT, client_name: '公积金提取' } },
        answer: { version: 2 },
      },
    ],
    run: async ({ actor, path, body }) => ({
      version: await changes.save(actor, path.id, body.metadata, body.version),
    }),
  });

const complaintsOf = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'getComplaints',
    method: 'get',
    path: '/requests/{id}/complaints',
    summary: 'What stands against a draft now, member by member with the fix.',
    act: 'registry.read',
    params: { id },
    output: z.object({ complaints: z.array(z.object({ member: z.string(), text: bilingual })) }),
    examples: [
      {
        name: 'An incomplete draft',
        path: { id: REQUEST },
        answer: {
          complaints: [
            {
              member: 'redirect_uris',
              text: { 'zh-CN': '至少须有一个地址', en: 'must hold at least one address' },
            },
          ],
        },
      },
    ],
    run: async ({ actor, path }) => ({ complaints: await changes.complaints(actor, path.id) }),
  });

const submit = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'submitRequest',
    method: 'post',
    path: '/requests/{id}/submission',
    summary: 'Hand a draft to whoever decides first.',
    act: 'client.submit',
    params: { id },
    body: z.strictObject({ version }),
    output: z.object({ version, secret: z.string().optional().describe('Shown this once.') }),
    examples: [
      {
        name: 'Somebody was faster',
        path: { id: REQUEST },
        body: { version: 1 },
        status: 409,
        answer: CONFLICT,
      },
    ],
    async run({ actor, path, body }) {
      const made = await changes.submit(actor, path.id, body.version);
      return { version: made.version, secret: made.secret?.reveal() };
    },
  });

const decide = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'decideRequest',
    method: 'post',
    path: '/requests/{id}/decision',
    summary: 'Approve, return or refuse. Takes another person than those who wrote the request.',
    act: 'request.approve',
    params: { id },
    body: z.strictObject({
      decision: z.enum(['approve', 'return', 'refuse']),
      version,
      reason,
      comments: z.record(z.string(), z.string().max(1_000)).optional().describe('By member.'),
    }),
    output: z.object({ state, clientVersion: version.optional() }),
    examples: [
      {
        name: 'Nothing is to be decided',
        path: { id: REQUEST },
        body: { decision: 'approve', version: 2, reason: '材料齐全，同意' },
        status: 409,
        answer: CONFLICT,
      },
    ],
    run: ({ actor, path, body: { comments, ...verdict } }) =>
      changes.decide(actor, path.id, comments === undefined ? verdict : { ...verdict, comments }),
  });

const withdraw = ({ changes }: RequestParts): Operation =>
  operation({
    id: 'withdrawRequest',
    method: 'delete',
    path: '/requests/{id}',
    summary: 'Take a request back; another may be begun.',
    act: 'client.draft',
    params: { id },
    query: { version: z.coerce.number().int().min(0) },
    output: done,
    examples: [{ name: 'As it was read', path: { id: REQUEST }, query: { version: '2' }, answer: DONE }],
    async run({ actor, path, query }) {
      await changes.withdraw(actor, path.id, query.version);
      return DONE;
    },
  });
