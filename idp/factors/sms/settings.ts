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
  perRange: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('Messages within 10 minutes to numbers that begin with the same seven digits.'),
  perAddress: z.int().min(1).max(100_000).describe('Messages that one address may cause within 5 minutes.'),
  budgetPerMinute: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe('Messages per minute of the whole system: a pumped carrier bill stops here.'),
  waitMs: z
    .int()
    .min(100)
    .max(1_800)
    .describe('How long a page waits for a slow carrier before it goes on, in milliseconds.'),
  usedWindow: duration.describe('Time over which it is counted how many codes are used, as a duration.'),
  leastUsedPercent: z
    .int()
    .min(0)
    .max(100)
    .describe('Alarm when fewer percent of the codes sent to a range of numbers are used; 0 is never.'),
  leastUsedCount: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('Messages of one node to a range within the window from which on the alarm counts.'),
});

export type SmsSettings = z.infer<typeof smsSettings>;
