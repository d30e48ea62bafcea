// The administrative divisions of China, read from config/divisions.csv: the upper floors of the tree. Pure but for the
// one file that is read.
import { readFileSync } from 'node:fs';
import type { Bilingual } from '../registry.ts';
import type { UnitLevel } from './units.ts';

export interface Division {
  /** Six digits (GB/T 2260). */
  readonly id: string;
  readonly name: Bilingual;
  readonly level: UnitLevel;
  readonly parentId: string;
  readonly path: string;
}

/**
 * In the order of the codes. A line that cannot be read, a code that stands twice or a county without its province is a
 * plain Error with the line: half a tree would put counties where they do not belong.
 */
export function readDivisions(file: string): readonly Division[] {
  const names = new Map<string, Bilingual>();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [code = '', zh = '', en = zh, ...more] = line.split(',');
    if (!/^[1-8]\d{5}$/.test(code) || zh === '' || more.length > 0 || names.has(code))
      throw new Error(
        `${file}:${index + 1}: must be a new code of six digits, a name and perhaps an English name`,
      );
    names.set(code, { 'zh-CN': zh, en });
  }
  return [...names].map(([id, name]) => placed(id, name, names));
}

function placed(id: string, name: Bilingual, all: ReadonlyMap<string, Bilingual>): Division {
  const [province, prefecture] = [`${id.slice(0, 2)}0000`, `${id.slice(0, 4)}00`];
  if (!all.has(province)) throw new Error(`division ${id}: there is no province ${province}`);
  if (id === province) return { id, name, level: 'province', parentId: 'cn', path: `cn/${id}/` };
  const below = `cn/${province}/`;
  if (id === prefecture) return { id, name, level: 'prefecture', parentId: province, path: `${below}${id}/` };
  // Districts of 直辖市 and 省直辖县级行政单位 stand below the province: there is no xx0100 or xx9000 in the list.
  return all.has(prefecture)
    ? { id, name, level: 'county', parentId: prefecture, path: `${below}${prefecture}/${id}/` }
    : { id, name, level: 'county', parentId: province, path: `${below}${id}/` };
}
