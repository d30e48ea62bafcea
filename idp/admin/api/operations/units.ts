// Units, and who the caller is in them.
import { z } from 'zod';
import { Fault } from '../../../platform/base/errors.ts';
import type { Access, Units } from '../../../registry/registry.ts';
import { notYours, OFFICE, OFFICE_NAME, PROGRAM } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { bilingual, role, unitId } from '../schemas.ts';

export interface UnitParts {
  readonly units: Units;
  readonly access: Access;
}

const unit = z.object({
  id: unitId,
  name: bilingual,
  level: z.enum(['nation', 'province', 'prefecture', 'county', 'department', 'trial']),
  parentId: unitId.optional(),
  path: z.string().describe('Identifiers from the root to it, each ended by a stroke.'),
  version: z.number().int(),
});

const EXAMPLE: z.output<typeof unit> = {
  id: OFFICE,
  name: OFFICE_NAME,
  level: 'department',
  parentId: 'cn',
  path: 'cn/example-office/',
  version: 1,
};

export const unitOperations = (parts: UnitParts): readonly Operation[] => [whoAmI, getUnit(parts)];

const whoAmI = operation({
  id: 'whoAmI',
  method: 'get',
  path: '/me',
  summary: 'The calling program: its name in the audit trail, its roles and where they reach.',
  act: undefined,
  output: z.object({ name: z.string(), posts: z.array(z.object({ role, unitId, path: z.string() })) }),
  examples: [
    {
      name: 'A program of one role',
      answer: {
        name: `client:${PROGRAM}`,
        posts: [{ role: 'owner', unitId: OFFICE, path: 'cn/example-office/' }],
      },
    },
  ],
  run: ({ actor }) => Promise.resolve(actor),
});

const getUnit = ({ units, access }: UnitParts): Operation =>
  operation({
    id: 'getUnit',
    method: 'get',
    path: '/units/{unitId}',
    summary: 'One unit.',
    act: 'registry.read',
    params: { unitId },
    output: unit,
    examples: [
      { name: 'A department', path: { unitId: OFFICE }, answer: EXAMPLE },
      notYours({ unitId: 'elsewhere' }),
    ],
    async run({ actor, path }) {
      const found = await units.find(path.unitId);
      if (!found) throw new Fault('not_found');
      access.demand(actor, 'registry.read', found.path, found.id);
      return found;
    },
  });
