// The people of units: posts and invitations. No citizen is named: an operator is an identifier of its own.
import { z } from 'zod';
import type { Operators } from '../../../registry/registry.ts';
import { OFFICE, programCannot } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { DONE, done, instant, role, unitId } from '../schemas.ts';

export interface OperatorParts {
  readonly operators: Operators;
  readonly issuer: URL;
}

const POST = '01940000-0000-7000-8000-000000000001';
const INVITATION = '01940000-0000-7000-8000-000000000002';

const id = z.uuid();

export const operatorOperations = (parts: OperatorParts): readonly Operation[] => [
  invite(parts),
  withdraw(parts),
  endPost(parts),
  certify(parts),
];

const invite = ({ operators, issuer }: OperatorParts): Operation =>
  operation({
    id: 'invite',
    method: 'post',
    path: '/invitations',
    summary: 'Invite somebody to a post: the link works once, for seven days.',
    act: 'operator.write',
    body: z.strictObject({ unitId, role, leavesAt: instant.optional() }),
    status: 201,
    output: z.object({ id, link: z.url() }),
    examples: [programCannot({ body: { unitId: OFFICE, role: 'developer' } })],
    async run({ actor, body }) {
      const leavesAt = body.leavesAt === undefined ? undefined : new Date(body.leavesAt);
      const made = await operators.invite(actor, { unitId: body.unitId, role: body.role, leavesAt });
      return { id: made.id, link: new URL(`/admin/join/${made.token.reveal()}`, issuer).href };
    },
  });

const withdraw = ({ operators }: OperatorParts): Operation =>
  operation({
    id: 'withdrawInvitation',
    method: 'delete',
    path: '/invitations/{id}',
    summary: 'Withdraw an invitation that nobody has taken up.',
    act: 'operator.write',
    params: { id },
    output: done,
    examples: [programCannot({ path: { id: INVITATION } })],
    async run({ actor, path }) {
      await operators.withdraw(actor, path.id);
      return DONE;
    },
  });

const endPost = ({ operators }: OperatorParts): Operation =>
  operation({
    id: 'endPost',
    method: 'delete',
    path: '/posts/{id}',
    summary: 'Take a post away. Live sessions know with their next request.',
    act: 'operator.write',
    params: { id },
    output: done,
    examples: [programCannot({ path: { id: POST } })],
    async run({ actor, path }) {
      await operators.end(actor, path.id);
      return DONE;
    },
  });

const certify = ({ operators }: OperatorParts): Operation =>
  operation({
    id: 'certifyPost',
    method: 'post',
    path: '/posts/{id}/certification',
    summary: 'Confirm for a quarter that a post is still needed.',
    act: 'operator.write',
    params: { id },
    output: done,
    examples: [programCannot({ path: { id: POST } })],
    async run({ actor, path }) {
      await operators.certify(actor, path.id);
      return DONE;
    },
  });
