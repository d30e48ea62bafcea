// What an operator may set about carriers.
import { z } from 'zod';

export const notifySettings = z.object({
  carriers: z
    .array(
      z.object({
        id: z
          .string()
          .regex(/^[a-z0-9-]{1,40}$/)
          .describe('Name of the carrier in logs and metrics.'),
        url: z.url().describe('Base address; messages go to <url>/messages.'),
        keyId: z
          .string()
          .min(1)
          .max(64)
          .describe('Which key signs the requests, as agreed with the carrier.'),
        secret: z.string().min(16).describe('Shared secret that signs the requests; from the environment.'),
        timeoutMs: z
          .int()
          .min(100)
          .max(10_000)
          .describe(
            'Longest wait for an answer, in milliseconds; after it the message counts as perhaps sent.',
          ),
      }),
    )
    .min(1)
    .describe('Text message carriers in the order in which they are tried.'),
});

export type NotifySettings = z.infer<typeof notifySettings>;
