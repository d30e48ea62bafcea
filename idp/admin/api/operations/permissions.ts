// Initial access tokens: permissions to register clients by program.
import { z } from 'zod';
import type { Permissions } from '../../../registry/registry.ts';
import { OFFICE, OFFICE_NAME, programCannot } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { after, bilingual, DAYS, DONE, done, instant, name, pageOf, unitId } from '../schemas.ts';

export interface PermissionParts {
  readonly permissions: Permissions;
}

const id = z.uuid();

const permission = z.object({
  id,
  unitId,
  unitName: bilingual,
  name: z.string(),
  usesLeft: z.number().int(),
  madeBy: z.string(),
  madeAt: instant,
  expiresAt: instant,
  ended: z.boolean(),
});

const EXAMPLE: z.output<typeof permission> = {
  id: '01940000-0000-7000-8000-000000000003',
  unitId: OFFICE,
  unitName: OFFICE_NAME,
  name: 'Test environments',
  usesLeft: 20,
  madeBy: 'operator:command-line',
  madeAt: '2026-11-22T08:00:00.000Z',
  expiresAt: '2026-12-22T08:00:00.000Z',
  ended: false,
};

export const permissionOperations = (parts: PermissionParts): readonly Operation[] => [
  listPermissions(parts),
  makePermission(parts),
  endPermission(parts),
];

const listPermissions = ({ permissions }: PermissionParts): Operation =>
  operation({
    id: 'listRegistrationTokens',
    method: 'get',
    path: '/registration-tokens',
    summary: 'Initial access tokens of the units in reach, without their values.',
    act: 'operator.read',
    query: { after },
    output: pageOf(permission),
    examples: [{ name: 'One page', answer: { rows: [EXAMPLE] } }],
    run: ({ actor, query }) => permissions.list(actor, query.after),
  });

const makePermission = ({ permissions }: PermissionParts): Operation =>
  operation({
    id: 'makeRegistrationToken',
    method: 'post',
    path: '/registration-tokens',
    summary:
      'Make an initial access token (RFC 7591 3) for sandbox clients of a unit. Its value is shown this once.',
    act: 'program.write',
    body: z.strictObject({ unitId, name, uses: z.number().int().min(1).max(1_000), days: DAYS }),
    status: 201,
    output: z.object({ id, token: z.string() }),
    examples: [programCannot({ body: { unitId: OFFICE, name: 'Test environments', uses: 20, days: 30 } })],
    async run({ actor, body }) {
      const made = await permissions.make(actor, body);
      return { id: made.id, token: made.token.reveal() };
    },
  });

const endPermission = ({ permissions }: PermissionParts): Operation =>
  operation({
    id: 'endRegistrationToken',
    method: 'delete',
    path: '/registration-tokens/{id}',
    summary: 'End an initial access token. What was registered with it stays.',
    act: 'program.write',
    params: { id },
    output: done,
    examples: [programCannot({ path: { id: EXAMPLE.id } })],
    async run({ actor, path }) {
      await permissions.end(actor, path.id);
      return DONE;
    },
  });
