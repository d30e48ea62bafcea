// What an operator may set about passkeys.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../../platform/base/duration.ts';

export const webauthnSettings = z.strictObject({
  rpId: z
    .string()
    .regex(/^([a-z\d-]+(\.[a-z\d-]+)*)?$/, 'must be a host name in lower case, or empty')
    .describe(
      'Domain that passkeys are bound to: the host of the issuer or a domain above it; empty: that host. A change loses every passkey.',
    ),
  fullAfter: z
    .string()
    .refine((text) => isDuration(text, 365 * 86_400), DURATION_RULE)
    .describe(
      'How long after it was set up a device-bound passkey counts for the highest level, unless it was set up at that level.',
    ),
  perAddress: z
    .int()
    .min(1)
    .max(100_000)
    .describe('Sign-ins with a passkey that may fail from one address per minute.'),
  offerAgain: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe('How long nobody who left the offer of a passkey is offered one again, as a duration.'),
});

export type WebauthnSettings = z.infer<typeof webauthnSettings>;
