// The tree with all divisions in it, and operators of two provinces.
import path from 'node:path';
import {
  createAccess,
  createTree,
  createUnits,
  type Actor,
  type OperatorId,
  type Role,
  type Tree,
  type UnitId,
  type Units,
} from '../../../idp/registry/registry.ts';
import { PROJECT } from '../../../idp/settings.ts';
import { auditFixture, type AuditFixture } from '../../audit/fixture.ts';

export const DIVISIONS = path.join(PROJECT, 'config', 'divisions.csv');

export interface TreeFixture extends AuditFixture {
  readonly units: Units;
  readonly tree: Tree;
  readonly access: ReturnType<typeof createAccess>;
  /** Data of the events of that type, the oldest first. */
  events(type: string): Promise<readonly Record<string, unknown>[]>;
}

export async function treeFixture(): Promise<TreeFixture> {
  const audited = await auditFixture();
  const parts = { ...audited, postgres: audited.database.postgres, divisionsFile: DIVISIONS };
  const access = createAccess(parts);
  const units = createUnits(parts);
  await units.seed('system');
  return {
    ...audited,
    units,
    access,
    tree: createTree({ ...parts, access }),
    async events(type) {
      await audited.audit.flush();
      const { rows } = await audited.tamper('select data from audit.event where type = $1 order by at, id', [
        type,
      ]);
      return (rows as { data: Record<string, unknown> }[]).map(({ data }) => data);
    },
  };
}

/** Somebody with one post. */
export const holder = (role: Role, unitPath: string, fresh = true): Actor => ({
  name: `operator:${role}`,
  operatorId: '0198a000-0000-7000-8000-0000000000a1' as OperatorId,
  kind: 'person',
  posts: [{ role, unitId: unitPath.split('/').at(-2) as UnitId, path: unitPath }],
  fresh,
});

export const machine: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: true,
};
