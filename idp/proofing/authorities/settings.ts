// Settings that every authority has; each authority is one such slice under its own name.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../../platform/base/duration.ts';
import { secret } from '../../platform/base/secret.ts';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const authoritySettings = z.strictObject({
  url: z.url().describe('Address that checks are posted to; personal data travel in the body only.'),
  keyId: z.string().min(1).describe('Name under which the authority knows our shared key.'),
  secret: z
    .string()
    .min(32)
    .transform((value) => secret(value))
    .describe('Shared key for signing questions and verifying answers, at least 32 characters.'),
  connectTimeout: duration.describe('Longest wait for a connection, a duration such as 1s.'),
  totalTimeout: duration.describe('Longest wait for one complete answer, a duration such as 3s.'),
  breakerFailures: z
    .number()
    .int()
    .min(1)
    .describe('Failures in a row after which no question is asked for a while.'),
  breakerRecovery: duration.describe('Time until a first question is tried again, a duration such as 10s.'),
  concurrency: z.number().int().min(1).describe('Questions that one process asks at the same time.'),
});

export type AuthoritySettings = z.output<typeof authoritySettings>;

/** The same for an authority that a deployment may do without: off by default, complete when on. */
export const optionalAuthoritySettings = authoritySettings
  .extend({
    enabled: z.boolean().describe('Whether citizens may choose this way.'),
    validity: duration.describe('How long a level proven this way holds, such as 365d.'),
    url: z.string().describe('Address that checks are posted to. Empty where the sandbox stands in for it.'),
    secret: z
      .string()
      .transform((value) => secret(value))
      .describe('Shared key for signing questions and verifying answers, at least 32 characters.'),
  })
  .refine(({ enabled, url }) => !enabled || URL.canParse(url), {
    path: ['url'],
    error: 'must be an address while enabled is true',
  })
  .refine(({ enabled, secret: key }) => !enabled || key.reveal().length >= 32, {
    path: ['secret'],
    error: 'must have at least 32 characters while enabled is true',
  });

export type OptionalAuthoritySettings = z.output<typeof optionalAuthoritySettings>;
