// What can be set about proofing as a whole. Each authority has a slice of its own.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../platform/base/duration.ts';

export const proofingSettings = z.strictObject({
  validity: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe('How long a proven identity holds before it must be proven again, such as 365d.'),
  triesPerDay: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .describe('Checks a day per account, and per claimed ID number, that may fail.'),
  keepWaiting: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe('How long a case is kept and tried again while an authority is down, such as 7d.'),
});

export type ProofingSettings = z.output<typeof proofingSettings>;
