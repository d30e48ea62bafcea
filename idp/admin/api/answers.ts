// How the API says no: one JSON shape for every refusal, in the language that the caller prefers.
import type { ParameterizedContext } from 'koa';
import { z } from 'zod';
import { Fault, type FaultCode } from '../../platform/base/errors.ts';
import { faultOf, statusOf } from '../../platform/http/faults.ts';
import type { RequestState } from '../../platform/http/feature.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Complaint } from '../../registry/registry.ts';
import { M } from './messages.ts';

export type Context = ParameterizedContext<RequestState>;

export const BODY_KB = 64;

/** The refusal as the document describes it. */
export const refusal = z
  .object({
    error: z.string().describe('A word of a closed list, for programs.'),
    message: z.string().describe('For people, in the language of Accept-Language.'),
    reference: z.string().describe('Number of this request in the audit trail and the log.'),
    complaints: z
      .array(z.object({ member: z.string(), text: z.string() }))
      .optional()
      .describe('What is wrong, member by member, with the fix.'),
  })
  .describe('Every answer of 4xx and 5xx.');

type Refusal = z.output<typeof refusal>;

/** What is wrong with a request, thrown by whoever finds it. */
export class Complaints extends Error {
  readonly complaints: readonly Complaint[];
  constructor(complaints: readonly Complaint[]) {
    super('bad_request');
    this.complaints = complaints;
  }
}

/** The complaints of a schema, member by member. */
export function complaintsOf(error: z.ZodError, schema: z.ZodType, value: unknown): Complaints {
  const chinese = schema.safeParse(value, { error: z.locales.zhCN().localeError }).error?.issues ?? [];
  return new Complaints(
    error.issues.flatMap((issue, place) => {
      const at = issue.path.map(String);
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({ member: [...at, key].join('.'), text: both('unknown_member') }));
      return [
        {
          member: at.join('.'),
          text: { 'zh-CN': chinese[place]?.message ?? issue.message, en: issue.message },
        },
      ];
    }),
  );
}

export const both = (key: 'unknown_member' | 'not_json'): Complaint['text'] => ({
  'zh-CN': M.text('zh-CN', key),
  en: M.text('en', key),
});

export function refuse(ctx: Context, status: number, refused: Omit<Refusal, 'reference'>): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { ...refused, reference: ctx.state.reference } satisfies Refusal;
}

/** Answers what was thrown; bugs go up to the server, which answers and logs them. `person`: only a person may do it. */
export function answerRefusal(ctx: Context, error: unknown, person: boolean): void {
  const { locale } = ctx.state;
  if (error instanceof Complaints) {
    const complaints = error.complaints.map(({ member, text }) => ({ member, text: text[locale] }));
    refuse(ctx, 400, { error: 'bad_request', message: M.text(locale, 'bad_request'), complaints });
    return;
  }
  const fault = faultOf(error);
  // An outage is logged where everything is: by the server.
  if (!fault || fault.code === 'unavailable') throw error;
  const { retryAfterSeconds } = fault.detail;
  if (retryAfterSeconds !== undefined)
    ctx.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  const message =
    person && fault.code === 'forbidden' ? M.text(locale, 'takes_person') : words(fault.code, locale);
  const complaints = complaintsIn(fault, locale);
  refuse(ctx, statusOf(fault.code), {
    error: fault.code,
    message,
    ...(complaints.length === 0 ? {} : { complaints: [...complaints] }),
  });
}

const words = (code: FaultCode, locale: Locale): string =>
  code === 'too_large' ? M.text(locale, code, { kB: BODY_KB }) : M.text(locale, code);

/** What the domain says of it: members and what is wrong with them, or lines like `days: must be a whole number`. */
function complaintsIn({ code, detail }: Fault, locale: Locale): readonly Said[] {
  if (detail.complaints) return detail.complaints.map(({ member, text }) => ({ member, text: text[locale] }));
  if (code !== 'bad_request' && code !== 'conflict') return [];
  return (detail.note ?? '').split('\n').flatMap((line) => {
    const [, member = '', text = line] = /^([\w#.[\]-]+): (.+)$/.exec(line) ?? [];
    return line === '' ? [] : [{ member, text }];
  });
}

interface Said {
  readonly member: string;
  readonly text: string;
}
