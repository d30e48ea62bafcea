// Everything that the system keeps or tells, as text, to be searched for values that must not stand there.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { openRedis, type Redis } from '../../idp/platform/store/redis/redis.ts';
import { redisSettingsFor } from '../support/redis.ts';

/** Name of the place and what stands there. */
export type Kept = ReadonlyMap<string, string>;

async function valueOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    default:
      return (await redis.get(key)) ?? '';
  }
}

/** Every key under the prefix with its value. */
export async function redisDump(prefix: string): Promise<Kept> {
  const redis = openRedis(redisSettingsFor(process.env['TEST_REDIS'] ?? ''), () => undefined);
  try {
    const kept = new Map<string, string>();
    for (const key of await redis.keys(`${prefix}*`)) kept.set(`redis ${key}`, await valueOf(redis, key));
    return kept;
  } finally {
    redis.disconnect();
  }
}

/** Every row of every table, partitions included, bytes both as hexadecimal and as text. */
export async function postgresDump(url: string): Promise<Kept> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const kept = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
      if (rows.length > 0) kept.set(`table ${name}`, rows.map(rowText).join('\n'));
    }
    return kept;
  } finally {
    await client.end();
  }
}

function rowText(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([name, value]) =>
      Buffer.isBuffer(value)
        ? `${name}=${value.toString('hex')}|${value.toString('utf8')}`
        : `${name}=${JSON.stringify(value)}`,
    )
    .join(' ');
}

/** Files under a folder, but not the database's own and not those whose purpose is to hold a secret. */
export function filesOf(folder: string, leaveOut: RegExp): Kept {
  const kept = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !leaveOut.test(file)) kept.set(`file ${file}`, readFileSync(file, 'latin1'));
  }
  return kept;
}

/** How a value may be written: plain, URL, base64, base64url, hexadecimal, JSON escapes. */
function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const escaped = value.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  // Within a longer text base64 starts at one of three offsets; the first and last characters then differ.
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : 4, -2),
  );
  const inner = shifted.filter((text) => text.length >= 10);
  return [
    ...new Set([
      value,
      encodeURIComponent(value),
      escaped,
      bytes.toString('hex'),
      ...inner,
      ...inner.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ];
}

/** Six digits stand by chance in a fraction of a second or a longer number: only a number of its own counts. */
const standsAlone = (text: string, digits: string): boolean =>
  new RegExp(`(?<![\\w.-])${digits}(?![\\w-])`).test(text);

/** `<what> in <where>` for every value that is found; one line each, without the value. */
export function findings(kept: Kept, values: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const found: string[] = [];
  for (const [where, text] of kept)
    for (const [what, list] of Object.entries(values))
      if (list.some((value) => stands(`${where}\n${text}`, value))) found.push(`${what} in ${where}`);
  return found;
}

function stands(text: string, value: string): boolean {
  if (/^\d{6}$/.test(value)) return standsAlone(text, value);
  return spellings(value).some((spelling) => text.includes(spelling));
}
