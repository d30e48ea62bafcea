// What an operator may set about devices, places and notices.
import { z } from 'zod';
import { DURATION_RULE, isDuration } from '../platform/base/duration.ts';

const duration = z.string().refine((text) => isDuration(text), DURATION_RULE);

export const devicesSettings = z.strictObject({
  places: z
    .string()
    .describe(
      'CSV file of address ranges and their places: cidr, division code, zh name, en name, lat, lon. Empty: no places.',
    ),
  keepDays: z
    .number()
    .int()
    .min(366)
    .describe('Days after its last sign-in that a device is remembered; its cookie lives a year.'),
  notices: z.boolean().describe('Whether an unusual sign-in is told by text message.'),
  noticesPerDay: z.number().int().min(1).describe('Most messages of this kind to one account in 24 hours.'),
  noticeLife: duration.describe('How long the link “not me” in such a message works.'),
  burst: z
    .number()
    .int()
    .min(1)
    .describe(
      'Accounts that may sign in from one network (/24, /48) within burstPeriod; mobile carriers put thousands behind one.',
    ),
  burstPeriod: duration.describe('The time that burst is counted over.'),
  simWaitMs: z
    .number()
    .int()
    .min(50)
    .max(3_000)
    .describe('Longest wait for the operator to say when a SIM was changed, in milliseconds.'),
});

export type DevicesSettings = z.output<typeof devicesSettings>;
