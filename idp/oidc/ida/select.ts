// Takes out of what is known exactly what was asked, under the conditions that were asked. Pure.
// OpenID Connect for Identity Assurance 1.0, 5.7: a condition that is not met is `unmet` and takes the whole answer
// with it; what is not there is `omitted` and takes with it whatever cannot stand without it.
import type { Tree } from './verification.ts';

/** A condition or null, an object of them, or an array of alternatives. */
export type Template =
  null | undefined | boolean | number | string | readonly Template[] | { readonly [name: string]: Template };

export type Selected<T = Tree> =
  { readonly is: 'given'; readonly value: T } | { readonly is: 'omitted' } | { readonly is: 'unmet' };

const OMITTED = { is: 'omitted' } as const;
const UNMET = { is: 'unmet' } as const;

type Members = { readonly [name: string]: Template };
type Condition = { readonly value?: string; readonly values?: readonly string[]; readonly max_age?: number };

const CONDITIONS = new Set(['value', 'values', 'max_age', 'essential']);

const isMembers = (template: Template): template is Members =>
  typeof template === 'object' && template !== null && !Array.isArray(template);

/** An object of conditions, not of further elements. */
const isCondition = (template: Members): boolean =>
  Object.keys(template).every((name) => CONDITIONS.has(name));

/** True when anything in it restricts the answer. */
export function restricts(template: Template): boolean {
  if (Array.isArray(template)) return template.some(restricts);
  if (!isMembers(template)) return false;
  if (isCondition(template)) return Object.keys(template).some((name) => name !== 'essential');
  return Object.values(template).some(restricts);
}

/** What stays of one element. `required` names what it cannot stand without. */
export function select(template: Template, there: Tree | undefined, now: Date): Selected {
  if (there === undefined) return restricts(template) ? UNMET : OMITTED;
  if (typeof there === 'string') return meets(template, there, now) ? { is: 'given', value: there } : UNMET;
  if (Array.isArray(there)) return selectAny(template, there as readonly Tree[], now);
  return selectMembers(template, there as { readonly [name: string]: Tree }, now);
}

/** What an object is not valid without (OpenID Identity Assurance Schema Definition 1.0, 5). */
const REQUIRED: readonly (readonly [child: string, required: string])[] = [
  ['source', 'type'],
  ['issuer', 'type'],
  ['created_at', 'type'],
];

function selectMembers(template: Template, there: { readonly [name: string]: Tree }, now: Date): Selected {
  // The element as a whole was asked for: nothing in it was, so nothing is said (OIDC4IDA 5.4).
  if (!isMembers(template)) return OMITTED;
  const given: [string, Tree][] = [];
  for (const [name, wanted] of Object.entries(template)) {
    if (wanted === undefined) continue;
    const selected = select(wanted, Object.hasOwn(there, name) ? there[name] : undefined, now);
    if (selected.is === 'unmet') return UNMET;
    if (selected.is === 'given') given.push([name, selected.value]);
  }
  const names = new Set(given.map(([name]) => name));
  const incomplete = REQUIRED.some(([child, required]) => names.has(child) && !names.has(required));
  return given.length === 0 || incomplete ? OMITTED : { is: 'given', value: Object.fromEntries(given) };
}

/** Each entry that one of the alternatives fits; the first that fits says what is told of it. */
function selectAny(template: Template, there: readonly Tree[], now: Date): Selected {
  const alternatives: readonly Template[] = Array.isArray(template) ? template : [];
  const given: Tree[] = [];
  for (const entry of there) {
    const fitting = alternatives
      .map((alternative) => select(alternative, entry, now))
      .find(({ is }) => is === 'given');
    if (fitting?.is === 'given') given.push(fitting.value);
  }
  if (given.length > 0) return { is: 'given', value: given };
  return alternatives.length > 0 && alternatives.every(restricts) ? UNMET : OMITTED;
}

function meets(template: Template, there: string, now: Date): boolean {
  if (!isMembers(template)) return true;
  const { value, values, max_age: maxAge } = template as Condition;
  if (value !== undefined && there !== value) return false;
  if (values !== undefined && !values.includes(there)) return false;
  return maxAge === undefined || now.getTime() - lastValid(there) <= maxAge * 1000;
}

/** A date counts until its last second has passed. */
function lastValid(text: string): number {
  return Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text);
}
