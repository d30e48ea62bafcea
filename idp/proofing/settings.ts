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
  keepCasesDays: z
    .int()
    .min(180)
    .max(36_500)
    .describe('Days that a decided case is kept, without name and number; at least 180 (6 months).'),
  keepEvidenceDays: z
    .int()
    .min(1095)
    .max(36_500)
    .describe('Days that evidence is kept after its account was closed; at least 1095 (3 years).'),
});

export type ProofingSettings = z.output<typeof proofingSettings>;
