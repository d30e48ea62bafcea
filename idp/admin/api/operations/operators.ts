// The people of units: posts and invitations. No citizen is named: an operator is an identifier of its own.
import { z } from 'zod';
import { POST_VIEWS, type Operators, type PostSearch } from '../../../registry/registry.ts';
import { OFFICE, OFFICE_NAME, programCannot } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { after, bilingual, DONE, done, instant, limit, pageOf, role, unitId } from '../schemas.ts';

export interface OperatorParts {
  readonly operators: Operators;
  readonly search: PostSearch;
  readonly issuer: URL;
}

const POST = '01940000-0000-7000-8000-000000000001';
const INVITATION = '01940000-0000-7000-8000-000000000002';

const id = z.uuid();

export const operatorOperations = (parts: OperatorParts): readonly Operation[] => [
  listPosts(parts),
  listInvitations(parts),
  invite(parts),
  withdraw(parts),
  endPost(parts),
  certify(parts),
];

const post = z.object({
  id,
  operatorId: z.string(),
  unitId,
  unitName: bilingual,
  role,
  grantedBy: z.string(),
  grantedAt: instant,
  leavesAt: instant.optional(),
  certifiedAt: instant,
  certification: z.enum(['sound', 'due', 'lapsed']),
});

const listPosts = ({ search }: OperatorParts): Operation =>
  operation({
    id: 'listPosts',
    method: 'get',
    path: '/posts',
    summary: 'Posts that stand in the units in reach, by place.',
    act: 'operator.read',
    query: {
      unit: unitId.optional().describe('This unit and everything below it.'),
      role: role.optional(),
      view: z.enum(POST_VIEWS).optional(),
      after,
      limit,
    },
    output: pageOf(post),
    examples: [
      {
        name: 'Developers',
        query: { role: 'developer' },
        answer: {
          rows: [
            {
              id: POST,
              operatorId: '01940000-0000-7000-8000-000000000006',
              unitId: OFFICE,
              unitName: OFFICE_NAME,
              role: 'developer',
              grantedBy: 'operator:command-line',
              grantedAt: '2026-11-22T08:00:00.000Z',
              certifiedAt: '2026-11-22T08:00:00.000Z',
              certification: 'sound',
            },
          ],
        },
      },
    ],
    run: ({ actor, query }) => search.posts(actor, query),
  });

const listInvitations = ({ search }: OperatorParts): Operation =>
  operation({
    id: 'listInvitations',
    method: 'get',
    path: '/invitations',
    summary: 'Invitations that still open something, oldest first, without their links.',
    act: 'operator.read',
    output: z.object({
      rows: z.array(
        z.object({
          id,
          unitId,
          unitName: bilingual,
          role,
          invitedBy: z.string(),
          leavesAt: instant.optional(),
          expiresAt: instant,
        }),
      ),
    }),
    examples: [
      {
        name: 'One that waits',
        answer: {
          rows: [
            {
              id: INVITATION,
              unitId: OFFICE,
              unitName: OFFICE_NAME,
              role: 'developer',
              invitedBy: 'operator:command-line',
              expiresAt: '2026-11-29T08:00:00.000Z',
            },
          ],
        },
      },
    ],
    run: async ({ actor }) => ({ rows: await search.invitations(actor) }),
  });

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
