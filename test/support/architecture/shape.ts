// Budgets and names: how large files, functions and folders may be, and what they may not be called.
import { basename, dirname } from 'node:path';
import { functionsOf } from './functions.ts';
import { codeOf, type Source } from './source.ts';

export const LIMITS = { fileLines: 400, functionLines: 60, folderFiles: 12 } as const;

const FORBIDDEN = /^(services?|managers?|helpers?|utils?|commons?|data|infos?|impls?)$/i;

export function fileSizeFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines >= LIMITS.fileLines ? [`${path} has ${lines} lines`] : [];
  });
}

export function functionSizeFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) =>
    functionsOf(source)
      .filter(({ lines }) => lines >= LIMITS.functionLines)
      .map(({ line, lines }) => `${source.path}:${line} has a function of ${lines} lines`),
  );
}

export function folderFaults(sources: readonly Source[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > LIMITS.folderFiles)
    .map(([folder, count]) => `${folder}/ has ${count} files`);
}

export function nameFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path }) => {
    const stem = basename(path).replace(/(\.test)?\.tsx?$/, '');
    const words = path.replace(/(\.test)?\.tsx?$/, '').split(/[/-]/);
    if (stem === 'index') return [`${path}: no index files`];
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stem)) return [`${path}: file names are kebab-case`];
    return words.filter((word) => FORBIDDEN.test(word)).map((word) => `${path}: "${word}" says nothing`);
  });
}

const ANY = /(:|<|\bas|\bsatisfies|=>|[|&,(])\s*any\b(?!\s*[:(=])/;

/** `any`, silenced compiler complaints, and work put off. */
export function looseEndFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const code = codeOf(source).split('\n');
    return source.text.split('\n').flatMap((line, index) => {
      const at = `${source.path}:${index + 1}`;
      const loose = /@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME|XXX|HACK)\b/.exec(line);
      const any = ANY.test(code[index] ?? '');
      return [...(loose ? [`${at} has ${loose[0]}`] : []), ...(any ? [`${at} has any`] : [])];
    });
  });
}

/** Every folder of idp/ is entered by a file that begins with what it owns. */
export function frontDoorFaults(sources: readonly Source[]): readonly string[] {
  const zones = new Set(
    sources
      .map(({ path }) => path.split('/'))
      .filter((parts) => parts[0] === 'idp' && parts.length > 2 && parts[1] !== 'platform')
      .map((parts) => parts[1] ?? ''),
  );
  return [...zones].flatMap((zone) => {
    const door = sources.find(
      ({ path }) => path === `idp/${zone}/${zone}.ts` || path === `idp/${zone}/${zone}.tsx`,
    );
    if (!door) return [`idp/${zone}/ has no front door ${zone}.ts`];
    return door.text.startsWith('// ') ? [] : [`${door.path} does not begin with what it owns`];
  });
}
