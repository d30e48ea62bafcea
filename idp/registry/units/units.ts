// The tree of organisations: nation, province, prefecture, county, department. Not here: who works there (operators/),
// what they see and change of it (tree/).
import type { Audit } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import { readDivisions, type Division } from './divisions.ts';
import * as store from './store.ts';

export type UnitLevel = 'nation' | 'province' | 'prefecture' | 'county' | 'department' | 'trial';

export interface Unit {
  readonly id: UnitId;
  readonly name: Bilingual;
  readonly level: UnitLevel;
  readonly parentId: UnitId | undefined;
  /** `cn/330000/330100/fund/`: identifiers from the root, each ended by a stroke. */
  readonly path: string;
  readonly version: number;
}

export interface Seeded {
  readonly added: number;
  readonly renamed: number;
}

export interface Units {
  /** One point read; undefined when there is none. Whoever shows it to somebody asks access first. */
  find(id: string): Promise<Unit | undefined>;
  /**
   * Writes the divisions that are missing and the names that are others now. Nothing is removed: what was abolished
   * keeps its clients until somebody moves them. Any number of nodes may call it at once.
   */
  seed(actor: string): Promise<Seeded>;
}

export interface UnitsParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Path of the list of divisions. */
  readonly divisionsFile: string;
}

export function createUnits(parts: UnitsParts): Units {
  return {
    async find(id) {
      const row = await store.findUnit(parts.postgres, id);
      return row && unitOf(row);
    },
    seed: (actor) => seed(parts, actor),
  };
}

export const unitOf = (row: store.UnitRow): Unit => ({
  ...row,
  id: row.id as UnitId,
  parentId: (row.parentId ?? undefined) as UnitId | undefined,
});

async function seed({ postgres, audit, clock, divisionsFile }: UnitsParts, actor: string): Promise<Seeded> {
  const divisions = readDivisions(divisionsFile);
  const names = new Map((await store.divisionNames(postgres)).map(({ id, name }) => [id, name] as const));
  const missing = divisions.filter(({ id }) => !names.has(id));
  const renamed = divisions.filter((one) => names.has(one.id) && isRenamed(one, names.get(one.id)!));
  if (missing.length + renamed.length === 0) return { added: 0, renamed: 0 };
  return await audit.change(async (tx) => {
    const seeded = {
      added: await store.insertDivisions(tx, missing, clock.now()),
      renamed: await store.renameDivisions(tx, renamed),
    };
    // Another node was faster.
    if (seeded.added + seeded.renamed === 0) tx.unchanged();
    else tx.record({ type: 'unit.seeded', data: seeded, actor });
    return seeded;
  });
}

const isRenamed = (division: Division, name: Bilingual): boolean =>
  division.name['zh-CN'] !== name['zh-CN'] || division.name.en !== name.en;
