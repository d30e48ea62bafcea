// The mobile operators' three-factor check: do name, resident ID number and phone belong together? With a code
// confirmed on that phone it shows possession (identity level 2).
import { z } from 'zod';
import type { Clock } from '../../../platform/base/clock.ts';
import { createExchange, type Ask } from '../exchange.ts';
import { authoritySettings, type AuthoritySettings } from '../settings.ts';
import type { Authority, Finding } from '../../authority.ts';

export const mobileOperatorSettings = authoritySettings;

// SubCode: 101 all agree; 201 neither name nor number is the phone's, 202 the number is not, 203 the name is not,
// 204 neither could be compared; 301 no such phone; 302 a virtual operator or a number that cannot be asked about.
const answer = z.object({
  Code: z.literal('200'),
  TransactionId: z.string().min(1).max(64),
  ResultObject: z.discriminatedUnion('BizCode', [
    z.object({ BizCode: z.literal('1'), SubCode: z.literal('101') }),
    z.object({ BizCode: z.literal('2'), SubCode: z.enum(['201', '202', '203', '204']) }),
    z.object({ BizCode: z.literal('3'), SubCode: z.enum(['301', '302']) }),
  ]),
});

export interface MobileOperatorParts {
  readonly settings: AuthoritySettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

/** A phone that no mainland operator can be asked about is 'unsupported', never 'mismatch'. */
export function createMobileOperator({ settings, clock, fetch }: MobileOperatorParts): Authority {
  const exchange = createExchange({ settings, clock, answer, fetch });
  return {
    id: 'mobile-operator',
    reaches: 2,
    method: 'mobile_operator.name_number_phone',
    // The operators know the cards that a SIM may be registered with: resident ID and residence permit.
    covers: ['CN_RIC', 'CN_HMT_RP'],
    beside: ['population-register'],
    leads: true,
    bindsPhone: true,
    collect: { by: 'nothing' },
    words: {
      way: { 'zh-CN': '用手机号核对', en: 'By your mobile number' },
      needs: {
        'zh-CN': '登录用的手机号要是用本人证件办的。约 1 分钟。',
        en: 'The phone number you sign in with must be registered to you. About 1 minute.',
      },
      recipient: { 'zh-CN': '电信运营商', en: 'the mobile operators' },
    },
    async examine({ document, phone }, requestId) {
      if (!document) throw new Error('the mobile operators are asked about a name and a number');
      if (phone === undefined || !/^\+861\d{10}$/.test(phone))
        return { is: 'unsupported', transaction: `not-asked:${requestId}`, at: clock.now() };
      const outcome = await exchange.ask(requestId, {
        ParamType: 'normal',
        UserName: document.name,
        IdentifyNum: document.number,
        Mobile: phone.slice('+86'.length),
      });
      const at = clock.now();
      if (outcome.is === 'unavailable') return { ...outcome, at };
      return { is: meaning(outcome.answer), transaction: outcome.answer.TransactionId, at };
    },
  };
}

function meaning({ ResultObject: result }: z.output<typeof answer>): Exclude<Finding['is'], 'unavailable'> {
  if (result.BizCode === '1') return 'match';
  if (result.BizCode === '2') return 'mismatch';
  return result.SubCode === '302' ? 'unsupported' : 'no_record';
}
