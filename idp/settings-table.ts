// The settings as a Markdown table, from the schema: README and the settings command print the same text.
import { z } from 'zod';

interface Property {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly items?: Property;
}

function rows(property: Property, path: readonly string[]): readonly string[] {
  if (property.properties)
    return Object.entries(property.properties).flatMap(([name, below]) => rows(below, [...path, name]));
  const kind = property.enum?.join(', ') ?? property.type ?? '';
  return [`| \`${path.join('.')}\` | ${kind} | ${property.description ?? ''} |`];
}

/** `| setting | type | meaning |`, one row a leaf, in the order of the schema. */
export function settingsTable(schema: z.ZodType): string {
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Property;
  return ['| setting | type | meaning |', '|---|---|---|', ...rows(shape, [])].join('\n');
}
