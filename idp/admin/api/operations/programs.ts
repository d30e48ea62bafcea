// Programs of units that call this API.
import { z } from 'zod';
import { PROGRAM_ROLES, type Programs } from '../../../registry/registry.ts';
import { OFFICE, OFFICE_NAME, PROGRAM, programCannot } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { after, bilingual, DAYS, DONE, done, instant, name, pageOf, unitId } from '../schemas.ts';

export interface ProgramParts {
  readonly programs: Programs;
}

const clientId = z.string().regex(/^program~[0-9a-f]{16}$/);
const roles = z.array(z.enum(PROGRAM_ROLES)).min(1).max(3);

const program = z.object({
  clientId,
  unitId,
  unitName: bilingual,
  name: z.string(),
  roles,
  method: z.enum(['private_key_jwt', 'client_secret_basic']),
  madeBy: z.string(),
  madeAt: instant,
  expiresAt: instant,
  works: z.boolean(),
});

const EXAMPLE: z.output<typeof program> = {
  clientId: PROGRAM,
  unitId: OFFICE,
  unitName: OFFICE_NAME,
  name: 'CI of the office',
  roles: ['developer', 'owner'],
  method: 'client_secret_basic',
  madeBy: 'operator:command-line',
  madeAt: '2026-11-22T08:00:00.000Z',
  expiresAt: '2027-11-22T08:00:00.000Z',
  works: true,
};

export const programOperations = (parts: ProgramParts): readonly Operation[] => [
  listPrograms(parts),
  makeProgram(parts),
  endProgram(parts),
];

const listPrograms = ({ programs }: ProgramParts): Operation =>
  operation({
    id: 'listPrograms',
    method: 'get',
    path: '/programs',
    summary: 'Programs of the units in reach, ended ones too.',
    act: 'operator.read',
    query: { after },
    output: pageOf(program),
    examples: [{ name: 'One page', answer: { rows: [EXAMPLE] } }],
    run: ({ actor, query }) => programs.list(actor, query.after),
  });

const makeProgram = ({ programs }: ProgramParts): Operation =>
  operation({
    id: 'makeProgram',
    method: 'post',
    path: '/programs',
    summary: 'Make a program of a unit. Without keys a secret is made, which is shown this once.',
    act: 'program.write',
    body: z.strictObject({
      unitId,
      name,
      roles,
      jwks: z.record(z.string(), z.unknown()).optional().describe('Public keys (RFC 7517 5), 1 or 2.'),
      days: DAYS.optional().describe('Days until it ends by itself; 365 unless given.'),
    }),
    status: 201,
    output: z.object({ clientId, secret: z.string().optional() }),
    examples: [programCannot({ body: { unitId: OFFICE, name: 'Nightly check', roles: ['developer'] } })],
    async run({ actor, body }) {
      const made = await programs.make(actor, body);
      return { clientId: made.clientId, secret: made.secret?.reveal() };
    },
  });

const endProgram = ({ programs }: ProgramParts): Operation =>
  operation({
    id: 'endProgram',
    method: 'delete',
    path: '/programs/{clientId}',
    summary: 'End a program: its tokens are refused from now on.',
    act: 'program.write',
    params: { clientId },
    output: done,
    examples: [programCannot({ path: { clientId: PROGRAM } })],
    async run({ actor, path }) {
      await programs.end(actor, path.clientId);
      return DONE;
    },
  });
