// The list of divisions is whole, and every county stands where it belongs.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readDivisions } from '../../../idp/registry/units/divisions.ts';
import { DIVISIONS } from './fixture.ts';

const divisions = readDivisions(DIVISIONS);
const of = new Map(divisions.map((one) => [one.id, one]));
const level = (wanted: string) => divisions.filter((one) => one.level === wanted);

test('there are 34 provinces, 333 prefectures and some 2,850 counties, within 300 kB, with source and date', () => {
  expect([level('province').length, level('prefecture').length]).toEqual([34, 333]);
  expect(level('county').length).toBeGreaterThan(2_800);
  expect(level('county').length).toBeLessThan(2_900);
  const text = readFileSync(DIVISIONS, 'utf8');
  expect(text.length).toBeLessThan(300_000);
  expect(text).toMatch(/^# .*31 December 2025/m);
  expect(text).toContain('MIT licence');
});

test('every division stands below one that is there, and its path is the way to it', () => {
  const above = { prefecture: ['province'], county: ['province', 'prefecture'] };
  const faults = divisions.filter(({ id, parentId, path: way, level: own }) => {
    const parent = of.get(parentId);
    const right =
      own === 'province' ? parentId === 'cn' : above[own as 'county'].includes(parent?.level ?? 'missing');
    return !right || way !== `${parent?.path ?? 'cn/'}${id}/`;
  });
  expect(faults).toEqual([]);
});

test.each([
  ['330106', '西湖区', 'cn/330000/330100/330106/'],
  ['110105', '朝阳区', 'cn/110000/110105/'], // a 直辖市 has no prefectures
  ['500157', '两江新区', 'cn/500000/500157/'],
  ['429004', '仙桃市', 'cn/420000/429004/'], // 省直辖县级行政单位
  ['659012', '白杨市', 'cn/650000/659012/'],
  ['441900', '东莞市', 'cn/440000/441900/'], // a prefecture without counties
  ['710000', '台湾省', 'cn/710000/'],
  ['810000', '香港特别行政区', 'cn/810000/'],
  ['820000', '澳门特别行政区', 'cn/820000/'],
])('%s is %s at %s', (id, zh, way) => {
  expect([of.get(id)?.name['zh-CN'], of.get(id)?.path]).toEqual([zh, way]);
});

test('provinces have an English name; what was abolished is gone', () => {
  expect(level('province').every(({ name }) => /^[A-Z][A-Za-z ]+$/.test(name.en))).toBe(true);
  for (const gone of ['110103', '371200', '500105', '540422']) expect(of.has(gone)).toBe(false);
});

test.each([
  ['110000,北京市\n110000,北京市', ':2:'],
  ['110000', ':1:'],
  ['11000,北京市', ':1:'],
  ['330106,西湖区', 'no province 330000'],
])('a list that says %j is not read', (text, why) => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'divisions-')), 'list.csv');
  writeFileSync(file, text);
  expect(() => readDivisions(file)).toThrow(why);
});
