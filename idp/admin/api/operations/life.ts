// Stopping a client, bringing it back by two, ending it. All of it takes persons; a program reads who would notice.
import { z } from 'zod';
import type { Changes } from '../../../registry/registry.ts';
import { OFFICE, programCannot } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { clientId, DONE, done, reason, version } from '../schemas.ts';

export interface LifeParts {
  readonly changes: Changes;
}

/** A client that is live: it came with its unit. */
const CLIENT = `${OFFICE}-portal`;
const WHY = '回调地址被他人控制';

export const lifeOperations = (parts: LifeParts): readonly Operation[] => [
  effect(parts),
  suspend(parts),
  askResumption(parts),
  confirmResumption(parts),
  retire(parts),
];

const effect = ({ changes }: LifeParts): Operation =>
  operation({
    id: 'getEffect',
    method: 'get',
    path: '/clients/{clientId}/effect',
    summary: 'Who would notice if the client stopped now. A figure is missing where it cannot be counted.',
    act: 'registry.read',
    params: { clientId },
    output: z.object({ sessions: z.number().int().optional(), consents: z.number().int().optional() }),
    examples: [{ name: 'Of a client', path: { clientId: CLIENT }, answer: { sessions: 0 } }],
    run: ({ actor, path }) => changes.effectOf(actor, path.clientId),
  });

const suspend = ({ changes }: LifeParts): Operation =>
  operation({
    id: 'suspendClient',
    method: 'post',
    path: '/clients/{clientId}/suspension',
    summary: 'Stop a client everywhere within a second. One person is enough.',
    act: 'client.suspend',
    params: { clientId },
    body: z.strictObject({ reason }),
    output: z.object({ version }),
    examples: [programCannot({ path: { clientId: CLIENT }, body: { reason: WHY } })],
    run: async ({ actor, path, body }) => ({
      version: await changes.suspend(actor, path.clientId, body.reason),
    }),
  });

const askResumption = ({ changes }: LifeParts): Operation =>
  operation({
    id: 'askResumption',
    method: 'post',
    path: '/clients/{clientId}/resumption',
    summary: 'Ask that a suspended client comes back: the first of two.',
    act: 'client.resume',
    params: { clientId },
    body: z.strictObject({ reason }),
    output: done,
    examples: [programCannot({ path: { clientId: CLIENT }, body: { reason: WHY } })],
    async run({ actor, path, body }) {
      await changes.askResumption(actor, path.clientId, body.reason);
      return DONE;
    },
  });

const confirmResumption = ({ changes }: LifeParts): Operation =>
  operation({
    id: 'confirmResumption',
    method: 'post',
    path: '/clients/{clientId}/resumption/confirmation',
    summary: 'Bring a suspended client back: the second of two.',
    act: 'client.resume',
    params: { clientId },
    output: z.object({ version }),
    examples: [programCannot({ path: { clientId: CLIENT } })],
    run: async ({ actor, path }) => ({ version: await changes.confirmResumption(actor, path.clientId) }),
  });

const retire = ({ changes }: LifeParts): Operation =>
  operation({
    id: 'retireClient',
    method: 'post',
    path: '/clients/{clientId}/retirement',
    summary: 'End a client for good.',
    act: 'client.retire',
    params: { clientId },
    body: z.strictObject({ reason }),
    output: z.object({ version }),
    examples: [programCannot({ path: { clientId: CLIENT }, body: { reason: WHY } })],
    run: async ({ actor, path, body }) => ({
      version: await changes.retire(actor, path.clientId, body.reason),
    }),
  });
