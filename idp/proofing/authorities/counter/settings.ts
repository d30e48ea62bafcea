// What can be set about the counters. Who may speak for them is registered by command, not set.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../../../platform/base/duration.ts';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const counterSettings = z.strictObject({
  enabled: z.boolean().describe('Whether citizens may choose to be examined at a service counter.'),
  validity: duration.describe('How long a level proven at a counter holds, such as 3650d.'),
  ticketLife: duration.describe('How long a printed ticket is taken at a counter, such as 30d.'),
  submissionLife: duration.describe(
    'How long what one officer submitted waits for the approval of a second one, such as 1d.',
  ),
});

export type CounterSettings = z.output<typeof counterSettings>;
