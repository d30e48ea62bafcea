// The shapes that several operations speak in.
import { z } from 'zod';
import { ROLES } from '../../registry/registry.ts';

export const bilingual = z
  .object({ 'zh-CN': z.string(), en: z.string() })
  .describe('A text in both languages of the pages.');

export const instant = z.iso.datetime().describe('RFC 3339, UTC');

export const role = z.enum(ROLES).describe('Role of a post');

export const after = z
  .string()
  .max(500)
  .optional()
  .describe('Cursor: `next` of the page before. Opaque; it widens nothing.');

export const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(500)
  .optional()
  .describe('Rows of a page; 50 unless given.');

/** A list, one page of it. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    rows: z.array(row),
    next: z.string().optional().describe('Cursor of the next page; missing on the last one.'),
  });

export const unitId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.~-]+$/)
  .describe('Identifier of a unit: a division code (GB/T 2260) or a name of its own.');

export const name = z.string().trim().min(1).max(80);

export const done = z.object({ done: z.literal(true) });

/** What is answered where nothing is left to say. */
export const DONE = { done: true } as const;

export const DAYS = z.number().int().min(1).max(365);

export const clientId = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][\w.-]*$/)
  .describe('As the client names itself at the protocol.');

export const environment = z.enum(['sandbox', 'production']);

export const level = z.enum(['l1', 'l2', 'l3', 'l4']).describe('Assurance level.');

export const version = z.number().int().min(0).describe('Raised by every change.');

export const metadata = z
  .record(z.string(), z.unknown())
  .describe('Client metadata (OpenID Connect Registration 1.0 section 2) and `tongxing_*` members.');

export const reason = z.string().trim().min(5).max(2_000).describe('Why: kept for good.');

/** One member in which two registrations differ. */
export const difference = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('text'),
    member: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
  }),
  z.object({
    is: z.literal('list'),
    member: z.string(),
    removed: z.array(z.string()),
    added: z.array(z.string()),
    kept: z.array(z.string()),
  }),
  z.object({
    is: z.literal('claim'),
    member: z.string(),
    claim: z.string(),
    how: z.enum(['added', 'removed', 'changed']),
    sensitive: z.boolean(),
    parts: z.array(
      z.object({ part: z.string(), before: z.string().optional(), after: z.string().optional() }),
    ),
  }),
]);
