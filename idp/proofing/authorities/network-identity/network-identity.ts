// The national network identity (国家网络身份认证公共服务管理办法, in force 2025-07-15): the citizen presents a credential in
// an app of the state, with their face. We are told the result and a pseudonym; we ask for no name and no number and get
// none (minimum disclosure). Use is voluntary, so this is never the only way.
import { z } from 'zod';
import type { Clock } from '../../../platform/base/clock.ts';
import { seconds } from '../../../platform/base/duration.ts';
import type { Authority, Begun, Finding, NotBegun } from '../../authority.ts';
import { openLine, type Ask, type Exchange, type Outcome } from '../exchange.ts';
import type { OptionalAuthoritySettings } from '../settings.ts';

const transaction = z.string().min(1).max(64);
const bizSeq = z.string().regex(/^[\w-]{16,64}$/);

/**
 * An address that the citizen is sent to: https, or where the service itself stands (a sandbox). Anything else, another
 * scheme or an unprotected page, would be opened with our word behind it.
 */
const addressOf = (service: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine((text) => text.startsWith('https:') || new URL(text).origin === new URL(service).origin);

const sequenceAnswer = (service: string) =>
  z.discriminatedUnion('Code', [
    z.object({
      Code: z.literal('200'),
      TransactionId: transaction,
      ResultObject: z.object({ BizSeq: bizSeq, AppUrl: addressOf(service), ExpiresAt: z.iso.datetime() }),
    }),
    // Too many attempts today.
    z.object({ Code: z.literal('418'), TransactionId: transaction }),
  ]);

const NOT_PRESENTED = [
  'waiting',
  'cancelled',
  'expired',
  'unknown',
  'face_failed',
  'no_network_identity',
  'too_many',
] as const;

const resultAnswer = z.object({
  Code: z.literal('200'),
  TransactionId: transaction,
  ResultObject: z.discriminatedUnion('Result', [
    z.object({
      Result: z.literal('presented'),
      BizSeq: bizSeq,
      Assurance: z.enum(['face', 'no_face']),
      NetworkIdHash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
    z.object({ Result: z.enum(NOT_PRESENTED), BizSeq: bizSeq }),
  ]),
});

type Sequence = z.output<ReturnType<typeof sequenceAnswer>>;
type Result = z.output<typeof resultAnswer>;

// A sequence that the service does not know, or knows as another question's, is over for whoever brings it: they begin
// again, and learn nothing about the other.
const MEANING: Readonly<Record<(typeof NOT_PRESENTED)[number], Exclude<Finding['is'], 'unavailable'>>> = {
  waiting: 'pending',
  cancelled: 'cancelled',
  expired: 'expired',
  unknown: 'expired',
  face_failed: 'not_live',
  no_network_identity: 'no_record',
  too_many: 'too_many',
};

const WORDS: Authority['words'] = {
  way: { 'zh-CN': '用网证和刷脸', en: 'By your network identity and face' },
  needs: {
    'zh-CN': '要已经在“国家网络身份认证”App 里领了网证。自愿使用，不用网证也可以选别的方式。约 1 分钟。',
    en: 'A network identity in the national network identity app. It is your choice: the other ways stay open. About 1 minute.',
  },
  recipient: { 'zh-CN': '国家网络身份认证公共服务', en: 'the national network identity service' },
  consent: {
    'zh-CN': '我自愿出示网证，并同意在“国家网络身份认证”App 里刷脸。这里只收到结果，收不到人脸照片。',
    en: 'I choose to present my network identity and agree to a face check in its app. Only the result comes back here, no picture.',
  },
};

export interface NetworkIdentityParts {
  readonly settings: OptionalAuthoritySettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

/**
 * `begin` and `examine` are put under one request id: a sequence belongs to the request that it was begun with, so that
 * one citizen's presentation cannot be brought to another's request. The pseudonym is the service's name for this human
 * being and the same each time.
 */
export function createNetworkIdentity(parts: NetworkIdentityParts): Authority {
  const { settings, clock } = parts;
  const line = openLine(parts);
  const sequences = line.exchange<Sequence>(sequenceAnswer(settings.url), '/v1/sequences');
  const results = line.exchange<Result>(resultAnswer, '/v1/results');
  return {
    id: 'network-identity',
    reaches: 3,
    method: 'network_identity.presented_with_face',
    covers: [],
    beside: [],
    leads: true,
    validitySeconds: seconds(settings.validity),
    collect: {
      by: 'hand_over',
      async begin(_, requestId, returnTo) {
        const question = { Purpose: 'real_name', Assurance: 'face', ReturnUrl: returnTo };
        return begun(await sequences.ask(requestId, question), clock.now());
      },
    },
    words: WORDS,
    examine: ({ reference }, requestId) => examine(results, clock, reference, requestId),
  };
}

function begun(outcome: Outcome<Sequence>, at: Date): Begun | NotBegun {
  if (outcome.is === 'unavailable') return { ...outcome, at };
  const { answer } = outcome;
  if (answer.Code === '418') return { is: 'too_many', transaction: answer.TransactionId, at };
  const { BizSeq: reference, AppUrl: address, ExpiresAt } = answer.ResultObject;
  return { is: 'begun', reference, address, expiresAt: new Date(ExpiresAt) };
}

async function examine(
  results: Exchange<Result>,
  clock: Clock,
  reference: string | undefined,
  requestId: string,
): Promise<Finding> {
  if (reference === undefined) throw new Error('the network identity service is asked about what was begun');
  const outcome = await results.ask(requestId, { BizSeq: reference });
  const at = clock.now();
  if (outcome.is === 'unavailable') return { ...outcome, at };
  const { TransactionId, ResultObject: result } = outcome.answer;
  // An earlier attempt under the same request id has answers of its own; they are not about this one.
  if (result.BizSeq !== reference) return { is: 'unavailable', reason: 'bad_answer', at };
  const answered = { transaction: TransactionId, at };
  if (result.Result !== 'presented')
    return { ...answered, is: MEANING[result.Result], details: { result: result.Result } };
  const details = { assurance: result.Assurance };
  // Without a face whoever holds the unlocked phone could have presented it: not a real person seen (level 3).
  if (result.Assurance === 'no_face') return { ...answered, is: 'unsupported', details };
  return { ...answered, is: 'match', details, pseudonym: result.NetworkIdHash };
}
