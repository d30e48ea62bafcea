// Which place an address belongs to, by a table that the operator brings: sorted ranges, searched by halves, read once
// at the start. An address that stands in none has no place; that is never an error, and nobody waits for it.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ipv6Groups } from '../platform/http/addresses/caller.ts';
import type { Locale } from '../platform/i18n/messages.ts';

export interface Place {
  /** Administrative division, six digits (GB/T 2260), or what the operator calls it. */
  readonly code: string;
  readonly name: Readonly<Record<Locale, string>>;
  /** Degrees, WGS 84. */
  readonly lat: number;
  readonly lon: number;
}

export interface Places {
  /** `address`: IPv4, or IPv6 also as its /64 (`2001:db8:1:2::/64`). Undefined where the table says nothing. */
  of(address: string): Place | undefined;
  /** The place of that division code; undefined when the table no longer has it. */
  named(code: string): Place | undefined;
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly place: Place;
}

const V4_BITS = 32n;
/** IPv4 addresses stand among the others as `::ffff:a.b.c.d` (RFC 4291 2.5.5.2). */
const MAPPED = 0xffffn << V4_BITS;

/** 128 bits; undefined for what is no address. */
function numberOf(address: string): bigint | undefined {
  if (isIP(address) === 4)
    return MAPPED | address.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  return ipv6Groups(address)?.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

function rangeOf(cidr: string, place: Place): Range | undefined {
  const [address = '', prefix = ''] = cidr.split('/');
  const start = numberOf(address);
  const bits = isIP(address) === 4 ? 32 : 128;
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (start === undefined || length < 0 || length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = (start / size) * size;
  return { first, last: first + size - 1n, place };
}

function placeOf([code = '', zh = '', en = '', lat = '', lon = '']: readonly string[]): Place | undefined {
  const place = { code, name: { 'zh-CN': zh, en }, lat: Number(lat), lon: Number(lon) };
  const there = [code, zh, en, lat, lon].every((text) => text !== '');
  return there && Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180 ? place : undefined;
}

/** A line that cannot be read is a plain Error with its number: half a table would make every city a new one. */
function readRange(line: string, number: number): Range {
  const [cidr = '', ...rest] = line.split(',').map((field) => field.trim());
  const place = placeOf(rest);
  const range = place && rangeOf(cidr, place);
  if (!range)
    throw new Error(`devices.places: line ${number} is not "cidr,division code,zh name,en name,lat,lon"`);
  return range;
}

function sorted(ranges: readonly Range[]): readonly Range[] {
  const all = ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  for (const [at, range] of all.entries()) {
    const before = all[at - 1];
    if (before && before.last >= range.first)
      throw new Error(`devices.places: ranges of ${before.place.name.en} and ${range.place.name.en} overlap`);
  }
  return all;
}

/** Throws a plain Error that names the line. Empty lines and those that begin with # say nothing. */
export function readPlaces(text: string): Places {
  const lines = text.split(/\r?\n/).map((line, at) => [line, at + 1] as const);
  const ranges = sorted(
    lines
      .filter(([line]) => line.trim() !== '' && !line.startsWith('#'))
      .map(([line, at]) => readRange(line, at)),
  );
  const byCode = new Map(ranges.map(({ place }) => [place.code, place]));
  return {
    of(address) {
      const [bare = ''] = address.split('/');
      const wanted = numberOf(bare);
      return wanted === undefined ? undefined : find(ranges, wanted)?.place;
    },
    named: (code) => byCode.get(code),
  };
}

function find(ranges: readonly Range[], wanted: bigint): Range | undefined {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle]!;
    if (wanted < range.first) high = middle - 1;
    else if (wanted > range.last) low = middle + 1;
    else return range;
  }
  return undefined;
}

/** The table in this file; none at all for an empty name. Throws a plain Error of one line when it cannot be read. */
export function openPlaces(file: string): Places {
  if (file === '') return readPlaces('');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`devices.places: ${file} cannot be read`, { cause });
  }
  return readPlaces(text);
}

const EARTH_KM = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres along the great circle (haversine formula). */
export function distanceKm(a: Pick<Place, 'lat' | 'lon'>, b: Pick<Place, 'lat' | 'lon'>): number {
  const [lat, lon] = [radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2];
  const half = Math.sin(lat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(lon) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}
