// SQL stands in one file of a folder and names the folder's own Postgres schema.
import { basename } from 'node:path';
import { codeOf, withoutComments, type Source } from './source.ts';

/** Files that may hold SQL. */
function mayHoldSql(path: string): boolean {
  if (path.startsWith('idp/platform/store/')) return true;
  return basename(path) === 'store.ts' || /^idp\/platform\/crypto\/[a-z-]*keyring[a-z-]*\.ts$/.test(path);
}

/** idp/factors/sms/store.ts -> factors, sms, factors_sms; platform folders also own `platform`. */
function schemasOf(path: string): readonly string[] {
  const folders = path
    .split('/')
    .slice(1, -1)
    .map((folder) => folder.replaceAll('-', '_'));
  return [...folders, folders.join('_')];
}

export function sqlFaults(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => path.startsWith('idp/'))
    .flatMap((source) => {
      const statements = statementsOf(source);
      if (statements.length > 0 && !mayHoldSql(source.path))
        return [`${source.path} holds SQL: it belongs in the folder's store.ts`];
      return statements.flatMap((text) => statementFaults(source.path, text, schemasOf(source.path)));
    });
}

/** The text of every sql`...`, parameters cut out. */
function statementsOf(source: Source): readonly string[] {
  const code = codeOf(source);
  const text = withoutComments(source);
  return [...text.matchAll(/\bsql(?:<[^`]*>)?`((?:[^`\\]|\\[^])*)`/g)]
    .filter((match) => code.startsWith('sql', match.index))
    .map((match) => (match[1] ?? '').replaceAll(/\$\{[^}]*\}/g, ' ? ').replaceAll(/'[^']*'/g, "''"));
}

const TABLE =
  /\b(from|join|into|update|table|only|using|truncate)\s+([a-z_][\w]*)(?:\.([a-z_]\w*))?(\s*\()?/gi;
/** Words that may follow `from`, `update` and the like without being tables. */
const WORDS = /^(set|of|only|lateral|select|skip|nowait|if|exists|values|unnest|not|concurrently)$/i;

function statementFaults(path: string, text: string, own: readonly string[]): readonly string[] {
  const named = new Set(
    [...text.matchAll(/\b([a-z_]\w*)\s*(?:\([\w\s,]*\)\s*)?as\s+(?:not\s+)?(?:materialized\s+)?\(/gi)].map(
      (m) => m[1],
    ),
  );
  // `is distinct from x`, `extract(year from x)`, `substring(x from 1)`, `trim(both from x)`
  const cut = text.replaceAll(/\bdistinct\s+from\b|\b(extract|substring|trim|overlay)\s*\([^()]*\)/gi, ' ');
  return [...cut.matchAll(TABLE)].flatMap(([, , first = '', second, call]) => {
    if (second !== undefined) {
      if (own.includes(first) || first.startsWith('pg_') || first === 'information_schema') return [];
      return [`${path} names ${first}.${second}: only ${own.join(' or ')} is its own`];
    }
    if (call !== undefined && !/^\s/.test(call)) return []; // a function that returns rows
    if (WORDS.test(first) || named.has(first) || first.startsWith('pg_')) return [];
    return [`${path} names ${first} without its schema`];
  });
}

/** `NNNN_<folder>[_change].sql`, numbers in use once, forward only, own schema only. */
export function migrationFaults(files: readonly Source[], zones: readonly string[]): readonly string[] {
  const owners = zones.map((zone) => zone.replace(/^platform\//, '').replaceAll('-', '_'));
  const numbers = files.map(({ path }) => basename(path).slice(0, 4));
  return files.flatMap(({ path, text }, index) => {
    const name = basename(path);
    const rest = /^\d{4}_([a-z0-9_]+)\.sql$/.exec(name)?.[1];
    if (rest === undefined) return [`${name}: not NNNN_<folder>[_change].sql`];
    const owner = [...owners, 'platform'].find((zone) => rest === zone || rest.startsWith(`${zone}_`));
    if (owner === undefined) return [`${name}: no folder of idp/ has this name`];
    const faults: string[] = [];
    if (numbers.indexOf(name.slice(0, 4)) !== index) faults.push(`${name}: this number is in use`);
    if (!text.startsWith('-- Up Migration')) faults.push(`${name}: does not begin with "-- Up Migration"`);
    if (/^-- Down Migration/m.test(text)) faults.push(`${name}: migrations only go forward`);
    const schemas = [
      ...text.matchAll(/\bcreate\s+(?:unlogged\s+)?table\s+(?:if not exists\s+)?([a-z_]+)\./gi),
    ];
    const foreign = schemas
      .map((match) => match[1] ?? '')
      .filter((schema) => ![owner, 'platform'].includes(schema));
    return [...faults, ...foreign.map((schema) => `${name}: makes a table in ${schema}, not in ${owner}`)];
  });
}
