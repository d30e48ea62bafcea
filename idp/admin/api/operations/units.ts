// Units, and who the caller is in them.
import { z } from 'zod';
import type { Tree } from '../../../registry/registry.ts';
import { notYours, OFFICE, OFFICE_NAME, PROGRAM } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { bilingual, DONE, done, limit, pageOf, role, unitId } from '../schemas.ts';
import { domainOperations, type DomainParts } from './domains.ts';

export interface UnitParts extends DomainParts {
  readonly tree: Tree;
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

const contact = z.object({ office: z.string(), telephone: z.string(), mail: z.string() });
const contacts = z.array(contact).describe('Offices to turn to, at most five. Nobody’s own telephone.');
const version = z
  .number()
  .int()
  .min(1)
  .describe('That was read; when it is another by now, the answer is 409.');

export const unitOperations = (parts: UnitParts): readonly Operation[] => [
  whoAmI,
  listUnits(parts),
  getUnit(parts),
  addUnit(parts),
  setContacts(parts),
  renameUnit(parts),
  ...domainOperations(parts),
];

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

const listUnits = ({ tree }: UnitParts): Operation =>
  operation({
    id: 'listUnits',
    method: 'get',
    path: '/units',
    summary: 'Units in reach, in the order of the tree.',
    act: 'registry.read',
    query: {
      search: z.string().max(60).optional().describe('A part of a name, or the beginning of a code.'),
      under: unitId.optional().describe('Only this unit and what is below it.'),
      after: z.string().max(500).optional().describe('Cursor: `next` of the page before.'),
      limit,
    },
    output: pageOf(unit),
    examples: [
      { name: 'By name', query: { search: 'example' }, answer: { rows: [EXAMPLE] } },
      { ...notYours({}), query: { under: 'elsewhere' } },
    ],
    run: ({ actor, query }) => tree.list(actor, query),
  });

const getUnit = ({ tree }: UnitParts): Operation =>
  operation({
    id: 'getUnit',
    method: 'get',
    path: '/units/{unitId}',
    summary: 'One unit.',
    act: 'registry.read',
    params: { unitId },
    output: unit.extend({ contacts }),
    examples: [
      { name: 'A department', path: { unitId: OFFICE }, answer: { ...EXAMPLE, contacts: [] } },
      notYours({ unitId: 'elsewhere' }),
    ],
    run: ({ actor, path }) => tree.show(actor, path.unitId),
  });

const addUnit = ({ tree }: UnitParts): Operation =>
  operation({
    id: 'addUnit',
    method: 'post',
    path: '/units',
    summary: 'Add a department below a unit. `code` ends its identifier; one is made when it is left out.',
    act: 'unit.write',
    body: z.strictObject({ parentId: unitId, name: bilingual, code: z.string().max(32).optional() }),
    status: 201,
    output: unit,
    examples: [
      {
        name: 'An archive',
        body: { parentId: OFFICE, name: { 'zh-CN': '档案室', en: 'Archive' }, code: 'archive' },
        answer: {
          id: 'cn-archive',
          name: { 'zh-CN': '档案室', en: 'Archive' },
          level: 'department',
          parentId: OFFICE,
          path: 'cn/example-office/cn-archive/',
          version: 1,
        },
      },
    ],
    run: ({ actor, body }) => tree.add(actor, body),
  });

const setContacts = ({ tree }: UnitParts): Operation =>
  operation({
    id: 'setContacts',
    method: 'put',
    path: '/units/{unitId}/contacts',
    summary: 'Say which offices of a unit can be turned to.',
    act: 'unit.write',
    params: { unitId },
    body: z.strictObject({ version, contacts }),
    output: done,
    examples: [
      {
        name: 'One office',
        path: { unitId: OFFICE },
        body: { version: 1, contacts: [{ office: '值班', telephone: '0571-12345678', mail: '' }] },
        answer: DONE,
      },
      {
        ...notYours({ unitId: 'elsewhere' }),
        body: { version: 1, contacts: [] },
      },
    ],
    async run({ actor, path, body }) {
      await tree.setContacts(actor, path.unitId, body.version, body.contacts);
      return DONE;
    },
  });

const renameUnit = ({ tree }: UnitParts): Operation =>
  operation({
    id: 'renameUnit',
    method: 'put',
    path: '/units/{unitId}/name',
    summary: 'Rename a department that stands below one’s own; a name that citizens meet takes a person.',
    act: 'unit.write',
    params: { unitId },
    body: z.strictObject({ version, name: bilingual }),
    output: done,
    examples: [
      {
        name: 'The archive',
        path: { unitId: 'cn-archive' },
        body: { version: 1, name: { 'zh-CN': '档案馆', en: 'Archives' } },
        answer: DONE,
      },
    ],
    async run({ actor, path, body }) {
      await tree.rename(actor, path.unitId, body.version, body.name);
      return DONE;
    },
  });
