// What an operator may set about QR codes.
import { z } from 'zod';
import { DURATION_RULE, isDuration, seconds } from '../../platform/base/duration.ts';

export const qrSettings = z.strictObject({
  life: z
    .string()
    .refine((text) => isDuration(text, 120) && seconds(text) > 0, DURATION_RULE)
    .describe('How long a QR code can be scanned and its number picked, as a duration of at most 120s.'),
  perAddress: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('QR codes that one address may be shown within 10 minutes.'),
});

export type QrSettings = z.infer<typeof qrSettings>;
