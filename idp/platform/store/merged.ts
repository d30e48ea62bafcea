// The form in which `merge` keeps an entry: one object field taken apart into members, so that a back end can keep a
// stored member without parsing JSON. Lua's cjson would turn [] into {} and round large numbers; texts stay verbatim.
import type { Json } from './ephemeral.ts';

export interface Parted {
  /** JSON text of the value that must be the same for members to be kept; `-` when it is absent. */
  readonly same: string;
  /** JSON text of the object without the field. */
  readonly rest: string;
  /** JSON text of the field's name. */
  readonly field: string;
  /** name, value, name, value ... as JSON texts. */
  readonly members: readonly string[];
}

const SEPARATOR = '\u001e';

/** Takes `value[field]` apart. An absent field counts as {}; anything but an object there is a plain Error. */
export function part(
  value: { readonly [key: string]: Json | undefined },
  field: string,
  same: string,
): Parted {
  const { [field]: inner = {}, ...rest } = value;
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner))
    throw new Error(`merge needs an object in "${field}"`);
  const members = Object.entries(inner).flatMap(([name, member]) =>
    member === undefined ? [] : [JSON.stringify(name), JSON.stringify(member)],
  );
  const shared = value[same];
  return {
    same: shared === undefined ? '-' : JSON.stringify(shared),
    rest: JSON.stringify(rest),
    field: JSON.stringify(field),
    members,
  };
}

/** The value again. */
export function whole(rest: string, field: string, members: readonly string[]): Json {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < members.length; index += 2)
    pairs.push(`${members[index]}:${members[index + 1]}`);
  const head = rest === '{}' ? '{' : `${rest.slice(0, -1)},`;
  return JSON.parse(`${head}${field}:{${pairs.join(',')}}}`) as Json;
}

/** One text: each piece led by U+001E, which JSON text never holds (RFC 8259 section 7 demands its escape). */
export function packed({ same, rest, field, members }: Parted): string {
  return SEPARATOR + [same, rest, field, ...members].join(SEPARATOR);
}

export function isPacked(text: string): boolean {
  return text.startsWith(SEPARATOR);
}

export function unpacked(text: string): Json {
  const [, , rest = '{}', field = '""', ...members] = text.split(SEPARATOR);
  return whole(rest, field, members);
}
