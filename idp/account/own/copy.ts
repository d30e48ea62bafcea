// The copy of everything kept about a citizen, as a file in words: codes become texts in the reader's language, and a
// guide says what each member means. The members' names stay the same, so that programs can read it too.
import type { CodeWords } from '../../audit/audit.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { M } from '../messages.ts';
import { C } from './copy-messages.ts';

type Kept = Readonly<Record<string, Json>>;

/** Under which words the value of a member stands in the catalogues. */
const WORDS: Readonly<Record<string, string>> = {
  amr: 'way',
  authority: 'authority',
  by: 'by',
  claims: 'claim',
  event: 'event',
  factor: 'way',
  family: 'family',
  gender: 'gender',
  kind: 'document',
  method: 'method',
  not_shared: 'claim',
  outcome: 'outcome',
  reasons: 'unusual',
  discounted: 'way',
  refused: 'claim',
  shared: 'claim',
  status: 'status',
  system: 'system',
  way: 'authority',
};

type Texts = Readonly<Record<string, string | undefined>>;

/** A value is a code, or codes with spaces between; one that has no words is left as it is. */
function inWords({ locale, words }: CopyParts, name: string, value: string): string {
  const texts: readonly Texts[] = [C.texts[locale], M.texts[locale]];
  const found = value.split(' ').map((code) => {
    const key = `${WORDS[name] ?? ''}.${code}`;
    return texts.map((text) => text[key]).find(Boolean) ?? words[key]?.[locale];
  });
  return found.includes(undefined) ? value : found.join(C.text(locale, 'list.separator'));
}

/** Every text of the tree, with the name of the member that it stands under. */
function everyText(
  json: Json | undefined,
  change: (name: string, value: string) => string,
  name = '',
): Json | undefined {
  if (typeof json === 'string') return change(name, json);
  if (Array.isArray(json))
    return (json as readonly Json[]).map((each) => everyText(each, change, name) ?? null);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([member, value]) => [member, everyText(value, change, member)]),
  );
}

/** The client ids that the copy names, to find their names. */
export function servicesIn(kept: Kept): readonly string[] {
  const found = new Set<string>();
  everyText(kept, (name, value) => {
    if (name === 'service') found.add(value);
    return value;
  });
  return [...found];
}

function membersOf(json: Json | undefined): readonly string[] {
  if (Array.isArray(json)) return (json as readonly Json[]).flatMap(membersOf);
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([member, value]) => [member, ...membersOf(value)]);
}

export interface CopyParts {
  readonly kept: Kept;
  readonly locale: Locale;
  readonly now: Date;
  /** Names of services by client id. */
  readonly names: ReadonlyMap<string, string>;
  /** What stands behind codes that only one part knows. */
  readonly words: CodeWords;
}

/** JSON with line breaks, to be read by people. Masked nowhere: it is the citizen's own. */
export function copyFile(parts: CopyParts): string {
  const { kept, locale, now, names } = parts;
  const told = everyText(kept, (name, value) =>
    name === 'service' ? (names.get(value) ?? value) : inWords(parts, name, value),
  );
  // Through JSON first: members that are undefined are not in the file, and need no word in the guide.
  const plain = JSON.parse(JSON.stringify(told)) as Json;
  const guide = [...new Set(membersOf(plain))].flatMap((member) => {
    const text = C.texts[locale][`key.${member}`];
    return text === undefined ? [] : [[member, text] as const];
  });
  const file = {
    about: C.text(locale, 'file.about'),
    made_at: shanghaiTime(now),
    guide: Object.fromEntries(guide),
    ...(plain as object),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
