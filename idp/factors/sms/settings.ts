// What an operator may set about text message codes.
import { z } from 'zod';
import { DURATION_RULE, isDuration, seconds } from '../../platform/base/duration.ts';

const duration = z.string().refine((text) => isDuration(text) && seconds(text) > 0, DURATION_RULE);

export const smsSettings = z.strictObject({
  signature: z
    .string()
    .min(2)
    .max(12)
    .describe('Name that opens every message, as registered with the carriers.'),
  codeLife: duration
    .refine((text) => isDuration(text, 600), 'must be a duration of at most 10m')
    .describe('How long a code works, as a duration of at most 10m.'),
  tries: z.int().min(1).max(10).describe('Wrong codes for one number within the window before the lock.'),
  window: duration.describe('Time over which wrong codes are counted, as a duration.'),
  lock: duration.describe('How long codes for a number stay locked after the last try, as a duration.'),
  resendAfter: duration.describe('Shortest time between two messages to one number, as a duration.'),
  perNumber: z
    .int()
    .min(1)
    .max(100)
    .describe('Messages that one number may get at once (apart from resendAfter).'),
  perNumberPeriod: duration.describe(
    'Time over which perNumber messages come back, evenly, as a duration: 5 in 24h means at most 5 in any hour and 10 in any day.',
  ),
  perAddress: z.int().min(1).max(100_000).describe('Messages that one address may cause within 5 minutes.'),
  budgetPerMinute: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe('Messages per minute of the whole system: a pumped carrier bill stops here.'),
});

export type SmsSettings = z.infer<typeof smsSettings>;
