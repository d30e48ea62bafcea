// What an operator may set about carriers.
import { z } from 'zod';
import { secret } from '../base/secret.ts';

const carrier = z.object({
  url: z.url().describe('Base address; messages are posted to <url>/messages.'),
  keyId: z.string().min(1).max(64).describe('Name under which the carrier knows our shared key.'),
  secret: z
    .string()
    .min(32)
    .transform((value) => secret(value))
    .describe('Shared key for signing messages, at least 32 characters.'),
  totalTimeout: z
    .string()
    .regex(/^(?:[1-9]|10)s$/)
    .describe(
      'Longest wait for an answer, a duration of 1s to 10s; after it the message counts as perhaps sent.',
    ),
});

export const notifySettings = z.object({
  carriers: z
    .record(z.string().regex(/^[a-z0-9-]{1,40}$/), carrier)
    .refine((carriers) => Object.keys(carriers).length > 0, 'at least one carrier')
    .describe('Text message carriers by name, in the order in which they are tried.'),
});

export type NotifySettings = z.output<typeof notifySettings>;
