// What an operator may set about passwords.
import { z } from 'zod';
import { DURATION_RULE, isDuration, seconds } from '../../platform/base/duration.ts';

const duration = z.string().refine((text) => isDuration(text) && seconds(text) > 0, DURATION_RULE);

export const passwordSettings = z.strictObject({
  memoryKiB: z.int().min(7168).max(1_048_576).describe('Memory of one argon2id computation, in KiB.'),
  passes: z.int().min(1).max(20).describe('Passes of one argon2id computation over its memory.'),
  maxConcurrent: z
    .int()
    .min(0)
    .max(256)
    .describe('argon2id computations at the same time in one process; 0: one per CPU core.'),
  maxQueue: z
    .int()
    .min(0)
    .max(10_000)
    .describe('Computations that may wait for a turn; one more is answered "unavailable" at once.'),
  maxWaitMs: z
    .int()
    .min(10)
    .max(10_000)
    .describe('Longest wait for a turn, in milliseconds, before the answer is "unavailable".'),
  tries: z
    .int()
    .min(1)
    .max(10)
    .describe('Wrong passwords for one account within the window before the lock.'),
  window: duration.describe('Time over which wrong passwords are counted, as a duration.'),
  lock: duration.describe('How long the password way stays locked after the last try, as a duration.'),
  stopAfter: z
    .int()
    .min(10)
    .max(100)
    .describe(
      'Wrong passwords for one account in a row, however far apart, after which the password is disabled until it is changed.',
    ),
  perAddress: z.int().min(2).max(100_000).describe('Password sign-ins that one address may try per minute.'),
  perNetwork: z
    .int()
    .min(2)
    .max(1_000_000)
    .describe('Password sign-ins that one network (IPv4 /24, IPv6 /48) may try per minute.'),
  perDevice: z.int().min(2).max(100_000).describe('Password sign-ins that one device may try per minute.'),
  failuresPerMinute: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe(
      'Wrong passwords per minute in the whole system from which on every try has to bring proof-of-work.',
    ),
  sprayingFrom: z
    .int()
    .min(2)
    .max(10_000)
    .describe('How often one wrong password is tried within the window before it counts as spraying.'),
  sprayingWindow: duration.describe('The window of spraying, as a duration.'),
});

export type PasswordSettings = z.infer<typeof passwordSettings>;
