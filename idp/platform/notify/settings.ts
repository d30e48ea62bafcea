// What an operator may set about carriers.
import { z } from 'zod';
import { secret } from '../base/secret.ts';

const carrier = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .describe('Name of the carrier in logs and metrics.'),
  url: z.url().describe('Base address; messages are posted to <url>/messages.'),
  keyId: z.string().min(1).max(64).describe('Name under which the carrier knows our shared key.'),
  secret: z
    .string()
    .min(32)
    .transform((value) => secret(value))
    .describe('Shared key for signing messages, at least 32 characters.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(10_000)
    .describe('Longest wait for an answer, in milliseconds; after it the message counts as perhaps sent.'),
});

export const notifySettings = z.strictObject({
  carriers: z
    .array(carrier)
    .min(1, 'must name at least one carrier')
    .describe('Text message carriers in the order in which they are tried.'),
});

export type NotifySettings = z.output<typeof notifySettings>;
