// What an operator may set about proof-of-work.
import { z } from 'zod';

export const challengeSettings = z.strictObject({
  work: z
    .int()
    .min(2)
    .max(100_000)
    .describe(
      'Work that a browser does before a first text message: rounds of 1,000 iterations of PBKDF2, on average. 120 takes about 0.3 s on a cheap phone.',
    ),
  underPressure: z
    .int()
    .min(1)
    .max(64)
    .describe('How many times that work is asked while an attack is under way.'),
  unprovenPerAddress: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe(
      'Tries per minute that one address has without the work where it is asked: the way of browsers without scripts.',
    ),
  unprovenPerMinute: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe('Tries per minute without the work of the whole system, for each place that asks for it.'),
});

export type ChallengeSettings = z.infer<typeof challengeSettings>;
