// What the requests of a client did, and what still stands between it and going live.
import { z } from 'zod';
import type { Activity, GoLive } from '../../../registry/registry.ts';
import { notYours, OFFICE } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { bilingual, clientId, instant } from '../schemas.ts';

export interface ActivityParts {
  readonly activity: Pick<Activity, 'funnel' | 'requests'>;
  readonly golive: GoLive;
}

const CLIENT = `${OFFICE}-portal`;

export const activityOperations = (parts: ActivityParts): readonly Operation[] => [
  funnel(parts),
  lastRequests(parts),
  checklist(parts),
  look(parts),
];

const funnel = ({ activity }: ActivityParts): Operation =>
  operation({
    id: 'getFunnel',
    method: 'get',
    path: '/clients/{clientId}/funnel',
    summary: 'How far requests came, and with which errors they ended, stage by stage.',
    act: 'registry.read',
    params: { clientId },
    query: { hours: z.coerce.number().int().min(1).max(2_208).optional().describe('24 unless given.') },
    output: z.object({
      since: instant,
      stages: z.array(
        z.object({
          stage: z.string(),
          passed: z.number().int(),
          failed: z.record(z.string(), z.number().int()).describe('By OAuth error code.'),
        }),
      ),
    }),
    examples: [
      {
        name: 'A day without requests',
        path: { clientId: CLIENT },
        answer: {
          since: '2026-11-21T08:00:00.000Z',
          stages: [{ stage: 'authorize', passed: 0, failed: {} }],
        },
      },
    ],
    run: ({ actor, path, query }) => activity.funnel(actor, path.clientId, query.hours ?? 24),
  });

const lastRequests = ({ activity }: ActivityParts): Operation =>
  operation({
    id: 'getLastRequests',
    method: 'get',
    path: '/clients/{clientId}/last-requests',
    summary: 'The last twenty requests and why each failed; of a production client those that failed.',
    act: 'registry.read',
    params: { clientId },
    output: z.object({
      rows: z.array(
        z.object({
          at: instant,
          endpoint: z.enum(['authorize', 'token', 'userinfo']),
          error: z.string().optional(),
          reason: z.string().optional(),
          params: z
            .record(z.string(), z.union([z.string(), z.literal(true)]))
            .describe('True: it was there; its value is not kept.'),
        }),
      ),
    }),
    examples: [
      { name: 'None yet', path: { clientId: CLIENT }, answer: { rows: [] } },
      notYours({ clientId: 'elsewhere-portal' }),
    ],
    run: async ({ actor, path }) => ({ rows: await activity.requests(actor, path.clientId) }),
  });

const check = z.object({
  item: z.string(),
  found: z.string().optional().describe('Missing: never looked at.'),
  title: bilingual,
  text: bilingual,
  at: instant.optional(),
  passedAt: instant.optional(),
});

const checklist = ({ golive }: ActivityParts): Operation =>
  operation({
    id: 'getChecklist',
    method: 'get',
    path: '/clients/{clientId}/checklist',
    summary: 'The go-live checklist as it was found last.',
    act: 'registry.read',
    params: { clientId },
    output: z.object({ rows: z.array(check) }),
    examples: [notYours({ clientId: 'elsewhere-portal' })],
    run: async ({ actor, path }) => ({ rows: await golive.rows(actor, path.clientId) }),
  });

const look = ({ golive }: ActivityParts): Operation =>
  operation({
    id: 'lookAtChecklist',
    method: 'post',
    path: '/clients/{clientId}/checklist',
    summary: 'Look at every item of the checklist now.',
    act: 'registry.read',
    params: { clientId },
    output: z.object({ rows: z.array(check) }),
    examples: [notYours({ clientId: 'elsewhere-portal' })],
    run: async ({ actor, path }) => ({ rows: await golive.look(actor, path.clientId) }),
  });
