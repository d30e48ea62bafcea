// Reads sources the way the rules need them: what is imported, what is code and what is text. A scanner, not a
// parser: it knows comments, strings, templates and plain regular expressions, which is enough for these rules.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

export interface Source {
  /** From the project's root: `idp/audit/audit.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** From the project's root for a relative import; undefined for a package. */
  readonly target: string | undefined;
  /** `import type` and `export type`: gone after compilation. */
  readonly typeOnly: boolean;
}

/** Every .ts and .tsx file below a folder of the project. */
export function readSources(root: string, folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(root, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') }));
}

type Kind = 'comment' | 'text';

/** Start and end of every comment and every string, template or regular expression. */
function spans(text: string): readonly { kind: Kind; from: number; to: number }[] {
  const found: { kind: Kind; from: number; to: number }[] = [];
  let at = 0;
  while (at < text.length) {
    const span = spanAt(text, at);
    if (span) found.push({ kind: span.kind, from: at, to: span.to });
    at = span ? span.to : at + 1;
  }
  return found;
}

function spanAt(text: string, at: number): { kind: Kind; to: number } | undefined {
  const two = text.slice(at, at + 2);
  if (two === '//') return { kind: 'comment', to: endOfLine(text, at) };
  if (two === '/*') return { kind: 'comment', to: after(text, '*/', at + 2) };
  const char = text.charAt(at);
  if (char === "'" || char === '"') return { kind: 'text', to: endOfString(text, at) };
  if (char === '`') return { kind: 'text', to: endOfTemplate(text, at) };
  if (char === '/' && /(^|[(,=:[!&|?{};]|=>|\breturn)\s*$/.test(text.slice(Math.max(0, at - 40), at)))
    return { kind: 'text', to: endOfRegex(text, at) };
  return undefined;
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

const after = (text: string, mark: string, at: number): number => {
  const end = text.indexOf(mark, at);
  return end < 0 ? text.length : end + mark.length;
};

/** A string ends with its quote; an apostrophe in the text of a page ends with its line. */
function endOfString(text: string, at: number): number {
  const limit = endOfLine(text, at);
  for (let i = at + 1; i < limit; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === text[at]) return i + 1;
  }
  return at + 1;
}

function endOfRegex(text: string, at: number): number {
  const limit = endOfLine(text, at);
  let inClass = false;
  for (let i = at + 1; i < limit; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return at + 1;
}

/** Through nested ${ }, which may hold templates of their own. */
function endOfTemplate(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '`') {
    if (text[i] === '\\') i += 2;
    else if (text.startsWith('${', i)) i = endOfHole(text, i + 2);
    else i += 1;
  }
  return i + 1;
}

function endOfHole(text: string, at: number): number {
  let depth = 1;
  let i = at;
  while (i < text.length && depth > 0) {
    const span = spanAt(text, i);
    if (text[i] === '{') depth += 1;
    if (text[i] === '}') depth -= 1;
    i = span ? span.to : i + 1;
  }
  return i;
}

function blank(text: string, kinds: readonly Kind[]): string {
  let result = '';
  let at = 0;
  for (const { kind, from, to } of spans(text)) {
    if (!kinds.includes(kind)) continue;
    result += text.slice(at, from) + text.slice(from, to).replaceAll(/[^\n]/g, ' ');
    at = to;
  }
  return result + text.slice(at);
}

/** The code alone, comments and strings blanked; every character keeps its place. */
export const codeOf = (source: Source): string => blank(source.text, ['comment', 'text']);

/** Everything but comments. */
export const withoutComments = (source: Source): string => blank(source.text, ['comment']);

const IMPORT =
  /\b(import|export)\b(\s+type\b(?!\s*(?:from\b|,)))?[^'"`;()]*?(?:\bfrom\s*)?(\(\s*)?['"`]([^'"`\n]+)['"`]/g;

/** Static imports, re-exports, dynamic imports and `import('...')` types. */
export function importsOf(source: Source): readonly Import[] {
  const code = codeOf(source);
  const text = withoutComments(source);
  return [...text.matchAll(IMPORT)]
    .filter((match) => isImport(match, code))
    .map((match) => {
      const specifier = match[4] ?? '';
      const target = specifier.startsWith('.') ? posix.join(dirname(source.path), specifier) : undefined;
      return { specifier, target, typeOnly: match[2] !== undefined };
    });
}

/** The keyword must be code, not a word in a string; `export const x = '...'` imports nothing. */
function isImport(match: RegExpExecArray, code: string): boolean {
  const keyword = match[1] ?? '';
  if (!code.startsWith(keyword, match.index)) return false;
  const between = match[0].slice(keyword.length, match[0].length - (match[4] ?? '').length - 2);
  if (match[3] !== undefined) return keyword === 'import' && /^\s*\(\s*$/.test(between);
  return /\bfrom\s*$/.test(between) || (keyword === 'import' && /^\s*$/.test(between));
}
