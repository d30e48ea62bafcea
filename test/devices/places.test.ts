// From an address to a place by the operator's table.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { distanceKm, openPlaces, readPlaces } from '../../idp/devices/places.ts';
import { limitAddress } from '../../idp/platform/http/addresses/caller.ts';

const FILE = new URL('../../config/places-sandbox.csv', import.meta.url).pathname;
const sandbox = openPlaces(FILE);

describe('the sandbox table', () => {
  test.each<[string, string | undefined]>([
    ['192.0.2.0', '江临市'],
    ['192.0.2.127', '江临市'],
    ['192.0.2.128', '青岚市'],
    ['192.0.2.255', '青岚市'],
    ['192.0.3.0', undefined],
    ['192.0.1.255', undefined],
    ['198.51.100.7', '云川市'],
    ['203.0.113.9', '北原市'],
    ['2001:db8::1', '江临市'],
    ['2001:db8:8000::1', '海津市'],
    ['2001:db9::', undefined],
    ['127.0.0.1', undefined],
    ['::ffff:198.51.100.7', '云川市'],
    ['fe80::1%eth0', undefined],
    ['', undefined],
    ['unknown', undefined],
    ['999.1.1.1', undefined],
  ])('%s is %s', (address, name) => {
    expect(sandbox.of(address)?.name['zh-CN']).toBe(name);
  });

  test('an address is found as requests have it, IPv6 cut to its /64', () => {
    expect(sandbox.of(limitAddress('2001:db8:8000:77:1:2:3:4'))?.name.en).toBe('Haijin');
    expect(sandbox.of(limitAddress('::ffff:203.0.113.1'))?.name.en).toBe('Beiyuan');
  });

  test('a division code leads to its place, an unknown one nowhere', () => {
    expect(sandbox.named('990300')?.name.en).toBe('Yunchuan');
    expect(sandbox.named('000000')).toBeUndefined();
  });

  test('it names made-up cities on documentation ranges only', () => {
    const lines = readFileSync(FILE, 'utf8').split('\n');
    const rows = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row).toMatch(/^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8:)/);
  });
});

describe('a table', () => {
  const row = (cidr: string, code = '1'): string => `${cidr},${code},市,City,30,110`;
  test.each([
    ['no prefix', row('10.0.0.0'), 'line 2'],
    ['a prefix too long', row('10.0.0.0/33'), 'line 2'],
    ['no address', row('city/8'), 'line 2'],
    ['a member missing', '10.0.0.0/8,1,市,City,30', 'line 2'],
    ['a latitude that is none', '10.0.0.0/8,1,市,City,91,10', 'line 2'],
    ['a longitude that is no number', '10.0.0.0/8,1,市,City,30,east', 'line 2'],
    ['ranges that overlap', `${row('10.0.0.0/8')}\n${row('10.1.0.0/16')}`, 'overlap'],
  ])('with %s is refused, and the line is named', (_what, text, complaint) => {
    expect(() => readPlaces(`# head\n${text}`)).toThrow(complaint);
  });

  test('may be empty, and then no address has a place', () => {
    expect(readPlaces('').of('10.0.0.1')).toBeUndefined();
    expect(openPlaces('').of('10.0.0.1')).toBeUndefined();
  });

  test('that is not there stops the start', () => {
    expect(() => openPlaces('/nowhere/places.csv')).toThrow(
      'devices.places: /nowhere/places.csv cannot be read',
    );
  });

  test('is searched as if it were read from top to bottom', () => {
    const blocks = fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(blocks, fc.nat(255), fc.nat(255), (taken, second, last) => {
        const places = readPlaces(taken.map((n) => row(`10.${n}.0.0/16`, String(n))).join('\n'));
        const expected = taken.includes(second) ? String(second) : undefined;
        return places.of(`10.${second}.3.${last}`)?.code === expected;
      }),
    );
  });
});

describe('distances', () => {
  const beijing = { lat: 39.9, lon: 116.4 };
  const shanghai = { lat: 31.23, lon: 121.47 };
  test('Beijing to Shanghai is about 1,070 km', () => {
    expect(distanceKm(beijing, shanghai)).toBeGreaterThan(1_050);
    expect(distanceKm(beijing, shanghai)).toBeLessThan(1_090);
  });
  test('nowhere is no way, and both ways are as long', () => {
    expect(distanceKm(beijing, beijing)).toBe(0);
    expect(distanceKm(beijing, shanghai)).toBeCloseTo(distanceKm(shanghai, beijing), 6);
  });
  test('the other end of the world is half of its girth away', () => {
    expect(distanceKm({ lat: 0, lon: 0 }, { lat: 0, lon: 180 })).toBeCloseTo(6_371 * Math.PI, 0);
  });
});
