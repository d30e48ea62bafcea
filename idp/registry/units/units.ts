// The tree of organisations: nation, province, prefecture, county, department. Not here: who works there (operators/).
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Bilingual, UnitId } from '../registry.ts';
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

export interface Units {
  /** One point read; undefined when there is none. Whoever shows it to somebody asks access first. */
  find(id: string): Promise<Unit | undefined>;
}

export function createUnits({ postgres }: { readonly postgres: Postgres }): Units {
  return {
    async find(id) {
      const row = await store.findUnit(postgres, id);
      return (
        row && { ...row, id: row.id as UnitId, parentId: (row.parentId ?? undefined) as UnitId | undefined }
      );
    },
  };
}
