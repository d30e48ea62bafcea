import { z } from 'zod';
import { optionalAuthoritySettings } from '../settings.ts';

export const networkIdentitySettings = optionalAuthoritySettings.safeExtend({
  url: z
    .string()
    .describe(
      'Address of the service; what it is asked is posted below it. Empty where the sandbox stands in for it.',
    ),
});
