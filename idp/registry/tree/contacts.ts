// Offices that a unit can be reached at: of the organisation, never somebody's own telephone.
import { z } from 'zod';
import { Fault } from '../../platform/base/errors.ts';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{C}]+$/u);

const contact = z.strictObject({
  /** What it is for: 技术, 值班. */
  office: line(40),
  /** Landline or hotline, digits and separators. */
  telephone: z.union([z.literal(''), z.string().regex(/^\+?[\d -]{5,24}$/)]),
  mail: z.union([z.literal(''), z.email().max(120)]),
});

export type Contact = z.infer<typeof contact>;

const contacts = z.array(contact.refine(({ telephone, mail }) => telephone + mail !== '')).max(5);

/** Throws Fault `bad_request` whose note names the contact, the part and the rule. */
export function readContacts(given: unknown): readonly Contact[] {
  const read = contacts.safeParse(given);
  if (read.success) return read.data;
  const { path } = read.error.issues[0]!;
  const at = `contacts${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`;
  throw new Fault('bad_request', {
    note: `${at}: must be at most 5 offices, each with office (40 characters) and a telephone of 5 to 24 digits or a mail address; correct it`,
  });
}
