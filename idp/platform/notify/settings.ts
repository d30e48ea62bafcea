// What an operator may set about carriers.
import { z } from 'zod';
import { DURATION_RULE, isDuration, seconds } from '../base/duration.ts';
import { secret } from '../base/secret.ts';
import { BLANKS } from './notify.ts';

const key = (least: number) =>
  z
    .string()
    .min(least)
    .transform((value) => secret(value));

const common = {
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .describe('Name of the carrier in logs, metrics and the address of its receipts.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(10_000)
    .describe('Longest wait for an answer, in milliseconds; after it the message counts as perhaps sent.'),
  concurrency: z
    .int()
    .min(1)
    .max(1_000)
    .default(50)
    .describe('Most requests of one node to this carrier at a time; as many more wait.'),
  breakerFailures: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('Failures in a row after which the carrier is left alone for a while.'),
  breakerRecovery: z
    .string()
    .refine((text) => isDuration(text) && seconds(text) > 0, DURATION_RULE)
    .default('10s')
    .describe('How long a carrier that failed is left alone, as a duration.'),
};

const genericCarrier = z.strictObject({
  ...common,
  preset: z.literal('generic').describe('Signed JSON, as platform/notify/sms/presets/generic.ts describes.'),
  url: z.url().describe('Base address; messages are posted to <url>/messages, calls to <url>/calls.'),
  keyId: z.string().min(1).max(64).describe('Name under which the carrier knows our shared key.'),
  secret: key(32).describe('Shared key for signing messages, at least 32 characters.'),
  voice: z.boolean().default(false).describe('Whether the carrier reads codes out in calls.'),
});

const template = z.strictObject({
  id: z.string().min(1).max(40).describe('The vendor’s number of the template.'),
  blanks: z.array(z.enum(BLANKS)).describe('What the template leaves open, in its order.'),
});

const templates = z
  .record(z.string().regex(/^[a-z]{1,20}$/), z.strictObject({ 'zh-CN': template, en: template.optional() }))
  .describe('Templates by purpose (signin, register, second, notice) and language.');

const vendor = {
  ...common,
  signName: z.string().min(2).max(12).describe('Registered name that opens every message.'),
  templates,
  secret: key(16).describe('The secret that belongs to keyId.'),
  receiptKey: key(32)
    .optional()
    .describe('Last part of the address that the vendor pushes receipts to, at least 32 characters.'),
};

const aliyunCarrier = z.strictObject({
  ...vendor,
  preset: z.literal('aliyun').describe('Aliyun Dysmsapi 2017-05-25.'),
  url: z.url().describe('Address of the interface: https://dysmsapi.aliyuncs.com/.'),
  keyId: z.string().min(1).max(64).describe('AccessKeyId.'),
});

const tencentCarrier = z.strictObject({
  ...vendor,
  preset: z.literal('tencent').describe('Tencent Cloud SMS 2021-01-11.'),
  url: z.url().describe('Address of the interface: https://sms.tencentcloudapi.com/.'),
  keyId: z.string().min(1).max(64).describe('SecretId.'),
  sdkAppId: z.string().min(1).max(20).describe('SmsSdkAppId of the application.'),
  region: z.string().min(1).max(40).describe('Region such as ap-guangzhou.'),
});

/** Entries that name no preset are from before there were presets. */
const carrier = z.preprocess(
  (entry) =>
    typeof entry === 'object' && entry !== null && !('preset' in entry)
      ? { ...entry, preset: 'generic' }
      : entry,
  z.discriminatedUnion('preset', [genericCarrier, aliyunCarrier, tencentCarrier]),
);

export const notifySettings = z.strictObject({
  enabled: z
    .boolean()
    .describe('Whether text messages and calls go out; false stops all of them, whatever operators switch.'),
  keepDays: z
    .int()
    .min(4)
    .max(400)
    .describe('How long it is kept what became of a message, in days; carriers tell it for three.'),
  carriers: z
    .array(carrier)
    .min(1, 'must name at least one carrier')
    .refine(
      (carriers) => new Set(carriers.map(({ id }) => id)).size === carriers.length,
      'must not name two carriers alike',
    )
    .describe('Text message carriers in the order in which they are tried.'),
});

export type NotifySettings = z.output<typeof notifySettings>;
export type GenericCarrier = z.output<typeof genericCarrier>;
export type AliyunCarrier = z.output<typeof aliyunCarrier>;
export type TencentCarrier = z.output<typeof tencentCarrier>;
export type CarrierSettings = NotifySettings['carriers'][number];
export type Templates = z.output<typeof templates>;
