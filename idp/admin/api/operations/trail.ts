// The audit trail of one's own units, and lists that leave the system with a mark.
import { z } from 'zod';
import type { Trail } from '../../../audit/audit.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { scopesOf, type ClientSearch, type Exports } from '../../../registry/registry.ts';
import { OFFICE, OFFICE_NAME, PROGRAM, REFERENCE } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { bilingual, clientId, environment, instant, limit, unitId } from '../schemas.ts';

export interface TrailParts {
  readonly trail: Pick<Trail, 'search'>;
  readonly search: ClientSearch;
  readonly exports: Exports;
  readonly clock: Clock;
}

export const trailOperations = (parts: TrailParts): readonly Operation[] => [
  searchEvents(parts),
  exportClients(parts),
];

const DAY_MS = 86_400_000;

// Whose account it was about is not for programs.
const event = z.object({
  id: z.uuid(),
  at: z.string().describe('UTC with microseconds.'),
  type: z.string(),
  actor: z.string(),
  clientId: z.string().nullable(),
  reference: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});

const searchEvents = ({ trail, search, clock }: TrailParts): Operation =>
  operation({
    id: 'searchEvents',
    method: 'get',
    path: '/events',
    summary: 'What was done in the units in reach, newest first; of the last day unless a range is given.',
    act: 'audit.read',
    query: {
      from: instant.optional(),
      to: instant.optional().describe('At most 100 days after `from`.'),
      type: z.string().max(64).optional().describe('A kind, or the beginning of some: `client.`'),
      actor: z.string().max(128).optional(),
      clientId: clientId.optional(),
      unit: unitId.optional(),
      before: z.string().max(100).optional().describe('`next` of the page before.'),
      limit,
    },
    output: z.object({ rows: z.array(event), next: z.string().optional() }),
    examples: [
      {
        name: 'Of one client',
        query: { clientId: `${OFFICE}-portal`, type: 'client.' },
        answer: {
          rows: [
            {
              id: '01940000-0000-7000-8000-000000000005',
              at: '2026-11-22T08:00:00.000000Z',
              type: 'client.imported',
              actor: 'operator:command-line',
              clientId: `${OFFICE}-portal`,
              reference: null,
              data: { version: 1, changed: 'all' },
            },
          ],
        },
      },
    ],
    async run({ actor, query: { from, to, unit, actor: by, ...filter } }) {
      if (scopesOf(actor, 'audit.read').length === 0) throw new Fault('forbidden', { note: 'audit.read' });
      const until = to === undefined ? clock.now().getTime() + 1_000 : Date.parse(to);
      const since = from === undefined ? until - DAY_MS : Date.parse(from);
      const scope = await search.subtree(actor, 'audit.read', unit);
      const range = { from: new Date(since), to: new Date(until), scopes: scope ? [scope] : [] };
      return await trail.search({ ...filter, ...range, actor: by });
    },
  });

const exportClients = ({ exports }: TrailParts): Operation =>
  operation({
    id: 'exportClients',
    method: 'post',
    path: '/exports/clients',
    summary: 'All clients in reach at once, with a mark that says who took them out and when. Recorded.',
    act: 'export.make',
    body: z.strictObject({
      q: z.string().max(100).optional(),
      unit: unitId.optional(),
      environment: environment.optional(),
    }),
    output: z.object({
      mark: z.string(),
      rows: z.array(
        z.object({
          clientId,
          name: bilingual,
          domain: z.string(),
          unitId,
          unitName: bilingual,
          environment,
          state: z.string(),
        }),
      ),
    }),
    examples: [
      {
        name: 'Production clients',
        body: { environment: 'production' },
        answer: {
          mark: `client:${PROGRAM} 2026-11-22T16:00:00+08:00 ${REFERENCE}`,
          rows: [
            {
              clientId: `${OFFICE}-portal`,
              name: { 'zh-CN': '办事大厅', en: 'Service hall' },
              domain: 'example-office.example.gov.cn',
              unitId: OFFICE,
              unitName: OFFICE_NAME,
              environment: 'production',
              state: 'live',
            },
          ],
        },
      },
    ],
    run: ({ actor, body }) => exports.clients(actor, body),
  });
